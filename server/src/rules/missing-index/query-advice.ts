/** The indexes that the queries of one file lack, with what the planner said of each. Shared by the rules about queries, which tell them apart by kind. */
import { advise, type Advice, type AdviceKind } from "../../advisor/advise.js";
import { bindQuery } from "../../advisor/bind.js";
import { type IndexSpec, indexSpec } from "../../advisor/index-spec.js";
import { confirms, type Proof } from "../../advisor/proof.js";
import { assumedRows, proofRequest } from "../../advisor/proof-request.js";
import type { Span } from "../../base/span.js";
import type { Table } from "../../catalog/model.js";
import type { FileView } from "../../project/file-view.js";
import type { QueryModel } from "../../queries/model.js";
import { queriesOf } from "../../queries/queries-of.js";
import type { Evidence, SchemaView } from "../define-rule.js";
import { perUnit, runtimeOf } from "../runtime-code.js";

export interface LackedIndex extends Evidence {
  readonly advice: Advice;
  /** The indexes to make, all of them together; the first one names the finding. */
  readonly indexes: readonly IndexSpec[];
  readonly query: QueryModel;
  /** How it was judged: `confirmed` by the planner, `pending` while it is asked, or by rules alone, and why. */
  readonly judged:
    | { readonly kind: "confirmed"; readonly proof: Extract<Proof, { kind: "plans" }> }
    | { readonly kind: "pending" }
    | { readonly kind: "rules"; readonly reason: string };
  /** What the planner was told, or would be. */
  readonly rows: number;
  /** `per request`, `per job`. */
  readonly unit: string;
  /** Queries of the same function that lack the same index: the count beside a page, the delete after a look. */
  readonly twins: readonly Span[];
}

/** Advice of these kinds, one for each table and function. What the planner says would not help is left out. */
export function* lackedIndexes(
  view: FileView,
  schema: SchemaView,
  kinds: readonly AdviceKind[],
): Generator<LackedIndex> {
  const groups = new Map<string, LackedIndex & { readonly twins: Span[] }>();
  for (const { advice, query, fn, unit } of advised(view, schema)) {
    if (!kinds.includes(advice.kind)) continue;
    const columns = [
      ...advice.needs.map(({ column }) => column.name),
      ...(advice.needs.length > 0 ? [] : advice.order.map((term) => term.column)),
    ];
    const key = `${fn} ${advice.table.id} ${advice.kind} ${columns.sort().join()}`;
    const rows = schema.rowsOf(advice.table) ?? assumedRows;
    const judged = judge(advice, query, rows, schema);
    if (judged === undefined) continue;
    const first = groups.get(key);
    const indexes = advice.candidates.map(indexSpec);
    if (first === undefined) groups.set(key, { at: query.span, advice, indexes, query, judged, rows, unit, twins: [] });
    else if (first.at.start !== query.span.start) first.twins.push(query.span);
  }
  yield* groups.values();
}

interface Advised {
  readonly advice: Advice;
  readonly query: QueryModel;
  readonly fn: number;
  readonly unit: string;
}

/** A view is a value and lives for one check: the rules of the family share what is found in it. */
const known = new WeakMap<FileView, readonly Advised[]>();

function advised(view: FileView, schema: SchemaView): readonly Advised[] {
  let found = known.get(view);
  if (found === undefined) known.set(view, (found = adviseAll(view, schema)));
  return found;
}

function adviseAll(view: FileView, schema: SchemaView): readonly Advised[] {
  const queries = queriesOf(view);
  if (queries.length === 0 || view.catalog.tables.length === 0) return [];
  const options = { rowsOf: (table: Table) => schema.rowsOf(table) };
  return queries.flatMap(({ query, site }) => {
    const runtime = runtimeOf(view, site.fn);
    if (runtime === undefined || site.operation?.confidence === "low") return [];
    const unit = perUnit(runtime.reach);
    return advise(bindQuery(view.catalog, query, view.path), options).map((advice) => ({
      advice,
      query,
      fn: site.fn,
      unit,
    }));
  });
}

const engines: Readonly<Record<string, string>> = {
  mysql: "MySQL's planner cannot be asked",
  sqlite: "SQLite's planner is not asked",
  mongodb: "MongoDB's planner cannot be asked",
  unknown: "the database's engine is not known",
};

/** Undefined when the planner would not use the index, or gains too little. */
function judge(advice: Advice, query: QueryModel, rows: number, schema: SchemaView): LackedIndex["judged"] | undefined {
  const request = proofRequest(advice, query, rows);
  if (request === undefined) {
    return {
      kind: "rules",
      reason: engines[advice.table.engine] ?? "PostgreSQL's planner is not asked about this kind of index",
    };
  }
  const proof = schema.proofOf(request);
  if (proof === undefined) return { kind: "pending" };
  if (proof.kind === "unavailable") return { kind: "rules", reason: proof.reason };
  return confirms(proof) ? { kind: "confirmed", proof } : undefined;
}
