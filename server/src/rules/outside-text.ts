/** Whether a text comes from outside the program: from what a function that serves requests is given, through steps that keep its length. */
import { NONE, type BindingId, type ExprId } from "../facts/model.js";
import type { FileView } from "../project/file-view.js";

/** Steps that give text about as long as they were given. */
const KEEPS =
  /^(trim|trimStart|trimEnd|toLowerCase|toUpperCase|toString|normalize|replace|replaceAll|split|join|at|shift|pop|concat|String|decodeURIComponent|decodeURI|unescape|get|param|query|json|text|formData|valueOf)$/;
const MAX_HOPS = 12;

/**
 * The parameter a text comes from; undefined for what the program made, read or loaded itself. Parts cut to a length (`slice`, `substring`) are not followed,
 * and neither is what a call gives that may look anything up.
 */
export function outsideParameter(view: FileView, text: ExprId): BindingId | undefined {
  return trace(view, text, 0);
}

function trace(view: FileView, id: ExprId, hops: number): BindingId | undefined {
  const expr = view.facts.exprs[id];
  if (expr === undefined || hops > MAX_HOPS) return undefined;
  const first = (...ids: readonly ExprId[]): BindingId | undefined => {
    for (const one of ids) {
      const found = trace(view, one, hops + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  switch (expr.kind) {
    case "ref":
      return traceBinding(view, expr.binding, hops);
    case "member":
    case "index":
      // A length is a number, and what belongs to a text's name is short.
      return expr.kind === "member" && expr.name === "length" ? undefined : first(expr.object);
    case "await":
    case "spread":
      return first(expr.value);
    case "logical":
      return first(expr.left, expr.right);
    case "conditional":
      return first(expr.whenTrue, expr.whenFalse);
    case "binary":
      return expr.op === "+" ? first(expr.left, expr.right) : undefined;
    case "template":
      return expr.tag === NONE ? first(...expr.exprs) : undefined;
    case "call": {
      const site = view.callAt(id);
      if (site?.operation !== undefined || (site?.targets.length ?? 0) > 0) return undefined;
      const callee = view.facts.exprs[expr.callee];
      if (callee?.kind === "member" && KEEPS.test(callee.name)) return first(callee.object);
      return callee?.kind === "ref" && KEEPS.test(callee.name) ? first(...expr.args) : undefined;
    }
    default:
      return undefined;
  }
}

function traceBinding(view: FileView, id: BindingId, hops: number): BindingId | undefined {
  const binding = view.facts.bindings[id];
  if (binding === undefined) return undefined;
  if (binding.loop !== undefined) {
    const over = view.facts.regions[binding.loop]?.loop?.over ?? NONE;
    return over === NONE ? undefined : trace(view, over, hops + 1);
  }
  if (binding.kind !== "param") {
    const found = binding.init === NONE ? undefined : trace(view, binding.init, hops + 1);
    if (found !== undefined) return found;
    for (const write of binding.writes) {
      const expr = view.facts.exprs[write];
      const value = expr?.kind === "assign" && expr.op === "=" ? trace(view, expr.value, hops + 1) : undefined;
      if (value !== undefined) return value;
    }
    return undefined;
  }
  // The element of a list that is gone through here is from outside if the list is.
  const inlined = view.inlinedInto(binding.fn);
  if (inlined === undefined) return id;
  const over = inlined.site.callbacks.find(({ arg }) => arg === inlined.arg)?.over;
  return over === undefined ? undefined : trace(view, over, hops + 1);
}
