/** The function a proof runs: the outermost one around a finding that somebody calls with arguments of their own, and the mark that hands it out. */
import type { TextEdit } from "../fix.js";
import { isFunction } from "../nodes.js";
import { ts } from "../../syntax/typescript.js";

export type FunctionNode = ts.FunctionLikeDeclaration;

/** Undefined outside of functions and in constructors and accessors. */
export function targetAround(tree: ts.SourceFile, offset: number): FunctionNode | undefined {
  const chain: FunctionNode[] = [];
  const visit = (node: ts.Node): void => {
    if (offset < node.getStart(tree) || node.end <= offset) return;
    if (isFunction(node)) chain.push(node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  const outer = chain.findIndex((fn, index) => !handsOn(fn, chain[index + 1]));
  const found = chain[outer];
  if (found === undefined || ts.isConstructorDeclaration(found) || ts.isAccessor(found)) return undefined;
  return found;
}

const REGISTERS =
  /^(get|post|put|patch|delete|all|use|route|query|mutation|subscription|on|once|process|handle|handler|action|add|register|command|tool|middleware)$/;

/** `export function routes(app) { app.get("/orders", async (req, res) => …) }`: the inner function is what runs for a request. */
function handsOn(fn: FunctionNode, inner: FunctionNode | undefined): boolean {
  if (inner === undefined || !ts.isCallExpression(inner.parent)) return false;
  const { expression } = inner.parent;
  if (!ts.isPropertyAccessExpression(expression) || !REGISTERS.test(expression.name.text)) return false;
  return fn.end >= inner.end;
}

/** The function that stands where another stood before edits. Insertions right at its start may belong to it or not, so both places are tried. */
export function sameFunction(
  before: FunctionNode,
  tree: ts.SourceFile,
  edits: readonly TextEdit[],
): FunctionNode | undefined {
  const start = before.getStart(before.getSourceFile());
  const shift = (counts: (edit: TextEdit) => boolean): number =>
    edits.filter(counts).reduce((sum, edit) => sum + edit.newText.length - (edit.end - edit.start), start);
  const places = [shift((edit) => edit.end <= start), shift((edit) => edit.end < start)];
  for (const place of places) {
    let found: FunctionNode | undefined;
    const visit = (node: ts.Node): void => {
      if (found !== undefined || place < node.getStart(tree) || node.end <= place) return;
      if (isFunction(node) && node.getStart(tree) === place && nameOf(node) === nameOf(before)) found = node;
      else ts.forEachChild(node, visit);
    };
    visit(tree);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function nameOf(fn: FunctionNode): string {
  if (fn.name !== undefined && ts.isIdentifier(fn.name)) return fn.name.text;
  const { parent } = fn;
  if (
    (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent)) &&
    ts.isIdentifier(parent.name)
  ) {
    return parent.name.text;
  }
  if (!ts.isCallExpression(parent)) return "this function";
  const [first] = parent.arguments;
  return first !== undefined && ts.isStringLiteralLike(first) ? first.text : "this function";
}

/** The class of a method or of a property that holds a function. */
export function classOf(fn: FunctionNode): ts.ClassLikeDeclaration | undefined {
  const member = ts.isPropertyDeclaration(fn.parent) ? fn.parent : fn;
  return ts.isClassLike(member.parent) ? member.parent : undefined;
}

/** Insertions that make the module hand the function out when it is loaded; undefined where that cannot be written. */
export function markEdits(fn: FunctionNode, tree: ts.SourceFile): readonly TextEdit[] | undefined {
  const insert = (at: number, newText: string): TextEdit => ({ start: at, end: at, newText });
  const cls = classOf(fn);
  if (cls !== undefined) return markMember(fn, cls, insert);
  if (ts.isFunctionDeclaration(fn)) {
    if (fn.name !== undefined) return [insert(fn.end, `;__hotpathTarget(${fn.name.text});`)];
    const keyword = fn.modifiers?.find(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
    if (keyword === undefined) return undefined;
    return [insert(keyword.end, " __hotpathTarget("), insert(fn.end, ");")];
  }
  if (ts.isMethodDeclaration(fn)) {
    if (!ts.isIdentifier(fn.name)) return undefined;
    const isAsync = fn.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) === true;
    const head = { start: fn.getStart(tree), end: fn.name.end };
    return [
      { ...head, newText: `${fn.name.text}: __hotpathTarget(${isAsync ? "async " : ""}function ` },
      insert(fn.end, ")"),
    ];
  }
  return [insert(fn.getStart(tree), "__hotpathTarget("), insert(fn.end, ")")];
}

function markMember(
  fn: FunctionNode,
  cls: ts.ClassLikeDeclaration,
  insert: (at: number, newText: string) => TextEdit,
): readonly TextEdit[] | undefined {
  const member = ts.isPropertyDeclaration(fn.parent) ? fn.parent : fn;
  const name = member.name !== undefined && ts.isIdentifier(member.name) ? member.name.text : undefined;
  if (name === undefined || cls.name === undefined || !ts.isClassDeclaration(cls)) return undefined;
  const isStatic =
    ts.canHaveModifiers(member) &&
    ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) === true;
  return [insert(cls.end, `;__hotpathTarget(${cls.name.text}, ${JSON.stringify(name)}, ${isStatic});`)];
}
