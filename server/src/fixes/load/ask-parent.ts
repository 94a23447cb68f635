/**
 * Prisma merges `findUnique` calls of one tick, and what is read through them: `team.findUnique({ where: { id } }).members()` for a hundred teams are two
 * queries, where `member.findMany({ where: { teamId } })` are a hundred. So a read by the key of another row is asked through that row. Each caller gets what it
 * got: the same conditions and order, an empty list where there is no such row, and its own errors.
 */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { freshName, pluralOf, singularOf, camelCase } from "../names.js";
import { functionAround, isAsync, isFunction, isPromiseAll, nodeAt } from "../nodes.js";
import { arrow, indentAt, layOut, styleOf } from "../style.js";
import { nameOf, propertyOf, replace, rewritten, valueOf } from "./keyed-read.js";
import { contains, someReference } from "./loop-scope.js";
import { isOperand } from "./use.js";
import { withoutProperty } from "./without-property.js";

/** How a row of one model leads to the rows of another that hold its key. */
export interface ParentRelation {
  /** The other model as the client calls it: `team`. */
  readonly client: string;
  /** Its field of the rows: `members`. */
  readonly field: string;
  /** Its field that the key equals: `id`. */
  readonly key: string;
}

export interface ParentQuestion {
  readonly path: string;
  readonly query: Span;
  readonly tableName: string | undefined;
  /** Names that stand for another value in each of the calls that start together: the element, or parameters. */
  readonly varying: ReadonlySet<string>;
  readonly parentOf: (column: string) => ParentRelation | undefined;
  /** At most one row has this value of the column. */
  readonly isUnique: (column: string) => boolean;
}

const NOTE =
  "Prisma merges these reads when they start in one tick and differ in nothing but the key; a single one takes one more query, for the row it is asked through.";
const FILTERED = "Counting only some of a relation's rows takes Prisma 5.";
const NOTE_OF_ONE = "Prisma merges `findUnique` calls that start in one tick and differ in nothing but the key.";

/** Undefined where anything is unclear. */
export function askParent(question: ParentQuestion, sources: FixSources): Fix | undefined {
  const tree = sources.treeOf(question.path);
  const node = tree === undefined ? undefined : nodeAt(tree, question.query, ts.isCallExpression);
  const read = node === undefined ? undefined : readOf(node);
  if (tree === undefined || node === undefined || read === undefined || !startsAtOnce(node)) return undefined;
  return read.method.text === "findFirst" ? asUnique(question, read) : throughParent(question, node, read);
}

interface Read {
  readonly client: ts.Expression;
  readonly model: ts.MemberName;
  readonly method: ts.MemberName;
  readonly options: ts.ObjectLiteralExpression;
  readonly where: ts.ObjectLiteralExpression;
}

/** `client.model.method({ where: { … } })` */
function readOf({ expression, arguments: args }: ts.CallExpression): Read | undefined {
  const [options, ...others] = args;
  if (!ts.isPropertyAccessExpression(expression) || !ts.isPropertyAccessExpression(expression.expression))
    return undefined;
  if (options === undefined || others.length > 0 || !ts.isObjectLiteralExpression(options)) return undefined;
  const where = propertyOf(options, "where");
  const filter = where === undefined ? undefined : valueOf(where);
  if (filter === undefined || !ts.isObjectLiteralExpression(filter)) return undefined;
  const { expression: client, name: model } = expression.expression;
  return { client, model, method: expression.name, options, where: filter };
}

/** Only what begins in the tick in which its function is called is merged with the others. */
function startsAtOnce(node: ts.Node): boolean {
  const fn = functionAround(node);
  if (fn?.body === undefined) return false;
  const start = node.getStart();
  const waitsBefore = (at: ts.Node): boolean => {
    if (at !== fn && isFunction(at)) return false;
    if (ts.isAwaitExpression(at) && at.end <= start) return true;
    // One pass of a loop after another is no tick.
    if (ts.isIterationStatement(at, false) && at.pos <= start && node.end <= at.end) return true;
    return ts.forEachChild(at, (child) => waitsBefore(child) || undefined) === true;
  };
  return !waitsBefore(fn.body);
}

/** `findFirst({ where: { id } })` finds what `findUnique` does, where the one condition is a unique key. */
function asUnique(
  { path, tableName, varying, isUnique }: ParentQuestion,
  { method, options, where }: Read,
): Fix | undefined {
  if (!options.properties.every((one) => /^(where|select|include|omit)$/.test(nameOf(one) ?? ""))) return undefined;
  const [only, ...others] = where.properties;
  if (only === undefined || others.length > 0 || !isValue(only)) return undefined;
  const column = nameOf(only);
  if (column === undefined || !isUnique(column) || !isGivenKey(valueOf(only), varying)) return undefined;
  return {
    id: "ask-unique",
    title: `Ask for the ${tableName === undefined ? "row" : `\`${tableName}\` row`} with \`findUnique\`, which Prisma merges`,
    safety: "review",
    edits: [{ path, edits: [replace(method, "findUnique")] }],
    note: NOTE_OF_ONE,
  };
}

