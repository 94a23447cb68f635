/** Mongoose and the MongoDB driver's filters: `{ field: value }`, `$in`, `$gt`, `$regex`, `$or`, with `sort`, `limit` and `skip`. */
import { type ExprId, NONE } from "../facts/model.js";
import { readChain } from "./chain.js";
import { allOf, anyOf, byChoice, differs, equals, maybe, unknownCondition, valueAt } from "./conditions.js";
import { accessOf, type Draft, finish, newDraft, type QuerySite } from "./draft.js";
import type { ColumnRef, Condition, QueryModel } from "./model.js";
import { readArray } from "./read-array.js";
import { entryOf, type ObjectEntry, readObject, type ReadObject } from "./read-object.js";
import { constantString, exprAt, resolved, type Scope } from "./scope.js";

const starts =
  /^(find|findOne|exists|countDocuments|count|distinct|findOneAnd\w+|updateOne|updateMany|replaceOne|deleteOne|deleteMany|remove|update|aggregate|paginate)$/;

export function mongooseQueries(scope: Scope, { operation }: QuerySite): readonly QueryModel[] {
  if (operation.table === undefined) return [];
  const draft = newDraft(operation, accessOf(operation), { name: operation.table, naming: "model" });
  const chain = readChain(scope, operation.dialect === "mongodb" ? outermost(scope, operation.expr) : operation.expr);
  if (chain.open !== undefined) draft.unknown.push(chain.open);
  const start = chain.steps.findIndex((step) => starts.test(step.name));
  const first = chain.steps[start];
  if (first === undefined) return [];
  if (first.name === "aggregate") readPipeline(scope, draft, first.args[0] ?? NONE);
  else readStart(scope, draft, first.name, first.args);
  for (const step of chain.steps.slice(start + 1)) readStep(scope, draft, step);
  const model = finish(draft);
  return model === undefined ? [] : [model];
}

/** A cursor's `sort` and `limit` follow the call that names the operation. */
function outermost(scope: Scope, id: ExprId): ExprId {
  let at = id;
  for (let hops = 0; hops < 20; hops++) {
    const member = exprAt(scope, at)?.parent ?? NONE;
    const expr = exprAt(scope, member);
    const call = expr?.kind === "member" && expr.object === at ? expr.parent : NONE;
    const next = exprAt(scope, call);
    if (expr?.kind !== "member" || next?.kind !== "call" || next.callee !== member) return at;
    if (!/^(sort|limit|skip|project|toArray|next|hint|batchSize|map|filter)$/.test(expr.name)) return at;
    at = call;
  }
  return at;
}

function readStart(scope: Scope, draft: Draft, name: string, args: readonly ExprId[]): void {
  const at = name === "distinct" ? 1 : 0;
  if (args[at] !== undefined) draft.where.push(filter(scope, args[at]));
  draft.aggregate = /^(count|distinct|exists)/.test(name);
  if (/One|^exists/.test(name)) draft.limit = { kind: "literal", value: 1 };
  const options = readObject(scope, args[name === "paginate" ? 1 : 2] ?? NONE);
  readOptions(scope, draft, options);
  // Sorting an update or a single document is a way to choose it.
  if (name === "paginate") draft.limit ??= { kind: "parameter" };
}

function readOptions(scope: Scope, draft: Draft, options: ReadObject): void {
  const [sort, limit, skip] = [entryOf(options, "sort"), entryOf(options, "limit"), entryOf(options, "skip")];
  if (sort !== undefined) readSort(scope, draft, sort.value, sort.optional);
  if (limit !== undefined) draft.limit = valueAt(scope, limit.value);
  if (skip !== undefined) draft.offset = valueAt(scope, skip.value);
}

function readStep(scope: Scope, draft: Draft, step: ReturnType<typeof readChain>["steps"][number]): void {
  const [first] = step.args;
  switch (step.name) {
    case "sort":
      readSort(scope, draft, first ?? NONE, step.optional);
      return;
    case "limit":
      draft.limit = valueAt(scope, first ?? NONE);
      return;
    case "skip":
      draft.offset = valueAt(scope, first ?? NONE);
      return;
    case "find":
    case "and":
    case "merge":
      draft.where.push(maybe(filter(scope, first ?? NONE), step.optional));
      return;
    case "where": {
      const expr = first === undefined ? undefined : exprAt(scope, resolved(scope, first));
      const isObject = expr?.kind === "object" && first !== undefined;
      draft.where.push(isObject ? maybe(filter(scope, first), step.optional) : unknownCondition("a chained filter"));
      return;
    }
    case "or":
    case "nor":
      draft.where.push(unknownCondition("a chained filter"));
      return;
    default:
  }
}

