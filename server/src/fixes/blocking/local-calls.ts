/** Calls of a function that only its own file can know. */
import { ts } from "../../syntax/typescript.js";

/**
 * Undefined when it is exported, passed on or found some other way.
 * @param isRegistered A framework is given it by name: other mentions than calls are that.
 */
export function localCalls(
  fn: ts.FunctionLikeDeclaration,
  isRegistered: boolean,
): readonly ts.CallExpression[] | undefined {
  const name = localName(fn, isRegistered);
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
  if (isRegistered) return calls;
  return state.known && 0 < calls.length ? calls : undefined;
}

/** How often a file uses a name, in code and in types; what declares, imports or exports it is left out. */
export function mentionsOf(tree: ts.SourceFile, name: string): number {
  let count = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isExportAssignment(node)) return;
    if (ts.isIdentifier(node) && node.text === name && !isOtherName(node) && !isDeclared(node)) count++;
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return count;
}

/** Names of members say nothing about the function. */
function isOtherName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node)
  );
}

function isDeclared(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isBindingElement(parent)) return parent.name === node || parent.propertyName === node;
  return (ts.isFunctionDeclaration(parent) || ts.isVariableDeclaration(parent)) && parent.name === node;
}

function localName(fn: ts.FunctionLikeDeclaration, isRegistered: boolean): ts.Identifier | undefined {
  const isExported = (node: ts.Node): boolean =>
    !isRegistered &&
    ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
  if (ts.isFunctionDeclaration(fn)) return isExported(fn) ? undefined : fn.name;
  const declaration = fn.parent;
  if (!ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name)) return undefined;
  if (declaration.type !== undefined && !isRegistered) return undefined;
  return isExported(declaration.parent.parent) ? undefined : declaration.name;
}
