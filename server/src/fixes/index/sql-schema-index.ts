/** A statement beside the table in a file that holds a whole schema as SQL. */
import { splitStatements } from "../../syntax/sql-statements.js";
import type { TextEdit } from "../fix.js";
import { createIndexSql, quotingOf } from "./index-sql.js";
import type { ModelPlace, WantedIndex } from "./wanted-index.js";

export function sqlSchemaIndex(whole: string, model: ModelPlace, wanted: readonly WantedIndex[]): TextEdit | undefined {
  const shift = tableStart(whole, model.location.span.start);
  const text = whole.slice(shift, model.location.span.start + MAX_TABLE);
  const statements = splitStatements(text, {});
  const at = model.location.span.start - shift;
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
  return { start: shift + end, end: shift + end, newText: `${gap}${newline}${lines.join(newline)}` };
}

/** Characters around a place in which its table is looked for. A dump of many megabytes is not taken apart for each of its tables. */
const MAX_TABLE = 100_000;
/** Characters of `CREATE GLOBAL TEMPORARY TABLE` and the white space in it. */
const LONGEST_HEAD = 60;

/** Where the statement that creates the table begins; the beginning of the text when it is not found. */
function tableStart(text: string, at: number): number {
  const from = Math.max(0, at - MAX_TABLE);
  const heads = text.slice(from, at + LONGEST_HEAD).matchAll(/\bCREATE\s+(?:\w+\s+){0,2}TABLE\b/gi);
  const last = [...heads].findLast(({ index }) => from + index <= at);
  return last === undefined ? 0 : from + last.index;
}
