/** TypeORM's find options and plain filters, with its operators (`In`, `Like`, `MoreThan` …). */
import { type ExprId, NONE } from "../facts/model.js";
import { allOf, anyOf, byChoice, equals, likePattern, maybe, unknownCondition, valueAt } from "./conditions.js";
import { accessOf, type Draft, finish, loadDraft, newDraft, type QuerySite, relationTable } from "./draft.js";
import type { ColumnRef, Condition, QueryModel } from "./model.js";
import { readArray } from "./read-array.js";
import { entryOf, readObject, type ReadObject } from "./read-object.js";
import { constantString, exprAt, resolved, type Scope } from "./scope.js";

/** Methods whose filter argument is the filter itself, not options around it. */
const plain = /^(findBy|findOneBy|findOneByOrFail|findAndCountBy|countBy|existsBy|update|delete|softDelete|restore)$/;
const byKey = /^(findByIds|findOneById)$/;
const optionNames =
  /^(where|order|relations|skip|take|select|cache|withDeleted|lock|loadRelationIds|join|transaction|loadEagerRelations|comment)$/;

export function typeormQueries(scope: Scope, { operation }: QuerySite, filterArgument: number): readonly QueryModel[] {
  const call = exprAt(scope, operation.expr);
  if (call?.kind !== "call" || operation.table === undefined) return [];
  if (/^(save|remove|softRemove|recover|insert|upsert|clear|query)$/.test(operation.method)) return [];
  const draft = newDraft(operation, accessOf(operation), { name: operation.table, naming: "model" });
  draft.aggregate = /^(count|countBy|sum|average|minimum|maximum|exist|exists|existsBy)$/.test(operation.method);
  draft.keyed = byKey.test(operation.method);
  if (/^findOne|^exist/.test(operation.method)) draft.limit = { kind: "literal", value: 1 };
  const given = call.args[filterArgument] ?? NONE;
  if (plain.test(operation.method)) draft.where.push(criteria(scope, draft, given));
  else if (/^(sum|average|minimum|maximum)$/.test(operation.method)) {
    draft.where.push(alternatives(scope, draft, 0, call.args[filterArgument + 1] ?? NONE));
  } else return withOptions(scope, draft, given);
  const model = finish(draft);
  return model === undefined ? [] : [model];
}

/** What `update` and `delete` take: a key, a list of keys, or a filter. */
function criteria(scope: Scope, draft: Draft, id: ExprId): Condition {
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "object" || expr?.kind === "array") return alternatives(scope, draft, 0, id);
  if (/^(update|delete|softDelete|restore)$/.test(draft.operation.method)) {
    draft.keyed = expr !== undefined;
    return unknownCondition("a key or a filter");
  }
  return alternatives(scope, draft, 0, id);
}

function withOptions(scope: Scope, draft: Draft, id: ExprId): readonly QueryModel[] {
  const options = readObject(scope, id);
  const { expr } = draft.operation;
  const bare = options.entries.length > 0 && !options.entries.some(({ name }) => optionNames.test(name ?? ""));
  if (bare) {
    // Before version 0.3 the filter could stand where the options do.
    draft.where.push(alternatives(scope, draft, 0, id));
  } else readOptions(scope, draft, options);
  if (options.open && entryOf(options, "where") === undefined) draft.unknown.push("options that are put together");
  const own = finish(draft);
  if (own === undefined || expr === NONE) return [];
  return [own, ...relationLoads(scope, draft, options)];
}

function readOptions(scope: Scope, draft: Draft, options: ReadObject): void {
  const where = entryOf(options, "where");
  if (where !== undefined) draft.where.push(maybe(alternatives(scope, draft, 0, where.value), where.optional));
  const [take, skip] = [entryOf(options, "take"), entryOf(options, "skip")];
  if (take !== undefined) draft.limit = valueAt(scope, take.value);
  if (skip !== undefined) draft.offset = valueAt(scope, skip.value);
  const order = entryOf(options, "order");
  if (order !== undefined) readOrder(scope, draft, 0, order.value);
}

/** A filter, or a list of filters any of which may hold. */
function alternatives(scope: Scope, draft: Draft, table: number, id: ExprId): Condition {
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind !== "array") return filter(scope, draft, table, id);
  const read = readArray(scope, id);
  if (read.open) return unknownCondition("a list of filters that is put together");
  return anyOf(read.elements.map(({ value, optional }) => maybe(filter(scope, draft, table, value), optional)));
}

