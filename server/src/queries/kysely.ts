/** Kysely: `db.selectFrom("users as u").innerJoin(…).where("u.email", "=", email).orderBy(…)`. */
import { type ExprId, type ExprOf, NONE } from "../facts/model.js";
import { type ChainStep, readChain } from "./chain.js";
import { allOf, anyOf, maybe, unknownCondition, valueAt } from "./conditions.js";
import { accessOf, addTable, type Draft, finish, newDraft, type QuerySite } from "./draft.js";
import { compare } from "./knex.js";
import { ANY_TABLE, type ColumnRef, type Condition, type QueryJoin, type QueryModel } from "./model.js";
import { readArray } from "./read-array.js";
import { readObject } from "./read-object.js";
import { constantString, exprAt, resolved, type Scope } from "./scope.js";

export function kyselyQueries(scope: Scope, { operation }: QuerySite): readonly QueryModel[] {
  const chain = readChain(scope, operation.expr);
  const start = chain.steps.find(({ name }) => /^(selectFrom|updateTable|deleteFrom)$/.test(name));
  if (start === undefined) return [];
  const draft = newDraft(operation, accessOf(operation));
  if (start.name === "deleteFrom") draft.access = "delete";
  if (chain.open !== undefined) draft.unknown.push(chain.open);
  readTable(scope, draft, start.args[0] ?? NONE);
  const begin = chain.steps.indexOf(start);
  if (chain.steps.slice(0, begin).some(({ name }) => name.startsWith("with"))) draft.unknown.push("`with`");
  for (const step of chain.steps.slice(begin + 1)) readStep(scope, draft, step);
  const model = finish(draft);
  return model === undefined ? [] : [model];
}

function readTable(scope: Scope, draft: Draft, id: ExprId): number | undefined {
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "array") {
    draft.unknown.push("several tables");
    return readTable(scope, draft, expr.elements[0] ?? NONE);
  }
  const text = constantString(scope, id);
  if (text === undefined) return undefined;
  const [full = text, alias] = text.trim().split(/\s+as\s+/i);
  const path = full.split(".");
  const name = path.at(-1) ?? full;
  const schema = path.at(-2);
  return addTable(draft, {
    name,
    naming: "table",
    ...(schema === undefined ? {} : { schema }),
    alias: alias ?? name,
  });
}

function column(draft: Draft, text: string): ColumnRef | undefined {
  const path = text.trim().split(".");
  const name = path.at(-1);
  if (name === undefined || !/^\w+$/.test(name)) return undefined;
  const owner = path.at(-2);
  if (owner === undefined) return { table: draft.tables.length === 1 ? 0 : ANY_TABLE, name };
  const table = draft.tables.findIndex((one) => one.alias === owner || one.name === owner);
  return table < 0 ? undefined : { table, name };
}

function columnAt(scope: Scope, draft: Draft, id: ExprId): ColumnRef | undefined {
  const text = constantString(scope, id);
  if (text !== undefined) return column(draft, text);
  // `eb.ref("u.email")`, `sql.ref("u.email")`
  const expr = exprAt(scope, resolved(scope, id));
  const callee = expr?.kind === "call" ? exprAt(scope, expr.callee) : undefined;
  if (expr?.kind !== "call" || callee?.kind !== "member" || callee.name !== "ref") return undefined;
  const inner = constantString(scope, expr.args[0] ?? NONE);
  return inner === undefined ? undefined : column(draft, inner);
}

function readStep(scope: Scope, draft: Draft, step: ChainStep): void {
  const { name, args, optional } = step;
  const [first = NONE, second] = args;
  if (name.endsWith("Join")) {
    readJoin(scope, draft, step);
    return;
  }
  switch (name) {
    case "where":
    case "whereRef":
      draft.where.push(maybe(whereStep(scope, draft, args, name === "whereRef"), optional));
      return;
    case "orderBy":
      readOrder(scope, draft, first, second, optional);
      return;
    case "limit":
    case "fetch":
      draft.limit = valueAt(scope, first);
      return;
    case "offset":
      draft.offset = valueAt(scope, first);
      return;
    case "groupBy":
    case "having":
    case "distinct":
    case "distinctOn":
      draft.aggregate = true;
      return;
    case "select":
      if (isAggregate(scope, first)) draft.aggregate = true;
      return;
    case "executeTakeFirst":
    case "executeTakeFirstOrThrow":
      return;
    case "$call":
    case "clearWhere":
    case "union":
    case "unionAll":
    case "using":
    case "from":
      draft.unknown.push(`\`${name}\``);
      return;
    default:
  }
}

