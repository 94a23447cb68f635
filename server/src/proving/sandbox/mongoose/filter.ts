/** MongoDB's conditions, on documents that are there. */
import { written } from "../sql.js";
import { cannot, outsideName, plainOf } from "../stub.js";
import { idText, ObjectId } from "./object-id.js";

export type Doc = Record<string, unknown>;

export interface Collection {
  readonly name: string;
  readonly table: string;
  /** Type of each path. */
  readonly types: ReadonlyMap<string, string>;
}

export class CastError extends Error {
  override readonly name = "CastError";
}

const isPlainObject = (value: unknown): value is Doc =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Date) &&
  !(value instanceof ObjectId) &&
  !(value instanceof RegExp);

/** A value as the schema says it is kept. */
export function cast({ name, types }: Collection, path: string, given: unknown): unknown {
  const value = plainOf(given);
  if (value === null || value === undefined) return value;
  if (Array.isArray(value))
    return (value as readonly unknown[]).map((one) => cast({ name, table: "", types }, path, one));
  const type = types.get(path) ?? (path === "_id" ? "objectid" : "");
  if (/objectid/i.test(type)) {
    if (value instanceof ObjectId) return value;
    const inner = isPlainObject(value) ? value["_id"] : value;
    if (inner instanceof ObjectId) return inner;
    if (!ObjectId.isValid(inner)) {
      throw new CastError(
        `Cast to ObjectId failed for value "${written(inner)}" (type ${typeof inner}) at path "${path}" for model "${name}"`,
      );
    }
    return new ObjectId(inner);
  }
  if (/^(number|int|double)/i.test(type) && typeof value === "string") return Number(value);
  if (/^(string|text|varchar)/i.test(type) && (typeof value === "number" || value instanceof ObjectId))
    return idText(value);
  if (/^(date|timestamp)/i.test(type) && (typeof value === "string" || typeof value === "number"))
    return new Date(value);
  return value;
}

export function valueAt(doc: unknown, path: string): unknown {
  let at: unknown = doc;
  for (const part of path.split(".")) {
    if (Array.isArray(at) && !/^\d+$/.test(part)) throw cannot("it asks inside the elements of a list");
    at = at === null || at === undefined ? undefined : (at as Doc)[part];
  }
  return at;
}

export function matches(collection: Collection, doc: Doc, filter: unknown): boolean {
  if (filter === undefined || filter === null) return true;
  if (!isPlainObject(filter) || outsideName(filter) !== undefined)
    throw cannot("it asks by a condition that is no object");
  return Object.entries(filter).every(([key, value]) => {
    if (key === "$and") return (value as readonly unknown[]).every((one) => matches(collection, doc, one));
    if (key === "$or") return (value as readonly unknown[]).some((one) => matches(collection, doc, one));
    if (key === "$nor") return !(value as readonly unknown[]).some((one) => matches(collection, doc, one));
    if (key.startsWith("$")) throw cannot(`it filters with \`${key}\`, which has no stand-in`);
    return fits(collection, key, valueAt(doc, key), value);
  });
}

function fits(collection: Collection, path: string, own: unknown, condition: unknown): boolean {
  if (isPlainObject(condition) && Object.keys(condition).some((key) => key.startsWith("$"))) {
    return Object.entries(condition).every(([operator, value]) => operated(collection, path, own, operator, value));
  }
  if (condition instanceof RegExp) return typeof own === "string" && condition.test(own);
  return equal(own, cast(collection, path, condition));
}

function equal(own: unknown, wanted: unknown): boolean {
  if (wanted === null || wanted === undefined) return own === null || own === undefined;
  if (Array.isArray(own) && !Array.isArray(wanted)) return own.some((one) => equal(one, wanted));
  return textOf(own) === textOf(wanted);
}

function textOf(value: unknown): string {
  if (value instanceof ObjectId) return `id ${value.toHexString()}`;
  if (value instanceof Date) return `date ${value.getTime()}`;
  return `${typeof value} ${typeof value === "object" ? JSON.stringify(value) : written(value)}`;
}

function operated(collection: Collection, path: string, own: unknown, operator: string, value: unknown): boolean {
  const list = (): readonly unknown[] => {
    if (!Array.isArray(value)) throw cannot(`it gives \`${operator}\` something other than a list`);
    return value as readonly unknown[];
  };
  switch (operator) {
    case "$eq":
      return equal(own, cast(collection, path, value));
    case "$ne":
      return !equal(own, cast(collection, path, value));
    case "$in":
      return list().some((one) => equal(own, cast(collection, path, one)));
    case "$nin":
      return !list().some((one) => equal(own, cast(collection, path, one)));
    case "$exists":
      return (own !== undefined && own !== null) === Boolean(value);
    case "$not":
      return !fits(collection, path, own, value);
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte": {
      const order = compare(own, cast(collection, path, value));
      if (order === undefined) return false;
      return operator === "$gt"
        ? 0 < order
        : operator === "$gte"
          ? 0 <= order
          : operator === "$lt"
            ? order < 0
            : order <= 0;
    }
    default:
      throw cannot(`it filters with \`${operator}\`, which has no stand-in`);
  }
}

/** Undefined for values of different kinds, which no comparison holds for. */
function compare(a: unknown, b: unknown): number | undefined {
  const key = (value: unknown): string | number | undefined =>
    value instanceof Date
      ? value.getTime()
      : value instanceof ObjectId
        ? value.toHexString()
        : typeof value === "number" || typeof value === "string"
          ? value
          : undefined;
  const [one, other] = [key(a), key(b)];
  if (one === undefined || other === undefined || typeof one !== typeof other) return undefined;
  return one < other ? -1 : one === other ? 0 : 1;
}

/** Nothing comes before everything else. */
export function inOrder(docs: readonly Doc[], order: ReadonlyMap<string, number>): Doc[] {
  return [...docs].sort((a, b) => {
    for (const [path, direction] of order) {
      const [one, other] = [valueAt(a, path), valueAt(b, path)];
      const none = (value: unknown): boolean => value === undefined || value === null;
      const found = none(one) || none(other) ? Number(none(other)) - Number(none(one)) : (compare(one, other) ?? 0);
      if (found !== 0) return found * direction;
    }
    return 0;
  });
}
