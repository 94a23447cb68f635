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

export function readPrisma({ node, scope, table, severalKeys }: ReadQuestion): KeyedRead | undefined {
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
  const filter = prismaFilter(scope, object, severalKeys);
  const { others = [] } = filter ?? {};
  const properties = filter === undefined ? [] : [filter.property, ...others.map(({ property }) => property)];
  if (filter === undefined || !restIsFixed(node, scope, properties, /^find/)) return undefined;
  const unique = method.text.startsWith("findUnique") || isUnique(table, filter.columns);
  if (others.length > 0 && one && !unique) return undefined;
  const selected = keepKeys(options, [filter.column, ...others.map(({ column }) => column)]);
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
    ...(others.length > 0 ? { others } : {}),
    batch: (keys, _, lists = []) =>
      rewritten(node, [replace(method, "findMany"), ...filter.edits(keys, lists), ...selected, ...first]),
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

type PrismaFilter = KeyedFilter & {
  /** Given the list of the keys, and those of the others. */
  readonly edits: (keys: string, lists: readonly string[]) => readonly TextEdit[];
  /** Further properties that are the element's own. */
  readonly others?: readonly Pick<KeyedFilter, "property" | "column" | "key">[];
};

/** The key in a `where`, and the edit that asks for many of them. */
export function prismaFilter(
  scope: LoopScope,
  where: ts.ObjectLiteralExpression,
  severalKeys = false,
): PrismaFilter | undefined {
  const several = severalKeys ? severalFilter(scope, where) : undefined;
  return plain(keyedFilter(scope, where)) ?? several ?? compound(scope, where, severalKeys);
}

function plain(filter: KeyedFilter | undefined): PrismaFilter | undefined {
  return filter === undefined ? undefined : { ...filter, edits: (keys) => [withValue(filter, `{ in: ${keys} }`)] };
}

/** `where: { listId: item.listId, place: item.place }`: equalities alone, two or three of them the element's own. */
function severalFilter(scope: LoopScope, where: ts.ObjectLiteralExpression): PrismaFilter | undefined {
  const own: Pick<KeyedFilter, "property" | "column" | "key">[] = [];
  const columns: string[] = [];
  for (const property of where.properties) {
    const column = nameOf(property);
    if (!ts.isPropertyAssignment(property) && !ts.isShorthandPropertyAssignment(property)) return undefined;
    if (column === undefined || /^(AND|OR|NOT)$/.test(column)) return undefined;
    const value = valueOf(property);
    if (!scope.isVariant(value)) {
      if (!scope.isPlain(value)) return undefined;
      if (!ts.isObjectLiteralExpression(value)) columns.push(column);
      continue;
    }
    const key = scope.ofElement(value);
    if (key === undefined) return undefined;
    own.push({ property, column, key });
    columns.push(column);
  }
  // What is most likely to be found by itself comes first.
  const [first, ...others] = own.toSorted((a, b) => rank(a.column) - rank(b.column));
  if (first === undefined || others.length === 0 || others.length > 2) return undefined;
  return {
    ...first,
    columns,
    exact: true,
    others,
    edits: (keys, lists) => [
      withValue(first, `{ in: ${keys} }`),
      ...others.map((one, i) => withValue(one, `{ in: ${lists[i] ?? ""} }`)),
    ],
  };
}

function rank(column: string): number {
  return column === "id" ? 0 : /Id$|_id$/.test(column) ? 1 : 2;
}

/** `where: { userId_teamId: { userId, teamId: team.id } }`: only `findUnique` knows such names. */
function compound(scope: LoopScope, where: ts.ObjectLiteralExpression, severalKeys: boolean): PrismaFilter | undefined {
  const [only, ...others] = where.properties;
  if (only === undefined || others.length > 0 || !ts.isPropertyAssignment(only)) return undefined;
  const inner = only.initializer;
  if (!ts.isObjectLiteralExpression(inner) || inner.properties.map(nameOf).join("_") !== nameOf(only)) return undefined;
  const filter = plain(keyedFilter(scope, inner)) ?? (severalKeys ? severalFilter(scope, inner) : undefined);
  if (filter === undefined || !filter.exact) return undefined;
  return {
    ...filter,
    property: only,
    edits: (keys, lists) => {
      const text = rewritten(inner, filter.edits(keys, lists));
      return [replace(only, text.slice(1, -1).trim().replace(/,$/, ""))];
    },
  };
}

/** Rows are found again by their keys, so they have to be among what is selected. Undefined where that cannot be said. */
function keepKeys(options: ts.ObjectLiteralExpression, columns: readonly string[]): readonly TextEdit[] | undefined {
  const omit = propertyOf(options, "omit");
  if (omit !== undefined) return undefined;
  const select = propertyOf(options, "select");
  if (select === undefined) return [];
  const object = valueOf(select);
  if (!ts.isObjectLiteralExpression(object)) return undefined;
  const missing = columns.filter((column) => propertyOf(object, column) === undefined);
  const isSelected = (column: string): boolean => {
    const own = propertyOf(object, column);
    return own === undefined || valueOf(own).kind === ts.SyntaxKind.TrueKeyword;
  };
  if (!columns.every(isSelected)) return undefined;
  if (missing.length === 0) return [];
  if (object.properties.some(ts.isSpreadAssignment)) return undefined;
  return [addProperty(object, missing.map((column) => `${column}: true`).join(", "))];
}
