/** Code that waits on purpose: sleeps between passes, takes a token from a limiter. */
import { isInCatch, isInside } from "./regions.js";
import { NONE, type ExprId, type FileFacts, type FunctionId } from "./model.js";

const PAUSE =
  /^(sleep|delay|wait|waitFor|pause|setTimeout|throttle|backoff|snooze|timeout)$|^(sleep|delay|wait)[A-Z]|(Sleep|Delay|Limiter)$/;

/** Whether a called name says that it waits. */
export function isPause(name: string): boolean {
  return PAUSE.test(name);
}

/** Whether a function itself, or a function it waits for, pauses on its regular way: not where it tries again after a failure. */
export function pausesWithin(facts: FileFacts, fn: FunctionId): boolean {
  const body = facts.functions[fn]?.body ?? NONE;
  return facts.exprs.some((expr, id) => {
    if (expr.kind !== "call" || !isPause(nameOf(facts, expr.callee))) return false;
    const region = awaitedIn(facts, id);
    return region !== undefined && isInside(facts, region, body) && !isInCatch(facts, region);
  });
}

/** Region of the `await` that a call stands under, through the executor of a promise: `await new Promise((done) => setTimeout(done, 50))`. */
function awaitedIn(facts: FileFacts, id: ExprId): number | undefined {
  for (let at = facts.exprs[id], hops = 0; at !== undefined && hops < 40; hops++) {
    if (at.kind === "await") return at.region;
    const parent = facts.exprs[at.parent];
    if (parent !== undefined) {
      at = parent;
      continue;
    }
    const owner = facts.functions[facts.regions[at.region]?.fn ?? 0];
    if (owner === undefined || owner.expr === NONE) return undefined;
    at = facts.exprs[owner.expr];
  }
  return undefined;
}

function nameOf(facts: FileFacts, callee: ExprId): string {
  const expr = facts.exprs[callee];
  return expr?.kind === "ref" || expr?.kind === "member" ? expr.name : "";
}
