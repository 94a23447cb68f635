/** Sequelize: `where` with `Op`, `include`, `order`, `limit`. */
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
import { accessOf, type Draft, finish, newDraft, type QuerySite, relationTable } from "./draft.js";
import type { ColumnRef, Condition, QueryModel } from "./model.js";
import { readArray } from "./read-array.js";
import { entryOf, type ObjectEntry, readObject, type ReadObject } from "./read-object.js";
import { constantString, exprAt, resolved, type Scope } from "./scope.js";

export function sequelizeQueries(
  scope: Scope,
  { operation }: QuerySite,
  filterArgument: number,
): readonly QueryModel[] {
  const call = exprAt(scope, operation.expr);
  if (call?.kind !== "call" || operation.table === undefined) return [];
  if (/^(create|bulkCreate|findByPk|findById|save|truncate|upsert|reload)$/.test(operation.method)) return [];
  const options = readObject(scope, call.args[filterArgument] ?? NONE);
  const draft = newDraft(operation, accessOf(operation), { name: operation.table, naming: "model" });
  if (options.open && entryOf(options, "where") === undefined) draft.unknown.push("options that are put together");
  draft.aggregate =
    /^(count|max|min|sum|aggregate)$/.test(operation.method) ||
    entryOf(options, "group") !== undefined ||
    entryOf(options, "having") !== undefined;
  readOptions(scope, draft, 0, options);
  readIncludes(scope, draft, 0, options, 0);
  if (/^find(OrCreate|OrBuild|CreateFind|One)/.test(operation.method)) draft.limit ??= { kind: "literal", value: 1 };
  const model = finish(draft);
  return model === undefined ? [] : [model];
}

function readOptions(scope: Scope, draft: Draft, table: number, options: ReadObject): void {
  const where = entryOf(options, "where");
  if (where !== undefined) draft.where.push(maybe(filter(scope, draft, table, where.value), where.optional));
  if (table !== 0) return;
  const [limit, offset, order] = [entryOf(options, "limit"), entryOf(options, "offset"), entryOf(options, "order")];
  if (limit !== undefined) draft.limit = valueAt(scope, limit.value);
  if (offset !== undefined) draft.offset = valueAt(scope, offset.value);
  if (order !== undefined) readOrder(scope, draft, order.value);
}

/** Models read along; one with a filter of its own narrows the rows wanted, unless it says that it is not required. */
function readIncludes(scope: Scope, draft: Draft, of: number, options: ReadObject, depth: number): void {
  const include = entryOf(options, "include");
  if (include === undefined || depth > 3) return;
  const list = exprAt(scope, resolved(scope, include.value));
  const elements =
    list?.kind === "array" ? readArray(scope, include.value).elements.map(({ value }) => value) : [include.value];
  for (const element of elements) {
    const name = includedName(scope, element);
    if (name === undefined) continue;
    const inner = exprAt(scope, resolved(scope, element))?.kind === "object" ? readObject(scope, element) : undefined;
    const required = inner !== undefined && isRequired(scope, inner);
    const table = relationTable(draft, of, name, required ? "inner" : "left");
    if (inner === undefined) continue;
    if (required) readOptions(scope, draft, table, inner);
    readIncludes(scope, draft, table, inner, depth + 1);
  }
}

function isRequired(scope: Scope, options: ReadObject): boolean {
  const required = entryOf(options, "required");
  const said = required === undefined ? undefined : valueAt(scope, required.value);
  if (said?.kind === "literal") return said.value === true;
  return said === undefined && entryOf(options, "where") !== undefined;
}

function includedName(scope: Scope, id: ExprId): string | undefined {
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "literal" && typeof expr.value === "string") return expr.value;
  if (expr?.kind !== "object") return modelName(scope, id);
  const options = readObject(scope, id);
  for (const key of ["as", "association", "model"]) {
    const entry = entryOf(options, key);
    if (entry === undefined) continue;
    return constantString(scope, entry.value) ?? modelName(scope, entry.value);
  }
  return undefined;
}

function modelName(scope: Scope, id: ExprId): string | undefined {
  const expr = exprAt(scope, id);
  return expr?.kind === "ref" || expr?.kind === "member" ? expr.name : undefined;
}

