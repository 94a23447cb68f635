/** `index("…").on(…)` in a Drizzle table, as an array or an object of extras, whichever the file uses. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { importEdits } from "../imports.js";
import { camelCase } from "../names.js";
import { bare, nodeAt } from "../nodes.js";
import { indentAt, quoted, styleOf, type Style } from "../style.js";
import { appendTo } from "./append-item.js";
import type { ModelPlace, WantedIndex } from "./wanted-index.js";

const CORES: Readonly<Record<string, string>> = {
  postgresql: "drizzle-orm/pg-core",
  mysql: "drizzle-orm/mysql-core",
  sqlite: "drizzle-orm/sqlite-core",
};

/** Undefined for what cannot be expressed, and for extras that are built some other way. */
export function drizzleIndexes(
  tree: ts.SourceFile,
  model: ModelPlace,
  wanted: readonly WantedIndex[],
): readonly TextEdit[] | undefined {
  const call = tableCall(tree, model);
  const core = CORES[wanted[0]?.engine ?? "unknown"];
  if (call === undefined || core === undefined || wanted.some(({ where }) => where !== undefined)) return undefined;
  const [, columns, extras] = call.arguments;
  if (columns === undefined) return undefined;
  const style = styleOf(tree);
  const { local, edits } = importEdits(tree, { module: core, name: "index" });
  const texts = wanted.map((index) => ({
    key: keyFor(index),
    text: (row: (field: string) => string) => builder(local, row, model, index, style),
  }));
  if (extras !== undefined) {
    const added = texts.map((one) => intoExtras(tree, extras, one));
    return added.every((edit) => edit !== undefined) ? [...edits, ...added] : undefined;
  }
  const parameter = "table";
  const items = texts.map(({ key, text }) => ({ key, item: text((field) => memberText(parameter, field, style)) }));
  if (items.some(({ item }) => item === undefined)) return undefined;
  const list = newExtras(
    tree,
    call,
    items.map(({ key, item = "" }) => ({ key, item })),
  );
  return [...edits, { start: columns.end, end: columns.end, newText: `, (${parameter}) => ${list}` }];
}

interface Item {
  readonly key: string;
  readonly item: string;
}

/** Extras of a table that has none, one index a line. */
function newExtras(tree: ts.SourceFile, call: ts.CallExpression, items: readonly Item[]): string {
  const { newline, indent } = styleOf(tree);
  const base = indentAt(tree.text, call.getStart(tree));
  const lines = (text: (item: Item) => string): string =>
    items.map((item) => `${newline}${base}${indent}${text(item)},`).join("");
  return usesObjects(tree)
    ? `({${lines(({ key, item }) => `${key}: ${item}`)}${newline}${base}})`
    : `[${lines(({ item }) => item)}${newline}${base}]`;
}

/** `pgTable("orders", { … })`, without what is chained to it. */
function tableCall(tree: ts.SourceFile, { location }: ModelPlace): ts.CallExpression | undefined {
  let call = nodeAt(tree, location.span, ts.isCallExpression);
  while (call !== undefined && !ts.isStringLiteralLike(call.arguments[0] ?? call)) {
    const { expression } = call;
    if (!ts.isPropertyAccessExpression(expression) || !ts.isCallExpression(expression.expression)) return undefined;
    call = expression.expression;
  }
  return call;
}

function builder(
  local: string,
  row: (field: string) => string,
  model: ModelPlace,
  { name, parts, method, engine }: WantedIndex,
  style: Style,
): string | undefined {
  const columns = parts.map(({ column, descending, operatorClass }) => {
    const field = column === undefined ? undefined : model.fieldOf(column);
    // Only columns of PostgreSQL tables know a direction and an operator class.
    if (field === undefined || (engine !== "postgresql" && (descending || operatorClass !== undefined)))
      return undefined;
    const operator = operatorClass === undefined ? "" : `.op(${quoted(operatorClass, style)})`;
    return `${row(field)}${descending ? ".desc()" : ""}${operator}`;
  });
  if (!columns.every((column) => column !== undefined)) return undefined;
  const on = method === "gin" ? `using(${quoted("gin", style)}, ` : "on(";
  return `${local}(${quoted(name, style)}).${on}${columns.join(", ")})`;
}

function memberText(object: string, field: string, style: Style): string {
  return /^[A-Za-z_$][\w$]*$/.test(field) ? `${object}.${field}` : `${object}[${quoted(field, style)}]`;
}

/** `(t) => [ … ]`, `(t) => ({ … })`, or the same with a block that returns it. */
function intoExtras(
  tree: ts.SourceFile,
  extras: ts.Expression,
  { key, text }: { readonly key: string; readonly text: (row: (field: string) => string) => string | undefined },
): TextEdit | undefined {
  if (!ts.isArrowFunction(extras) && !ts.isFunctionExpression(extras)) return undefined;
  const [parameter] = extras.parameters;
  if (parameter === undefined) return undefined;
  const style = styleOf(tree);
  const { name } = parameter;
  const item = ts.isIdentifier(name)
    ? text((field) => memberText(name.text, field, style))
    : ts.isObjectBindingPattern(name)
      ? unlessMissing(name, text)
      : undefined;
  const list = returned(extras);
  if (item === undefined || list === undefined) return undefined;
  if (ts.isArrayLiteralExpression(list)) return appendTo(tree, list, item);
  if (!ts.isObjectLiteralExpression(list)) return undefined;
  const keys = new Set(list.properties.map((property) => property.name?.getText(tree)));
  return keys.has(key) ? undefined : appendTo(tree, list, `${key}: ${item}`);
}

/** `({ userId }) => …`: only fields that are taken out can be named. */
function unlessMissing(
  pattern: ts.ObjectBindingPattern,
  text: (row: (field: string) => string) => string | undefined,
): string | undefined {
  const names = new Map(
    pattern.elements.flatMap(({ name, propertyName }) =>
      ts.isIdentifier(name) ? [[(propertyName ?? name).getText(), name.text] as const] : [],
    ),
  );
  const state = { missing: false };
  const made = text((field) => {
    const name = names.get(field);
    if (name === undefined) state.missing = true;
    return name ?? field;
  });
  return state.missing ? undefined : made;
}

function returned(fn: ts.ArrowFunction | ts.FunctionExpression): ts.Expression | undefined {
  if (!ts.isBlock(fn.body)) return bare(fn.body);
  const last = fn.body.statements.at(-1);
  return last !== undefined && ts.isReturnStatement(last) && last.expression !== undefined
    ? bare(last.expression)
    : undefined;
}

/** Whether extras of the file's other tables are objects, as Drizzle had it until 2024. */
function usesObjects(tree: ts.SourceFile): boolean {
  let objects = 0;
  let arrays = 0;
  const visit = (node: ts.Node): void => {
    const extras =
      ts.isCallExpression(node) && ts.isStringLiteralLike(node.arguments[0] ?? node) ? node.arguments[2] : undefined;
    if (extras !== undefined && (ts.isArrowFunction(extras) || ts.isFunctionExpression(extras))) {
      const list = returned(extras);
      if (list !== undefined && ts.isObjectLiteralExpression(list)) objects++;
      if (list !== undefined && ts.isArrayLiteralExpression(list)) arrays++;
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return arrays < objects;
}

function keyFor({ parts }: WantedIndex): string {
  return `${camelCase(parts.map(({ column }) => column ?? "").join("_"))}Idx`;
}
