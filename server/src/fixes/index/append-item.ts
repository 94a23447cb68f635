/** One more item at the end of a list or object of code, laid out as the items before it. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { indentAt, styleOf } from "../style.js";

export function appendTo(
  tree: ts.SourceFile,
  list: ts.ArrayLiteralExpression | ts.ObjectLiteralExpression,
  item: string,
): TextEdit {
  const items: ts.NodeArray<ts.Node> & { readonly hasTrailingComma?: boolean } = ts.isArrayLiteralExpression(list)
    ? list.elements
    : list.properties;
  const last = items.at(-1);
  const { newline, indent } = styleOf(tree);
  const open = list.getStart(tree);
  if (last === undefined) {
    const blank = ts.isObjectLiteralExpression(list) ? " " : "";
    return {
      start: open,
      end: list.end,
      newText: ts.isArrayLiteralExpression(list) ? `[${item}]` : `{${blank}${item}${blank}}`,
    };
  }
  const start = last.getStart(tree);
  const before = items.at(-2)?.end ?? open + 1;
  const isSpread = tree.text.slice(before, start).includes("\n") || tree.text.slice(last.end, list.end).includes("\n");
  const gap = isSpread ? `${newline}${lineIndent(tree.text, start) ?? `${indentAt(tree.text, open)}${indent}`}` : " ";
  if (!items.hasTrailingComma) {
    const tail = isSpread && styleOf(tree).trailingComma === "," ? "," : "";
    return { start: last.end, end: last.end, newText: `,${gap}${item}${tail}` };
  }
  const comma = tree.text.indexOf(",", last.end) + 1;
  return { start: comma, end: comma, newText: `${gap}${item},` };
}

/** White space before an item that begins its line. */
function lineIndent(text: string, start: number): string | undefined {
  const indent = indentAt(text, start);
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  return lineStart + indent.length === start ? indent : undefined;
}