function filter(scope: Scope, draft: Draft, table: number, id: ExprId): Condition {
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "array") {
    const read = readArray(scope, id);
    return allOf(read.elements.map(({ value, optional }) => maybe(filter(scope, draft, table, value), optional)));
  }
  if (expr?.kind === "call") return whereCall(scope, table, expr) ?? unknownCondition("a computed filter");
  const object = readObject(scope, id);
  const parts = object.entries.map((entry) => maybe(member(scope, draft, table, entry), entry.optional));
  if (object.open) parts.push(unknownCondition("a filter that is put together"));
  return allOf(parts);
}

/** `Op.and`, `Sequelize.Op.in` and the older `$and`, without their prefix. */
function operatorName(scope: Scope, { name, key }: ObjectEntry): string | undefined {
  if (name !== undefined) return name.startsWith("$") && !name.endsWith("$") ? name.slice(1) : undefined;
  const expr = key === undefined ? undefined : exprAt(scope, key);
  if (expr?.kind !== "member") return undefined;
  const object = exprAt(scope, expr.object);
  const owner = object?.kind === "ref" || object?.kind === "member" ? object.name : "";
  return /^(Op|Operators?)$/i.test(owner) ? expr.name : undefined;
}

function member(scope: Scope, draft: Draft, table: number, entry: ObjectEntry): Condition {
  const operator = operatorName(scope, entry);
  if (operator === "and") return filter(scope, draft, table, entry.value);
  if (operator === "or" || operator === "not") {
    const parts = branches(scope, draft, table, entry.value);
    return operator === "or" ? anyOf(parts) : { kind: "not", of: allOf(parts) };
  }
  if (entry.name === undefined) return unknownCondition("a computed field");
  // `$author.name$` filters on a table that is read along.
  const path = /^\$(.+)\.(\w+)\$$/.exec(entry.name);
  if (path !== null) {
    const relation = relationTable(draft, table, path[1] ?? "", "left");
    return field(scope, { table: relation, name: path[2] ?? "" }, entry.value);
  }
  return field(scope, { table, name: entry.name }, entry.value);
}

function branches(scope: Scope, draft: Draft, table: number, id: ExprId): readonly Condition[] {
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "array") {
    const read = readArray(scope, id);
    const parts = read.elements.map(({ value, optional }) => maybe(filter(scope, draft, table, value), optional));
    return read.open ? [...parts, unknownCondition("a list of filters that is put together")] : parts;
  }
  const object = readObject(scope, id);
  return object.entries.map((entry) => maybe(member(scope, draft, table, entry), entry.optional));
}

function field(scope: Scope, column: ColumnRef, id: ExprId): Condition {
  const choice = byChoice(scope, id, (value) => field(scope, column, value));
  if (choice !== undefined) return choice;
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "array") return { kind: "in", column, value: valueAt(scope, id) };
  // `name: where(fn("lower", col("name")), "LIKE", pattern)`: the key says nothing then.
  const whole = expr?.kind === "call" ? whereCall(scope, column.table, expr) : undefined;
  if (whole !== undefined) return whole;
  if (expr?.kind !== "object") return equals(scope, column, id);
  const object = readObject(scope, id);
  const parts = object.entries.map((entry) => {
    const name = operatorName(scope, entry);
    return name === undefined
      ? unknownCondition(`a filter on ${column.name}`)
      : maybe(operator(scope, column, name, entry.value), entry.optional);
  });
  if (object.open) parts.push(unknownCondition(`a filter on ${column.name}`));
  return allOf(parts);
}

type Call = Extract<NonNullable<ReturnType<typeof exprAt>>, { kind: "call" }>;

/** `Sequelize.where(fn("lower", col("name")), "LIKE", pattern)`; undefined for any other call. */
function whereCall(scope: Scope, table: number, call: Call): Condition | undefined {
  if (calleeName(scope, call) !== "where" || call.args.length < 2) return undefined;
  const [left = NONE, second = NONE, third] = call.args;
  const side = columnOf(scope, table, left);
  if (side === undefined) return unknownCondition("a computed filter");
  const { column, fn } = side;
  const condition =
    third === undefined ? field(scope, column, second) : compared(scope, column, constantString(scope, second), third);
  return fn === undefined ? condition : throughFunction(condition, fn);
}

