/** TypeORM: `users.findOneBy({ id })` → `users.findBy({ id: In(ids) })`. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import {
  addProperty,
  isUnique,
  keyedFilter,
  type KeyedRead,
  methodCall,
  nameOf,
  propertyOf,
  type ReadQuestion,
  replace,
  restIsFixed,
  rewritten,
  throwing,
  valueOf,
  withValue,
} from "./keyed-read.js";
import { withElement } from "./string-lists.js";

const RENAMED: Readonly<Record<string, string>> = {
  findOne: "find",
  findOneBy: "findBy",
  findOneOrFail: "find",
  findOneByOrFail: "findBy",
  find: "find",
  findBy: "findBy",
};
const OPTIONS = /^(where|select|relations|order|withDeleted|loadEagerRelations)$/;

export function readTypeorm({ node, scope, table }: ReadQuestion): KeyedRead | undefined {
  const call = methodCall(node);
  const options = call?.args.at(-1);
  // A manager is told the entity first.
  if (call === undefined || options === undefined || 2 < call.args.length) return undefined;
  const { method } = call;
  const renamed = RENAMED[method.text];
  if (renamed === undefined || !ts.isObjectLiteralExpression(options)) return undefined;
  const isBy = renamed.endsWith("By");
  const one = method.text.startsWith("findOne");
  if (!isBy && !options.properties.every((property) => OPTIONS.test(nameOf(property) ?? ""))) return undefined;
  if (one && propertyOf(options, "order") !== undefined) return undefined;
  const where = isBy ? options : propertyOf(options, "where");
  const object = where === undefined || where === options ? options : valueOf(where as ts.PropertyAssignment);
  if (where === undefined || !ts.isObjectLiteralExpression(object)) return undefined;
  const filter = keyedFilter(scope, object);
  if (filter === undefined || !restIsFixed(node, scope, [filter.property], /^(find|getRepository|In|IsNull|Not)/))
    return undefined;
  if (one && !isUnique(table, filter.columns)) return undefined;
  const selected = isBy ? [] : keepKey(options, filter.column);
  if (selected === undefined) return undefined;
  return {
    key: filter.key,
    column: filter.column,
    rowKey: filter.column,
    gives: one ? "row" : "rows",
    missing: one ? "null" : "[]",
    boundKeys: true,
    asText: false,
    ...throwing(method.text),
    imports: [{ module: "typeorm", name: "In" }],
    ...(selected.length > 0 ? { widened: true as const } : {}),
    batch: (keys, locals) =>
      rewritten(node, [
        ...(renamed === method.text ? [] : [replace(method, renamed)]),
        withValue(filter, `${locals.get("In") ?? "In"}(${keys})`),
        ...selected,
      ]),
  };
}

function keepKey(options: ts.ObjectLiteralExpression, column: string): readonly TextEdit[] | undefined {
  const select = propertyOf(options, "select");
  if (select === undefined) return [];
  const value = valueOf(select);
  if (ts.isArrayLiteralExpression(value)) return withElement(value, column);
  if (!ts.isObjectLiteralExpression(value)) return undefined;
  const own = propertyOf(value, column);
  if (own === undefined)
    return value.properties.some(ts.isSpreadAssignment) ? undefined : [addProperty(value, `${column}: true`)];
  return valueOf(own).kind === ts.SyntaxKind.TrueKeyword ? [] : undefined;
}
