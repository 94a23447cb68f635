/** One imported name in place of another: the old one goes when nothing else uses it. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { type GivenImport, importEdits } from "../imports.js";
import { freshName } from "../names.js";

/**
 * @param call Where the old name is used.
 * @param moduleOf The module the new name comes from, given the old one's.
 * @returns Undefined when the old name is not a named import.
 */
export function importInstead(
  call: ts.CallExpression,
  oldName: string,
  newName: string,
  moduleOf: (module: string) => string,
): GivenImport | undefined {
  const tree = call.getSourceFile();
  const old = importOf(tree, oldName);
  if (old === undefined) return undefined;
  const module = moduleOf(old.module);
  const { local, edits } = importEdits(tree, { module, name: newName });
  if (1 < usesOf(tree, oldName)) return { local, edits };
  const { specifier, declaration } = old;
  const alone = specifier.parent.elements.length === 1 && declaration.importClause?.name === undefined;
  if (edits.length === 0) return { local, edits: [alone ? lineOf(tree, declaration) : withComma(tree, specifier)] };
  const written = local === newName ? newName : `${newName} as ${freshName(tree, [local])}`;
  const replaced = { start: specifier.getStart(tree), end: specifier.end, newText: written };
  if (module === old.module) return { local, edits: [replaced] };
  if (!alone) return { local, edits: [...edits, withComma(tree, specifier)] };
  const { moduleSpecifier } = declaration;
  const from = { start: moduleSpecifier.getStart(tree) + 1, end: moduleSpecifier.end - 1, newText: module };
  // A file that imports the new module already has its name added there.
  return imports(tree, module)
    ? { local, edits: [...edits, lineOf(tree, declaration)] }
    : { local, edits: [replaced, from] };
}

interface NamedImport {
  readonly specifier: ts.ImportSpecifier;
  readonly declaration: ts.ImportDeclaration;
  readonly module: string;
}

function importOf(tree: ts.SourceFile, name: string): NamedImport | undefined {
  for (const declaration of tree.statements) {
    if (!ts.isImportDeclaration(declaration) || !ts.isStringLiteral(declaration.moduleSpecifier)) continue;
    const bindings = declaration.importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings)) continue;
    const specifier = bindings.elements.find((one) => one.name.text === name && one.propertyName === undefined);
    if (specifier !== undefined) return { specifier, declaration, module: declaration.moduleSpecifier.text };
  }
  return undefined;
}

function imports(tree: ts.SourceFile, module: string): boolean {
  return tree.statements.some(
    (one) =>
      ts.isImportDeclaration(one) && ts.isStringLiteral(one.moduleSpecifier) && one.moduleSpecifier.text === module,
  );
}

/** Mentions outside of imports. */
function usesOf(tree: ts.SourceFile, name: string): number {
  let count = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isIdentifier(node) && node.text === name) count++;
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return count;
}

/** The specifier and the comma that ties it to its neighbour. */
function withComma(tree: ts.SourceFile, specifier: ts.ImportSpecifier): TextEdit {
  const { elements } = specifier.parent;
  const at = elements.indexOf(specifier);
  const next = elements[at + 1];
  if (next !== undefined) return { start: specifier.getStart(tree), end: next.getStart(tree), newText: "" };
  const before = elements[at - 1];
  return { start: before === undefined ? specifier.getStart(tree) : before.end, end: specifier.end, newText: "" };
}

function lineOf(tree: ts.SourceFile, declaration: ts.ImportDeclaration): TextEdit {
  const rest = /^[ \t]*\r?\n/.exec(tree.text.slice(declaration.end))?.[0] ?? "";
  return { start: declaration.getStart(tree), end: declaration.end + rest.length, newText: "" };
}
