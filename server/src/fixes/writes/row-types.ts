/** What a list of rows is declared to hold, in files with types: code that does not compile is no fix. */
import { ts } from "../../syntax/typescript.js";
import type { FixSources, TextEdit } from "../fix.js";
import { importEdits } from "../imports.js";
import type { TableAnswers } from "../load/keyed-read.js";
import { contains } from "../load/loop-scope.js";
import { capitalized } from "../names.js";
import { bare, functionAround, isAsync } from "../nodes.js";
import type { BulkWrite } from "./bulk-writes.js";

export interface RowSource {
  readonly dialect: string;
  readonly tableName: string | undefined;
  readonly table: TableAnswers;
  /** The function of the workspace that a call runs. */
  readonly calleeOf: (start: number, end: number) => { readonly path: string; readonly start: number } | undefined;
}

export interface RowPlace {
  readonly tree: ts.SourceFile;
  readonly write: BulkWrite;
  readonly isCallback: boolean;
  readonly statement: ts.Statement;
}

export interface RowType {
  /** Empty where the compiler finds out by itself, or there are no types. */
  readonly text: string;
  readonly edits: readonly TextEdit[];
}

/** Undefined where it cannot be said. */
export function typeOfRows(source: RowSource, place: RowPlace, sources: FixSources): RowType | undefined {
  const { tree, write, isCallback } = place;
  const row = bare(write.row);
  const typed = /\.[cm]?tsx?$/.test(tree.fileName);
  if (ts.isCallExpression(row)) {
    if (!isPlainRow(row, source, sources)) return undefined;
    if (!typed) return NONE;
    return ts.isIdentifier(row.expression)
      ? { text: `ReturnType<typeof ${row.expression.text}>[]`, edits: [] }
      : undefined;
  }
  if (!ts.isObjectLiteralExpression(row)) return undefined;
  if (!typed) return NONE;
  return declared(source, tree) ?? (isCallback || !isEvident(row, source) ? undefined : NONE);
}

const NONE: RowType = { text: "", edits: [] };

/** The library's own name for a row that is inserted. */
function declared({ dialect, tableName }: RowSource, tree: ts.SourceFile): RowType | undefined {
  if (dialect === "drizzle" && tableName !== undefined && isImported(tree, tableName))
    return { text: `(typeof ${tableName}.$inferInsert)[]`, edits: [] };
  if (dialect !== "prisma" || tableName === undefined) return undefined;
  const text = `Prisma.${capitalized(tableName)}CreateManyInput[]`;
  if (isImported(tree, "Prisma")) return { text, edits: [] };
  if (!imports(tree).some(({ module }) => module === "@prisma/client")) return undefined;
  const { local, edits } = importEdits(tree, { module: "@prisma/client", name: "Prisma" });
  return local === "Prisma" ? { text, edits } : undefined;
}

function isImported(tree: ts.SourceFile, name: string): boolean {
  return imports(tree).some(({ names }) => names.includes(name));
}

function imports(tree: ts.SourceFile): readonly { readonly module: string; readonly names: readonly string[] }[] {
  return tree.statements.filter(ts.isImportDeclaration).map(({ moduleSpecifier, importClause }) => {
    const named = importClause?.namedBindings;
    return {
      module: ts.isStringLiteralLike(moduleSpecifier) ? moduleSpecifier.text : "",
      names: named !== undefined && ts.isNamedImports(named) ? named.elements.map(({ name }) => name.text) : [],
    };
  });
}

const PLAIN = /^(text|varchar|char|uuid|string|int|integer|bigint|smallint|boolean|bool|float|double)/i;

/** Without a type, a word becomes any text: right for columns of texts, wrong for those of an enum. */
function isEvident(row: ts.ObjectLiteralExpression, { table }: RowSource): boolean {
  return row.properties.every((property) => {
    if (ts.isShorthandPropertyAssignment(property)) return true;
    if (!ts.isPropertyAssignment(property)) return false;
    const hasWords = contains(property.initializer, (at) => ts.isStringLiteralLike(at));
    return !hasWords || PLAIN.test(table.column(property.name.getText())?.type ?? "");
  });
}

const NESTED = /\b(connect|connectOrCreate|create|createMany)\s*:/;
const LOOSE = /\b(any|unknown|\w*CreateInput)\b/;

/** What makes the row is a function in sight, which puts no rows of other tables inside. */
function isPlainRow(row: ts.CallExpression, { calleeOf }: RowSource, sources: FixSources): boolean {
  const found = calleeOf(row.getStart(), row.end);
  const tree = found === undefined ? undefined : sources.treeOf(found.path);
  if (found === undefined || tree === undefined) return false;
  let fn: ts.FunctionLikeDeclaration | undefined;
  const visit = (node: ts.Node): void => {
    if (node.pos > found.start || node.end < found.start) return;
    if (ts.isFunctionDeclaration(node) || ts.isArrowFunction(node) || ts.isFunctionExpression(node))
      if (fn === undefined && Math.abs(node.getStart(tree) - found.start) === 0) fn = node;
    ts.forEachChild(node, visit);
  };
  visit(tree);
  if (fn?.body === undefined || NESTED.test(fn.body.getText(tree))) return false;
  return !isAsync(fn) && !LOOSE.test(fn.type?.getText(tree) ?? "") && functionAround(row) !== fn;
}
