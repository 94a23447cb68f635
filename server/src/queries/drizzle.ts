/** Drizzle: the SQL-like core (`db.select().from(users).where(…)`) and relational queries (`db.query.users.findMany({ … })`). */
import { type ExprId, NONE } from "../facts/model.js";
import { type ChainStep, readChain } from "./chain.js";
import { allOf, conjuncts, maybe, unknownCondition, valueAt } from "./conditions.js";
import { addTable, type Draft, finish, loadDraft, newDraft, type QuerySite } from "./draft.js";
import { drizzleColumn, drizzleCondition, drizzleTable } from "./drizzle-conditions.js";
import type { Condition, QueryJoin, QueryModel } from "./model.js";
import { entryOf, readObject, type ReadObject } from "./read-object.js";
import { constantString, exprAt, resolved, type Scope } from "./scope.js";
import { drizzleFilter } from "./drizzle-filter.js";

export function drizzleQueries(scope: Scope, { operation }: QuerySite): readonly QueryModel[] {
  const chain = readChain(scope, operation.expr);
  const { steps } = chain;
  if (steps.some(({ name }) => name === "insert")) return [];
  const relational = steps.find(({ name }) => name === "findMany" || name === "findFirst");
  const draft = newDraft(operation, "read");
  if (chain.open !== undefined) draft.unknown.push(chain.open);
  if (relational !== undefined) return relationalQueries(scope, draft, relational);
  const start = steps.find(({ name }) => /^(from|update|delete|\$count)$/.test(name));
  if (start === undefined) return [];
  if (start.name === "update" || start.name === "delete") draft.access = start.name;
  if (drizzleTable(scope, draft, start.args[0] ?? NONE) === undefined) return [];
  if (start.name === "$count") {
    draft.aggregate = true;
    if (start.args[1] !== undefined) draft.where.push(drizzleCondition(scope, draft, start.args[1]));
  }
  const select = steps.find(({ name }) => name.startsWith("select"));
  if (select !== undefined && isAggregate(scope, select)) draft.aggregate = true;
  // Joined tables are known by name before conditions speak of them.
  for (const step of steps) if (/join$/i.test(step.name)) readJoin(scope, draft, step);
  for (const step of steps) readStep(scope, draft, step);
  const model = finish(draft);
  return model === undefined ? [] : [model];
}

function isAggregate(scope: Scope, { name, args }: ChainStep): boolean {
  if (name !== "select") return true;
  const fields = readObject(scope, args[0] ?? NONE);
  return fields.entries.some(({ value }) =>
    /\b(count|countDistinct|sum|avg|max|min)\(/.test(scope.view.textOf(value, 120)),
  );
}

function readStep(scope: Scope, draft: Draft, { name, args, optional }: ChainStep): void {
  const [first = NONE] = args;
  switch (name) {
    case "where":
      if (args.length > 0) draft.where.push(maybe(drizzleCondition(scope, draft, first), optional));
      return;
    case "orderBy":
      for (const arg of args) readOrder(scope, draft, arg, optional);
      return;
    case "limit":
      draft.limit = valueAt(scope, first);
      return;
    case "offset":
      draft.offset = valueAt(scope, first);
      return;
    case "groupBy":
    case "having":
      draft.aggregate = true;
      return;
    case "union":
    case "unionAll":
    case "with":
      draft.unknown.push(`\`${name}\``);
      return;
    default:
  }
}

function readJoin(scope: Scope, draft: Draft, { name, args }: ChainStep): void {
  const table = drizzleTable(scope, draft, args[0] ?? NONE);
  if (table === undefined) {
    draft.unknown.push("a join");
    return;
  }
  const condition = args[1] === undefined ? allOf([]) : drizzleCondition(scope, draft, args[1]);
  const parts = conjuncts(condition);
  const on = parts.flatMap((part) =>
    part.kind === "equal" && part.value.kind === "column" ? [{ left: part.column, right: part.value.column }] : [],
  );
  const kind = /^(left|right|full|inner)/.exec(name)?.[1] as QueryJoin["kind"] | undefined;
  draft.joins.push({ table, kind: kind ?? "inner", on });
  if (kind === "inner") {
    draft.where.push(...parts.filter((part) => part.kind !== "equal" || part.value.kind !== "column"));
  }
}

/** `desc(users.createdAt)`, `users.createdAt`. */
function readOrder(scope: Scope, draft: Draft, id: ExprId, optional: boolean): void {
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "array") {
    for (const element of expr.elements) readOrder(scope, draft, element, optional);
    return;
  }
  const callee = expr?.kind === "call" ? exprAt(scope, expr.callee) : undefined;
  const name = callee?.kind === "ref" || callee?.kind === "member" ? callee.name : undefined;
  const wrapped = expr?.kind === "call" && (name === "asc" || name === "desc");
  const column = drizzleColumn(scope, draft, wrapped ? (expr.args[0] ?? NONE) : id);
  if (column === undefined) {
    draft.orderUnknown = true;
    return;
  }
  draft.orderBy.push({ column, direction: name === "desc" ? "desc" : "asc", ...(optional ? { optional: true } : {}) });
}

