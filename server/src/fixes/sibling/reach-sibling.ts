/** How the caller of a function comes by its sibling: under the same object, or by one more imported name. */
import { ts } from "../../syntax/typescript.js";
import type { FileEdit, FixSources, TextEdit } from "../fix.js";
import { importEdits } from "../imports.js";
import type { DeclaredFunction, ListedExport } from "./declared-function.js";

export interface ReachQuestion {
  readonly call: ts.CallExpression;
  readonly callerPath: string;
  readonly declared: DeclaredFunction;
  readonly calleePath: string;
  readonly sibling: string;
  /** The object the method is called on is an instance of its class, or the object or class itself, by what the code says. */
  readonly isOwner: boolean;
}

export interface Reached {
  /** What is called in the caller's file. */
  readonly callee: string;
  readonly edits: readonly TextEdit[];
  /** In the callee's file. */
  readonly exportEdits: readonly TextEdit[];
}

/** Undefined where the sibling could not be seen from the caller. */
export function reachSibling(question: ReachQuestion, sources: FixSources): Reached | undefined {
  const { call, declared, sibling } = question;
  const { expression } = call;
  if (call.questionDotToken !== undefined) return undefined;
  if (declared.kind === "member") {
    if (!ts.isPropertyAccessExpression(expression) || !question.isOwner || !isFixedPath(expression)) return undefined;
    return { callee: `${expression.expression.getText()}.${sibling}`, edits: [], exportEdits: [] };
  }
  if (question.callerPath === question.calleePath)
    return ts.isIdentifier(expression) ? { callee: sibling, edits: [], exportEdits: [] } : undefined;
  return imported(question, sources);
}

/** `this.users.find`, `userService.find`: nothing is called or made on the way. */
function isFixedPath({ expression, questionDotToken }: ts.PropertyAccessExpression): boolean {
  if (questionDotToken !== undefined) return false;
  if (ts.isPropertyAccessExpression(expression)) return isFixedPath(expression);
  return (
    ts.isIdentifier(expression) ||
    expression.kind === ts.SyntaxKind.ThisKeyword ||
    expression.kind === ts.SyntaxKind.SuperKeyword
  );
}

function imported(question: ReachQuestion, sources: FixSources): Reached | undefined {
  const { call, declared, callerPath, calleePath, sibling } = question;
  const tree = call.getSourceFile();
  const name = ts.isIdentifier(call.expression) ? call.expression : objectOf(call.expression);
  const { exported } = declared;
  if (name === undefined || exported === undefined) return undefined;
  const found = importOf(tree, name.text) ?? requireOf(tree, name.text);
  if (found === undefined || !gives(sources, callerPath, found.module, calleePath, 0)) return undefined;
  const exportEdits = exported === "declaration" ? [] : [besides(exported, sibling)];
  if (ts.isPropertyAccessExpression(call.expression) !== found.isWhole) return undefined;
  if (found.isWhole) return { callee: `${name.text}.${sibling}`, edits: [], exportEdits };
  const given = importEdits(tree, { module: found.module, name: sibling });
  return { callee: given.local, edits: given.edits, exportEdits };
}

/** The module that a name comes from, and whether it stands for all of it. */
interface Imported {
  readonly module: string;
  readonly isWhole: boolean;
}

function objectOf(node: ts.Expression): ts.Identifier | undefined {
  return ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && node.questionDotToken === undefined
    ? node.expression
    : undefined;
}

function importOf(tree: ts.SourceFile, local: string): Imported | undefined {
  for (const { importClause, moduleSpecifier } of tree.statements.filter(ts.isImportDeclaration)) {
    if (!ts.isStringLiteralLike(moduleSpecifier)) continue;
    const module = moduleSpecifier.text;
    const bindings = importClause?.namedBindings;
    if (importClause?.name?.text === local) return { module, isWhole: false };
    if (bindings === undefined) continue;
    if (ts.isNamespaceImport(bindings)) {
      if (bindings.name.text === local) return { module, isWhole: true };
    } else if (bindings.elements.some((one) => one.name.text === local)) return { module, isWhole: false };
  }
  return undefined;
}

/** `const users = require("./users");`, `const { getUser } = require("./users");` */
function requireOf(tree: ts.SourceFile, local: string): Imported | undefined {
  const declarations = tree.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations]);
  for (const { name, initializer } of declarations) {
    const [given] =
      initializer !== undefined && ts.isCallExpression(initializer) && initializer.expression.getText() === "require"
        ? initializer.arguments
        : [];
    if (given === undefined || !ts.isStringLiteralLike(given)) continue;
    if (ts.isIdentifier(name)) {
      if (name.text === local) return { module: given.text, isWhole: true };
    } else if (name.elements.some((one) => ts.isBindingElement(one) && one.name.getText() === local))
      return { module: given.text, isWhole: false };
  }
  return undefined;
}

const MAX_BARRELS = 4;

/** Whether whatever the one file exports comes with this import: it is that file, or one that passes all of it on. */
function gives(sources: FixSources, from: string, specifier: string, wanted: string, depth: number): boolean {
  const file = sources.program?.fileOf(from, specifier);
  if (file === undefined || file === wanted || depth === MAX_BARRELS) return file === wanted;
  const passedOn = sources.treeOf(file)?.statements.filter(ts.isExportDeclaration) ?? [];
  return passedOn.some(({ exportClause, isTypeOnly, moduleSpecifier }) => {
    if (exportClause !== undefined || isTypeOnly || moduleSpecifier === undefined) return false;
    return ts.isStringLiteralLike(moduleSpecifier) && gives(sources, file, moduleSpecifier.text, wanted, depth + 1);
  });
}

/** In a line of its own where the list has one for each name. */
function besides({ pos, end, parent }: ListedExport, sibling: string): TextEdit {
  const gap = /^\s*\n\s*/.exec(parent.getSourceFile().text.slice(pos, end))?.[0] ?? " ";
  return { start: end, end, newText: `,${gap}${sibling}` };
}

/** Edits by file; those of one file become one entry. */
export function inFiles(parts: readonly FileEdit[]): readonly FileEdit[] {
  const paths = [...new Set(parts.map(({ path }) => path))];
  return paths.map((path) => ({ path, edits: parts.filter((one) => one.path === path).flatMap(({ edits }) => edits) }));
}