/** The leading `$match`, `$sort` and `$limit` stages: those an index can serve. */
function readPipeline(scope: Scope, draft: Draft, id: ExprId): void {
  draft.aggregate = true;
  const stages = readArray(scope, id);
  for (const { value, optional } of stages.elements) {
    const stage = readObject(scope, value);
    const match = entryOf(stage, "$match");
    if (match === undefined || optional) return;
    draft.where.push(filter(scope, match.value));
  }
  if (stages.open) draft.unknown.push("a pipeline that is put together");
}

function filter(scope: Scope, id: ExprId): Condition {
  const object = readObject(scope, id);
  const parts = object.entries.map((entry) => maybe(member(scope, entry), entry.optional));
  if (object.open) parts.push(unknownCondition("a filter that is put together"));
  return allOf(parts);
}

function member(scope: Scope, entry: ObjectEntry): Condition {
  const { name, value } = entry;
  if (name === undefined) return unknownCondition("a computed field");
  if (name === "$and" || name === "$or" || name === "$nor") {
    const read = readArray(scope, value);
    const parts = read.elements.map((element) => maybe(filter(scope, element.value), element.optional));
    if (read.open) parts.push(unknownCondition("a list of filters that is put together"));
    if (name === "$nor") return { kind: "not", of: anyOf(parts) };
    return name === "$and" ? allOf(parts) : anyOf(parts);
  }
  if (name.startsWith("$")) return unknownCondition(name);
  return field(scope, { table: 0, name }, value);
}

function field(scope: Scope, column: ColumnRef, id: ExprId): Condition {
  const choice = byChoice(scope, id, (value) => field(scope, column, value));
  if (choice !== undefined) return choice;
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "regexp" || expr?.kind === "new") {
    if (expr.kind === "regexp") return regexp(column, expr.source, expr.flags);
    const callee = exprAt(scope, expr.callee);
    if (callee?.kind !== "ref" || callee.name !== "RegExp") return equals(scope, column, id);
    return regexp(column, constantString(scope, expr.args[0] ?? NONE) ?? "", "");
  }
  if (expr?.kind !== "object") return equals(scope, column, id);
  const object = readObject(scope, id);
  if (!object.entries.some(({ name }) => name?.startsWith("$") === true)) return equals(scope, column, id);
  const parts = object.entries.map((entry) => maybe(operator(scope, column, entry), entry.optional));
  if (object.open) parts.push(unknownCondition(`a filter on ${column.name}`));
  return allOf(parts);
}

/** An index serves a regular expression only when it is anchored and minds case. */
function regexp(column: ColumnRef, source: string, flags: string): Condition {
  const leading = source.startsWith("^") ? "fixed" : source === "" ? "unknown" : "wildcard";
  const insensitive = flags.includes("i") ? { insensitive: true as const } : {};
  return { kind: "like", column, leading, value: { kind: "parameter" }, ...insensitive };
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
    case "$nin":
      return { kind: "not-equal", column, value };
    case "$regex": {
      const expr = exprAt(scope, resolved(scope, id));
      const source = expr?.kind === "regexp" ? expr.source : (constantString(scope, id) ?? "");
      return regexp(column, source, expr?.kind === "regexp" ? expr.flags : "");
    }
    case "$options":
      return allOf([]);
    case "$exists":
      return { kind: "special", column, operator: name };
    default:
      return unknownCondition(name === "" ? `a filter on ${column.name}` : name);
  }
}

/** `{ a: -1 }`, `"-a b"` and `[["a", -1]]`. */
function readSort(scope: Scope, draft: Draft, id: ExprId, optional: boolean): void {
  const more = optional ? { optional: true as const } : {};
  const text = constantString(scope, id);
  if (text !== undefined) {
    for (const word of text.split(/\s+/).filter((part) => part !== "")) {
      const name = word.replace(/^[-+]/, "");
      draft.orderBy.push({ column: { table: 0, name }, direction: word.startsWith("-") ? "desc" : "asc", ...more });
    }
    return;
  }
  const object = readObject(scope, id);
  if (object.open) draft.orderUnknown = true;
  for (const { name, value } of object.entries) {
    const expr = exprAt(scope, resolved(scope, value));
    const unary = (expr?.kind === "unary" && expr.op === "-") || (expr?.kind === "literal" && expr.value === -1);
    const descending = unary || /^desc/i.test(constantString(scope, value) ?? "");
    if (name === undefined) draft.orderUnknown = true;
    else draft.orderBy.push({ column: { table: 0, name }, direction: descending ? "desc" : "asc", ...more });
  }
}
