/** Whether what a call is given is always the same, or at least the same for every pass of an iteration around it. */
import type { BindingId, ExprId } from "../../facts/model.js";
import { NONE } from "../../facts/model.js";
import { isInside } from "../../facts/regions.js";
import { isSteady, type SteadyQuestion } from "../../facts/steady.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import type { Iteration } from "../loops/iteration.js";

/** The same in every run of the program's functions: nothing of it comes from a request. */
export function isConstant(view: FileView, id: ExprId): boolean {
  return isSteady(
    question(view, () => false, false),
    id,
  );
}

/** The same in every pass: made of what is declared outside and not written inside. */
export function isInvariant(view: FileView, id: ExprId, iteration: Iteration): boolean {
  return isSteady(
    question(view, (binding) => holdsAcross(view, binding, iteration), true),
    id,
  );
}

function question(view: FileView, holds: (binding: BindingId) => boolean, self: boolean): SteadyQuestion {
  return {
    facts: view.facts,
    holds,
    self,
    // What a function of the workspace gives may depend on anything.
    isPure: (call) => (view.callAt(call)?.targets.length ?? 0) === 0 && view.callAt(call)?.operation === undefined,
  };
}

/** Whether a variable has one value in all passes of an iteration. */
export function holdsAcross(view: FileView, id: BindingId, iteration: Iteration): boolean {
  const binding = view.facts.bindings[id];
  if (binding === undefined || iteration.element.has(id)) return false;
  if (isWithin(view, binding.region, binding.fn, iteration)) return false;
  return !binding.writes.some((write) => {
    const expr = view.facts.exprs[write];
    return expr !== undefined && isWithin(view, expr.region, view.facts.regions[expr.region]?.fn ?? 0, iteration);
  });
}

/** Whether code stands in an iteration's body, or in functions written there. */
function isWithin(view: FileView, region: number, fn: number, iteration: Iteration): boolean {
  if (isInside(view.facts, region, iteration.region)) return true;
  for (let at = fn, hops = 0; at > 0 && hops < 20; hops++) {
    const fact = view.facts.functions[at];
    if (fact === undefined) return false;
    if (isInside(view.facts, fact.definedIn, iteration.region)) return true;
    at = fact.parent;
  }
  return iteration.kind === "callback" && fn === iteration.fn;
}

/** What a method is called on; `NONE` for plain calls. */
export function receiverOf(view: FileView, { expr }: CallSite): ExprId {
  const call = view.facts.exprs[expr];
  const callee = call?.kind === "call" ? view.facts.exprs[call.callee] : undefined;
  return callee?.kind === "member" ? callee.object : NONE;
}
