/**
 * A new migration in code: the newest one of the folder that can serve as a model, with the bodies of `up` and `down` replaced and everything else left out that
 * only the old bodies needed. So imports, types, quotes and the way of exporting are the repository's own.
 */
import { ts } from "../../syntax/typescript.js";
import { applyEdits } from "../edits.js";
import type { FixSources, TextEdit } from "../fix.js";
import { isAsync, isFunction } from "../nodes.js";
import { indentAt, layOut, styleOf, type Style } from "../style.js";
import { libraryFor, type MigrationLibrary, type Written } from "./migration-libraries.js";
import { nextMigration } from "./migration-names.js";
import { wordsFor, type NewMigration } from "./sql-migration.js";
import type { IndexStep, MigrationHome, NewFile } from "./wanted-index.js";

/** So many migrations from the end are looked at for one that is written in the plain way. */
const LOOKED_AT = 8;

export function codeMigrations(
  home: MigrationHome,
  wanted: readonly IndexStep[],
  sources: FixSources,
  nowMs: number,
): NewMigration | undefined {
  const newest = home.files.at(-1)?.path;
  const skeleton = home.files
    .slice(-LOOKED_AT)
    .reverse()
    .map(({ path }) => skeletonOf(path, sources))
    .find((found) => found !== undefined);
  if (newest === undefined || skeleton === undefined) return undefined;
  const files: NewFile[] = [];
  let last = newest;
  for (const step of wanted) {
    const name = nextMigration(last, wordsFor(step.action, step.index), nowMs);
    const text = name === undefined ? undefined : fill(skeleton, step, name.className);
    if (name === undefined || text === undefined || sources.exists?.(name.path) === true) return undefined;
    // The newest may be JavaScript and the model TypeScript, or the other way round.
    const path = name.path.replace(/\.\w+$/, skeleton.extension);
    last = path;
    files.push({ path, text });
  }
  const { note } = skeleton.library;
  return { files, ...(note === undefined ? {} : { note }) };
}

interface Skeleton {
  readonly tree: ts.SourceFile;
  readonly library: MigrationLibrary;
  readonly up: MigrationFunction;
  readonly down: MigrationFunction | undefined;
  readonly extension: string;
}

interface MigrationFunction {
  readonly node: ts.FunctionLikeDeclaration;
  readonly body: ts.Block;
  /** What its first parameter calls the library. */
  readonly given: string;
  /** Its second parameter. */
  readonly callback: string | undefined;
  readonly isAsync: boolean;
}

function skeletonOf(path: string, sources: FixSources): Skeleton | undefined {
  const tree = sources.treeOf(path);
  const up = tree === undefined ? undefined : functionNamed(tree, "up");
  if (tree === undefined || up === undefined) return undefined;
  const library = libraryFor(tree.text, up.given, up.callback);
  const extension = /\.\w+$/.exec(path)?.[0] ?? ".ts";
  return library === undefined ? undefined : { tree, library, up, down: functionNamed(tree, "down"), extension };
}

