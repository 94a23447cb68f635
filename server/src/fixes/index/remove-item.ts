/** Takes an item out of a list or object of code, with its comma, and the line when nothing else stands on it. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";

/** The whole lines of a span when it fills them, else the span itself. */
export function withLine(text: string, { start, end }: Span): Span {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const next = text.indexOf("\n", end);
  const lineEnd = next < 0 ? text.length : next + 1;
  const isAlone = text.slice(lineStart, start).trim() === "" && text.slice(end, lineEnd).trim() === "";
  return isAlone ? { start: lineStart, end: lineEnd } : { start, end };
}

/**
 * Removes what stands at a span: an element of an array, a property of an object, a decorator, or a statement.
 * Undefined for anything else.
 */
export function removeAt(tree: ts.SourceFile, span: Span): TextEdit | undefined {
  const item = itemAt(tree, span);
  if (item === undefined) return undefined;
  const { text } = tree;
  if (ts.isDecorator(item) || ts.isStatement(item))
    return { ...withLine(text, { start: item.getStart(tree), end: item.end }), newText: "" };
  const comma = /^\s*,/.exec(text.slice(item.end))?.[0].length ?? 0;
  if (comma > 0) {
    const own = withLine(text, { start: item.getStart(tree), end: item.end + comma });
    const blank = own.end === item.end + comma ? (/^ /.exec(text.slice(own.end))?.[0].length ?? 0) : 0;
    return { start: own.start, end: own.end + blank, newText: "" };
  }
  // The last one takes the comma before it along.
  const before = /,\s*$/.exec(text.slice(0, item.getStart(tree)))?.[0].length ?? 0;
  return { start: item.getStart(tree) - before, end: item.end, newText: "" };
}

/** The item whose value begins and ends with the span, or whose value's chain of calls does. */
function itemAt(tree: ts.SourceFile, { start, end }: Span): ts.Node | undefined {
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (node.end < end || start < node.pos) return;
    const own = valueOf(node);
    if (own !== undefined && own.getStart(tree) <= start && end <= own.end && start - own.getStart(tree) <= 1)
      found = node;
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** What an item holds; undefined for nodes that are no items. */
function valueOf(node: ts.Node): ts.Node | undefined {
  if (ts.isDecorator(node)) return node.expression;
  if (ts.isExpressionStatement(node)) return node.expression;
  if (ts.isPropertyAssignment(node))
    return ts.isObjectLiteralExpression(node.parent) && isIndexHolder(node) ? node.initializer : undefined;
  return ts.isSourceFile(node) || !ts.isArrayLiteralExpression(node.parent) ? undefined : node;
}

/** A property that is an index by itself (`userIdx: index(…)`), not one that holds a list of them. */
function isIndexHolder({ initializer }: ts.PropertyAssignment): boolean {
  return ts.isCallExpression(initializer);
}
