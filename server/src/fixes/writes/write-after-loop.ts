/**
 * A row that each pass of a loop inserts beside its other work is put aside, and all of them are inserted together behind the loop. Only inside a transaction:
 * there a pass that fails takes the rows of those before it along, before as after. Nothing may look at the table in between, which the rule makes sure of, and
 * the loop must come to its end however its passes end.
 */
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { dedented } from "../load/moved-text.js";
import { contains, loopScope } from "../load/loop-scope.js";
import { loopShape, type LoopShape } from "../load/loop-shape.js";
import { freshName } from "../names.js";
import { functionAround, isAsync, isFunction, isListed, isPromiseAll, type ListedStatement, nodeAt } from "../nodes.js";
import { indentAt, layOut, type Style, styleOf } from "../style.js";
import { bulkWriteOf, type BulkWrite } from "./bulk-writes.js";
import { typeOfRows, type RowSource } from "./row-types.js";
import { rowsName, type WriteQuestion } from "./write-together.js";

export interface AfterQuestion extends WriteQuestion, RowSource {
  /** The write is part of a transaction that was begun outside of the loop. */
  readonly inTransaction: boolean;
}

const NOTE =
  "The rows are inserted when all passes are through: look whether something else that a pass does (a trigger, a call that cannot be seen into) needs them before.";

/** Undefined where anything is unclear. */
export function writeAfterLoop(question: AfterQuestion, sources: FixSources): Fix | undefined {
  const tree = sources.treeOf(question.path);
  const loop = tree === undefined ? undefined : loopShape(tree, question.loop);
  const node = tree === undefined ? undefined : nodeAt(tree, question.query, ts.isCallExpression);
  if (!question.inTransaction || tree === undefined || loop === undefined || node === undefined) return undefined;
  const statement = statementOf(node, loop);
  const end = isTried(loop.node) ? undefined : endOf(loop);
  const write = bulkWriteOf(question.dialect, node, true);
  if (statement === undefined || end === undefined || write === undefined) return undefined;
  const scope = loopScope(loop, ts.isIdentifier(loop.element) ? loop.element.text : "item");
  if (write.fixed.some((part) => scope.isVariant(part))) return undefined;
  const name = rowsName(tree, question.tableName);
  const type = typeOfRows(question, { tree, write, isCallback: loop.callback !== undefined, statement }, sources);
  if (type === undefined) return undefined;
  const { semicolon } = styleOf(tree);
  const what = question.tableName === undefined ? "rows" : `\`${question.tableName}\` rows`;
  return {
    id: "write-after-loop",
    title: `Insert all ${what} together after the loop`,
    safety: "review",
    edits: [
      {
        path: question.path,
        edits: [
          ...type.edits,
          ...loop.before.insert([`const ${name}${type.text === "" ? "" : `: ${type.text}`} = []${semicolon}`]),
          pushed(tree, statement, write, name),
          ...end.append(linesAfter(tree, write, name, node)),
        ],
      },
    ],
    note: NOTE,
  };
}

/** The statement that does nothing but the write, when its pass comes by it at most once and deals with no failure of it. */
function statementOf(node: ts.CallExpression, loop: LoopShape): ts.ExpressionStatement | undefined {
  const { parent } = node;
  if (!ts.isAwaitExpression(parent) || !ts.isExpressionStatement(parent.parent)) return undefined;
  for (let at: ts.Node = parent.parent; at !== loop.body; at = at.parent) {
    if (ts.isSourceFile(at) || ts.isTryStatement(at) || isFunction(at) || ts.isIterationStatement(at, false))
      return undefined;
  }
  return parent.parent;
}

/** Whoever deals with the loop's failure may keep what was written before it. */
function isTried(loop: ts.Node): boolean {
  for (let at: ts.Node = loop; !ts.isSourceFile(at) && !isFunction(at); at = at.parent)
    if (ts.isTryStatement(at)) return true;
  return false;
}

interface LoopEnd {
  /** Edits that put lines behind the loop. */
  readonly append: (lines: readonly string[]) => readonly TextEdit[];
}

