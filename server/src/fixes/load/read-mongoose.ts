/** Mongoose: `User.findById(id).lean()` → `User.find({ _id: { $in: ids } }).lean()`. ObjectIds are compared by their text. */
import { ts } from "../../syntax/typescript.js";
import {
  chainOf,
  isUnique,
  keyedFilter,
  type KeyedRead,
  type Link,
  type ReadQuestion,
  removeLink,
  replace,
  restIsFixed,
  rewritten,
  withValue,
} from "./keyed-read.js";

/** Steps that do the same to each row. `select` keeps `_id` unless it says otherwise. */
const PER_ROW = /^(lean|select|populate|exec|session|read|collation|maxTimeMS|orFail)$/;
const ALLOWED = /^(find\w*|lean|select|populate|exec|session|read|collation|maxTimeMS|sort|model|orFail)$/;

export function readMongoose({ node, scope, table }: ReadQuestion): KeyedRead | undefined {
  const links = chainOf(node);
  const at = links.findIndex(({ name }) => /^(findById|findOne|find)$/.test(name));
  const find = links[at];
  const method = find === undefined ? undefined : methodOf(find);
  const [filter] = find?.args ?? [];
  if (find === undefined || method === undefined || filter === undefined) return undefined;
  const one = find.name !== "find";
  const after = links.slice(at + 1);
  if (!after.every(({ name }) => PER_ROW.test(name) || (!one && name === "sort"))) return undefined;
  const fail = after.find(({ name }) => name === "orFail");
  // A list that must not be empty is another matter.
  if (fail !== undefined && (!one || fail.args.some((arg) => scope.isVariant(arg)))) return undefined;
  const throws = fail === undefined ? {} : { throws: true as const };
  const unfailing = fail === undefined ? [] : [removeLink(fail)];

  if (find.name === "findById") {
    const key = scope.ofElement(filter);
    if (key === undefined || !restIsFixed(node, scope, [filter], ALLOWED) || !keeps(find, after, "_id"))
      return undefined;
    const edits = (keys: string) => [
      replace(method, "find"),
      replace(filter, `{ _id: { $in: ${keys} } }`),
      ...unfailing,
    ];
    return { ...common(key, "_id", true), ...throws, batch: (keys) => rewritten(node, edits(keys)) };
  }
  if (!ts.isObjectLiteralExpression(filter)) return undefined;
  const keyed = keyedFilter(scope, filter);
  if (keyed === undefined || !restIsFixed(node, scope, [keyed.property], ALLOWED)) return undefined;
  // A field that holds a list matches when one of its elements does.
  const type = table.column(keyed.column)?.type;
  if (/\[|array/i.test(type ?? "") || (type === undefined && !/(^_?id|Id)$/.test(keyed.column))) return undefined;
  if (one && !isUnique(table, keyed.columns)) return undefined;
  if (!keeps(find, after, keyed.column)) return undefined;
  return {
    ...common(keyed.key, keyed.column, one),
    ...throws,
    batch: (keys) =>
      rewritten(node, [...(one ? [replace(method, "find")] : []), withValue(keyed, `{ $in: ${keys} }`), ...unfailing]),
  };
}

function methodOf({ call: { expression } }: Link): ts.MemberName | undefined {
  return ts.isPropertyAccessExpression(expression) ? expression.name : undefined;
}

function common(key: KeyedRead["key"], column: string, one: boolean): Omit<KeyedRead, "batch"> {
  return {
    key,
    column,
    rowKey: column,
    gives: one ? "row" : "rows",
    missing: one ? "null" : "[]",
    boundKeys: false,
    asText: true,
  };
}

/** Whether rows still have the column: nothing is selected, or it is among it. */
function keeps(find: Link, after: readonly Link[], column: string): boolean {
  const projections = [
    ...find.args.slice(1),
    ...after.filter(({ name }) => name === "select").flatMap(({ args }) => args),
  ];
  return projections.every((projection) => {
    if (ts.isObjectLiteralExpression(projection) && projection === find.args[2]) return true;
    if (!ts.isStringLiteralLike(projection)) return false;
    const names = projection.text.trim().split(/\s+/);
    if (names.includes(`-${column}`)) return false;
    return column === "_id" || names.every((name) => name.startsWith("-")) || names.includes(column);
  });
}
