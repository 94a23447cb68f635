/** Lists of column names written out in code: `["id", "name"]`. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { quoted, styleOf } from "../style.js";

/** Edits that make a name part of a list; none when it is; undefined where the list is not written out. */
export function withElement(list: ts.ArrayLiteralExpression, name: string): readonly TextEdit[] | undefined {
  const names = list.elements.map((element) => (ts.isStringLiteralLike(element) ? element.text : undefined));
  if (names.includes(name)) return [];
  const last = list.elements.at(-1);
  if (names.includes(undefined) || last === undefined) return undefined;
  return [{ start: last.end, end: last.end, newText: `, ${quoted(name, styleOf(list.getSourceFile()))}` }];
}
