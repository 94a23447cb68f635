/**
 * Imported names that several fixes together leave without a use. Each fix by itself keeps a name that others still use; when all of them are made in one
 * round, the name goes too.
 */
import { parseWithParents, syntaxErrorsOf, ts } from "../syntax/typescript.js";
import { applyEdits } from "./edits.js";
import type { FileEdit, FixSources, TextEdit } from "./fix.js";
import { isCode } from "./sources.js";

/** The same edits, and the removal of named imports that were used before and are not afterwards. */
export function withoutOrphans(sources: FixSources, edits: readonly FileEdit[]): readonly FileEdit[] {
  return edits.map((edit) => {
    const tree = edit.createText === undefined && isCode(edit.path) ? sources.treeOf(edit.path) : undefined;
    return tree === undefined ? edit : { ...edit, edits: cleaned(tree, edit) };
  });
}

function cleaned(tree: ts.SourceFile, { path, edits }: FileEdit): readonly TextEdit[] {
  const text = applyEdits(tree.text, edits);
  const after = parseWithParents(path, text);
  const head = headEnd(tree);
  if (after === undefined || head === 0) return edits;
  const orphans = namedImports(after).filter(({ name }) => isOrphan(tree, after, name.text));
  if (orphans.length === 0) return edits;
  // Imports are rewritten as one piece: what the fixes change there and what goes may touch each other.
  const own = edits.filter((one) => one.end <= head);
  const shift = own.reduce((sum, one) => sum + one.newText.length - (one.end - one.start), 0);
  const removals = removalsOf(after, orphans);
  if (edits.some((one) => one.start < head && head < one.end) || removals.some((one) => head + shift < one.end))
    return edits;
  const start = Math.min(...own.map((one) => one.start), ...orphans.map((one) => statementOf(one).getStart(after)));
  const begin = Math.min(start, firstImport(tree));
  const newText = applyEdits(text.slice(0, head + shift), removals).slice(begin);
  const made = [{ start: begin, end: head, newText }, ...edits.filter((one) => head < one.end)];
  return isStillCode(path, tree, applyEdits(tree.text, made)) ? made : edits;
}

function isStillCode(path: string, tree: ts.SourceFile, text: string): boolean {
  const after = parseWithParents(path, text);
  return after !== undefined && syntaxErrorsOf(after).length <= syntaxErrorsOf(tree).length;
}

/** Where the last import ends, its line's end included. */
function headEnd(tree: ts.SourceFile): number {
  const last = tree.statements.filter(ts.isImportDeclaration).at(-1);
  if (last === undefined) return 0;
  return last.end + (/^[ \t]*\r?\n/.exec(tree.text.slice(last.end))?.[0].length ?? 0);
}

function firstImport(tree: ts.SourceFile): number {
  return tree.statements.find(ts.isImportDeclaration)?.getStart(tree) ?? 0;
}

function namedImports(tree: ts.SourceFile): readonly ts.ImportSpecifier[] {
  return tree.statements.filter(ts.isImportDeclaration).flatMap(({ importClause }) => {
    const bindings = importClause?.namedBindings;
    return bindings !== undefined && ts.isNamedImports(bindings) ? [...bindings.elements] : [];
  });
}

function statementOf(specifier: ts.ImportSpecifier): ts.ImportDeclaration {
  return specifier.parent.parent.parent as ts.ImportDeclaration;
}

function isOrphan(before: ts.SourceFile, after: ts.SourceFile, name: string): boolean {
  return isUsed(before, name) && !isUsed(after, name);
}

/** Mentioned outside of imports; a name in JSX or in a type counts. */
function isUsed(tree: ts.SourceFile, name: string): boolean {
  const visit = (node: ts.Node): boolean => {
    if (ts.isImportDeclaration(node)) return false;
    if (ts.isIdentifier(node) && node.text === name) return true;
    return ts.forEachChild(node, (child) => visit(child) || undefined) === true;
  };
  return visit(tree);
}

/** A statement goes with its line when nothing it names is left; else names go with the commas behind them. */
function removalsOf(tree: ts.SourceFile, orphans: readonly ts.ImportSpecifier[]): readonly TextEdit[] {
  const statements = new Set(orphans.map(statementOf));
  return [...statements].flatMap((statement) => {
    const clause = statement.importClause;
    const bindings = clause?.namedBindings;
    if (clause === undefined || bindings === undefined || !ts.isNamedImports(bindings)) return [];
    const kept = bindings.elements.filter((one) => !orphans.includes(one));
    if (kept.length === 0) return [withoutNames(tree, statement, clause)];
    const start = bindings.getStart(tree);
    const inner = kept.map((one) => one.getText(tree));
    const lines = bindings.getText(tree).includes("\n");
    const [indent = "  "] = /(?<=\n)[ \t]+/.exec(bindings.getText(tree)) ?? [];
    const newText = lines
      ? `{\n${inner.map((one) => `${indent}${one},`).join("\n")}\n}`.replaceAll(
          "\n",
          tree.text.includes("\r\n") ? "\r\n" : "\n",
        )
      : `{ ${inner.join(", ")} }`;
    return [{ start, end: bindings.end, newText }];
  });
}

/** `import fs, { a } from "m"` keeps its default. */
function withoutNames(tree: ts.SourceFile, statement: ts.ImportDeclaration, clause: ts.ImportClause): TextEdit {
  if (clause.name !== undefined) return { start: clause.name.end, end: clause.end, newText: "" };
  const rest = /^[ \t]*\r?\n/.exec(tree.text.slice(statement.end))?.[0] ?? "";
  return { start: statement.getStart(tree), end: statement.end + rest.length, newText: "" };
}