function throughParent(question: ParentQuestion, node: ts.CallExpression, read: Read): Fix | undefined {
  const { method, where, options, client } = read;
  const isCount = method.text === "count";
  // A page of each row's own would be cut from all rows of all of them, in memory.
  const known = isCount ? /^where$/ : /^(where|select|include|omit|orderBy)$/;
  if (!/^(findMany|count)$/.test(method.text)) return undefined;
  if (!options.properties.every((one) => known.test(nameOf(one) ?? ""))) return undefined;
  const found = keyOf(question, where);
  if (found === undefined || differsElsewhere(options, found.property, question.varying)) return undefined;
  const { property, parent } = found;
  const keyText = found.value.getText();
  const own = keyText === parent.key ? keyText : `${parent.key}: ${keyText}`;
  const rest = rewritten(where, [withoutProperty(where, property)]);
  const isEmpty = where.properties.length === 1;
  const result = useOf(node, rowsName(question.tableName), isCount ? "0" : "[]");
  if (result === undefined) return undefined;
  const calls = isCount
    ? countCalls(node, own, parent.field, isEmpty ? "true" : `{ where: ${inLine(rest)} }`)
    : [`.findUnique({ where: { ${own} } })`, `.${parent.field}(${optionsText(read, property)})`];
  const newText = result(`${client.getText()}.${parent.client}`, calls, isCount ? `?._count.${parent.field}` : "");
  const what = question.tableName === undefined ? "the rows" : `\`${question.tableName}\``;
  return {
    id: "ask-parent",
    title: `${isCount ? "Count" : "Read"} ${what} through \`${parent.client}.${parent.field}\`, which Prisma merges`,
    safety: "review",
    edits: [{ path: question.path, edits: [newText] }],
    note: isCount && !isEmpty ? `${NOTE} ${FILTERED}` : NOTE,
  };
}

/** What is counted of the row, on lines of its own where one would be too long. */
function countCalls(node: ts.CallExpression, own: string, field: string, counted: string): readonly string[] {
  const tree = node.getSourceFile();
  const style = styleOf(tree);
  const select = `select: { _count: { select: { ${field}: ${counted} } } }`;
  const line = `.findUnique({ where: { ${own} }, ${select} })`;
  const indent = indentAt(tree.text, node.getStart());
  if (indent.length + line.length + style.indent.length <= style.width && !line.includes("\n")) return [line];
  const lines = [".findUnique({", `\twhere: { ${own} },`, `\t${select}${style.trailingComma}`, "})"];
  return [layOut(lines, indent, style)];
}

