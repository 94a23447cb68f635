/** What can be done about a row that each pass inserts beside other work: the evidence, in the words of the builder. */
import { findTable } from "../../catalog/lookup.js";
import type { Table } from "../../catalog/model.js";
import { argumentsOf, refersTo } from "../../facts/expressions.js";
import { exprsWithin, isInside } from "../../facts/regions.js";
import { type BindingId, type ExprId, NONE } from "../../facts/model.js";
import type { Fix, FixSources } from "../../fixes/fix.js";
import { type AfterQuestion, writeAfterLoop } from "../../fixes/writes/write-after-loop.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite, Operation } from "../../project/model.js";
import type { Iteration } from "../loops/iteration.js";
import { candidatesOf, isDatabase, type RepeatedOperation } from "./repeated-operation.js";
import { sameTable } from "./same-table.js";

const INSERTS = /^(create|createMany|insert|bulkCreate|insertMany)$/;

/** A row that is inserted beside other work of its pass. */
export function writeAfter(
  { operation }: RepeatedOperation,
  view: FileView,
  sources: FixSources,
  question: Omit<AfterQuestion, "inTransaction" | "calleeOf">,
  iteration: Iteration,
): Fix | undefined {
  if (operation.transaction !== true || isSeen(view, operation, iteration)) return undefined;
  if (isReferredTo(view, operation, iteration)) return undefined;
  const calleeOf: AfterQuestion["calleeOf"] = (start, end) => {
    const site = view.calls.find(({ span }) => span.start === start && span.end === end);
    const [target, ...others] = site?.targets ?? [];
    const fn = target === undefined ? undefined : sources.program?.factsOf(target.file)?.functions[target.fn];
    return target === undefined || fn === undefined || others.length > 0
      ? undefined
      : { path: target.file, start: fn.span.start };
  };
  return writeAfterLoop({ ...question, inTransaction: true, calleeOf }, sources);
}

/** Whether anything else in a pass may look at the table, or change what is there: other inserts do not matter. */
function isSeen(view: FileView, own: Operation, { region }: Iteration): boolean {
  const client = clientOf(view, own.expr);
  return view.calls.some(
    (site) =>
      isInside(view.facts, site.region, region) &&
      (isGivenAway(view, site, client) ||
        candidatesOf(view, site).some(
          ({ operation: other }) =>
            other !== own &&
            isDatabase(other) &&
            !(other.access === "write" && INSERTS.test(other.method) && other.table !== undefined) &&
            (other.table === undefined || own.table === undefined || sameTable(other.table, own.table)),
        )),
  );
}

/** Whether another row that a pass writes may hold the key of this one, which would have to be there first. */
function isReferredTo(view: FileView, own: Operation, { region }: Iteration): boolean {
  const table = tableOf(view, own);
  return view.calls.some(
    (site) =>
      isInside(view.facts, site.region, region) &&
      candidatesOf(view, site).some(({ operation: other }) => {
        if (other === own || !isDatabase(other) || other.access === "read") return false;
        const written = tableOf(view, other);
        if (table === undefined || written === undefined) return namesOwnKey(view, own);
        return written.foreignKeys.some(
          ({ references }) => references.id === table.id || sameTable(references.table, table.name),
        );
      }),
  );
}

function tableOf(view: FileView, { table, dialect }: Operation): Table | undefined {
  return table === undefined ? undefined : findTable(view.catalog, table, { near: view.path, dialect });
}

/** The row is given its key by the code: `id`, or `orderId` of an order. */
function namesOwnKey(view: FileView, { expr, table = "" }: Operation): boolean {
  const own = `${table.replace(/s$/i, "")}id`.replace(/[^a-z0-9]/gi, "").toLowerCase();
  return [...exprsWithin(view.facts, expr)].some(
    ({ expr: one }) =>
      one.kind === "object" &&
      one.props.some(({ name = "" }) => {
        const plain = name.replace(/[^a-z0-9]/gi, "").toLowerCase();
        return plain === "id" || plain === "uuid" || plain === "pk" || plain === own;
      }),
  );
}

/** A call that cannot be seen into is given the transaction, and may ask anything. */
function isGivenAway(view: FileView, site: CallSite, client: BindingId): boolean {
  if (site.operation !== undefined || site.targets.length > 0) return false;
  const parts = argumentsOf(view.facts, site.expr).flatMap((id) => {
    const expr = view.facts.exprs[id];
    return expr?.kind === "object" ? expr.props.map(({ value }) => value) : [id];
  });
  return parts.some((id) => refersTo(view.facts, id, client));
}

/** `tx` of `tx.order.create(…)`. */
function clientOf(view: FileView, id: ExprId): BindingId {
  const expr = view.facts.exprs[id];
  if (expr?.kind === "ref") return expr.binding;
  if (expr?.kind === "call") return clientOf(view, expr.callee);
  return expr?.kind === "member" ? clientOf(view, expr.object) : NONE;
}
