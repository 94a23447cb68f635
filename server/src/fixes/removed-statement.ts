/** A statement taken out of its file without leaving a hole. */
import type { ts } from "../syntax/typescript.js";
import type { TextEdit } from "./fix.js";

/** With its line when it stands there alone, and with one of the empty lines around it where two would meet or one would stand before a closing brace. */
export function removedStatement(tree: ts.SourceFile, statement: ts.Statement): TextEdit {
  const { text } = tree;
  const start = text.lastIndexOf("\n", statement.getStart(tree) - 1) + 1;
  const rest = /^[ \t]*\r?\n/.exec(text.slice(statement.end))?.[0];
  if (rest === undefined || text.slice(start, statement.getStart(tree)).trim() !== "")
    return { start: statement.getStart(tree), end: statement.end, newText: "" };
  const end = statement.end + rest.length;
  const above = /(?<=\n)[ \t]*\r?\n$/.exec(text.slice(0, start))?.[0];
  const below = /^[ \t]*\r?\n/.exec(text.slice(end))?.[0];
  if (above !== undefined && below !== undefined) return { start, end: end + below.length, newText: "" };
  const closes = /^[ \t]*[})]/.test(text.slice(end));
  return { start: above !== undefined && closes ? start - above.length : start, end, newText: "" };
}
