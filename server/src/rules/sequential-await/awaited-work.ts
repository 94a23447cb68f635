/** What an awaited call does while its caller waits: the question all sequential-await rules ask. */
import { NONE, type ExprId } from "../../facts/model.js";
import { exprsWithin } from "../../facts/regions.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite, Operation } from "../../project/model.js";
import { operationNoun } from "../operation-noun.js";

/** Operations a call performs, itself or through the functions it calls; `complete` when nothing else can hide in it. */
export interface Work {
  readonly operations: readonly Operation[];
  readonly complete: boolean;
  /** Every operation and the way to it is certain. */
  readonly sure: boolean;
}

export function workOf(view: FileView, site: CallSite): Work {
  if (site.operation !== undefined) {
    return { operations: [site.operation], complete: true, sure: site.operation.confidence === "high" };
  }
  const operations: Operation[] = [];
  let complete = site.targets.length > 0;
  let sure = site.confidence === "high";
  for (const target of site.targets) {
    const summary = view.summaryOf(target);
    if (summary.truncated === true || summary.recursive === true || summary.opaque === true) complete = false;
    for (const effect of summary.effects) {
      operations.push(effect.operation);
      sure &&= effect.confidence === "high" && effect.operation.confidence === "high";
    }
  }
  return { operations, complete, sure };
}

/** The call that an `await` waits for, below conditionals that only choose whether to; undefined for promises already on their way. */
export function awaitedCall(view: FileView, awaitId: ExprId): CallSite | undefined {
  const expr = view.facts.exprs[awaitId];
  return expr?.kind === "await" && expr.value !== NONE ? view.callAt(expr.value) : undefined;
}

/** `all` of `Promise.all(…)`, for any of the combinators; undefined for other calls. */
export function combinatorOf(view: FileView, id: ExprId): string | undefined {
  const call = view.facts.exprs[id];
  const callee = call?.kind === "call" ? view.facts.exprs[call.callee] : undefined;
  if (callee?.kind !== "member" || !/^(all|allSettled|any|race)$/.test(callee.name)) return undefined;
  const object = view.facts.exprs[callee.object];
  return object?.kind === "ref" && object.name === "Promise" && object.binding === NONE ? callee.name : undefined;
}

const TRANSACTION_NAME = /^(tx|trx|txn|transaction|manager|entityManager|queryRunner|session)$|(Tx|Trx|Transaction)$/;

/** Whether work runs on one transaction's connection, which takes one statement at a time whatever the caller does. */
export function isInTransaction(view: FileView, site: CallSite, work: Work): boolean {
  if (work.operations.some((operation) => operation.transaction === true)) return true;
  for (const { expr } of exprsWithin(view.facts, site.expr)) {
    if ((expr.kind === "ref" || expr.kind === "member") && TRANSACTION_NAME.test(expr.name)) return true;
  }
  return false;
}

/** Words for what is waited for: the first operation's, the others being of its kind as a rule. */
export function workText([first]: readonly Operation[]): string {
  return first === undefined ? "work" : operationNoun(first);
}
