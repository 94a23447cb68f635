/** Questions about where in the control flow an expression stands. */
import { groupBy } from "../base/group.js";
import {
  NONE,
  type ExitFact,
  type Expr,
  type ExprId,
  type FileFacts,
  type FunctionId,
  type RegionFact,
  type RegionId,
} from "./model.js";
import { oncePerFile } from "./once-per-file.js";

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
  // Asked millions of times in a scan, so without the generator.
  for (let id = region; id !== NONE;) {
    const at = facts.regions[id];
    if (at === undefined) return false;
    if (id === ancestor) return true;
    id = at.parent;
  }
  return false;
}

/** Whether something runs only to handle an error of its function. */
export function isInCatch(facts: FileFacts, start: RegionId): boolean {
  for (const { region } of regionChain(facts, start)) if (region.kind === "catch") return true;
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
  if (fn === undefined) return false;
  for (const exit of returnsByFunction(facts).get(fn) ?? []) {
    if (start <= exit.span.start) return false;
    if (!isInside(facts, region, exit.region)) return true;
  }
  return false;
}

/** In the order of the file. */
const returnsByFunction = oncePerFile(({ exits, regions }): ReadonlyMap<FunctionId, readonly ExitFact[]> => {
  const found = groupBy(exits, ({ kind, region }) => (kind === "return" ? regions[region]?.fn : undefined));
  for (const list of found.values()) list.sort((a, b) => a.span.start - b.span.start);
  return found;
});

/** The expression and those around it, innermost first. */
export function* exprChain(facts: FileFacts, start: ExprId): Generator<ExprId> {
  for (let id = start; id !== NONE;) {
    yield id;
    id = facts.exprs[id]?.parent ?? NONE;
  }
}

/** Whether the value of an expression is awaited where it stands. */
export function isAwaited(facts: FileFacts, expr: ExprId): boolean {
  return facts.exprs[facts.exprs[expr]?.parent ?? NONE]?.kind === "await";
}

/** Whether the function around an expression returns it as it is. */
export function isReturned(facts: FileFacts, expr: ExprId): boolean {
  return facts.functions[functionOf(facts, expr)]?.returns.includes(expr) === true;
}

/** The expression and all below it, in the order of the file; functions written inside it too. */
export function* exprsWithin(facts: FileFacts, root: ExprId): Generator<{ readonly id: ExprId; readonly expr: Expr }> {
  const whole = facts.exprs[root];
  if (whole === undefined) return;
  for (let id = root; id < facts.exprs.length; id++) {
    const expr = facts.exprs[id];
    if (expr === undefined || whole.end <= expr.start) return;
    if (whole.start <= expr.start && expr.end <= whole.end) yield { id, expr };
  }
}

/** Name of what a decorator, a call or a reference names: `Query` of `@Query(…)`, `map` of `items.map`; empty for anything else. */
export function decoratorName(facts: FileFacts, id: ExprId): string {
  const expr = facts.exprs[id];
  if (expr?.kind === "call") return decoratorName(facts, expr.callee);
  return expr?.kind === "ref" || expr?.kind === "member" ? expr.name : "";
}
