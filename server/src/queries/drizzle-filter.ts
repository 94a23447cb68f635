/** Filters of Drizzle's relational queries from version 1 on: `{ email: "a", age: { gt: 18 }, OR: [ … ], posts: { … } }`. */
import type { ExprId } from "../facts/model.js";
import {
  allOf,
  anyOf,
  byChoice,
  differs,
  equals,
  likePattern,
  maybe,
  unknownCondition,
  valueAt,
} from "./conditions.js";
import { type Draft, relationTable } from "./draft.js";
import type { ColumnRef, Condition } from "./model.js";
import { readArray } from "./read-array.js";
import { readObject } from "./read-object.js";
import { exprAt, resolved, type Scope } from "./scope.js";

const operators =
  /^(eq|ne|gt|gte|lt|lte|in|notIn|like|ilike|notLike|notIlike|isNull|isNotNull|arrayContains|arrayContained|arrayOverlaps)$/;

export function drizzleFilter(scope: Scope, draft: Draft, table: number, id: ExprId): Condition {
  const object = readObject(scope, id);
  const parts = object.entries.map(({ name, value, optional }): Condition => {
    if (name === undefined || name === "RAW") return unknownCondition("a computed condition");
    if (name === "NOT") return { kind: "not", of: drizzleFilter(scope, draft, table, value) };
    if (name === "AND" || name === "OR") {
      const read = readArray(scope, value);
      const list = read.elements.map((one) => maybe(drizzleFilter(scope, draft, table, one.value), one.optional));
      if (read.open) list.push(unknownCondition("a list of filters that is put together"));
      return name === "AND" ? allOf(list) : anyOf(list);
    }
    return maybe(field(scope, draft, { table, name }, value), optional);
  });
  if (object.open) parts.push(unknownCondition("a filter that is put together"));
  return allOf(parts);
}

function field(scope: Scope, draft: Draft, column: ColumnRef, id: ExprId): Condition {
  const choice = byChoice(scope, id, (value) => field(scope, draft, column, value));
  if (choice !== undefined) return choice;
  if (exprAt(scope, resolved(scope, id))?.kind !== "object") return equals(scope, column, id);
  const object = readObject(scope, id);
  if (!object.entries.some(({ name }) => operators.test(name ?? ""))) {
    return drizzleFilter(scope, draft, relationTable(draft, column.table, column.name, "exists"), id);
  }
  return allOf(
    object.entries.map((entry) => maybe(operator(scope, column, entry.name ?? "", entry.value), entry.optional)),
  );
}

function operator(scope: Scope, column: ColumnRef, name: string, id: ExprId): Condition {
  const value = valueAt(scope, id);
  switch (name) {
    case "eq":
      return equals(scope, column, id);
    case "ne":
      return differs(scope, column, id);
    case "in":
      return { kind: "in", column, value: value.kind === "list" ? value : { kind: "list" } };
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return { kind: "range", column, value };
    case "like":
      return { kind: "like", column, leading: likePattern(scope, id), value };
    case "ilike":
      return { kind: "like", column, leading: likePattern(scope, id), insensitive: true, value };
    case "isNull":
      return { kind: "null", column };
    case "isNotNull":
      return { kind: "not-null", column };
    case "notIn":
    case "notLike":
    case "notIlike":
      return { kind: "not-equal", column, value };
    default:
      return { kind: "special", column, operator: name };
  }
}
