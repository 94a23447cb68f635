/** MikroORM: `em.findOne(User, { id })` → `em.find(User, { id: { $in: ids } })`. */
import { ts } from "../../syntax/typescript.js";
import {
  isUnique,
  keyedFilter,
  type KeyedRead,
  nameOf,
  type ReadQuestion,
  replace,
  restIsFixed,
  rewritten,
  withValue,
} from "./keyed-read.js";

const OPTIONS = /^(populate|filters|refresh|disableIdentityMap|orderBy|schema)$/;

export function readMikroOrm({ node, scope, table }: ReadQuestion): KeyedRead | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const method = node.expression.name;
  if (!/^(findOne|find)$/.test(method.text)) return undefined;
  const one = method.text === "findOne";
  const at = node.arguments.findIndex((arg) => scope.isVariant(arg));
  const filter = node.arguments[at];
  const options = node.arguments[at + 1];
  if (filter === undefined || 1 < at || node.arguments.length > at + 2) return undefined;
  if (options !== undefined && !isKnown(options, one)) return undefined;

  if (!ts.isObjectLiteralExpression(filter)) {
    // `em.findOne(User, id)`
    const key = one ? scope.ofElement(filter) : undefined;
    if (key === undefined || !restIsFixed(node, scope, [filter], /^(findOne|fork|getRepository)$/)) return undefined;
    const column = table.primaryKey ?? "id";
    return {
      ...common(key, column, true),
      batch: (keys) => rewritten(node, [replace(method, "find"), replace(filter, `{ ${column}: { $in: ${keys} } }`)]),
    };
  }
  const keyed = keyedFilter(scope, filter);
  if (keyed === undefined || !restIsFixed(node, scope, [keyed.property], /^(find|fork|getRepository)/))
    return undefined;
  // A property that is a relation holds the other entity, not its key.
  if (table.column(keyed.column) === undefined && !/^_?id$/.test(keyed.column)) return undefined;
  if (one && !(keyed.exact && isUnique(table, keyed.columns))) return undefined;
  return {
    ...common(keyed.key, keyed.column, one),
    batch: (keys) => rewritten(node, [...(one ? [replace(method, "find")] : []), withValue(keyed, `{ $in: ${keys} }`)]),
  };
}

function common(key: KeyedRead["key"], column: string, one: boolean): Omit<KeyedRead, "batch"> {
  return {
    key,
    column,
    rowKey: column,
    gives: one ? "row" : "rows",
    missing: "null",
    boundKeys: true,
    asText: false,
  };
}

function isKnown(options: ts.Expression, one: boolean): boolean {
  return (
    ts.isObjectLiteralExpression(options) &&
    options.properties.every(
      (property) => OPTIONS.test(nameOf(property) ?? "") && !(one && nameOf(property) === "orderBy"),
    )
  );
}
