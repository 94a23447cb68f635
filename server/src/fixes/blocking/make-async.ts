/** Functions that must become async for an `await` in them, and everybody who calls them, in this file and in others. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { FileEdit, FixSources, TextEdit } from "../fix.js";
import { functionAround, isAsync, isFunction, nodeAt } from "../nodes.js";
import { localCalls, mentionsOf } from "./local-calls.js";

export interface CallInFile {
  readonly path: string;
  readonly call: Span;
}

/** Every use of a function that others may know: all of them calls. */
export interface UsesOfFunction {
  readonly calls: readonly CallInFile[];
  /** What files call it, and how often they should mention that name: more means that it is also used where no code runs, in a type for example. */
  readonly names: readonly { readonly path: string; readonly name: string; readonly mentions: number }[];
}

export interface AsyncQuestion {
  readonly sources: FixSources;
  /** Whether the function standing at an offset of a file is an entry point whose caller waits for promises. */
  readonly isCalledByFramework: (path: string, offset: number) => boolean;
  /** For functions that other files may call; undefined where somebody may call them unseen. */
  readonly usesOf: (path: string, offset: number) => UsesOfFunction | undefined;
}

export interface AsyncFunctions {
  readonly edits: readonly FileEdit[];
  /** How many functions become async. */
  readonly count: number;
}

/** Calls of calls are followed this far. */
const MAX_DEPTH = 4;
/** More places than this are a change for a person to plan. */
const MAX_FILES = 8;

/**
 * Edits that allow `await` at a node: none in an async function; `async` before a function all of whose uses are calls that can be awaited in turn, or which a
 * framework calls. Undefined where somebody might get a promise instead of a value.
 */
export function allowAwait(node: ts.Node, question: AsyncQuestion): AsyncFunctions | undefined {
  const made = new Map<ts.Node, readonly TextEdit[]>();
  if (!allow(node, question, made, 0)) return undefined;
  const byFile = new Map<string, TextEdit[]>();
  for (const [at, edits] of made) {
    const path = at.getSourceFile().fileName;
    byFile.set(path, [...(byFile.get(path) ?? []), ...edits]);
  }
  if (MAX_FILES < byFile.size) return undefined;
  return {
    edits: [...byFile].map(([path, edits]) => ({ path, edits })),
    count: [...made.keys()].filter(isFunction).length,
  };
}

type Made = Map<ts.Node, readonly TextEdit[]>;

function allow(node: ts.Node, question: AsyncQuestion, made: Made, depth: number): boolean {
  const fn = functionAround(node);
  if (fn === undefined) return isModule(node.getSourceFile());
  if (isParameterDefault(node, fn)) return false;
  if (isAsync(fn) || made.has(fn)) return true;
  if (MAX_DEPTH < depth || !mayBecomeAsync(fn)) return false;
  const own = asyncEdits(fn);
  if (own === undefined) return false;
  made.set(fn, own);
  if (isTestBody(fn)) return true;
  const { fileName } = fn.getSourceFile();
  const isEntry = question.isCalledByFramework(fileName, fn.getStart());
  const calls = isEntry ? localCalls(fn, true) : (localCalls(fn, false) ?? callsElsewhere(fn, question));
  if (calls === undefined) return isEntry;
  return calls.every((call) => {
    const handedOn = isReturned(call);
    if (!ts.isAwaitExpression(call.parent) && !handedOn) made.set(call, awaited(call));
    return handedOn && isAsync(functionAround(call)) ? true : allow(call, question, made, depth + 1);
  });
}

/** Calls of a function that other files may know, each found again in its tree. */
function callsElsewhere(
  fn: ts.FunctionLikeDeclaration,
  { sources, usesOf }: AsyncQuestion,
): readonly ts.CallExpression[] | undefined {
  if (hasContract(fn)) return undefined;
  const uses = usesOf(fn.getSourceFile().fileName, fn.getStart());
  if (uses === undefined || uses.calls.length === 0) return undefined;
  const isWhole = uses.names.every(({ path, name, mentions }) => {
    const tree = sources.treeOf(path);
    return tree !== undefined && mentionsOf(tree, name) === mentions;
  });
  if (!isWhole) return undefined;
  const found = uses.calls.map(({ path, call }) => {
    const tree = sources.treeOf(path);
    return tree === undefined ? undefined : nodeAt(tree, call, ts.isCallExpression);
  });
  return found.every((one) => one !== undefined) ? found : undefined;
}

/** Its type is written elsewhere, or several times. */
function hasContract(fn: ts.FunctionLikeDeclaration): boolean {
  if (ts.isMethodDeclaration(fn)) {
    const cls = fn.parent;
    const name = fn.name.getText();
    return !ts.isClassLike(cls) || cls.members.filter((one) => one.name?.getText() === name).length !== 1;
  }
  if (ts.isFunctionDeclaration(fn)) {
    const { statements } = fn.parent as ts.SourceFile;
    return statements.some((one) => one !== fn && ts.isFunctionDeclaration(one) && one.name?.text === fn.name?.text);
  }
  return !ts.isVariableDeclaration(fn.parent) || fn.parent.type !== undefined;
}

/** A parameter's default is evaluated where nothing can be awaited. */
function isParameterDefault(node: ts.Node, fn: ts.FunctionLikeDeclaration): boolean {
  return fn.parameters.some((parameter) => parameter.pos <= node.pos && node.end <= parameter.end);
}

const TEST_CALLS: ReadonlySet<string> = new Set([
  "it",
  "test",
  "beforeEach",
  "afterEach",
  "beforeAll",
  "afterAll",
  "before",
  "after",
]);

/** `it("…", () => { … })`: test runners wait for what it gives. */
function isTestBody(fn: ts.FunctionLikeDeclaration): boolean {
  const call = fn.parent;
  if (!ts.isCallExpression(call) || !ts.isIdentifier(call.expression)) return false;
  // A parameter means that the body says itself when it is done.
  return TEST_CALLS.has(call.expression.text) && fn.parameters.length === 0;
}

function isModule(tree: ts.SourceFile): boolean {
  return /\.mjs$|\.mts$/.test(tree.fileName);
}

/** Its promise goes to the caller as it is; inside a `try` it would slip past the `catch`. */
function isReturned(call: ts.Node): boolean {
  if (!ts.isReturnStatement(call.parent)) return false;
  for (let at: ts.Node = call.parent; !isFunction(at) && !ts.isSourceFile(at); at = at.parent)
    if (ts.isTryStatement(at)) return false;
  return true;
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
