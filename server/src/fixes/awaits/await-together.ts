/** Awaits that need not wait for one another: started together, waited for once. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { contains, someReference } from "../load/loop-scope.js";
import { dedented } from "../load/moved-text.js";
import { isListed, nodeAt } from "../nodes.js";
import { removedStatement } from "../removed-statement.js";
import { indentAt, layOut, styleOf } from "../style.js";

export interface ReadRow {
  readonly path: string;
  /** The `await` expressions, in source order; none needs what another gave. */
  readonly awaits: readonly Span[];
}

/** One awaited initializer of a declaration that stands alone in its statement. */
interface AwaitedDeclaration {
  readonly statement: ts.VariableStatement;
  readonly name: ts.BindingName;
  readonly value: ts.Expression;
}

/** `const [a, b] = await Promise.all([readA(), readB()])` for the statements that stand right after one another. */
export function awaitTogether(sources: FixSources, { path, awaits }: ReadRow): readonly Fix[] {
  const tree = sources.treeOf(path);
  if (tree === undefined) return [];
  const row = longestRow(awaits.map((span) => declarationAt(tree, span)));
  const [first] = row;
  if (first === undefined || row.length < 2) return [];
  if (hasLongText(tree, row) && hasComments(tree, row)) return [];
  return [
    {
      id: "await-together",
      title: `Start these ${row.length} reads together`,
      safety: "review",
      edits: [{ path, edits: gathered(tree, row, first) }],
      note: "When more than one of them fails, the error may be another one's than before.",
    },
  ];
}

function declarationAt(tree: ts.SourceFile, span: Span): AwaitedDeclaration | undefined {
  const node = nodeAt(tree, span, ts.isAwaitExpression);
  const declaration = node?.parent;
  if (node === undefined || declaration === undefined || !ts.isVariableDeclaration(declaration)) return undefined;
  const { declarations, flags } = declaration.parent as ts.VariableDeclarationList;
  const statement = declaration.parent.parent;
  // A declared type would have to become part of a tuple's, and `var` may be declared again.
  if (declaration.type !== undefined || declarations.length !== 1 || (flags & ts.NodeFlags.Const) === 0)
    return undefined;
  if (!ts.isVariableStatement(statement) || !isListed(statement) || statement.modifiers !== undefined) return undefined;
  return { statement, name: declaration.name, value: node.expression };
}

/** The longest stretch of statements with nothing between them that has to come before the later ones. */
function longestRow(all: readonly (AwaitedDeclaration | undefined)[]): readonly AwaitedDeclaration[] {
  let best: readonly AwaitedDeclaration[] = [];
  let row: AwaitedDeclaration[] = [];
  for (const one of all) {
    const before = row.at(-1);
    const follows = one !== undefined && (before === undefined || canJoin(row, before, one));
    row = follows ? [...row, one] : one === undefined ? [] : [one];
    if (best.length < row.length) best = row;
  }
  return best;
}

function canJoin(row: readonly AwaitedDeclaration[], before: AwaitedDeclaration, one: AwaitedDeclaration): boolean {
  const between = statementsBetween(before.statement, one.statement);
  // A comment behind a statement would have no place in the list.
  const isClear = ts.getTrailingCommentRanges(one.statement.getSourceFile().text, before.statement.end) === undefined;
  if (between === undefined || !isClear) return false;
  const hasGap = between.length > 0 || row.some(({ statement }, i) => i > 0 && !isNext(row[i - 1], statement));
  if (!hasGap) return true;
  if (commentsAbove(one.statement.getSourceFile(), one.statement).length > 0) return false;
  // What stands between stays where it is, and the later read comes before it.
  const names = new Set<string>();
  const add = (name: ts.BindingName): void => void someReference(name, ({ text }) => names.add(text).size < 0);
  for (const { name } of row) add(name);
  for (const statement of between) {
    if (!isPreparation(statement)) return false;
    for (const { name } of statement.declarationList.declarations) add(name);
  }
  return !someReference(one.value, ({ text }) => names.has(text));
}

function isNext(before: AwaitedDeclaration | undefined, statement: ts.Statement): boolean {
  return before !== undefined && statementsBetween(before.statement, statement)?.length === 0;
}

/** Constants that nothing is awaited for. */
function isPreparation(statement: ts.Statement): statement is ts.VariableStatement {
  return (
    ts.isVariableStatement(statement) &&
    (statement.declarationList.flags & ts.NodeFlags.Const) !== 0 &&
    !contains(statement, (at) => ts.isAwaitExpression(at) || ts.isYieldExpression(at) || isAssigning(at))
  );
}

function isAssigning(node: ts.Node): boolean {
  if (ts.isPostfixUnaryExpression(node) || ts.isDeleteExpression(node)) return true;
  const kind = ts.isBinaryExpression(node) ? node.operatorToken.kind : undefined;
  return kind !== undefined && ts.SyntaxKind.FirstAssignment <= kind && kind <= ts.SyntaxKind.LastAssignment;
}