const COMPARATORS: Readonly<Record<string, string>> = {
  "=": "eq",
  "<>": "ne",
  "!=": "ne",
  "<": "lt",
  "<=": "lte",
  ">": "gt",
  ">=": "gte",
  IN: "in",
  LIKE: "like",
  ILIKE: "iLike",
};

function compared(scope: Scope, column: ColumnRef, comparator: string | undefined, value: ExprId): Condition {
  return operator(scope, column, COMPARATORS[comparator?.trim().toUpperCase() ?? ""] ?? "", value);
}

/** `col("name")`, `fn("lower", col("name"))`. A name with a table before it may mean any table. */
function columnOf(scope: Scope, table: number, id: ExprId): { column: ColumnRef; fn?: string } | undefined {
  const call = exprAt(scope, resolved(scope, id));
  if (call?.kind !== "call") return undefined;
  const name = calleeName(scope, call);
  const text = constantString(scope, call.args[0] ?? NONE);
  if (name === "col") return text === undefined || text.includes(".") ? undefined : { column: { table, name: text } };
  if (name !== "fn" || text === undefined || call.args.length !== 2) return undefined;
  const inner = columnOf(scope, table, call.args[1] ?? NONE);
  return inner === undefined || inner.fn !== undefined ? undefined : { ...inner, fn: text.toLowerCase() };
}

function calleeName(scope: Scope, call: Call): string | undefined {
  const callee = exprAt(scope, call.callee);
  return callee?.kind === "ref" || callee?.kind === "member" ? callee.name : undefined;
}

/** Conditions that say of a column what is true of a function of it. */
function throughFunction(condition: Condition, fn: string): Condition {
  switch (condition.kind) {
    case "equal":
    case "not-equal":
    case "in":
    case "range":
    case "like":
      return { ...condition, fn };
    default:
      return unknownCondition("a computed filter");
  }
}

function operator(scope: Scope, column: ColumnRef, name: string, id: ExprId): Condition {
  const value = valueAt(scope, id);
  switch (name) {
    case "eq":
    case "is":
      return equals(scope, column, id);
    case "ne":
    case "not":
      return differs(scope, column, id);
    case "in":
    case "any":
      return { kind: "in", column, value: value.kind === "list" ? value : { kind: "list" } };
    case "gt":
    case "gte":
    case "lt":
    case "lte":
    case "between":
      return { kind: "range", column, value };
    case "like":
    case "iLike": {
      const insensitive = name === "iLike" ? { insensitive: true as const } : {};
      return { kind: "like", column, leading: likePattern(scope, id), value, ...insensitive };
    }
    case "startsWith":
      return { kind: "like", column, leading: "fixed", value };
    case "substring":
    case "endsWith":
      return { kind: "like", column, leading: "wildcard", value };
    case "notIn":
    case "notLike":
    case "notILike":
    case "notBetween":
      return { kind: "not-equal", column, value };
    case "contains":
    case "contained":
    case "overlap":
    case "match":
    case "regexp":
    case "iRegexp":
      return { kind: "special", column, operator: name };
    default:
      return unknownCondition(`a filter on ${column.name}`);
  }
}

function readOrder(scope: Scope, draft: Draft, id: ExprId): void {
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind !== "array") {
    draft.orderUnknown = true;
    return;
  }
  const [first] = expr.elements;
  const flat = first !== undefined && exprAt(scope, first)?.kind !== "array" && expr.elements.length === 2;
  const terms = flat && constantString(scope, expr.elements[1] ?? NONE) !== undefined ? [id] : expr.elements;
  for (const term of terms) {
    const at = exprAt(scope, resolved(scope, term));
    const parts = at?.kind === "array" ? at.elements : [term];
    const name = parts.length <= 2 ? constantString(scope, parts[0] ?? NONE) : undefined;
    const direction = constantString(scope, parts[1] ?? NONE)?.toLowerCase();
    if (name === undefined || (parts.length === 2 && direction === undefined)) {
      draft.orderUnknown = true;
      continue;
    }
    draft.orderBy.push({ column: { table: 0, name }, direction: direction === "desc" ? "desc" : "asc" });
  }
}
