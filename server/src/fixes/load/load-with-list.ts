/**
 * The row each pass asks for is a relation of the element, and the list comes from a query that can be seen: it loads the relation along. Offered where nothing
 * else sees the list or its elements whole, because they hold more than before. Prisma only: its relations are plain fields of the rows.
 */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { nodeAt } from "../nodes.js";
import { indentAt, layOut, styleOf } from "../style.js";
import { guardsOf } from "./guards.js";
import { addProperty, nameOf, propertyOf, replace, type TableAnswers, valueOf } from "./keyed-read.js";
import { loopScope, walk } from "./loop-scope.js";
import { loopShape } from "./loop-shape.js";
import { readPrisma } from "./read-prisma.js";
import { useOf } from "./use.js";

export interface RelationQuestion {
  readonly path: string;
  readonly query: Span;
  readonly method: string;
  readonly table: TableAnswers;
  readonly loop: Span;
  /** The query the list comes from: `db.order.findMany(…)`. */
  readonly list: Span;
  /** The field of the list's rows that leads to the row whose `column` equals the field `key`. */
  readonly relationOf: (key: string, column: string) => string | undefined;
}

export function loadWithList(question: RelationQuestion, sources: FixSources): Fix | undefined {
  const tree = sources.treeOf(question.path);
  const loop = tree === undefined ? undefined : loopShape(tree, question.loop);
  const node = tree === undefined ? undefined : nodeAt(tree, question.query, ts.isCallExpression);
  const list = tree === undefined ? undefined : nodeAt(tree, question.list, ts.isCallExpression);
  if (tree === undefined || loop === undefined || node === undefined || list === undefined) return undefined;
  if (!ts.isIdentifier(loop.element) || !ts.isIdentifier(loop.over)) return undefined;
  const element = loop.element.text;
  const scope = loopScope(loop, element);
  const read = readPrisma({ node, scope, table: question.table, method: question.method });
  if (read?.gives !== "row" || guardsOf(node, loop, scope) === undefined) return undefined;
  const use = useOf(node, loop, read);
  const { lastName } = read.key;
  if (use === undefined || lastName === undefined || read.key.body !== `${element}.${lastName}`) return undefined;
  const relation = question.relationOf(lastName, read.column);
  const wanted = relation === undefined ? undefined : wantedFields(node);
  if (relation === undefined || wanted === undefined || isSeenWhole(tree, loop.over.text, element)) return undefined;
  const edit = includeIn(list, `${relation}: ${wanted}`);
  if (edit === undefined) return undefined;
  return {
    id: "load-with-list",
    title: `Load \`${relation}\` together with the list`,
    safety: "review",
    edits: [
      {
        path: question.path,
        edits: [edit, { start: use.start, end: use.end, newText: `${element}.${relation}` }],
      },
    ],
    note: "The rows are read when the list is, rather than when each pass begins.",
  };
}

/** `true`, or what the query wanted of its row; undefined where it asks for more than one row by its key. */
function wantedFields({ arguments: [options] }: ts.CallExpression): string | undefined {
  if (options === undefined || !ts.isObjectLiteralExpression(options)) return undefined;
  const where = propertyOf(options, "where");
  const filter = where === undefined ? undefined : valueOf(where);
  if (filter === undefined || !ts.isObjectLiteralExpression(filter) || filter.properties.length !== 1) return undefined;
  const rest = options.properties.filter((property) => nameOf(property) !== "where");
  return rest.length === 0 ? "true" : `{ ${rest.map((property) => property.getText()).join(", ")} }`;
}

/** The edit that makes a query load a relation. */
function includeIn(list: ts.CallExpression, field: string): TextEdit | undefined {
  const [options, ...others] = list.arguments;
  if (others.length > 0) return undefined;
  if (options === undefined) return { start: list.end - 1, end: list.end - 1, newText: `{ include: { ${field} } }` };
  if (!ts.isObjectLiteralExpression(options) || options.properties.some(ts.isSpreadAssignment)) return undefined;
  const own = propertyOf(options, "select") ?? propertyOf(options, "include");
  if (own === undefined) return withInclude(options, `include: { ${field} }`);
  const fields = valueOf(own);
  if (!ts.isObjectLiteralExpression(fields) || fields.properties.some(ts.isSpreadAssignment)) return undefined;
  const name = field.slice(0, field.indexOf(":"));
  return fields.properties.some((property) => nameOf(property) === name) ? undefined : addProperty(fields, field);
}

/** Properties go on lines of their own where one line would be too long for them. */
function withInclude(options: ts.ObjectLiteralExpression, include: string): TextEdit {
  const tree = options.getSourceFile();
  const style = styleOf(tree);
  if (options.properties.length === 0) return replace(options, `{ ${include} }`);
  const lineEnd = tree.text.indexOf("\n", options.end);
  const lineStart = tree.text.lastIndexOf("\n", options.getStart()) + 1;
  const isOneLine = !options.getText().includes("\n");
  if (!isOneLine || lineEnd - lineStart + include.length + 2 <= style.width) return addProperty(options, include);
  const base = indentAt(tree.text, options.getStart());
  const properties = [...options.properties.map((property) => property.getText()), include];
  const lines = properties.map((text, i) => `\t${text}${i < properties.length - 1 ? "," : style.trailingComma}`);
  return replace(options, layOut(["{", ...lines, "}"], base, style));
}

/** Whether more is done with the list than to go through it, or with an element than to read its fields. */
function isSeenWhole(tree: ts.SourceFile, list: string, element: string): boolean {
  let whole = false;
  walk(tree, (node) => {
    if (!ts.isIdentifier(node) || (node.text !== list && node.text !== element)) return;
    const { parent } = node;
    if (ts.isVariableDeclaration(parent) && parent.name === node) return;
    if (ts.isParameter(parent) && parent.name === node) return;
    if (ts.isPropertyAccessExpression(parent)) {
      const isRead = node.text === element || /^(length|map)$/.test(parent.name.text);
      if (parent.name === node || isRead) return;
    }
    if (ts.isForOfStatement(parent) && parent.expression === node) return;
    whole = true;
  });
  return whole;
}