function endOf(loop: LoopShape): LoopEnd | undefined {
  if (loop.callback === undefined)
    return ts.isStatement(loop.node) && !leaves(loop.body) ? behind(loop.node) : undefined;
  const all = loop.node.parent;
  if (!isPromiseAll(all)) return undefined;
  const waited = ts.isAwaitExpression(all.parent) ? all.parent : undefined;
  const outer = waited ?? all;
  const { parent } = outer;
  if (ts.isReturnStatement(parent) && isListed(parent)) return beforeReturn(parent, outer, waited !== undefined);
  if (waited === undefined) return undefined;
  const statement = statementAround(waited);
  return statement === undefined ? undefined : behind(statement);
}

/** `const rows = await Promise.all(…)`, `await Promise.all(…)`. */
function statementAround(node: ts.Node): ListedStatement | undefined {
  for (let at = node; !ts.isSourceFile(at) && !isFunction(at); at = at.parent)
    if (isListed(at)) return ts.isVariableStatement(at) || ts.isExpressionStatement(at) ? at : undefined;
  return undefined;
}

/** A loop that is left with a value would leave the rows behind, too. */
function leaves(body: ts.Node): boolean {
  return contains(body, (at) => {
    if (ts.isReturnStatement(at) || ts.isYieldExpression(at)) return functionAround(at) === functionAround(body);
    return (ts.isBreakStatement(at) || ts.isContinueStatement(at)) && at.label !== undefined;
  });
}

function behind(statement: ts.Statement): LoopEnd | undefined {
  if (!isListed(statement)) return undefined;
  const tree = statement.getSourceFile();
  const style = styleOf(tree);
  const indent = indentAt(tree.text, statement.getStart(tree));
  return {
    append: (lines) => [
      {
        start: statement.end,
        end: statement.end,
        newText: `${style.newline}${indent}${layOut(lines, indent, style)}`,
      },
    ],
  };
}

/** `return Promise.all(…)` waits, writes, and returns what it waited for. */
function beforeReturn(statement: ts.ReturnStatement, value: ts.Expression, waits: boolean): LoopEnd | undefined {
  if (!isAsync(functionAround(statement))) return undefined;
  const tree = statement.getSourceFile();
  const style = styleOf(tree);
  const indent = indentAt(tree.text, statement.getStart(tree));
  const name = freshName(tree, ["results", "all"]);
  return {
    append: (lines) => [
      {
        start: statement.getStart(tree),
        end: value.getStart(tree),
        newText: `const ${name} = ${waits ? "" : "await "}`,
      },
      {
        start: statement.end,
        end: statement.end,
        newText: `${style.newline}${indent}${layOut([...lines, `return ${name}${style.semicolon}`], indent, style)}`,
      },
    ],
  };
}

function pushed(tree: ts.SourceFile, statement: ts.ExpressionStatement, { row }: BulkWrite, name: string): TextEdit {
  const style = styleOf(tree);
  const start = statement.getStart(tree);
  const lines = pushLines(dedented(row.getText(tree), row), `${name}.push(`, `)${style.semicolon}`, style);
  return { start, end: statement.end, newText: layOut(lines, indentAt(tree.text, start), style) };
}

/** An object is written behind the parenthesis; anything else of several lines gets lines of its own. */
function pushLines(row: readonly string[], open: string, close: string, style: Style): readonly string[] {
  const [first = "", ...others] = row;
  if (others.length === 0) return [`${open}${first}${close}`];
  if (first === "{") return [`${open}${first}`, ...others.slice(0, -1), `${others.at(-1) ?? ""}${close}`];
  return [open, ...row.map((line, i) => `\t${line}${i === others.length ? style.trailingComma : ""}`), close];
}

function linesAfter(tree: ts.SourceFile, write: BulkWrite, name: string, node: ts.Node): readonly string[] {
  const { semicolon } = styleOf(tree);
  const print = (rows: string): readonly string[] => dedented(`await ${write.print(rows)}${semicolon}`, node);
  if (!write.inPieces) return print(name);
  const counter = freshName(tree, ["i", "start"]);
  return [
    `for (let ${counter} = 0; ${counter} < ${name}.length; ${counter} += 1000) {`,
    ...print(`${name}.slice(${counter}, ${counter} + 1000)`).map((line) => `\t${line}`),
    "}",
  ];
}
