/** MikroORM: `em.find(User, { email, age: { $gt: 18 } }, { orderBy: { createdAt: "desc" }, limit: 10, populate: ["posts"] })`. */
import { type ExprId, NONE } from "../facts/model.js";
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
import { accessOf, type Draft, finish, loadDraft, newDraft, type QuerySite, relationTable } from "./draft.js";
import type { ColumnRef, Condition, QueryModel } from "./model.js";
import { readArray } from "./read-array.js";
import { entryOf, type ObjectEntry, readObject, type ReadObject } from "./read-object.js";
import { constantString, exprAt, resolved, type Scope } from "./scope.js";

const finders = /^(find|findAndCount|findAll|findOne|findOneOrFail|count|nativeUpdate|nativeDelete)$/;

/** @param filterArgument 1 for a manager, which takes the entity first; 0 for a repository. */
export function mikroOrmQueries(scope: Scope, { operation }: QuerySite, filterArgument: number): readonly QueryModel[] {
  const call = exprAt(scope, operation.expr);
  if (call?.kind !== "call" || operation.table === undefined || !finders.test(operation.method)) return [];
  const draft = newDraft(operation, accessOf(operation), { name: operation.table, naming: "model" });
  const given = call.args[filterArgument] ?? NONE;
  const options = readObject(scope, call.args[filterArgument + 1] ?? NONE);
  draft.aggregate = operation.method === "count";
  if (operation.method.startsWith("findOne")) draft.limit = { kind: "literal", value: 1 };
  if (operation.method === "findAll") readOptions(scope, draft, readObject(scope, given));
  else {
    const shape = exprAt(scope, resolved(scope, given));
    // A bare value is the key.
    if (shape?.kind !== "object" && /^findOne|^native/.test(operation.method)) draft.keyed = given !== NONE;
    else draft.where.push(filter(scope, draft, 0, given));
    readOptions(scope, draft, options);
  }
  const own = finish(draft);
  return [...(own === undefined ? [] : [own]), ...loads(scope, draft, options)];
}

function readOptions(scope: Scope, draft: Draft, options: ReadObject): void {
  const [where, order, limit, offset] = ["where", "orderBy", "limit", "offset"].map((key) => entryOf(options, key));
  if (where !== undefined) draft.where.push(filter(scope, draft, 0, where.value));
  if (limit !== undefined) draft.limit = valueAt(scope, limit.value);
  if (offset !== undefined) draft.offset = valueAt(scope, offset.value);
  if (order === undefined) return;
  const list = exprAt(scope, resolved(scope, order.value));
  for (const one of list?.kind === "array" ? list.elements : [order.value]) readOrder(scope, draft, one);
}

function readOrder(scope: Scope, draft: Draft, id: ExprId): void {
  const object = readObject(scope, id);
  if (object.open) draft.orderUnknown = true;
  for (const { name, value, optional } of object.entries) {
    const expr = exprAt(scope, resolved(scope, value));
    const text = constantString(scope, value) ?? (expr?.kind === "member" ? expr.name : undefined);
    if (name === undefined || text === undefined) draft.orderUnknown = true;
    else {
      const direction = /^desc/i.test(text) ? "desc" : "asc";
      draft.orderBy.push({ column: { table: 0, name }, direction, ...(optional ? { optional: true } : {}) });
    }
  }
}

function filter(scope: Scope, draft: Draft, table: number, id: ExprId): Condition {
  const object = readObject(scope, id);
  const parts = object.entries.map((entry) => maybe(member(scope, draft, table, entry), entry.optional));
  if (object.open) parts.push(unknownCondition("a filter that is put together"));
  return allOf(parts);
}

function member(scope: Scope, draft: Draft, table: number, { name, value }: ObjectEntry): Condition {
  if (name === undefined) return unknownCondition("a computed field");
  if (name === "$not") return { kind: "not", of: filter(scope, draft, table, value) };
  if (name === "$and" || name === "$or") {
    const read = readArray(scope, value);
    const parts = read.elements.map((one) => maybe(filter(scope, draft, table, one.value), one.optional));
    if (read.open) parts.push(unknownCondition("a list of filters that is put together"));
    return name === "$and" ? allOf(parts) : anyOf(parts);
  }
  return field(scope, draft, { table, name }, value);
}

function field(scope: Scope, draft: Draft, column: ColumnRef, id: ExprId): Condition {
  const choice = byChoice(scope, id, (value) => field(scope, draft, column, value));
  if (choice !== undefined) return choice;
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "array") return { kind: "in", column, value: valueAt(scope, id) };
  if (expr?.kind !== "object") return equals(scope, column, id);
  const object = readObject(scope, id);
  if (object.open) return unknownCondition(`a filter on ${column.name}`);
  if (!object.entries.some(({ name }) => name?.startsWith("$") === true)) {
    return filter(scope, draft, relationTable(draft, column.table, column.name, "exists"), id);
  }
  return allOf(object.entries.map((entry) => maybe(operator(scope, column, entry), entry.optional)));
}

function operator(scope: Scope, column: ColumnRef, { name = "", value: id }: ObjectEntry): Condition {
  const value = valueAt(scope, id);
  switch (name) {
    case "$eq":
      return equals(scope, column, id);
    case "$ne":
      return differs(scope, column, id);
    case "$in":
      return { kind: "in", column, value: value.kind === "list" ? value : { kind: "list" } };
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return { kind: "range", column, value };
    case "$like":
      return { kind: "like", column, leading: likePattern(scope, id), value };
    case "$ilike":
      return { kind: "like", column, leading: likePattern(scope, id), insensitive: true, value };
    case "$nin":
      return { kind: "not-equal", column, value };
    case "$some":
    case "$none":
    case "$every":
      return unknownCondition(`a filter on ${column.name}`);
    default:
      return { kind: "special", column, operator: name };
  }
}

/** `populate: ["posts", "posts.tags"]`: the direct ones. */
function loads(scope: Scope, parent: Draft, options: ReadObject): readonly QueryModel[] {
  const wanted = entryOf(options, "populate");
  const list = wanted === undefined ? undefined : exprAt(scope, resolved(scope, wanted.value));
  const names = list?.kind === "array" ? list.elements.map((element) => constantString(scope, element)) : [];
  return [...new Set(names)].flatMap((name) => {
    if (name === undefined || !/^\w+$/.test(name)) return [];
    const model = finish(loadDraft(parent.operation, parent.tables, 0, name));
    return model === undefined ? [] : [model];
  });
}