/** An object on one line, where no comment or text over several lines is in the way. */
function inLine(object: string): string {
  if (/\/\/|\/\*|`/.test(object)) return object;
  return object.replace(/\s*\r?\n\s*/g, " ").replace(/,\s*\}/g, " }");
}

/** A chain of calls, each on a line of its own where they would be too long or more than two. */
function chained(node: ts.CallExpression, start: string, calls: readonly string[]): string {
  const tree = node.getSourceFile();
  const style = styleOf(tree);
  const line = `${start}${calls.join("")}`;
  const lineStart = tree.text.lastIndexOf("\n", node.getStart()) + 1;
  const first = line.split("\n")[0] ?? "";
  if (calls.length < 3 && node.getStart() - lineStart + first.length + 8 <= style.width) return line;
  const indent = `${style.newline}${indentAt(tree.text, node.getStart())}${style.indent}`;
  const own = (call: string): string => call.split(/\r?\n/).join(`${style.newline}${style.indent}`);
  return `${start}${calls.map((call) => `${indent}${own(call)}`).join("")}`;
}

/** The read's options without the key. */
function optionsText({ options, where }: Read, property: ts.ObjectLiteralElementLike): string {
  const isOnly = where.properties.length === 1;
  const condition = propertyOf(options, "where");
  if (!isOnly) return rewritten(options, [withoutProperty(where, property)]);
  if (condition === undefined || options.properties.length === 1) return "";
  return rewritten(options, [withoutProperty(options, condition)]);
}

interface ParentKey {
  readonly property: ts.PropertyAssignment | ts.ShorthandPropertyAssignment;
  readonly value: ts.Expression;
  readonly parent: ParentRelation;
}

/** The one condition that differs from call to call, when it is the key of another row. */
function keyOf({ varying, parentOf }: ParentQuestion, where: ts.ObjectLiteralExpression): ParentKey | undefined {
  let found: ParentKey | undefined;
  for (const property of where.properties) {
    if (ts.isSpreadAssignment(property)) continue;
    if (!isValue(property)) return undefined;
    const column = nameOf(property);
    if (column === undefined) return undefined;
    const inner = ofRelation(valueOf(property));
    const value = inner?.value ?? valueOf(property);
    if (!isGivenKey(value, varying)) continue;
    const parent = parentOf(column);
    if (parent === undefined || found !== undefined) return undefined;
    if (inner !== undefined && inner.name !== parent.key) return undefined;
    found = { property, value, parent };
  }
  if (found === undefined) return undefined;
  const column = nameOf(found.property) ?? "";
  const isClear = where.properties.filter(ts.isSpreadAssignment).every((one) => leavesAlone(one.expression, column));
  return isClear ? found : undefined;
}

/** `{ id: team.id }` in place of a key: the row a relation leads to. */
function ofRelation(node: ts.Expression): { readonly name: string; readonly value: ts.Expression } | undefined {
  const [only, ...others] = ts.isObjectLiteralExpression(node) ? node.properties : [];
  if (only === undefined || others.length > 0 || !isValue(only)) return undefined;
  const name = nameOf(only);
  return name === undefined ? undefined : { name, value: valueOf(only) };
}

function isValue(node: ts.ObjectLiteralElementLike): node is ts.PropertyAssignment | ts.ShorthandPropertyAssignment {
  return ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node);
}

/** A value that is another one in each call, and is surely there: the `id` of something, or a parameter whose type is a plain one. */
function isGivenKey(node: ts.Expression, varying: ReadonlySet<string>): boolean {
  if (ts.isIdentifier(node)) return varying.has(node.text) && isPlainParameter(node);
  let at: ts.Expression = node;
  if (!ts.isPropertyAccessExpression(at) || !/^_?id$/.test(at.name.text)) return false;
  for (; ts.isPropertyAccessExpression(at); at = at.expression) if (at.questionDotToken !== undefined) return false;
  return ts.isIdentifier(at) && varying.has(at.text);
}

function isPlainParameter(name: ts.Identifier): boolean {
  const parameter = functionAround(name)?.parameters.find(
    (one) => ts.isIdentifier(one.name) && one.name.text === name.text,
  );
  if (parameter === undefined || parameter.questionToken !== undefined || parameter.initializer !== undefined)
    return false;
  return /^(string|number|bigint)$/.test(parameter.type?.getText() ?? "");
}

/** Whether what is spread has conditions of its own for nothing but other columns: a constant object of the file, or one of two. */
function leavesAlone(node: ts.Expression, column: string): boolean {
  if (ts.isParenthesizedExpression(node)) return leavesAlone(node.expression, column);
  if (ts.isConditionalExpression(node))
    return leavesAlone(node.whenTrue, column) && leavesAlone(node.whenFalse, column);
  if (ts.isObjectLiteralExpression(node))
    return node.properties.every((one) =>
      ts.isSpreadAssignment(one)
        ? leavesAlone(one.expression, column)
        : nameOf(one) !== undefined && nameOf(one) !== column,
    );
  if (!ts.isIdentifier(node)) return false;
  const tree = node.getSourceFile();
  const declared: ts.VariableDeclaration[] = [];
  contains(tree, (at) => {
    if (
      (ts.isVariableDeclaration(at) || ts.isParameter(at)) &&
      someReference(at.name, ({ text }) => text === node.text)
    )
      declared.push(at as ts.VariableDeclaration);
    return false;
  });
  const [only, ...others] = declared;
  if (only === undefined || others.length > 0 || only.initializer === undefined) return false;
  if (!ts.isIdentifier(only.name) || (only.parent.flags & ts.NodeFlags.Const) === 0) return false;
  return ts.isObjectLiteralExpression(only.initializer) && leavesAlone(only.initializer, column);
}

/** Calls that differ in more than the key are not merged. */
function differsElsewhere(options: ts.Node, key: ts.Node, varying: ReadonlySet<string>): boolean {
  const visit = (node: ts.Node): boolean =>
    node !== key &&
    ((ts.isIdentifier(node) && varying.has(node.text) && someReference(node, () => true)) ||
      ts.forEachChild(node, (child) => visit(child) || undefined) === true);
  return visit(options);
}

/** The edit, given what the calls are made on, the calls, and what is taken of their answer. */
type Print = (start: string, calls: readonly string[], path: string) => TextEdit;

/** How the result is written in place of the query: awaited where it was, and as a promise in `Promise.all` and where it is returned. */
function useOf(node: ts.CallExpression, rows: readonly string[], missing: string): Print | undefined {
  const { parent } = node;
  if (ts.isAwaitExpression(parent)) {
    const isInner = isOperand(parent);
    return (start, calls, path) => {
      const value = `(await ${chained(node, start, calls)})${path} ?? ${missing}`;
      return replace(parent, isInner ? `(${value})` : value);
    };
  }
  const isReturned = ts.isReturnStatement(parent) || (ts.isArrowFunction(parent) && parent.body === node);
  const isElement = ts.isArrayLiteralExpression(parent) && isPromiseAll(parent.parent);
  // Others may need it to be a promise of Prisma.
  if (!isElement && !(isReturned && isAsync(functionAround(node)))) return undefined;
  const tree = node.getSourceFile();
  return (start, calls, path) => {
    const name = freshName(tree, path === "" ? rows : ["row", "found"]);
    const then = `.then(${arrow(name, styleOf(tree))} ${name}${path} ?? ${missing})`;
    return replace(node, chained(node, start, [...calls, then]));
  };
}

function rowsName(tableName: string | undefined): readonly string[] {
  const base = camelCase(tableName ?? "row");
  return [pluralOf(singularOf(base) ?? base), "rows"];
}
