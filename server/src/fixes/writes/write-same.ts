/**
 * An update or a delete per element, with the same values for all of them, becomes one statement with all keys. Only loops that do nothing else are rewritten;
 * conditions of a pass choose the keys. For review: rows are written together, so when one is refused none is written, where before those in front of it were.
 */
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { importEdits } from "../imports.js";
import type { TableAnswers } from "../load/keyed-read.js";
import { guardsOf } from "../load/guards.js";
import { listAt, type ListText } from "../load/list-text.js";
import { elementNameOf, filterFor } from "../load/load-before-loop.js";
import { keysText } from "../load/load-lines.js";
import { contains, loopScope } from "../load/loop-scope.js";
import { loopShape, type LoopShape } from "../load/loop-shape.js";
import { dedented, fitted } from "../load/moved-text.js";
import { camelCase, freshName, pluralOf } from "../names.js";
import { nodeAt } from "../nodes.js";
import { indentAt, layOut, styleOf } from "../style.js";
import { keyedWriteOf, type KeyedWrite } from "./keyed-writes.js";
import { wholeStatement, type WriteQuestion } from "./write-together.js";

export interface SameWriteQuestion extends WriteQuestion {
  readonly table: TableAnswers;
  /** The list is short enough for any database's limit of parameters. */
  readonly isBounded: boolean;
  /** The elements are rows of the table that is written. */
  readonly isOwnList: boolean;
}

const NOTE =
  "Rows are written together: if one of them is refused none is written, where before those in front of it were.";

/** Undefined where anything is unclear. */
export function writeSame(question: SameWriteQuestion, sources: FixSources): Fix | undefined {
  const tree = sources.treeOf(question.path);
  const loop = tree === undefined ? undefined : loopShape(tree, question.loop, /^Promise\.all$|\.\$transaction$/);
  const node = tree === undefined ? undefined : nodeAt(tree, question.query, ts.isCallExpression);
  if (tree === undefined || loop === undefined || node === undefined || loop.indexed !== undefined) return undefined;
  const statement = loop.callback === undefined ? loop.node : wholeStatement(loop.node);
  if (statement === undefined || !onlyWrites(loop, node) || positions(loop)) return undefined;
  const scope = loopScope(loop, elementNameOf(tree, loop));
  const list = listAt(loop, scope, question.isArray || loop.callback !== undefined);
  const write = keyedWriteOf(question.dialect, { node, scope, table: question.table });
  const guards = guardsOf(node, loop, scope);
  if (list === undefined || write === undefined || guards === undefined || guards.unclear) return undefined;
  const filter = filterFor(question.table, write, guards);
  if (filter === undefined || (write.throws === true && !isThere(question, write))) return undefined;
  if (question.dialect === "typeorm" && hasSubscribers(sources)) return undefined;
  const comments = commentsIn(tree, statement);
  if (comments === undefined) return undefined;
  const { lines, edits } = linesFor({ tree, loop, node, list, write, filter, isWhole: isWhole(question, loop, write) });
  const start = statement.getStart(tree);
  const text = layOut([...comments, ...lines], indentAt(tree.text, start), styleOf(tree));
  const what = question.tableName === undefined ? "rows" : `\`${question.tableName}\` rows`;
  return {
    id: "write-together",
    title: `${/del|destroy/i.test(question.method) ? "Delete" : "Update"} all ${what} together`,
    safety: "review",
    edits: [{ path: question.path, edits: [{ start, end: statement.end, newText: text }, ...edits] }],
    note: NOTE,
  };
}

/** TypeORM tells subscribers of each statement; they are classes of their own, in files that say so. */
function hasSubscribers(sources: FixSources): boolean {
  const files = sources.program?.files().filter((path) => /subscriber/i.test(path)) ?? [];
  return files.some((path) => sources.textOf(path)?.includes("EventSubscriber") === true);
}

/** A row that is not there is an error before and nothing after: only keys of rows that were loaded are surely those of rows. */
function isThere({ isOwnList }: SameWriteQuestion, { key, column }: KeyedWrite): boolean {
  return isOwnList && key.lastName === column && key.depth === 1;
}

/** All keys in one statement; one transaction must not be taken apart. */
function isWhole({ isBounded }: SameWriteQuestion, loop: LoopShape, write: KeyedWrite): boolean {
  const outer = loop.node.parent;
  const inTransaction = ts.isCallExpression(outer) && outer.expression.getText().endsWith("$transaction");
  return isBounded || write.unbound === true || inTransaction;
}

function positions({ callback }: LoopShape): boolean {
  return (callback?.parameters.length ?? 1) !== 1;
}

