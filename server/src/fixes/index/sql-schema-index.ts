/** A statement beside the table in a file that holds a whole schema as SQL. */
import { splitStatements } from "../../syntax/sql-statements.js";
import type { TextEdit } from "../fix.js";
import { createIndexSql, quotingOf } from "./index-sql.js";
import type { ModelPlace, WantedIndex } from "./wanted-index.js";

export function sqlSchemaIndex(text: string, model: ModelPlace, wanted: readonly WantedIndex[]): TextEdit | undefined {
  const statements = splitStatements(text, {});
  const at = model.location.span.start;
  const table = statements.findIndex(({ start, end }) => start <= at && at < end);
  if (table < 0) return undefined;
  // Indexes of the table that follow it at once come first.
  let last = table;
  while (/^CREATE\s+(?:UNIQUE\s+)?INDEX\b/i.test(text.slice(statements[last + 1]?.start ?? text.length))) last++;
  const end = text.indexOf(";", Math.max(0, (statements[last]?.end ?? 0) - 1)) + 1;
  if (end === 0) return undefined;
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = wanted.map((index) => createIndexSql(index, { quoting: quotingOf(text), concurrently: false }));
  const gap = last === table ? newline : "";
  return { start: end, end, newText: `${gap}${newline}${lines.join(newline)}` };
}