function relationalQueries(scope: Scope, draft: Draft, { name, args }: ChainStep): readonly QueryModel[] {
  const { table } = draft.operation;
  if (table === undefined) return [];
  addTable(draft, { name: table, naming: "model" });
  const options = readObject(scope, args[0] ?? NONE);
  readOptions(scope, draft, options);
  if (options.open && entryOf(options, "where") === undefined) draft.unknown.push("options that are put together");
  if (name === "findFirst") draft.limit ??= { kind: "literal", value: 1 };
  const own = finish(draft);
  return [...(own === undefined ? [] : [own]), ...loads(scope, draft, options, 0)];
}

function readOptions(scope: Scope, draft: Draft, options: ReadObject): void {
  const [where, order, limit, offset] = ["where", "orderBy", "limit", "offset"].map((key) => entryOf(options, key));
  if (where !== undefined) draft.where.push(maybe(relationalWhere(scope, draft, where.value), where.optional));
  if (order !== undefined) relationalOrder(scope, draft, order.value, order.optional);
  if (limit !== undefined) draft.limit = valueAt(scope, limit.value);
  if (offset !== undefined) draft.offset = valueAt(scope, offset.value);
}

/** A condition, a function `(table, { eq }) => …` that gives one, or (from version 1 on) an object of filters. */
function relationalWhere(scope: Scope, draft: Draft, id: ExprId): Condition {
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "object") return drizzleFilter(scope, draft, 0, id);
  if (expr?.kind !== "function") return drizzleCondition(scope, draft, id);
  const body = bodyOf(scope, draft, expr.fn);
  return body === undefined ? unknownCondition("a condition in a function") : drizzleCondition(scope, draft, body);
}

function relationalOrder(scope: Scope, draft: Draft, id: ExprId, optional: boolean): void {
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "object") {
    for (const { name, value } of readObject(scope, id).entries) {
      const direction = constantString(scope, value) === "desc" ? "desc" : "asc";
      if (name !== undefined) draft.orderBy.push({ column: { table: 0, name }, direction });
    }
    return;
  }
  const body = expr?.kind === "function" ? bodyOf(scope, draft, expr.fn) : id;
  if (body === undefined) draft.orderUnknown = true;
  else readOrder(scope, draft, body, optional);
}

/** The one value a function gives, with its first parameter standing for the query's own table. */
function bodyOf(scope: Scope, draft: Draft, fn: number): ExprId | undefined {
  const fact = scope.facts.functions[fn];
  const [body, ...others] = fact?.returns ?? [];
  const param = scope.facts.bindings[fact?.params[0]?.binding ?? NONE];
  const [main] = draft.tables;
  if (others.length > 0 || main === undefined) return undefined;
  if (param !== undefined) draft.tables[0] = { ...main, alias: param.name };
  return body;
}

/** `with: { posts: true, profile: { with: … } }`: relations that are read along. */
function loads(scope: Scope, parent: Draft, options: ReadObject, depth: number): readonly QueryModel[] {
  const wanted = entryOf(options, "with");
  if (wanted === undefined || depth > 4) return [];
  return readObject(scope, wanted.value).entries.flatMap(({ name, value }): readonly QueryModel[] => {
    const expr = exprAt(scope, resolved(scope, value));
    if (name === undefined || (expr?.kind === "literal" && expr.value === false)) return [];
    const draft = loadDraft(parent.operation, parent.tables, 0, name);
    const inner = expr?.kind === "object" ? readObject(scope, value) : { entries: [], open: expr?.kind !== "literal" };
    readOptions(scope, draft, inner);
    draft.limit = undefined;
    const own = finish(draft);
    return [...(own === undefined ? [] : [own]), ...loads(scope, draft, inner, depth + 1)];
  });
}
