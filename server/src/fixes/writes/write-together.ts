/**
 * One insert per element becomes one insert of all rows. Only loops that do nothing else are rewritten: each pass prepares its row, writes it, and uses nothing
 * of what the database answers. For review: rows are written together, so when one is refused none is there, where before those in front of it were.
 */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources } from "../fix.js";
import { dedented, fitted } from "../load/moved-text.js";
import { listAt, type ListText } from "../load/list-text.js";
import { contains, loopScope } from "../load/loop-scope.js";
import { loopShape, type LoopShape } from "../load/loop-shape.js";
import { camelCase, capitalized, freshName, pluralOf, singularOf } from "../names.js";
import { nodeAt } from "../nodes.js";
import { arrow, indentAt, layOut, styleOf } from "../style.js";
import { bulkWriteOf, type BulkWrite } from "./bulk-writes.js";

export interface WriteQuestion {
  readonly path: string;
  readonly dialect: string;
  /** The member that names the operation. */
  readonly method: string;
  /** The write of the dialect, whole. */
  readonly query: Span;
  readonly tableName: string | undefined;
  readonly loop: Span;
  readonly isArray: boolean;
}

const NOTE =
  "Rows are written together: if one of them is refused none is written, where before those in front of it were.";

/** Undefined where anything is unclear. */
export function writeTogether(question: WriteQuestion, sources: FixSources): Fix | undefined {
  const tree = sources.treeOf(question.path);
  const loop = tree === undefined ? undefined : loopShape(tree, question.loop);
  const node = tree === undefined ? undefined : nodeAt(tree, question.query, ts.isCallExpression);
  if (tree === undefined || loop === undefined || node === undefined || loop.indexed !== undefined) return undefined;
  const body = bodyOf(loop, node);
  const statement = loop.callback === undefined ? loop.node : wholeStatement(loop.node);
  if (body === undefined || statement === undefined) return undefined;
  const scope = loopScope(loop, ts.isIdentifier(loop.element) ? loop.element.text : "item");
  const list = listAt(loop, scope, question.isArray || loop.callback !== undefined);
  const write = bulkWriteOf(question.dialect, node);
  if (list === undefined || write === undefined || list.lines.length > 0) return undefined;
  // All but the row must be the same for every element.
  if (write.fixed.some((part) => scope.isVariant(part)) || !isPreparation(body)) return undefined;
  // A row that takes the position in the list, or waits for something, is not made from its element alone.
  if ((loop.callback?.parameters.length ?? 1) !== 1 || contains(write.row, isWaiting)) return undefined;
  const lines = linesFor(tree, loop, list, body, write, question.tableName);
  const start = statement.getStart(tree);
  const indent = indentAt(tree.text, start);
  const what = question.tableName === undefined ? "rows" : `\`${question.tableName}\` rows`;
  return {
    id: "write-together",
    title: `Write all ${what} together`,
    safety: "review",
    edits: [
      { path: question.path, edits: [{ start, end: statement.end, newText: layOut(lines, indent, styleOf(tree)) }] },
    ],
    note: NOTE,
  };
}

interface Body {
  /** Constants made for the row. */
  readonly preparation: readonly ts.Statement[];
  /** The statement that writes. */
  readonly last: ts.Node;
}

/** What a pass does, when that is to write one row at its end. */
export function bodyOf({ body, callback }: LoopShape, node: ts.Node): Body | undefined {
  if (!ts.isBlock(body))
    return isWrite(body, node, callback !== undefined) ? { preparation: [], last: body } : undefined;
  const last = body.statements.at(-1);
  if (last === undefined || !isWrite(last, node, callback !== undefined)) return undefined;
  return { preparation: body.statements.slice(0, -1), last };
}

function isWrite(node: ts.Node, write: ts.Node, isCallback: boolean): boolean {
  if (ts.isExpressionStatement(node))
    return ts.isAwaitExpression(node.expression) && node.expression.expression === write;
  if (!isCallback) return false;
  const value = ts.isReturnStatement(node) ? node.expression : node;
  return value === write || (value !== undefined && ts.isAwaitExpression(value) && value.expression === write);
}

