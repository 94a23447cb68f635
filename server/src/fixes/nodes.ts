/** Nodes at the spans that facts and evidence speak of, and what stands around them. */
import type { Span } from "../base/span.js";
import { ts } from "../syntax/typescript.js";

/** The outermost node that covers exactly this span and passes the guard. */
export function nodeAt<T extends ts.Node>(
  tree: ts.SourceFile,
  { start, end }: Span,
  guard: (node: ts.Node) => node is T,
): T | undefined {
  let found: T | undefined;
  const visit = (node: ts.Node): void => {
    if (found !== undefined || node.end < end || start < node.pos) return;
    if (node.end === end && node.getStart(tree) === start && guard(node)) {
      found = node;
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** The node itself or the nearest one around it that passes the guard. */
export function around<T extends ts.Node>(node: ts.Node, guard: (node: ts.Node) => node is T): T | undefined {
  for (let at: ts.Node = node; ; at = at.parent) {
    if (guard(at)) return at;
    // The root has no parent, whatever the type says.
    if (ts.isSourceFile(at)) return undefined;
  }
}

export function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node) ||
    ts.isAccessor(node)
  );
}

/** The innermost function around a node, the node itself left out. */
export function functionAround(node: ts.Node): ts.FunctionLikeDeclaration | undefined {
  return ts.isSourceFile(node) ? undefined : around(node.parent, isFunction);
}

export function isAsync(fn: ts.FunctionLikeDeclaration | undefined): boolean {
  return fn !== undefined && (ts.getModifiers(fn) ?? []).some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
}

/** A call of `Promise.all`. */
export function isPromiseAll(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && node.expression.getText() === "Promise.all";
}

/** Whether `await` may be written at a node: its function is async, or it stands at the top level of a module. */
export function mayAwait(node: ts.Node): boolean {
  const fn = functionAround(node);
  return fn === undefined || isAsync(fn);
}

/** A statement in a list of statements, where others can be put before it. */
export type ListedStatement = ts.Statement & {
  readonly parent: ts.Block | ts.SourceFile | ts.ModuleBlock | ts.CaseOrDefaultClause;
};

export function isListed(node: ts.Node): node is ListedStatement {
  const parent = ts.isSourceFile(node) ? undefined : node.parent;
  if (parent === undefined) return false;
  if (ts.isCaseOrDefaultClause(parent)) return parent.statements.some((one) => one === node);
  return ts.isStatement(node) && (ts.isBlock(parent) || ts.isSourceFile(parent) || ts.isModuleBlock(parent));
}

/** The statement around a node that other statements can be put before, the node itself included; never leaves the node's function. */
export function listedStatement(node: ts.Node): ListedStatement | undefined {
  for (let at: ts.Node = node; ; at = at.parent) {
    if (isListed(at)) return at;
    if (ts.isSourceFile(at) || isFunction(at)) return undefined;
  }
}

/** The expression below parentheses, `as`, `satisfies` and `!`. */
export function bare(node: ts.Expression): ts.Expression {
  let at = node;
  while (
    ts.isParenthesizedExpression(at) ||
    ts.isAsExpression(at) ||
    ts.isSatisfiesExpression(at) ||
    ts.isNonNullExpression(at)
  )
    at = at.expression;
  return at;
}

/** Whether a comment stands anywhere in a range outside of the nodes kept: what is thrown away must not hold one. */
export function hasComment(tree: ts.SourceFile, { start, end }: Span): boolean {
  const scanner = ts.createScanner(
    ts.ScriptTarget.Latest,
    false,
    ts.LanguageVariant.Standard,
    tree.text.slice(start, end),
  );
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan())
    if (kind === ts.SyntaxKind.SingleLineCommentTrivia || kind === ts.SyntaxKind.MultiLineCommentTrivia) return true;
  return false;
}
