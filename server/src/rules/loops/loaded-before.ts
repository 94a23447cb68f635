/**
 * Rows that were loaded before a loop, and an error for the one that is not there: `byId.get(id) ?? (await find…OrThrow({ where: { id } }))`. The query of the
 * pass is only asked for a missing row, and then it throws: once at most.
 */
import { isInside } from "../../facts/regions.js";
import { NONE, type BindingId, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite, FunctionSummary } from "../../project/model.js";
import { calledName, type Iteration } from "./iteration.js";

const THROWS = /Or(Throw|Fail)$|^orFail$/;

export function isLoadedBefore(view: FileView, iteration: Iteration, { expr, operation, targets }: CallSite): boolean {
  const { exprs } = view.facts;
  let throws =
    THROWS.test(operation?.method ?? "") ||
    THROWS.test(calledName(view, expr)) ||
    (targets.length > 0 && targets.every((target) => throwsAlone(view.summaryOf(target))));
  for (let at = expr, hops = 0; hops < 10; hops++) {
    const parent = exprs[at]?.parent ?? NONE;
    const around = exprs[parent];
    if (around?.kind === "member") throws ||= THROWS.test(around.name);
    else if (around?.kind === "logical")
      return throws && around.op === "??" && around.right === at && isLookUp(view, around.left, iteration);
    else if (around?.kind !== "call" && around?.kind !== "await" && around?.kind !== "other") return false;
    at = parent;
  }
  return false;
}

/** A function whose only query is one that throws. */
function throwsAlone({ effects, truncated }: FunctionSummary): boolean {
  const [only, ...others] = effects;
  return truncated !== true && others.length === 0 && THROWS.test(only?.operation.method ?? "");
}

/** `map.get(key)` of a `Map` that was filled when it was made, or given by a function, outside, and is not filled in the loop. */
function isLookUp(view: FileView, id: ExprId, { region }: Iteration): boolean {
  const { exprs, bindings } = view.facts;
  const call = exprs[id];
  const callee = call?.kind === "call" ? exprs[call.callee] : undefined;
  const map = callee?.kind === "member" && callee.name === "get" ? exprs[callee.object] : undefined;
  const binding = map?.kind === "ref" ? bindings[map.binding] : undefined;
  const made = binding === undefined || binding.init === NONE ? undefined : exprs[binding.init];
  const isFull = made?.kind === "await" || (made?.kind === "new" && made.args.length > 0);
  if (map?.kind !== "ref" || binding === undefined || !isFull) return false;
  return !isInside(view.facts, binding.region, region) && !isFilled(view, map.binding);
}

function isFilled(view: FileView, map: BindingId): boolean {
  const { exprs } = view.facts;
  return exprs.some((expr) => {
    const callee = expr.kind === "call" ? exprs[expr.callee] : undefined;
    const object = callee?.kind === "member" && callee.name === "set" ? exprs[callee.object] : undefined;
    return object?.kind === "ref" && object.binding === map;
  });
}
