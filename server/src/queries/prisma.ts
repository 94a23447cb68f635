/** Prisma Client: `where`, `orderBy`, `take`, `skip`, `cursor`, and the relations that `include` and `select` load. */
import { type ExprId, NONE } from "../facts/model.js";
import { allOf, anyOf, byChoice, differs, equals, maybe, unknownCondition, valueAt } from "./conditions.js";
import { accessOf, type Draft, finish, loadDraft, newDraft, type QuerySite, relationTable } from "./draft.js";
import type { ColumnRef, Condition, QueryModel } from "./model.js";
import { readArray } from "./read-array.js";
import { entryOf, type ObjectEntry, readObject, type ReadObject } from "./read-object.js";
import { constantString, exprAt, resolved, type Scope } from "./scope.js";

/** Their filter must name a unique key, or the client does not compile. */
const keyed = /^(findUnique|findUniqueOrThrow|update|delete|upsert)$/;
const filters =
  /^(equals|in|notIn|lt|lte|gt|gte|contains|startsWith|endsWith|mode|not|search|has|hasEvery|hasSome|isEmpty|isSet|path|string_\w+|array_\w+)$/;
const relationFilters = /^(some|every|none|is|isNot)$/;
/** Relations are followed this deep through `include`. */
const maxDepth = 4;

export function prismaQueries(scope: Scope, { operation }: QuerySite): readonly QueryModel[] {
  if (operation.table === undefined) return [];
  const call = exprAt(scope, operation.expr);
  if (call?.kind !== "call" || /^(create|createMany|createManyAndReturn|findRaw|aggregateRaw)$/.test(operation.method))
    return [];
  const options = readObject(scope, call.args[0] ?? NONE);
  const draft = newDraft(operation, accessOf(operation), { name: operation.table, naming: "model" });
  draft.keyed = keyed.test(operation.method);
  draft.aggregate = /^(count|aggregate|groupBy)$/.test(operation.method);
  readOptions(scope, draft, options);
  if (options.open && entryOf(options, "where") === undefined) draft.unknown.push("options that are put together");
  const main = finish(draft);
  return [...(main === undefined ? [] : [main]), ...loads(scope, draft, 0, options, 0)];
}

function readOptions(scope: Scope, draft: Draft, options: ReadObject): void {
  const where = entryOf(options, "where");
  if (where !== undefined) draft.where.push(maybe(filter(scope, draft, 0, where.value), where.optional));
  if (entryOf(options, "cursor") !== undefined) draft.limit ??= { kind: "parameter" };
  const [take, skip] = [entryOf(options, "take"), entryOf(options, "skip")];
  if (take !== undefined) draft.limit = valueAt(scope, take.value);
  if (skip !== undefined) draft.offset = valueAt(scope, skip.value);
  if (draft.operation.method.startsWith("findFirst")) draft.limit ??= { kind: "literal", value: 1 };
  if (entryOf(options, "distinct") !== undefined) draft.aggregate = true;
  const order = entryOf(options, "orderBy");
  if (order !== undefined) readOrder(scope, draft, 0, order.value, order.optional);
}

/** An object of filters on one table, or a list of them. */
function filter(scope: Scope, draft: Draft, table: number, id: ExprId): Condition {
  const object = readObject(scope, id);
  const parts = object.entries.map((entry) => maybe(member(scope, draft, table, entry), entry.optional));
  if (object.open) parts.push(unknownCondition("a filter that is put together"));
  return allOf(parts);
}

function member(scope: Scope, draft: Draft, table: number, entry: ObjectEntry): Condition {
  const { name, value } = entry;
  if (name === undefined) return unknownCondition("a computed field");
  switch (name) {
    case "AND":
      return allOf(list(scope, draft, table, value));
    case "OR":
      return anyOf(list(scope, draft, table, value));
    case "NOT":
      return { kind: "not", of: allOf(list(scope, draft, table, value)) };
    default:
      return field(scope, draft, { table, name }, value);
  }
}

function list(scope: Scope, draft: Draft, table: number, id: ExprId): Condition[] {
  const at = exprAt(scope, resolved(scope, id));
  if (at?.kind === "object") return [filter(scope, draft, table, id)];
  const read = readArray(scope, id);
  const parts = read.elements.map(({ value, optional }) => maybe(filter(scope, draft, table, value), optional));
  return read.open ? [...parts, unknownCondition("a list of filters that is put together")] : parts;
}

function field(scope: Scope, draft: Draft, column: ColumnRef, id: ExprId): Condition {
  const choice = byChoice(scope, id, (value) => field(scope, draft, column, value));
  if (choice !== undefined) return choice;
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind !== "object") return equals(scope, column, id);
  const object = readObject(scope, id);
  if (object.entries.some(({ name }) => relationFilters.test(name ?? "")))
    return relation(scope, draft, column, object);
  if (object.entries.some(({ name }) => filters.test(name ?? ""))) return operators(scope, draft, column, object);
  if (object.open && object.entries.length === 0) return unknownCondition(`a filter on ${column.name}`);
  const compound = object.entries.map(({ name }) => name).join("_") === column.name;
  if (compound) return filter(scope, draft, column.table, id);
  return filter(scope, draft, relationTable(draft, column.table, column.name, "exists"), id);
}

