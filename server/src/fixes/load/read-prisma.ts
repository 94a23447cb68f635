/** Prisma: `db.customer.findFirst({ where: { id } })` → `db.customer.findMany({ where: { id: { in: ids } } })`. The engine splits long lists by itself. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { quoted, styleOf } from "../style.js";
import {
  addProperty,
  isUnique,
  keyedFilter,
  type KeyedFilter,
  type KeyedRead,
  methodCall,
  nameOf,
  propertyOf,
  type ReadQuestion,
  replace,
  restIsFixed,
  rewritten,
  type TableAnswers,
  throwing,
  valueOf,
  withValue,
} from "./keyed-read.js";
import type { LoopScope } from "./loop-scope.js";

const METHODS = /^(findUnique|findFirst)(OrThrow)?$|^findMany$/;
const OPTIONS_OF_ONE = /^(where|select|include|omit)$/;
const OPTIONS_OF_MANY = /^(where|select|include|omit|orderBy)$/;

export function readPrisma({ node, scope, table }: ReadQuestion): KeyedRead | undefined {
  const call = methodCall(node);
  const [options] = call?.args ?? [];
  if (call === undefined || options === undefined || !ts.isObjectLiteralExpression(options)) return undefined;
  const { method } = call;
  if (!METHODS.test(method.text)) return undefined;
  const one = method.text !== "findMany";
  const known = one ? OPTIONS_OF_ONE : OPTIONS_OF_MANY;
  if (!options.properties.every((property) => known.test(nameOf(property) ?? ""))) return undefined;
  const where = propertyOf(options, "where");
  const object = where === undefined ? undefined : valueOf(where);
  if (object === undefined || !ts.isObjectLiteralExpression(object)) return undefined;
  const filter = prismaFilter(scope, object);
  if (filter === undefined || !restIsFixed(node, scope, [filter.property], /^find/)) return undefined;
  const unique = method.text.startsWith("findUnique") || isUnique(table, filter.columns);
  const selected = keepKey(options, filter.column);
  // Of several rows, the first by the primary key is found: the order that a query without one is given, if it is given any.
  const first = one && !unique ? firstOfEach(options, filter.column, method.text, table) : [];
  if (first === undefined || selected === undefined) return undefined;
  return {
    key: filter.key,
    column: filter.column,
    rowKey: filter.column,
    gives: one ? "row" : "rows",
    missing: one ? "null" : "[]",
    boundKeys: false,
    asText: false,
    ...throwing(method.text),
    ...(selected.length > 0 ? { widened: true as const } : {}),
    ...(first.length > 0 ? { oneOfSeveral: true as const } : {}),
    batch: (keys) => rewritten(node, [replace(method, "findMany"), filter.edit(keys), ...selected, ...first]),
  };
}

function firstOfEach(
  options: ts.ObjectLiteralExpression,
  column: string,
  method: string,
  { primaryKey }: TableAnswers,
): readonly TextEdit[] | undefined {
  if (method !== "findFirst" || primaryKey === undefined) return undefined;
  const style = styleOf(options.getSourceFile());
  const order = `orderBy: { ${primaryKey}: ${quoted("asc", style)} }`;
  return [addProperty(options, `distinct: [${quoted(column, style)}]`), addProperty(options, order)];
}

type PrismaFilter = KeyedFilter & { readonly edit: (keys: string) => TextEdit };

/** The key in a `where`, and the edit that asks for many of them. */
export function prismaFilter(scope: LoopScope, where: ts.ObjectLiteralExpression): PrismaFilter | undefined {
  return plain(keyedFilter(scope, where)) ?? compound(scope, where);
}

function plain(filter: KeyedFilter | undefined): PrismaFilter | undefined {
  return filter === undefined ? undefined : { ...filter, edit: (keys) => withValue(filter, `{ in: ${keys} }`) };
}

/** `where: { userId_teamId: { userId, teamId: team.id } }`: only `findUnique` knows such names. */
function compound(scope: LoopScope, where: ts.ObjectLiteralExpression): PrismaFilter | undefined {
  const [only, ...others] = where.properties;
  if (only === undefined || others.length > 0 || !ts.isPropertyAssignment(only)) return undefined;
  const inner = only.initializer;
  if (!ts.isObjectLiteralExpression(inner) || inner.properties.map(nameOf).join("_") !== nameOf(only)) return undefined;
  const filter = keyedFilter(scope, inner);
  if (filter === undefined || !filter.exact) return undefined;
  return {
    ...filter,
    property: only,
    edit: (keys) => {
      const text = rewritten(inner, [withValue(filter, `{ in: ${keys} }`)]);
      return replace(only, text.slice(1, -1).trim().replace(/,$/, ""));
    },
  };
}

/** Rows are found again by the key, so it has to be among what is selected. Undefined where that cannot be said. */
function keepKey(options: ts.ObjectLiteralExpression, column: string): readonly TextEdit[] | undefined {
  const omit = propertyOf(options, "omit");
  if (omit !== undefined) return undefined;
  const select = propertyOf(options, "select");
  if (select === undefined) return [];
  const object = valueOf(select);
  if (!ts.isObjectLiteralExpression(object)) return undefined;
  const own = propertyOf(object, column);
  if (own === undefined)
    return object.properties.some(ts.isSpreadAssignment) ? undefined : [addProperty(object, `${column}: true`)];
  return valueOf(own).kind === ts.SyntaxKind.TrueKeyword ? [] : undefined;
}