/** Whether a pass does nothing but write: conditions and constants that rename something may stand before it. */
function onlyWrites({ body, callback, node: loop }: LoopShape, write: ts.CallExpression): boolean {
  let at: ts.Node = write;
  if (ts.isAwaitExpression(at.parent)) at = at.parent;
  else if (callback === undefined) return false;
  if (at === body) return true;
  const last = at.parent;
  if (!ts.isExpressionStatement(last) && !(callback !== undefined && ts.isReturnStatement(last))) return false;
  for (at = last; at !== body; at = at.parent) {
    const { parent } = at;
    if (parent === loop || parent === callback) return false;
    if (ts.isIfStatement(parent)) {
      if (parent.thenStatement !== at || parent.elseStatement !== undefined) return false;
    } else {
      if (!ts.isBlock(parent) || parent.statements.at(-1) !== at) return false;
      if (!parent.statements.slice(0, -1).every((one) => isIdle(one, callback !== undefined))) return false;
    }
  }
  return true;
}

/** `const { id } = order;`, `if (order.paid) continue;` */
function isIdle(statement: ts.Statement, inCallback: boolean): boolean {
  if (ts.isIfStatement(statement)) {
    const then = statement.thenStatement;
    const only = ts.isBlock(then) ? then.statements.find((_, i, all) => i === 0 && all.length === 1) : then;
    return (
      only !== undefined &&
      leavesPass(only, inCallback) &&
      statement.elseStatement === undefined &&
      !contains(statement.expression, acts)
    );
  }
  return (
    ts.isVariableStatement(statement) &&
    (statement.declarationList.flags & ts.NodeFlags.Const) !== 0 &&
    !contains(statement, acts)
  );
}

function leavesPass(node: ts.Statement, inCallback: boolean): boolean {
  return inCallback
    ? ts.isReturnStatement(node) && node.expression === undefined
    : ts.isContinueStatement(node) && node.label === undefined;
}

function acts(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isYieldExpression(node) ||
    ts.isTaggedTemplateExpression(node)
  );
}

/** Comments that have lines of their own come along; others have no place, and nothing is offered. */
function commentsIn(tree: ts.SourceFile, statement: ts.Node): readonly string[] | undefined {
  const lines = tree.text.slice(statement.getStart(tree), statement.end).split(/\r?\n/);
  const own = lines.filter((line) => /^\s*\/\//.test(line)).map((line) => line.trim());
  const rest = lines.filter((line) => !/^\s*\/\//.test(line)).join("\n");
  return /\/\*|(^|[^:"'`])\/\/ /.test(rest) ? undefined : own;
}

interface Parts {
  readonly tree: ts.SourceFile;
  readonly loop: LoopShape;
  readonly node: ts.CallExpression;
  readonly list: ListText;
  readonly write: KeyedWrite;
  readonly filter: string;
  readonly isWhole: boolean;
}

function linesFor({ tree, loop, node, list, write, filter, isWhole }: Parts): {
  readonly lines: readonly string[];
  readonly edits: readonly TextEdit[];
} {
  const style = styleOf(tree);
  const { semicolon } = style;
  const locals = new Map<string, string>();
  const edits: TextEdit[] = [];
  for (const wanted of write.imports ?? []) {
    const given = importEdits(tree, wanted);
    locals.set(wanted.name, given.local);
    edits.push(...given.edits);
  }
  const keys = keysText(list, write, filter, style, true);
  const room = style.width - indentAt(tree.text, loop.node.getStart(tree)).length;
  const whole = dedented(`await ${write.batch(keys, locals)}${semicolon}`, node);
  if (isWhole && whole.every((line) => line.length <= room)) return { lines: [...list.lines, ...whole], edits };
  const { lastName = "key", parameter, identity } = write.key;
  const single = identity ? parameter : lastName === "id" ? `${parameter}Id` : camelCase(lastName);
  const isNamed = keys === list.array && /^[\w$]+$/.test(keys);
  const name = isNamed ? keys : freshName(tree, [pluralOf(single), `${single}List`]);
  const first = isNamed ? [] : [`const ${name} = ${keys}${semicolon}`];
  if (isWhole) {
    const statement = dedented(`await ${write.batch(name, locals)}${semicolon}`, node);
    const lines = statement.length === 1 ? statement.flatMap((line) => fitted(line, room, style)) : statement;
    return { lines: [...list.lines, ...first, ...lines], edits };
  }
  const counter = freshName(tree, ["i", "start"]);
  const piece = `${name}.slice(${counter}, ${counter} + 1000)`;
  const inner = dedented(`await ${write.batch(piece, locals)}${semicolon}`, node).map((line) => `\t${line}`);
  return {
    lines: [
      ...list.lines,
      ...first,
      `for (let ${counter} = 0; ${counter} < ${name}.length; ${counter} += 1000) {`,
      ...(inner.length === 1 ? inner.flatMap((line) => fitted(line, room, style)) : inner),
      "}",
    ],
    edits,
  };
}
