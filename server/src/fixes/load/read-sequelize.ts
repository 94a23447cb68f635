/** Sequelize: `User.findByPk(id)` → `User.findAll({ where: { id: ids } })`. Values are written into the statement, so a list may be long. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { quoted, styleOf } from "../style.js";
import {
  addProperty,
  isUnique,
  keyedFilter,
  type KeyedFilter,
  type KeyedRead,
  nameOf,
  propertyOf,
  type ReadQuestion,
  replace,
  restIsFixed,
  rewritten,
  valueOf,
  withValue,
} from "./keyed-read.js";
import { withElement } from "./string-lists.js";

const OPTIONS = /^(where|attributes|include|raw|nest|transaction|paranoid|logging|order)$/;

export function readSequelize(question: ReadQuestion): KeyedRead | undefined {
  const { node } = question;
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const method = node.expression.name;
  if (method.text === "findByPk") return byKey(question, node, method);
  return /^(findOne|findAll)$/.test(method.text) ? byFilter(question, node, method) : undefined;
}

function byKey(
  { scope, table, node: whole }: ReadQuestion,
  node: ts.CallExpression,
  method: ts.MemberName,
): KeyedRead | undefined {
  const [given, options, ...others] = node.arguments;
  const key = given === undefined ? undefined : scope.ofElement(given);
  if (given === undefined || key === undefined || others.length > 0) return undefined;
  if (options !== undefined && !isKnown(options)) return undefined;
  if (!restIsFixed(whole, scope, [given], /^(findByPk|Op)$/)) return undefined;
  const column = table.primaryKey ?? "id";
  const selected = options === undefined ? [] : keepKey(options, column);
  if (selected === undefined) return undefined;
  return {
    ...common(node, key, column, true),
    ...(selected.length > 0 ? { widened: true as const } : {}),
    batch: (keys) => {
      const where = `where: { ${column}: ${keys} }`;
      if (options === undefined) return rewritten(node, [replace(method, "findAll"), replace(given, `{ ${where} }`)]);
      const inner = rewritten(options, selected).slice(1);
      const rest = /^\s*\}$/.test(inner) ? " }" : `,${inner}`;
      return rewritten(node, [
        replace(method, "findAll"),
        { start: given.getStart(), end: options.end, newText: `{ ${where}${rest}` },
      ]);
    },
  };
}

function byFilter(
  { scope, table, isPresence }: ReadQuestion,
  node: ts.CallExpression,
  method: ts.MemberName,
): KeyedRead | undefined {
  const [options, ...others] = node.arguments;
  if (options === undefined || others.length > 0 || !isKnown(options)) return undefined;
  const one = method.text === "findOne";
  const where = propertyOf(options, "where");
  const object = where === undefined ? undefined : valueOf(where);
  if (object === undefined || !ts.isObjectLiteralExpression(object)) return undefined;
  if (one && propertyOf(options, "order") !== undefined) return undefined;
  const filter = keyedFilter(scope, object);
  if (filter === undefined || !restIsFixed(node, scope, [filter.property], /^find/)) return undefined;
  if (one && !isUnique(table, filter.columns))
    return isPresence === true ? presence(node, options, filter, method) : undefined;
  const selected = keepKey(options, filter.column);
  if (selected === undefined) return undefined;
  return {
    ...common(node, filter.key, filter.column, one),
    ...(selected.length > 0 ? { widened: true as const } : {}),
    batch: (keys) =>
      rewritten(node, [...(one ? [replace(method, "findAll")] : []), withValue(filter, keys), ...selected]),
  };
}

/** Which keys have rows at all: counted, because scopes of the model may add columns to rows, which are in no group. */
function presence(
  node: ts.CallExpression,
  options: ts.ObjectLiteralExpression,
  filter: KeyedFilter,
  method: ts.MemberName,
): KeyedRead | undefined {
  if (!options.properties.every((property) => /^(where|transaction|attributes)$/.test(nameOf(property) ?? "")))
    return undefined;
  const group = `group: [${quoted(filter.column, styleOf(options.getSourceFile()))}]`;
  const attributes = propertyOf(options, "attributes");
  const edit = attributes === undefined ? addProperty(options, group) : replace(attributes, group);
  return {
    ...common(node, filter.key, filter.column, true),
    rowKey: filter.column,
    batch: (keys) => rewritten(node, [replace(method, "count"), withValue(filter, keys), edit]),
  };
}

function common(
  node: ts.CallExpression,
  key: KeyedRead["key"],
  column: string,
  one: boolean,
): Omit<KeyedRead, "batch"> {
  const tree = node.getSourceFile();
  const options = node.arguments.at(-1);
  const isRaw =
    options !== undefined && ts.isObjectLiteralExpression(options) && propertyOf(options, "raw") !== undefined;
  // Types know the attributes of a model that was defined by a call only through `get`.
  const isTyped = /\.[cm]?tsx?$/.test(tree.fileName) && !isRaw;
  return {
    key,
    column,
    rowKey: isTyped ? `get(${quoted(column, styleOf(tree))})` : column,
    gives: one ? "row" : "rows",
    missing: one ? "null" : "[]",
    boundKeys: false,
    // Nothing says that a key has the type of its column: `findByPk("5")` finds 5.
    asText: true,
  };
}

function isKnown(options: ts.Expression): options is ts.ObjectLiteralExpression {
  return (
    ts.isObjectLiteralExpression(options) &&
    options.properties.every((property) => OPTIONS.test(nameOf(property) ?? ""))
  );
}

function keepKey(options: ts.ObjectLiteralExpression, column: string): readonly TextEdit[] | undefined {
  const attributes = propertyOf(options, "attributes");
  if (attributes === undefined) return [];
  const value = valueOf(attributes);
  return ts.isArrayLiteralExpression(value) ? withElement(value, column) : undefined;
}
