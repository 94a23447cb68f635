/** Questions about where in the control flow an expression stands. */
import { NONE, type ExprId, type FileFacts, type FunctionId, type RegionFact, type RegionId } from "./model.js";

/** The region and everything around it within one function, innermost first. */
export function* regionChain(
  facts: FileFacts,
  start: RegionId,
): Generator<{ readonly id: RegionId; readonly region: RegionFact }> {
  for (let id = start; id !== NONE;) {
    const region = facts.regions[id];
    if (region === undefined) return;
    yield { id, region };
    id = region.parent;
  }
}

export function isInside(facts: FileFacts, region: RegionId, ancestor: RegionId): boolean {
  for (const { id } of regionChain(facts, region)) if (id === ancestor) return true;
  return false;
}

/** Function whose run evaluates an expression. */
export function functionOf(facts: FileFacts, expr: ExprId): FunctionId {
  return facts.regions[facts.exprs[expr]?.region ?? 0]?.fn ?? 0;
}

/** Whether something runs only under a condition within its function: in a branch, a catch, or after a guard that can leave early. */
export function isConditional(facts: FileFacts, region: RegionId, start: number): boolean {
  for (const { region: at } of regionChain(facts, region)) {
    if (at.kind === "branch" || at.kind === "catch") return true;
  }
  return hasEarlyExitBefore(facts, region, start);
}

/** Whether an earlier `return` in a branch can keep what stands at `start` from running. */
export function hasEarlyExitBefore(facts: FileFacts, region: RegionId, start: number): boolean {
  const fn = facts.regions[region]?.fn;
  return facts.exits.some((exit) => {
    if (exit.kind !== "return" || start <= exit.span.start || facts.regions[exit.region]?.fn !== fn) return false;
    return !isInside(facts, region, exit.region);
  });
}

/** The expression and those around it, innermost first. */
export function* exprChain(facts: FileFacts, start: ExprId): Generator<ExprId> {
  for (let id = start; id !== NONE;) {
    yield id;
    id = facts.exprs[id]?.parent ?? NONE;
  }
}