function isAggregate(scope: Scope, id: ExprId): boolean {
  const text = scope.view.textOf(id, 200);
  return /\b(count|countAll|sum|max|min|avg)\(/.test(text);
}

function whereStep(scope: Scope, draft: Draft, args: readonly ExprId[], isRef: boolean): Condition {
  const [first = NONE, second = NONE, third = NONE] = args;
  if (args.length === 1) return expression(scope, draft, first);
  const target = columnAt(scope, draft, first);
  if (target === undefined) return unknownCondition("a computed column");
  const operator = constantString(scope, second) ?? "";
  if (!isRef) return compare(scope, target, operator, third);
  const other = columnAt(scope, draft, third);
  if (other === undefined || operator !== "=") return unknownCondition("a comparison of columns");
  return { kind: "equal", column: target, value: { kind: "column", column: other } };
}

/** What an expression builder gives: `eb("a", "=", b)`, `and([…])`, `eb.or([…])`, or a function that gives one. */
function expression(scope: Scope, draft: Draft, id: ExprId): Condition {
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "function") {
    const [body, ...others] = scope.facts.functions[expr.fn]?.returns ?? [];
    return body === undefined || others.length > 0
      ? unknownCondition("a condition in a function")
      : expression(scope, draft, body);
  }
  if (expr?.kind !== "call") return unknownCondition("a computed condition");
  const callee = exprAt(scope, expr.callee);
  const name = callee?.kind === "member" || callee?.kind === "ref" ? callee.name : "";
  if (name === "and" || name === "or") return combined(scope, draft, expr, name);
  if (name === "not") return { kind: "not", of: expression(scope, draft, expr.args[0] ?? NONE) };
  if (name === "between") {
    const target = columnAt(scope, draft, expr.args[0] ?? NONE);
    if (target !== undefined) return { kind: "range", column: target, value: { kind: "parameter" } };
  }
  if (expr.args.length !== 3) return unknownCondition("a computed condition");
  return whereStep(scope, draft, expr.args, false);
}

/** `and([a, b])`, `or({ a: 1 })`, and the chained `eb(…).or(…)`. */
function combined(scope: Scope, draft: Draft, call: ExprOf<"call">, name: "and" | "or"): Condition {
  const callee = exprAt(scope, call.callee);
  const [first = NONE] = call.args;
  const join = name === "and" ? allOf : anyOf;
  const chained = callee?.kind === "member" ? exprAt(scope, callee.object) : undefined;
  if (callee?.kind === "member" && chained?.kind === "call") {
    const left = expression(scope, draft, callee.object);
    const right = call.args.length === 3 ? whereStep(scope, draft, call.args, false) : expression(scope, draft, first);
    return join([left, right]);
  }
  const list = exprAt(scope, resolved(scope, first));
  if (list?.kind === "object") {
    const parts = readObject(scope, first).entries.map((entry): Condition => {
      const target = entry.name === undefined ? undefined : column(draft, entry.name);
      return target === undefined ? unknownCondition("a computed column") : compare(scope, target, "=", entry.value);
    });
    return join(parts);
  }
  const read = readArray(scope, first);
  const parts = read.elements.map(({ value, optional }) => maybe(expression(scope, draft, value), optional));
  if (read.open) parts.push(unknownCondition("a list of conditions that is put together"));
  return join(parts);
}

function readJoin(scope: Scope, draft: Draft, { name, args }: ChainStep): void {
  const table = readTable(scope, draft, args[0] ?? NONE);
  if (table === undefined) {
    draft.unknown.push("a join");
    return;
  }
  const kind: QueryJoin["kind"] =
    (/^(left|right|full)/.exec(name)?.[1] as "left" | "right" | "full" | undefined) ?? "inner";
  const [left, right] = [args[1], args[2]].map((side) => columnAt(scope, draft, side ?? NONE));
  const on = left !== undefined && right !== undefined ? [{ left, right }] : joinPairs(scope, draft, args[1] ?? NONE);
  draft.joins.push({ table, kind, on });
}

/** `(join) => join.onRef("a.id", "=", "b.a_id").on(…)` */
function joinPairs(scope: Scope, draft: Draft, id: ExprId): QueryJoin["on"] {
  const fn = exprAt(scope, id);
  const [body] = fn?.kind === "function" ? (scope.facts.functions[fn.fn]?.returns ?? []) : [];
  if (body === undefined) return [];
  return readChain(scope, body).steps.flatMap(({ name, args }) => {
    if (name !== "onRef") return [];
    const [left, right] = [args[0], args[2]].map((side) => columnAt(scope, draft, side ?? NONE));
    return left === undefined || right === undefined ? [] : [{ left, right }];
  });
}

function readOrder(scope: Scope, draft: Draft, first: ExprId, second: ExprId | undefined, optional: boolean): void {
  const expr = exprAt(scope, resolved(scope, first));
  if (expr?.kind === "array") {
    for (const element of expr.elements) readOrder(scope, draft, element, undefined, optional);
    return;
  }
  const [name, own] = constantString(scope, first)?.trim().split(/\s+/) ?? [];
  const target = name === undefined ? undefined : column(draft, name);
  const direction = second === undefined ? (own ?? "asc") : constantString(scope, second);
  if (target === undefined || direction === undefined) {
    draft.orderUnknown = true;
    return;
  }
  draft.orderBy.push({
    column: target,
    direction: direction === "desc" ? "desc" : "asc",
    ...(optional ? { optional: true } : {}),
  });
}
