/** Functions that must become async for an `await` in them, and everybody who calls them. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { functionAround, isFunction } from "../nodes.js";

export interface AsyncFunctions {
  readonly edits: readonly TextEdit[];
  /** How many functions become async. */
  readonly count: number;
}

/** Calls of calls are followed this far. */
const MAX_DEPTH = 4;

/**
 * Edits that allow `await` at a node: none in an async function; `async` before a function of this file all of whose uses are calls that can be awaited in
 * turn, or which a framework calls. Undefined where somebody might get a promise instead of a value.
 * @param isCalledByFramework Whether the function standing at an offset is an entry point: whoever calls those waits for promises.
 */
export function allowAwait(
  node: ts.Node,
  isCalledByFramework: (offset: number) => boolean,
): AsyncFunctions | undefined {
  const edits = new Map<ts.Node, readonly TextEdit[]>();
  if (!allow(node, isCalledByFramework, edits, 0)) return undefined;
  return { edits: [...edits.values()].flat(), count: [...edits.keys()].filter(isFunction).length };
}

function allow(
  node: ts.Node,
  isCalledByFramework: (offset: number) => boolean,
  edits: Map<ts.Node, readonly TextEdit[]>,
  depth: number,
): boolean {
  const fn = functionAround(node);
  if (fn === undefined) return isModule(node.getSourceFile());
  if (isAsync(fn) || edits.has(fn)) return true;
  if (MAX_DEPTH < depth || !mayBecomeAsync(fn)) return false;
  const own = asyncEdits(fn);
  if (own === undefined) return false;
  edits.set(fn, own);
  if (isCalledByFramework(fn.getStart())) return true;
  const calls = callsOf(fn);
  if (calls === undefined) return false;
  return calls.every((call) => {
    if (!ts.isAwaitExpression(call.parent) && !isReturned(call)) edits.set(call, awaited(call));
    return isReturned(call) && isAsync(functionAround(call))
      ? true
      : allow(call, isCalledByFramework, edits, depth + 1);
  });
}

function isModule(tree: ts.SourceFile): boolean {
  return /\.mjs$|\.mts$/.test(tree.fileName);
}

function isAsync(fn: ts.FunctionLikeDeclaration | undefined): boolean {
  return fn !== undefined && (ts.getModifiers(fn) ?? []).some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
}

function isReturned(call: ts.Node): boolean {
  return ts.isReturnStatement(call.parent);
}

function mayBecomeAsync(fn: ts.FunctionLikeDeclaration): boolean {
  if (ts.isConstructorDeclaration(fn) || ts.isAccessor(fn) || fn.asteriskToken !== undefined) return false;
  // A type guard or an assertion cannot be a promise.
  return fn.type === undefined || !ts.isTypePredicateNode(fn.type);
}

/** `async` in front, and `Promise<…>` around a declared result. */
function asyncEdits(fn: ts.FunctionLikeDeclaration): readonly TextEdit[] | undefined {
  const tree = fn.getSourceFile();
  const at = asyncPlace(fn, tree);
  if (at === undefined) return undefined;
  const insert = (start: number, newText: string): TextEdit => ({ start, end: start, newText });
  const type = fn.type === undefined ? [] : [insert(fn.type.getStart(tree), "Promise<"), insert(fn.type.end, ">")];
  return [insert(at, "async "), ...type];
}

function asyncPlace(fn: ts.FunctionLikeDeclaration, tree: ts.SourceFile): number | undefined {
  if (ts.isFunctionDeclaration(fn)) {
    const keyword = fn.getChildren(tree).find(({ kind }) => kind === ts.SyntaxKind.FunctionKeyword);
    return keyword?.getStart(tree);
  }
  return ts.isMethodDeclaration(fn) ? fn.name.getStart(tree) : fn.getStart(tree);
}

function awaited(call: ts.CallExpression): readonly TextEdit[] {
  const insert = (start: number, newText: string): TextEdit => ({ start, end: start, newText });
  const { parent } = call;
  const inside =
    (ts.isPropertyAccessExpression(parent) ||
      ts.isElementAccessExpression(parent) ||
      ts.isCallExpression(parent) ||
      ts.isNonNullExpression(parent)) &&
    parent.expression === call;
  return inside ? [insert(call.getStart(), "(await "), insert(call.end, ")")] : [insert(call.getStart(), "await ")];
}

/** All calls of a function that only this file can know; undefined when it is exported, passed on or found some other way. */
function callsOf(fn: ts.FunctionLikeDeclaration): readonly ts.CallExpression[] | undefined {
  const name = localName(fn);
  if (name === undefined) return undefined;
  const calls: ts.CallExpression[] = [];
  const state = { known: true };
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === name.text && node !== name && !isOtherName(node)) {
      if (ts.isCallExpression(node.parent) && node.parent.expression === node) calls.push(node.parent);
      else state.known = false;
    }
    ts.forEachChild(node, visit);
  };
  visit(fn.getSourceFile());
  return state.known && 0 < calls.length ? calls : undefined;
}

/** Names of members say nothing about the function. */
function isOtherName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node)
  );
}

function localName(fn: ts.FunctionLikeDeclaration): ts.Identifier | undefined {
  const isExported = (node: ts.Node): boolean =>
    ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
  if (ts.isFunctionDeclaration(fn)) return isExported(fn) ? undefined : fn.name;
  const declaration = fn.parent;
  if (!ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name)) return undefined;
  return isExported(declaration.parent.parent) || declaration.type !== undefined ? undefined : declaration.name;
}