/** `await Promise.all(list.map(…));` of which nothing is used. */
export function wholeStatement(map: ts.Node): ts.Statement | undefined {
  const all = map.parent;
  if (!ts.isCallExpression(all) || !ts.isAwaitExpression(all.parent)) return undefined;
  const statement = all.parent.parent;
  return ts.isExpressionStatement(statement) ? statement : undefined;
}

/** Nothing is awaited, left or changed while a row is prepared. */
export function isPreparation({ preparation }: Body): boolean {
  return preparation.every((statement) => {
    if (!ts.isVariableStatement(statement) || (statement.declarationList.flags & ts.NodeFlags.Const) === 0)
      return false;
    return !contains(statement, isWaiting);
  });
}

function isWaiting(node: ts.Node): boolean {
  return ts.isAwaitExpression(node) || ts.isYieldExpression(node);
}

function linesFor(
  tree: ts.SourceFile,
  loop: LoopShape,
  list: ListText,
  { preparation, last }: Body,
  write: BulkWrite,
  tableName: string | undefined,
): readonly string[] {
  const style = styleOf(tree);
  const { semicolon } = style;
  const comments = tree.text.slice(last.getFullStart(), last.getStart(tree)).trim();
  const before = comments === "" || ts.isExpression(last) ? [] : dedented(comments, last);
  const rows = rowsText(tree, loop, list, write);
  const room = style.width - indentAt(tree.text, loop.node.getStart(tree)).length;
  if (!write.inPieces && preparation.length === 0) {
    const whole = dedented(`await ${write.print(rows)}${semicolon}`, last);
    return [...before, ...(whole.length === 1 ? whole.flatMap((line) => fitted(line, room, style)) : whole)];
  }
  const name = rowsName(tree, tableName);
  const named =
    preparation.length === 0
      ? dedented(`const ${name} = ${rows}${semicolon}`, last)
      : preparedRows(tree, loop, list, preparation, write, name);
  if (!write.inPieces) return [...named, ...before, `await ${write.print(name)}${semicolon}`];
  const counter = freshName(tree, ["i", "start"]);
  return [
    ...named,
    ...before,
    `for (let ${counter} = 0; ${counter} < ${name}.length; ${counter} += 1000) {`,
    `\tawait ${write.print(`${name}.slice(${counter}, ${counter} + 1000)`)}${semicolon}`,
    "}",
  ];
}

/** What a list of rows that are to be inserted is called. */
export function rowsName(tree: ts.SourceFile, tableName: string | undefined): string {
  const base = camelCase(tableName ?? "row");
  return freshName(tree, [`new${capitalized(pluralOf(singularOf(base) ?? base))}`, "newRows"]);
}

/** A list of rows, each of which takes some steps to make. */
function preparedRows(
  tree: ts.SourceFile,
  { element }: LoopShape,
  list: ListText,
  preparation: readonly ts.Statement[],
  { row }: BulkWrite,
  name: string,
): readonly string[] {
  const style = styleOf(tree);
  const steps = preparation.flatMap((statement) => {
    const comment = tree.text.slice(statement.getFullStart(), statement.getStart(tree)).trim();
    return [...(comment === "" ? [] : dedented(comment, statement)), ...dedented(statement.getText(tree), statement)];
  });
  const result = dedented(`return ${row.getText(tree)}${style.semicolon}`, row);
  // `map` or `Array.from`, open until the rows are made.
  const [open = "", close = ""] = list.mapped("\0").split("\0");
  return [
    `const ${name} = ${open}${arrow(element.getText(tree), style)} {`,
    ...[...steps, ...result].map((line) => `\t${line}`),
    `}${close}${style.semicolon}`,
  ];
}

/** The list itself where each row is the element; otherwise what the pass makes of it. */
function rowsText(tree: ts.SourceFile, { element }: LoopShape, list: ListText, { row }: BulkWrite): string {
  const style = styleOf(tree);
  const text = row.getText(tree);
  if (ts.isIdentifier(row) && row.text === element.getText(tree)) return list.array;
  const body = ts.isObjectLiteralExpression(row) ? `(${text})` : text;
  return list.mapped(`${arrow(element.getText(tree), style)} ${body}`);
}