function filter(scope: Scope, draft: Draft, table: number, id: ExprId): Condition {
  if (id === NONE) return allOf([]);
  const object = readObject(scope, id);
  const parts = object.entries.map((entry) =>
    entry.name === undefined
      ? unknownCondition("a computed field")
      : maybe(field(scope, draft, { table, name: entry.name }, entry.value), entry.optional),
  );
  if (object.open) parts.push(unknownCondition("a filter that is put together"));
  return allOf(parts);
}

function field(scope: Scope, draft: Draft, column: ColumnRef, id: ExprId): Condition {
  const choice = byChoice(scope, id, (value) => field(scope, draft, column, value));
  if (choice !== undefined) return choice;
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "object") {
    return filter(scope, draft, relationTable(draft, column.table, column.name, "exists"), id);
  }
  if (expr?.kind !== "call") return equals(scope, column, id);
  const callee = exprAt(scope, expr.callee);
  const [first] = expr.args;
  if (callee?.kind !== "ref") return equals(scope, column, id);
  return operator(scope, draft, column, callee.name, first ?? NONE) ?? equals(scope, column, id);
}

function operator(scope: Scope, draft: Draft, column: ColumnRef, name: string, id: ExprId): Condition | undefined {
  const value = valueAt(scope, id);
  switch (name) {
    case "In":
    case "Any":
      return { kind: "in", column, value: value.kind === "list" ? value : { kind: "list" } };
    case "Equal":
      return equals(scope, column, id);
    case "IsNull":
      return { kind: "null", column };
    case "MoreThan":
    case "MoreThanOrEqual":
    case "LessThan":
    case "LessThanOrEqual":
    case "Between":
      return { kind: "range", column, value };
    case "Like":
      return { kind: "like", column, leading: likePattern(scope, id), value };
    case "ILike":
      return { kind: "like", column, leading: likePattern(scope, id), insensitive: true, value };
    case "Not": {
      const inner = field(scope, draft, column, id);
      if (inner.kind === "null") return { kind: "not-null", column };
      return inner.kind === "equal" ? { ...inner, kind: "not-equal" } : { kind: "not", of: inner };
    }
    case "And":
      return unknownCondition(`a filter on ${column.name}`);
    case "Raw":
      return unknownCondition(`raw SQL on ${column.name}`);
    case "ArrayContains":
    case "ArrayContainedBy":
    case "ArrayOverlap":
    case "JsonContains":
      return { kind: "special", column, operator: name };
    default:
      return undefined;
  }
}

function readOrder(scope: Scope, draft: Draft, table: number, id: ExprId): void {
  const object = readObject(scope, id);
  if (object.open) draft.orderUnknown = true;
  for (const { name, value, optional } of object.entries) {
    const expr = exprAt(scope, resolved(scope, value));
    if (name === undefined) draft.orderUnknown = true;
    else if (expr?.kind === "object" && entryOf(readObject(scope, value), "direction") === undefined) {
      readOrder(scope, draft, relationTable(draft, table, name, "left"), value);
    } else {
      const direction = constantString(scope, value)?.toLowerCase();
      const descending = direction === "desc" || (expr?.kind === "literal" && expr.value === -1);
      draft.orderBy.push({
        column: { table, name },
        direction: descending ? "desc" : "asc",
        ...(optional ? { optional: true } : {}),
      });
      if (direction === undefined && expr?.kind !== "literal") draft.orderUnknown = true;
    }
  }
}

/** `relations: ["posts", "posts.tags"]` and `relations: { posts: { tags: true } }`. */
function relationLoads(scope: Scope, parent: Draft, options: ReadObject): readonly QueryModel[] {
  const wanted = entryOf(options, "relations");
  if (wanted === undefined) return [];
  const expr = exprAt(scope, resolved(scope, wanted.value));
  const names =
    expr?.kind === "array"
      ? expr.elements.map((element) => constantString(scope, element))
      : readObject(scope, wanted.value).entries.map(({ name }) => name);
  const direct = new Set(names.flatMap((name) => (name === undefined || name.includes(".") ? [] : [name])));
  return [...direct].flatMap((name) => {
    const model = finish(loadDraft(parent.operation, parent.tables, 0, name));
    return model === undefined ? [] : [model];
  });
}
