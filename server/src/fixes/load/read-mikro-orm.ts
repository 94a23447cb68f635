/** MikroORM: `em.findOne(User, { id })` → `em.find(User, { id: { $in: ids } })`. */
import { ts } from "../../syntax/typescript.js";
import {
  isUnique,
  keyedFilter,
  type KeyedRead,
  methodCall,
  nameOf,
  type ReadQuestion,
  replace,
  restIsFixed,
  rewritten,
  throwing,
  withValue,
} from "./keyed-read.js";

const OPTIONS = /^(populate|filters|refresh|disableIdentityMap|orderBy|schema)$/;

export function readMikroOrm({ node, scope, table }: ReadQuestion): KeyedRead | undefined {
  const call = methodCall(node);
  if (call === undefined || !/^(findOne|findOneOrFail|find)$/.test(call.method.text)) return undefined;
  const { method, args } = call;
  const one = method.text !== "find";
  const at = args.findIndex((arg) => scope.isVariant(arg));
  const filter = args[at];
  const options = args[at + 1];
  if (filter === undefined || 1 < at || args.length > at + 2) return undefined;
  if (options !== undefined && !isKnown(options, one)) return undefined;

  if (!ts.isObjectLiteralExpression(filter)) {
    // `em.findOne(User, id)`
    const key = one ? scope.ofElement(filter) : undefined;
    if (key === undefined || !restIsFixed(node, scope, [filter], /^(findOne|findOneOrFail|fork|getRepository)$/))
      return undefined;
    const column = table.primaryKey ?? "id";
    return {
      ...common(key, column, true),
      ...throwing(method.text),
      batch: (keys) => rewritten(node, [replace(method, "find"), replace(filter, `{ ${column}: { $in: ${keys} } }`)]),
    };
  }
  const keyed = keyedFilter(scope, filter);
  if (keyed === undefined || !restIsFixed(node, scope, [keyed.property], /^(find|fork|getRepository)/))
    return undefined;
  // A property that is a relation holds the other entity, not its key.
  if (table.column(keyed.column) === undefined && !/^_?id$/.test(keyed.column)) return undefined;
  if (one && !isUnique(table, keyed.columns)) return undefined;
  return {
    ...common(keyed.key, keyed.column, one),
    ...throwing(method.text),
    batch: (keys) => rewritten(node, [...(one ? [replace(method, "find")] : []), withValue(keyed, `{ $in: ${keys} }`)]),
  };
}

function common(key: KeyedRead["key"], column: string, one: boolean): Omit<KeyedRead, "batch"> {
  return {
    key,
    column,
    rowKey: column,
    gives: one ? "row" : "rows",
    missing: one ? "null" : "[]",
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
