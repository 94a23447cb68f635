/** Exports of `pg_stat_statements`: a CSV with a header, or JSON rows. */
import { parseCsv } from "./csv.js";
import { list, numeric, record, text } from "./json-stream.js";
import { type MeasuredStatement, type Observed, ProfileError } from "./model.js";

const HOW = "export it with: copy (select query, calls, total_exec_time from pg_stat_statements) to stdout csv header";

/** Whether a header names the columns of the view. */
export function isStatementsHeader(line: string): boolean {
  return /\bquery\b/i.test(line) && /\bcalls\b/i.test(line);
}

export function statementsFromCsv(source: string): Observed {
  const [header, ...rows] = parseCsv(source);
  const names = (header ?? []).map((name) => name.trim().toLowerCase());
  return observed(rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]]))));
}

/** An array of rows, or an object that holds one (`{ "rows": […] }`). */
export function statementsFromJson(value: unknown): Observed {
  const held = record(value);
  const rows = Array.isArray(value) ? value : list(held["rows"] ?? held["data"] ?? held["statements"]);
  return observed(rows.map(record));
}

function observed(rows: readonly Readonly<Record<string, unknown>>[]): Observed {
  const statements = rows.flatMap((row): MeasuredStatement[] => {
    const query = text(row["query"]);
    const calls = numeric(row["calls"]);
    // Before PostgreSQL 13 the column was called total_time.
    const total = numeric(row["total_exec_time"] ?? row["total_time"]);
    const mean = numeric(row["mean_exec_time"] ?? row["mean_time"]);
    if (query === undefined || calls === undefined || query === "<insufficient privilege>") return [];
    const totalMs = total ?? (mean === undefined ? undefined : mean * calls);
    return totalMs === undefined ? [] : [{ text: query, calls, totalMs }];
  });
  if (statements.length === 0)
    throw new ProfileError(`no statement with query, calls and total_exec_time was found: ${HOW}`);
  return { kind: "statements", statements, routes: [], functions: [] };
}
