/** Reads a list of conditions as far as the code spells it out, with what is pushed onto it later. */
import { type ExprId, NONE } from "../facts/model.js";
import { exprAt, isConditionalWithin, resolved, type Scope } from "./scope.js";

export interface ReadElement {
  readonly value: ExprId;
  readonly optional: boolean;
}

export interface ReadArray {
  readonly elements: readonly ReadElement[];
  /** Whether there may be more elements than these. */
  readonly open: boolean;
}

const maxDepth = 6;

/** What is known of a list; something that is no list at all is one element. */
export function readArray(scope: Scope, id: ExprId, depth = 0): ReadArray {
  const at = resolved(scope, id);
  const expr = exprAt(scope, at);
  if (id === NONE || expr === undefined || maxDepth < depth) return { elements: [], open: id !== NONE };
  if (expr.kind === "conditional") {
    const arms = [expr.whenTrue, expr.whenFalse].map((arm) => readArray(scope, arm, depth + 1));
    return {
      elements: arms.flatMap((arm) => arm.elements.map((element) => ({ ...element, optional: true }))),
      open: arms.some((arm) => arm.open),
    };
  }
  // `[a, b && c].filter(Boolean)`
  if (expr.kind === "call") {
    const callee = exprAt(scope, expr.callee);
    if (callee?.kind === "member" && callee.name === "filter") return readArray(scope, callee.object, depth + 1);
    return { elements: [], open: true };
  }
  if (expr.kind !== "array") return { elements: [], open: true };
  const parts = expr.elements.map((element) => readElement(scope, element, depth));
  const pushed = laterElements(scope, id);
  return {
    elements: [...parts.flatMap((part) => part.elements), ...pushed.elements],
    open: pushed.open || parts.some((part) => part.open),
  };
}

function readElement(scope: Scope, id: ExprId, depth: number): ReadArray {
  const expr = exprAt(scope, id);
  if (expr?.kind === "spread") return readArray(scope, expr.value, depth + 1);
  return { elements: [{ value: id, optional: false }], open: false };
}

/** `conditions.push(…)`; any other call on the list leaves it open. */
function laterElements(scope: Scope, id: ExprId): ReadArray {
  const expr = exprAt(scope, id);
  if (expr?.kind !== "ref") return { elements: [], open: false };
  const elements: ReadElement[] = [];
  let open = false;
  for (const chain of scope.chainsFrom.get(expr.binding) ?? []) {
    const call = exprAt(scope, chain);
    const callee = call?.kind === "call" ? exprAt(scope, call.callee) : undefined;
    if (call?.kind !== "call" || callee?.kind !== "member") continue;
    if (callee.name === "push" || callee.name === "unshift") {
      const optional = isConditionalWithin(scope, chain, id);
      for (const arg of call.args) {
        if (exprAt(scope, arg)?.kind === "spread") open = true;
        else elements.push({ value: arg, optional });
      }
    } else if (!/^(map|filter|join|forEach|some|every|includes|length|at|find|slice)$/.test(callee.name)) open = true;
  }
  return { elements, open };
}