function relation(scope: Scope, draft: Draft, column: ColumnRef, object: ReadObject): Condition {
  const parts = object.entries.map((entry): Condition => {
    const isNull = exprAt(scope, resolved(scope, entry.value));
    if (isNull?.kind === "literal" && isNull.value === null)
      return unknownCondition(`whether there is a ${column.name}`);
    const has = entry.name === "some" || entry.name === "is";
    const table = relationTable(draft, column.table, column.name, has ? "exists" : "not-exists");
    const inner = filter(scope, draft, table, entry.value);
    return maybe(has ? inner : { kind: "not", of: inner }, entry.optional);
  });
  return allOf(parts);
}

function operators(scope: Scope, draft: Draft, column: ColumnRef, object: ReadObject): Condition {
  const mode = entryOf(object, "mode");
  const insensitive = mode !== undefined && constantString(scope, mode.value) !== "default";
  const parts = object.entries.flatMap((entry): Condition[] => {
    const one = entry.name === "mode" ? undefined : operator(scope, draft, column, entry, insensitive);
    return one === undefined ? [] : [maybe(one, entry.optional)];
  });
  if (object.open) parts.push(unknownCondition(`a filter on ${column.name}`));
  return allOf(parts);
}

function operator(
  scope: Scope,
  draft: Draft,
  column: ColumnRef,
  entry: ObjectEntry,
  insensitive: boolean,
): Condition | undefined {
  const { name = "", value: id } = entry;
  const value = valueAt(scope, id);
  const like = { kind: "like", column, value, ...(insensitive ? { insensitive: true as const } : {}) } as const;
  switch (name) {
    case "equals":
      return insensitive ? { ...like, leading: "fixed" } : equals(scope, column, id);
    case "in":
      return { kind: "in", column, value: value.kind === "list" ? value : { kind: "list" } };
    case "lt":
    case "lte":
    case "gt":
    case "gte":
      return { kind: "range", column, value };
    case "contains":
    case "endsWith":
      return { ...like, leading: "wildcard" };
    case "startsWith":
      return { ...like, leading: "fixed" };
    case "notIn":
      return { kind: "not-equal", column, value };
    case "not": {
      const inner = exprAt(scope, resolved(scope, id));
      if (inner?.kind === "object") return { kind: "not", of: field(scope, draft, column, id) };
      return differs(scope, column, id);
    }
    default:
      return { kind: "special", column, operator: name };
  }
}

function readOrder(scope: Scope, draft: Draft, table: number, id: ExprId, optional: boolean): void {
  const at = exprAt(scope, resolved(scope, id));
  if (at?.kind === "array") {
    const read = readArray(scope, id);
    if (read.open) draft.orderUnknown = true;
    for (const element of read.elements) readOrder(scope, draft, table, element.value, optional || element.optional);
    return;
  }
  const object = readObject(scope, id);
  if (object.open || at?.kind !== "object") draft.orderUnknown = true;
  for (const entry of object.entries) orderTerm(scope, draft, table, entry, optional || entry.optional);
}

function orderTerm(scope: Scope, draft: Draft, table: number, { name, value }: ObjectEntry, optional: boolean): void {
  const expr = exprAt(scope, resolved(scope, value));
  if (name === undefined || name.startsWith("_")) {
    draft.orderUnknown = true;
    return;
  }
  if (expr?.kind === "object") {
    const inner = readObject(scope, value);
    const sort = entryOf(inner, "sort");
    if (sort === undefined) {
      readOrder(scope, draft, relationTable(draft, table, name, "left"), value, optional);
      return;
    }
    const nulls = entryOf(inner, "nulls");
    const place = nulls === undefined ? undefined : constantString(scope, nulls.value);
    pushOrder(
      scope,
      draft,
      { table, name },
      sort.value,
      optional,
      place === "first" || place === "last" ? place : undefined,
    );
    return;
  }
  pushOrder(scope, draft, { table, name }, value, optional);
}

function pushOrder(
  scope: Scope,
  draft: Draft,
  column: ColumnRef,
  direction: ExprId,
  optional: boolean,
  nulls?: "first" | "last",
): void {
  const text = constantString(scope, direction);
  if (text !== "asc" && text !== "desc") draft.orderUnknown = true;
  draft.orderBy.push({
    column,
    direction: text === "desc" ? "desc" : "asc",
    ...(nulls === undefined ? {} : { nulls }),
    ...(optional ? { optional: true } : {}),
  });
}

/** One query for each relation that is read along, and for each below it. */
function loads(scope: Scope, parent: Draft, of: number, options: ReadObject, depth: number): readonly QueryModel[] {
  if (maxDepth < depth) return [];
  return ["include", "select"].flatMap((key) => {
    const wanted = entryOf(options, key);
    if (wanted === undefined) return [];
    return readObject(scope, wanted.value).entries.flatMap((entry) => relationLoads(scope, parent, of, entry, depth));
  });
}

function relationLoads(
  scope: Scope,
  parent: Draft,
  of: number,
  entry: ObjectEntry,
  depth: number,
): readonly QueryModel[] {
  const expr = exprAt(scope, resolved(scope, entry.value));
  if (entry.name === undefined || (expr?.kind === "literal" && expr.value === false)) return [];
  if (entry.name === "_count") {
    if (expr?.kind !== "object") return [];
    return loads(scope, parent, of, readObject(scope, entry.value), depth + 1);
  }
  const draft = loadDraft(parent.operation, parent.tables, of, entry.name);
  const inner =
    expr?.kind === "object" ? readObject(scope, entry.value) : { entries: [], open: expr?.kind !== "literal" };
  readOptions(scope, draft, inner);
  // A relation's limit is taken for each parent, so it says nothing about the whole query's order.
  draft.limit = undefined;
  const own = finish(draft);
  return [...(own === undefined ? [] : [own]), ...loads(scope, draft, 0, inner, depth + 1)];
}
