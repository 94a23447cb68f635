/**
 * Puts advice into statements a planner can judge: the table as it is, the part of the query that concerns it, and the indexes it lacks. One table at a time:
 * rows that a join brings from elsewhere are values like any other.
 */
import { contentHash } from "../base/content-hash.js";
import type { Column, Index, Table } from "../catalog/model.js";
import type { QueryModel } from "../queries/model.js";
import type { Advice } from "./advise.js";
import { type Candidate, candidateSql, quote } from "./candidate.js";
import { distinctOf, nullFractionOf, rowsOf } from "./cardinality.js";
import type { ColumnStatistics, ProofRequest } from "./proof.js";
import { pathsOf } from "./paths.js";
import type { TableStatistics } from "./statistics.js";
import type { Need } from "./table-needs.js";

/** Rows of a page, where the code does not say. */
const pageSize = 50;

/**
 * Undefined for advice the planner has no opinion on: other engines, other kinds of index.
 *
 * @param known What is known of the table's contents; the rest is assumed.
 * @param candidates Indexes that are to serve the query; those that would serve it alone when nothing else is said.
 */
export function proofRequest(
  advice: Advice,
  query: QueryModel,
  known: TableStatistics | undefined,
  candidates: readonly Candidate[] = advice.candidates,
): ProofRequest | undefined {
  const { table, all } = advice;
  if (table.engine !== "postgresql" || candidates.some((candidate) => !isKnownKind(candidate))) return undefined;
  const statement = queryText(advice, query);
  const body = {
    table: `CREATE TABLE ${nameOf(table)} (${columnTexts(table).join(", ")})`,
    indexes: pathsOf(table).flatMap((path) => indexText(table, path) ?? []),
    query: statement,
    candidates: candidates.map((candidate) => candidateSql(candidate, nameOf(candidate.table))),
    rows: rowsOf(known),
    statistics: statistics(advice, all, known),
  };
  return { key: contentHash(JSON.stringify(body)), ...body };
}

/** B-trees, and the trigram indexes whose extension the planner has. */
function isKnownKind({ method, parts }: Candidate): boolean {
  return method === "btree" || parts.every(({ operatorClass }) => operatorClass === "gin_trgm_ops");
}

/** PostgreSQL cuts names off after 63 bytes, and then does not find the statistics of the uncut one. */
function nameOf(table: Table): string {
  return quote(standInName(table));
}

/** What the planner's stand-in for a table is called. */
export function standInName({ name }: Table): string {
  return name.slice(0, 30);
}

/** Types PostgreSQL knows by itself; everything else stands in as text, which compares the same way. */
const knownTypes =
  /^(smallint|integer|int|int2|int4|int8|bigint|serial|bigserial|smallserial|text|varchar|character varying|char|uuid|boolean|bool|date|time|timetz|timestamp|timestamptz|timestamp with(out)? time zone|numeric|decimal|real|double precision|float4|float8|bytea|json|jsonb|inet|cidr|interval)(\s*\(\d+(\s*,\s*\d+)?\))?( with(out)? time zone)?(\[\])?$/;

/** A name that sources spell twice is one column. */
function columnTexts({ columns }: Table): readonly string[] {
  const types = new Map(columns.map((column) => [column.name, typeText(column)]));
  return [...types].map(([name, type]) => `${quote(name)} ${type}`);
}

function typeText({ type }: Column): string {
  const plain = type.trim().toLowerCase();
  if (/^serial$/.test(plain)) return "integer";
  if (/^bigserial$/.test(plain)) return "bigint";
  if (/^(datetime|timestamp\(\d\))/.test(plain)) return "timestamp";
  if (/^(float|double)$/.test(plain)) return "double precision";
  return knownTypes.test(plain) ? plain : "text";
}

/** Only what can serve: the planner should see the same choice the database has. */
function indexText(table: Table, { parts, method, unique, where }: Index): string | undefined {
  if (method !== "btree" && method !== "hash") return undefined;
  if (parts.some(({ expression, collation }) => expression !== undefined || collation !== undefined)) return undefined;
  const partial = where === undefined ? "" : partialText(table, where);
  if (partial === undefined) return undefined;
  const columns = parts.map(({ column = "", descending }) => `${quote(column)}${descending === true ? " DESC" : ""}`);
  return `CREATE ${unique ? "UNIQUE " : ""}INDEX ON ${nameOf(table)} USING ${method} (${columns.join(", ")})${partial}`;
}

/** Undefined for predicates that are more than a test for null. */
function partialText(table: Table, where: string): string | undefined {
  const [, name, test] = /^"?(\w+)"? (is (?:not )?null)$/i.exec(where) ?? [];
  const column = table.columns.find((one) => one.name.toLowerCase() === name?.toLowerCase());
  return column === undefined || test === undefined ? undefined : ` WHERE ${quote(column.name)} ${test}`;
}

function queryText({ table, index, needs, all, order, kind }: Advice, query: QueryModel): string {
  const parameters = { count: 0 };
  const value = (): string => `$${++parameters.count}`;
  const alternatives = (kind === "filter" || kind === "wildcard") && needs.some((need) => !all.includes(need));
  const conditions = alternatives
    ? [needs.map((need) => conditionText(need, value)).join(" OR ")]
    : all.flatMap((need) => conditionText(need, value) ?? []);
  // A limit is the main table's. A search that finds less than a page reads everything, and how much it finds nobody can tell.
  const limited = index === 0 && kind !== "wildcard";
  const what = query.aggregate === true && order.length === 0 ? "count(*)" : "*";
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const sorted = order.map(({ column, direction }) => `${quote(column)}${direction === "desc" ? " DESC" : ""}`);
  const by = sorted.length === 0 ? "" : ` ORDER BY ${sorted.join(", ")}`;
  return `SELECT ${what} FROM ${nameOf(table)}${where}${by}${limited ? limitText(query) : ""}`;
}

function limitText({ limit, aggregate }: QueryModel): string {
  if (limit === undefined || aggregate === true) return "";
  return ` LIMIT ${limit.kind === "literal" && typeof limit.value === "number" ? limit.value : pageSize}`;
}

function conditionText({ kind, column, fn }: Need, value: () => string): string | undefined {
  const bare = quote(column.name);
  const left = fn === undefined ? bare : fn.startsWith("::") ? `(${bare})${fn}` : `${fn}(${bare})`;
  switch (kind) {
    case "equal":
      return `${left} = ${value()}`;
    case "in":
      return `${left} = ANY(${value()})`;
    case "range":
      return `${left} > ${value()}`;
    case "null":
      return `${left} IS NULL`;
    case "not-null":
      return `${left} IS NOT NULL`;
    case "wildcard":
      return `${left} LIKE ${value()}`;
    case "insensitive":
      return `${left} ILIKE ${value()}`;
    case "prefix":
    case "other":
      return undefined;
  }
}

function statistics(
  { table, order }: Advice,
  needs: readonly Need[],
  known: TableStatistics | undefined,
): readonly ColumnStatistics[] {
  const sorted = order.flatMap(({ column }) => table.columns.find(({ name }) => name === column) ?? []);
  const columns = new Set([...needs.map((need) => need.column), ...sorted]);
  return [...columns].map((column) => ({
    column: column.name,
    distinct: distinctOf(table, column, known),
    nullFraction: nullFractionOf(
      column,
      needs.some((need) => need.kind === "null" && need.column === column),
      known,
    ),
  }));
}
