/**
 * Reads what somebody saved of a production database's statistics: `pg_class`, `pg_stat_user_tables`, `pg_stats` and `pg_stat_statements`, as CSV with a
 * header or as JSON. Which of them a file holds is told by its columns. Values of rows (`most_common_vals`, `histogram_bounds`), should they be in it, are not
 * looked at.
 */
import type { RecordedStatement } from "../advisor/recorded-statement.js";
import type { ColumnShape, TableStatistics } from "../advisor/statistics.js";
import { parseCsv } from "./parse-csv.js";

export interface DumpContents {
  /** Tables by `schema.name`, those of `public` by name. */
  readonly tables: ReadonlyMap<string, Partial<TableStatistics>>;
  readonly statements: readonly RecordedStatement[];
}

type Row = Readonly<Record<string, unknown>>;

/** @param name Of the file, for messages. @returns A sentence when the file holds nothing of the kind. */
export function readDump(text: string, name: string): DumpContents | string {
  const rows = rowsOf(text);
  if (typeof rows === "string") return `${name} ${rows}`;
  const tables = new Map<string, Partial<TableStatistics>>();
  const statements: RecordedStatement[] = [];
  for (const row of rows) {
    addRows(tables, row, name);
    addColumn(tables, row);
    const statement = statementOf(row, name);
    if (statement !== undefined) statements.push(statement);
  }
  if (tables.size > 0 || statements.length > 0) return { tables, statements };
  return `${name} holds no rows of pg_class, pg_stats or pg_stat_statements: save them with their column names, as CSV with a header or as JSON`;
}

/** A list of rows, or several lists under any names: `{ "pg_class": […], "pg_stats": […] }`. */
function rowsOf(text: string): readonly Row[] | string {
  if (!/^\s*[[{]/.test(text)) return parseCsv(text);
  try {
    const value: unknown = JSON.parse(text);
    const lists = Array.isArray(value) ? [value] : Object.values(value as Row);
    return lists.flatMap((list) => (Array.isArray(list) ? list.filter(isRow) : []));
  } catch {
    return "is not valid JSON: save it again, or as CSV";
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function addRows(tables: Map<string, Partial<TableStatistics>>, row: Row, source: string): void {
  const name = textOf(row["relname"]);
  const rows = numberOf(row["reltuples"]) ?? numberOf(row["n_live_tup"]);
  // Indexes and sequences have tuples too; a table that was never analyzed has -1.
  const kind = textOf(row["relkind"]) ?? "r";
  if (name === undefined || rows === undefined || rows < 0 || !/^[rpm]$/.test(kind)) return;
  const key = keyOf(textOf(row["schemaname"]) ?? textOf(row["nspname"]), name);
  tables.set(key, { ...tables.get(key), rows: Math.round(rows), source });
}

function addColumn(tables: Map<string, Partial<TableStatistics>>, row: Row): void {
  const table = textOf(row["tablename"]);
  const column = textOf(row["attname"]);
  const distinct = numberOf(row["n_distinct"]);
  if (table === undefined || column === undefined || distinct === undefined) return;
  const key = keyOf(textOf(row["schemaname"]), table);
  const known = tables.get(key);
  tables.set(key, { ...known, columns: { ...known?.columns, [column]: shapeOf(row, distinct) } });
}

function shapeOf(row: Row, distinct: number): ColumnShape {
  const nullFraction = numberOf(row["null_frac"]);
  const width = numberOf(row["avg_width"]);
  const correlation = numberOf(row["correlation"]);
  return {
    distinct,
    ...(nullFraction === undefined ? {} : { nullFraction }),
    ...(width === undefined ? {} : { width }),
    ...(correlation === undefined ? {} : { correlation }),
  };
}

function statementOf(row: Row, source: string): RecordedStatement | undefined {
  const query = textOf(row["query"]);
  const calls = numberOf(row["calls"]);
  if (query === undefined || calls === undefined || calls <= 0) return undefined;
  // Before PostgreSQL 13 the columns had no `exec` in their names.
  const total = numberOf(row["total_exec_time"]) ?? numberOf(row["total_time"]);
  const mean = numberOf(row["mean_exec_time"]) ?? numberOf(row["mean_time"]) ?? (total ?? 0) / calls;
  return { query, calls, meanMs: mean, source };
}

function keyOf(schema: string | undefined, name: string): string {
  return schema === undefined || schema === "public" ? name : `${schema}.${name}`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  const text = textOf(value);
  const number = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}
