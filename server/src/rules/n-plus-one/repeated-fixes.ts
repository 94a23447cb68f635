/** What can be done about a query that runs once per element: the evidence, in the words of the builders of fixes. */
import { isInside } from "../../facts/regions.js";
import { NONE, type ExprId } from "../../facts/model.js";
import type { Fix, FixSources } from "../../fixes/fix.js";
import type { Span } from "../../base/span.js";
import { loadWithList } from "../../fixes/load/load-with-list.js";
import { loadBeforeLoop } from "../../fixes/load/load-before-loop.js";
import { writeSame } from "../../fixes/writes/write-same.js";
import { writeTogether } from "../../fixes/writes/write-together.js";
import type { FileView } from "../../project/file-view.js";
import type { Operation } from "../../project/model.js";
import { queriesOf } from "../../queries/queries-of.js";
import { calledName, type Iteration, iterationsAround, unwrap } from "../loops/iteration.js";
import { candidatesOf, isDatabase, type RepeatedOperation } from "./repeated-operation.js";
import { sameTable } from "./same-table.js";
import { siblingFix } from "./sibling-fixes.js";
import { relationOf, tableAnswers } from "./table-answers.js";
import { writeAfter } from "./after-fixes.js";

/** Lists of at most this many elements fit every database's limit of parameters. */
const FEW_KEYS = 1000;

export function repeatedReadFixes(evidence: RepeatedOperation, view: FileView, sources: FixSources): readonly Fix[] {
  const { operation, iterations, through, recursive, site } = evidence;
  const [iteration] = iterations;
  // Inside a second loop, the query would still run once per element of that one.
  if (iteration === undefined || iterations.length > 1 || recursive) return [];
  if (iterationsAround(view, site)[0]?.region !== iteration.region || iteration.over === NONE) return [];
  const loop = iteration.loop?.statement ?? iteration.site?.span;
  if (loop === undefined || isWritten(view, evidence, iteration)) return [];
  if (through !== undefined) {
    const sibling = siblingFix(evidence, view, sources, loop, isArrayLike(view, iteration.over));
    return sibling === undefined ? [] : [sibling];
  }
  const fix = loadBeforeLoop(
    {
      path: view.path,
      dialect: operation.dialect,
      query: operation.span,
      method: operation.method,
      tableName: operation.table,
      table: tableAnswers(view, operation),
      loop,
      isArray: isArrayLike(view, iteration.over),
      isBounded: isBounded(view, iteration.over),
    },
    sources,
  );
  return [withList(evidence, view, sources, loop), fix].filter((one) => one !== undefined);
}

/** The list's own query may load the rows along. */
function withList(
  { operation, iterations: [iteration] }: RepeatedOperation,
  view: FileView,
  sources: FixSources,
  loop: Span,
): Fix | undefined {
  const made = iteration === undefined ? NONE : madeBy(view, iteration.over);
  const list = view.calls.find(({ operation: one }) => one?.expr === made)?.operation;
  if (list?.dialect !== operation.dialect) return undefined;
  return loadWithList(
    {
      path: view.path,
      dialect: operation.dialect,
      query: operation.span,
      method: operation.method,
      table: tableAnswers(view, operation),
      loop,
      list: list.span,
      listMethod: list.method,
      relationOf: (key, column) => relationOf(view, list, key, operation, column),
    },
    sources,
  );
}

/** Writes of which nothing is used, in loops that do nothing else. */
export function repeatedWriteFixes(evidence: RepeatedOperation, view: FileView, sources: FixSources): readonly Fix[] {
  const { operation, iterations, through, recursive, site } = evidence;
  const [iteration] = iterations;
  if (iteration === undefined || iterations.length > 1 || through !== undefined || recursive) return [];
  if (iterationsAround(view, site)[0]?.region !== iteration.region || iteration.over === NONE) return [];
  const loop = iteration.loop?.statement ?? iteration.site?.span;
  if (loop === undefined) return [];
  const question = {
    path: view.path,
    dialect: operation.dialect,
    method: operation.method,
    query: operation.span,
    tableName: operation.table,
    loop,
    isArray: isArrayLike(view, iteration.over),
  };
  const same = {
    ...question,
    table: tableAnswers(view, operation),
    isBounded: isBounded(view, iteration.over),
    isOwnList: isOwnList(view, operation, iteration),
  };
  const fix =
    writeTogether(question, sources) ??
    writeSame(same, sources) ??
    writeAfter(evidence, view, sources, same, iteration);
  return fix === undefined ? [] : [fix];
}

/** Methods that give some of a list's elements, or all in another order. */
const PICKS = /^(filter|slice|sort|toSorted|reverse|toReversed)$/;
const MAKES = /^(map|flatMap)$/;

/** Whether the elements are rows that were read from the table of an operation. */
function isOwnList(view: FileView, { table }: Operation, { over }: Iteration): boolean {
  let made = madeBy(view, over);
  for (let hops = 0; hops < 5 && PICKS.test(calledName(view, made)); hops++) {
    const call = view.facts.exprs[made];
    const callee = call?.kind === "call" ? view.facts.exprs[call.callee] : undefined;
    made = callee?.kind === "member" ? madeBy(view, callee.object) : NONE;
  }
  const list = view.calls.find(({ operation: one }) => one?.expr === made)?.operation;
  return list?.access === "read" && list.table !== undefined && table !== undefined && sameTable(list.table, table);
}

/** Whether a pass may change what a later pass reads: rows loaded beforehand would be old by then. */
function isWritten(
  view: FileView,
  { operation: { table, dialect, kind }, site: own, concurrent }: RepeatedOperation,
  { region }: Iteration,
): boolean {
  return view.calls.some((site) => {
    if (!isInside(view.facts, site.region, region)) return false;
    // Passes that overlap promise no order among them: what counts is what a pass writes before it asks.
    if (concurrent && own.span.end <= site.span.start) return false;
    return candidatesOf(view, site).some(
      ({ operation: other }) =>
        isDatabase(other) &&
        other.access !== "read" &&
        other.kind === kind &&
        isOwnServer(other.dialect) === isOwnServer(dialect) &&
        (other.table === undefined || table === undefined || sameTable(other.table, table)),
    );
  });
}

/** Databases that no other library speaks to. */
function isOwnServer(dialect: string): boolean {
  return dialect === "clickhouse" || dialect === "elasticsearch";
}

/** Whether a list is surely an array, not something that can only be gone through. */
export function isArrayLike(view: FileView, over: ExprId): boolean {
  if (view.valueOf(over).kind === "array") return true;
  const made = madeBy(view, over);
  if (PICKS.test(calledName(view, made)) || MAKES.test(calledName(view, made))) return true;
  return view.calls.some(({ expr, operation }) => expr === made && operation?.rows === "many");
}

/** The expression a list comes from, through a constant and `await`. */
function madeBy(view: FileView, over: ExprId): ExprId {
  const at = unwrap(view, over);
  const expr = view.facts.exprs[at];
  const binding = expr?.kind === "ref" ? view.facts.bindings[expr.binding] : undefined;
  const isConstant = binding !== undefined && binding.init !== NONE && binding.writes.length === 0;
  return isConstant && binding.path === undefined ? unwrap(view, binding.init) : at;
}

function isBounded(view: FileView, over: ExprId): boolean {
  if (view.literalLength(view.valueOf(over), 0) !== undefined) return true;
  const made = madeBy(view, over);
  return queriesOf(view).some(
    ({ query }) =>
      query.expr === made &&
      query.limit?.kind === "literal" &&
      typeof query.limit.value === "number" &&
      query.limit.value <= FEW_KEYS,
  );
}