/** `exports.up = …`, `export async function up`, `module.exports = { up() {} }`, a class's `up`. */
function functionNamed(tree: ts.SourceFile, name: string): MigrationFunction | undefined {
  let found: MigrationFunction | undefined;
  const visit = (node: ts.Node): void => {
    if (found !== undefined) return;
    if (isFunction(node) && nameOf(node) === name) found = asMigration(node);
    else ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function nameOf(node: ts.FunctionLikeDeclaration): string | undefined {
  if (node.name !== undefined) return node.name.getText();
  const { parent } = node;
  if (ts.isPropertyAssignment(parent) || ts.isVariableDeclaration(parent)) return parent.name.getText();
  if (ts.isBinaryExpression(parent) && ts.isPropertyAccessExpression(parent.left)) return parent.left.name.text;
  return undefined;
}

function asMigration(node: ts.FunctionLikeDeclaration): MigrationFunction | undefined {
  const [parameter, second] = node.parameters;
  const { body } = node;
  if (parameter === undefined || body === undefined || !ts.isBlock(body)) return undefined;
  const given = givenName(parameter.name);
  const callback = second === undefined ? undefined : givenName(second.name);
  return given === undefined ? undefined : { node, body, given, callback, isAsync: isAsync(node) };
}

/** `queryInterface`, or `{ context: queryInterface }`. */
function givenName(name: ts.BindingName): string | undefined {
  if (ts.isIdentifier(name)) return name.text;
  const [first] = name.elements;
  return first !== undefined && ts.isBindingElement(first) && ts.isIdentifier(first.name) ? first.name.text : undefined;
}

function fill(skeleton: Skeleton, { action, index }: IndexStep, className: string): string | undefined {
  const { tree, library, up, down } = skeleton;
  const style = styleOf(tree);
  const [make, undo] = action === "add" ? [library.create, library.drop] : [library.drop, library.create];
  const upBody = make(index, up.given, style);
  const downBody = undo(index, down?.given ?? up.given, style);
  if (upBody === undefined || downBody === undefined) return undefined;
  const edits: TextEdit[] = [body(tree, up, upBody, style)];
  if (down !== undefined) edits.push(body(tree, down, downBody, style));
  edits.push(...renamedClass(tree, up.node, className), ...unneeded(skeleton));
  const extra = library.config?.(isModule(tree), style);
  const text = applyEdits(tree.text, edits).trimEnd();
  return `${text}${extra === undefined ? "" : `${style.newline}${style.newline}${extra}`}${style.newline}`.replace(
    /^\s*\n/,
    "",
  );
}

function body(tree: ts.SourceFile, fn: MigrationFunction, { statements, call }: Written, style: Style): TextEdit {
  const base = indentAt(tree.text, fn.node.getStart(tree));
  const last = call.kind === "sync" ? call.text : `${fn.isAsync ? "await" : "return"} ${call.text}`;
  const lines = ["{", ...[...statements, `${last}${style.semicolon}`].map((line) => `\t${line}`), "}"];
  return { start: fn.body.getStart(tree), end: fn.body.end, newText: layOut(lines.flatMap(indented), base, style) };
}

/** A statement over several lines keeps its own steps. */
function indented(line: string): readonly string[] {
  return line.split("\n").map((one, i) => (i === 0 ? one : `\t${one}`));
}

/** The class is named after the migration, and so is the property some have. */
function renamedClass(tree: ts.SourceFile, node: ts.Node, className: string): readonly TextEdit[] {
  const { parent } = node;
  if (!ts.isClassDeclaration(parent) || parent.name === undefined) return [];
  const edits: TextEdit[] = [{ start: parent.name.getStart(tree), end: parent.name.end, newText: className }];
  for (const member of parent.members) {
    if (!ts.isPropertyDeclaration(member)) continue;
    const value = member.initializer;
    if (member.name.getText(tree) === "name" && value !== undefined && ts.isStringLiteralLike(value))
      edits.push({ start: value.getStart(tree) + 1, end: value.end - 1, newText: className });
  }
  return edits;
}

function isModule(tree: ts.SourceFile): boolean {
  return tree.statements.some(
    (one) =>
      ts.isImportDeclaration(one) ||
      ts.isExportAssignment(one) ||
      (ts.canHaveModifiers(one) &&
        (ts.getModifiers(one) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)),
  );
}

/** Whatever is neither `up` nor `down` nor used by their heads: helpers and imports of the old bodies, comments about them. */
function unneeded({ tree, up, down }: Skeleton): readonly TextEdit[] {
  const kept = [up.node, ...(down === undefined ? [] : [down.node])];
  const edits: TextEdit[] = [];
  const names = namesOutside(tree, [up.body, ...(down === undefined ? [] : [down.body])]);
  for (const statement of tree.statements) {
    const isKept = kept.some((node) => statement.pos <= node.pos && node.end <= statement.end);
    if (isKept) {
      edits.push(...withoutComments(tree, statement), ...otherMembers(tree, kept));
      continue;
    }
    if (isDirective(statement)) continue;
    if (isUsedImport(statement, names)) {
      edits.push(...trimmed(tree, statement, names));
      continue;
    }
    edits.push({ start: statement.getFullStart(), end: statement.end, newText: "" });
  }
  return edits;
}

function isDirective(statement: ts.Statement): boolean {
  return ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression);
}

/** What stands before the old migration tells of the old migration; annotations of types stay. */
function withoutComments(tree: ts.SourceFile, statement: ts.Statement): readonly TextEdit[] {
  const start = statement.getFullStart();
  const own = statement.getStart(tree);
  const trivia = tree.text.slice(start, own);
  if (!/\/\/|\/\*/.test(trivia) || /@(?:type|param|returns?)\b|eslint|@ts-/.test(trivia)) return [];
  return [{ start, end: own, newText: /^\s*/.exec(trivia)?.[0] ?? "" }];
}

/** Members of a class beside its name, `up` and `down`. */
function otherMembers(tree: ts.SourceFile, kept: readonly ts.Node[]): readonly TextEdit[] {
  const [first] = kept;
  const parent = first?.parent;
  if (parent === undefined || !ts.isClassDeclaration(parent)) return [];
  return parent.members.flatMap((member) => {
    const isNeeded =
      kept.includes(member) || (ts.isPropertyDeclaration(member) && member.name.getText(tree) === "name");
    return isNeeded ? [] : [{ start: member.getFullStart(), end: member.end, newText: "" }];
  });
}

function namesOutside(tree: ts.SourceFile, bodies: readonly ts.Node[]): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (bodies.includes(node) || ts.isImportDeclaration(node)) return;
    if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return names;
}

function isUsedImport(statement: ts.Statement, names: ReadonlySet<string>): boolean {
  return ts.isImportDeclaration(statement) && importedNames(statement).some((name) => names.has(name));
}

function importedNames({ importClause }: ts.ImportDeclaration): readonly string[] {
  const bindings = importClause?.namedBindings;
  const whole = importClause?.name === undefined ? [] : [importClause.name.text];
  if (bindings === undefined) return whole;
  if (ts.isNamespaceImport(bindings)) return [...whole, bindings.name.text];
  return [...whole, ...bindings.elements.map(({ name }) => name.text)];
}

/** Of an import that stays, the names that only the old bodies used. */
function trimmed(tree: ts.SourceFile, statement: ts.Statement, names: ReadonlySet<string>): readonly TextEdit[] {
  const bindings = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : undefined;
  if (bindings === undefined || !ts.isNamedImports(bindings)) return [];
  const kept = bindings.elements.filter(({ name }) => names.has(name.text));
  if (kept.length === bindings.elements.length || kept.length === 0) return [];
  const newText = `{ ${kept.map((one) => one.getText(tree)).join(", ")} }`;
  return [{ start: bindings.getStart(tree), end: bindings.end, newText }];
}