/** Undefined where they do not stand in one list. */
function statementsBetween(one: ts.Statement, other: ts.Statement): readonly ts.Statement[] | undefined {
  const { parent } = one;
  if (parent !== other.parent || !("statements" in parent)) return undefined;
  const statements = parent.statements as ts.NodeArray<ts.Statement>;
  const [from, to] = [statements.indexOf(one), statements.indexOf(other)];
  return from < to ? statements.slice(from + 1, to) : undefined;
}

/** All in place of the first; those behind others go from where they stood. */
function gathered(
  tree: ts.SourceFile,
  row: readonly AwaitedDeclaration[],
  first: AwaitedDeclaration,
): readonly TextEdit[] {
  const gap = row.findIndex(({ statement }, i) => i > 0 && !isNext(row[i - 1], statement));
  // Up to the first gap they stand right behind one another.
  const joined = gap < 0 ? row : row.slice(0, gap);
  const last = joined.at(-1) ?? first;
  return [
    { start: first.statement.getStart(tree), end: last.statement.end, newText: together(tree, row) },
    ...row.slice(joined.length).map(({ statement }) => removedStatement(tree, statement)),
  ];
}

function together(tree: ts.SourceFile, row: readonly AwaitedDeclaration[]): string {
  const style = styleOf(tree);
  const [first] = row;
  const base = first === undefined ? "" : indentAt(tree.text, first.statement.getStart(tree));
  const names = `const [${row.map(({ name }) => name.getText(tree)).join(", ")}] = await Promise.all([`;
  const values = row.map(({ value }) => value.getText(tree));
  const oneLine = `${names}${values.join(", ")}])${style.semicolon}`;
  // Lines of a text are what they are.
  if (hasLongText(tree, row)) return oneLine;
  if (!hasComments(tree, row) && !/[\r\n]/.test(oneLine) && base.length + oneLine.length <= style.width) return oneLine;
  const items = row.flatMap(({ statement, value }, index) => {
    const comma = index < row.length - 1 ? "," : style.trailingComma;
    const lines = dedented(`${value.getText(tree)}${comma}`, statement);
    const above = index === 0 ? [] : commentsAbove(tree, statement);
    return [...above, ...lines].map((line) => `\t${line}`);
  });
  return layOut([names, ...items, `])${style.semicolon}`], base, style);
}

function hasComments(tree: ts.SourceFile, row: readonly AwaitedDeclaration[]): boolean {
  return row.some(({ statement }, index) => 0 < index && commentsAbove(tree, statement).length > 0);
}

/** A text over several lines, whose white space belongs to it. */
function hasLongText(tree: ts.SourceFile, row: readonly AwaitedDeclaration[]): boolean {
  return row.some(({ value }) => contains(value, (at) => isLongText(tree, at)));
}

function isLongText(tree: ts.SourceFile, node: ts.Node): boolean {
  return (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) && /[\r\n]/.test(node.getText(tree));
}

function commentsAbove(tree: ts.SourceFile, statement: ts.Statement): readonly string[] {
  const ranges = ts.getLeadingCommentRanges(tree.text, statement.getFullStart()) ?? [];
  return ranges.flatMap(({ pos, end }) => dedented(tree.text.slice(pos, end), statement));
}

export interface AwaitedElements {
  readonly path: string;
  /** The array given to the combinator. */
  readonly array: Span;
  readonly combinator: string;
  /** Every awaited call only reads, as far as can be seen. */
  readonly onlyReads: boolean;
}

/** Leaves the `await`s of the elements out, so that the combinator gets promises. */
export function withoutAwaits(
  sources: FixSources,
  { path, array, combinator, onlyReads }: AwaitedElements,
): readonly Fix[] {
  const tree = sources.treeOf(path);
  const list = tree === undefined ? undefined : nodeAt(tree, array, ts.isArrayLiteralExpression);
  if (tree === undefined || list === undefined) return [];
  const edits = list.elements.flatMap((element): TextEdit[] =>
    ts.isAwaitExpression(element)
      ? [{ start: element.getStart(tree), end: element.expression.getStart(tree), newText: "" }]
      : [],
  );
  // A comment between `await` and its value would be lost.
  if (edits.length === 0 || edits.some(({ start, end }) => tree.text.slice(start, end).trim() !== "await")) return [];
  return [
    {
      id: "promises-in-combinator",
      title: `Leave out ${edits.length === 1 ? "the `await`" : `the ${edits.length} \`await\`s`} inside \`Promise.${combinator}\``,
      safety: "review",
      edits: [{ path, edits }],
      note: onlyReads
        ? "When more than one of them fails, the error may be another one's than before."
        : "The calls after it start before it has ended: look whether one needs what another writes.",
    },
  ];
}
