/** How big tables are taken to be when a query is explained, who says so, and what the planner is asked. */
import type { Advice } from "../../advisor/advise.js";
import type { BoundQuery } from "../../advisor/bind.js";
import type { Proof, ProofRequest } from "../../advisor/proof.js";
import { rowsOf } from "../../advisor/cardinality.js";
import { proofRequest } from "../../advisor/proof-request.js";
import type { TableNeeds } from "../../advisor/table-needs.js";
import { contentHash } from "../../base/content-hash.js";
import type { Table } from "../../catalog/model.js";
import type { QueryModel } from "../../queries/model.js";
import type { SchemaView } from "../../rules/define-rule.js";

export interface TableSize {
  readonly rows: number;
  /** Who says so: `assumed`, or the name of a file. */
  readonly from: string;
}

export function sizeOf(schema: SchemaView, table: Table): TableSize {
  const known = schema.statisticsOf(table);
  return { rows: rowsOf(known), from: known?.source ?? "assumed" };
}

/** The planner's answer to the very question a rule asks, if it is there. */
export function proofFor(advice: Advice, query: QueryModel, schema: SchemaView): Proof | undefined {
  const request = adviceRequest(advice, query, schema);
  return request === undefined ? undefined : schema.proofOf(request);
}

function adviceRequest(advice: Advice, query: QueryModel, schema: SchemaView): ProofRequest | undefined {
  return proofRequest(advice, query, schema.statisticsOf(advice.table));
}

/**
 * What is asked to draw the plan of one table's part of a query, with and without the indexes it lacks. Undefined where no planner has a say.
 *
 * @param advice The index it lacks, if it does.
 * @param statement The whole query, where it is about this table alone.
 */
export function planRequest(
  bound: BoundQuery,
  asked: TableNeeds,
  advice: Advice | undefined,
  statement: string | undefined,
  schema: SchemaView,
): ProofRequest | undefined {
  const request = adviceRequest(advice ?? asItIs(bound, asked), bound.query, schema);
  if (request === undefined) return undefined;
  const body = {
    ...request,
    detailed: true as const,
    // Names under which the plan's indexes are found again.
    indexes: request.indexes.map((sql, i) => sql.replace("INDEX ON", `INDEX "${indexName}${i + 1}" ON`)),
    query: advice === undefined && statement !== undefined ? statement : request.query,
  };
  return { ...body, key: contentHash(JSON.stringify(body)) };
}

/** What existing indexes are called in a detailed request. */
export const indexName = "hotpath_index_";

/** A query that lacks nothing, in the shape of advice. */
function asItIs({ query, columnAt }: BoundQuery, { table, index, needs }: TableNeeds): Advice {
  const order = query.aggregate === true || index !== 0 ? [] : query.orderBy;
  const terms = order.map(({ column, direction, fn, optional }) => {
    const target = columnAt(column);
    return target?.table === 0 && fn === undefined && optional !== true
      ? { column: target.column.name, direction }
      : undefined;
  });
  return {
    kind: "filter",
    table,
    index,
    needs: [],
    all: asPlanned(needs),
    order: terms.every((term) => term !== undefined) ? terms : [],
    candidates: [],
  };
}

/** Rows on the other side of a join are values to look for; where the query names values itself, those are enough. */
function asPlanned(needs: TableNeeds["needs"]): TableNeeds["needs"] {
  const own = needs.filter(({ derived }) => derived !== true);
  return own.length > 0 ? own : needs.slice(0, 1);
}
