/** Where statements can be put so that they run right before another statement, with the braces that takes. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { isListed } from "../nodes.js";
import { indentAt, layOut, styleOf } from "../style.js";

export interface InsertionPoint {
  /** White space that new lines begin with. */
  readonly indent: string;
  /** Edits that put these lines there; `\t` stands for a step of indentation. */
  readonly insert: (lines: readonly string[]) => readonly TextEdit[];
}

/** Undefined where nothing can be put before a node. */
export function insertionPoint(node: ts.Node): InsertionPoint | undefined {
  const tree = node.getSourceFile();
  if (isListed(node)) return inList(tree, node);
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return inArrow(tree, node, node.body);
  return ts.isStatement(node) && isArm(node) ? inBraces(tree, node) : undefined;
}

function inList(tree: ts.SourceFile, node: ts.Statement): InsertionPoint {
  const style = styleOf(tree);
  const start = node.getStart(tree);
  const indent = indentAt(tree.text, start);
  return {
    indent,
    insert: (lines) => [{ start, end: start, newText: `${layOut(lines, indent, style)}${style.newline}${indent}` }],
  };
}

/** `if (found) return await …;` */
function isArm(node: ts.Statement): boolean {
  const { parent } = node;
  return (
    (ts.isIfStatement(parent) && (parent.thenStatement === node || parent.elseStatement === node)) ||
    (ts.isIterationStatement(parent, false) && parent.statement === node)
  );
}

function inBraces(tree: ts.SourceFile, node: ts.Statement): InsertionPoint {
  const style = styleOf(tree);
  const start = node.getStart(tree);
  const outer = indentAt(tree.text, node.parent.getStart(tree));
  const indent = outer + style.indent;
  const { newline } = style;
  // The statement may stand on a line of its own already.
  const gap = /\s*$/.exec(tree.text.slice(0, start))?.[0].length ?? 0;
  return {
    indent,
    insert: (lines) => [
      {
        start: start - gap,
        end: start,
        newText: ` {${newline}${indent}${layOut(lines, indent, style)}${newline}${indent}`,
      },
      { start: node.end, end: node.end, newText: `${newline}${outer}}` },
    ],
  };
}

/** `(ids) => Promise.all(…)` */
function inArrow(tree: ts.SourceFile, node: ts.ArrowFunction, body: ts.Expression): InsertionPoint {
  const style = styleOf(tree);
  const outer = indentAt(tree.text, node.getStart(tree));
  const indent = outer + style.indent;
  const start = node.equalsGreaterThanToken.end;
  const { newline, semicolon } = style;
  return {
    indent,
    insert: (lines) => [
      {
        start,
        end: body.getStart(tree),
        newText: ` {${newline}${indent}${layOut(lines, indent, style)}${newline}${indent}return `,
      },
      { start: body.end, end: body.end, newText: `${semicolon}${newline}${outer}}` },
    ],
  };
}
