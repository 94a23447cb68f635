/** Knex: `knex("users").where({ … }).whereIn(…).join(…).orderBy(…)`. */
import { type ExprId, NONE } from "../facts/model.js";
import { type Chain, type ChainStep, readChain } from "./chain.js";
import { allOf, anyOf, differs, equals, likePattern, maybe, unknownCondition, valueAt } from "./conditions.js";
import { accessOf, addTable, type Draft, finish, newDraft, type QuerySite } from "./draft.js";
import { ANY_TABLE, type ColumnRef, type Condition, type QueryModel } from "./model.js";
import { entryOf, readObject } from "./read-object.js";
import { constantString, exprAt, resolved, type Scope } from "./scope.js";
import { sqlFragment } from "./sql-query.js";

export function knexQueries(scope: Scope, { operation }: QuerySite): readonly QueryModel[] {
  const chain = readChain(scope, operation.expr);
  const isModel = operation.dialect === "objection";
  if (operation.table === undefined || chain.steps.some(({ name }) => /^(insert|batchInsert|raw)$/.test(name)))
    return [];
  const draft = newDraft(
    operation,
    accessOf(operation),
    isModel
      ? { name: operation.table, naming: "model", alias: operation.table }
      : mainTable(scope, chain, operation.table),
  );
  if (chain.open !== undefined) draft.unknown.push(chain.open);
  if (!chain.steps.some(({ name }) => name === "" || /^(from|table|into|query)$/.test(name))) {
    draft.unknown.push("a builder made elsewhere");
  }
  for (const step of chain.steps) readStep(scope, draft, step);
  const model = finish(draft);
  return model === undefined ? [] : [model];
}

function mainTable(scope: Scope, chain: Chain, name: string): QueryModel["tables"][number] {
  for (const { name: step, args } of chain.steps) {
    if (step !== "" && step !== "from" && step !== "table") continue;
    const written = tableText(scope, args[0] ?? NONE);
    if (written !== undefined) return { name: written.name, naming: "table", alias: written.alias };
  }
  return { name, naming: "table", alias: name };
}

/** `"users as u"` and `{ u: "users" }`. */
function tableText(scope: Scope, id: ExprId): { readonly name: string; readonly alias: string } | undefined {
  const text = constantString(scope, id);
  if (text !== undefined) {
    const [name = text, alias = name] = text.trim().split(/\s+as\s+/i);
    return { name, alias };
  }
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind !== "object") return undefined;
  const [entry] = readObject(scope, id).entries;
  const name = entry === undefined ? undefined : constantString(scope, entry.value);
  return name === undefined || entry?.name === undefined ? undefined : { name, alias: entry.name };
}

/** `users.email`, `u.email` or `email`. */
function column(draft: Draft, text: string): ColumnRef | undefined {
  const path = text.trim().replaceAll('"', "").split(".");
  const name = path.at(-1);
  if (name === undefined || !/^\w+$/.test(name)) return undefined;
  const owner = path.at(-2);
  if (owner === undefined) return { table: draft.tables.length === 1 ? 0 : ANY_TABLE, name };
  const table = draft.tables.findIndex((one) => one.alias === owner || one.name === owner);
  return table < 0 ? undefined : { table, name };
}

function readStep(scope: Scope, draft: Draft, step: ChainStep): void {
  const { name, args, optional } = step;
  const [first = NONE, second] = args;
  if (/join$/i.test(name)) {
    readJoin(scope, draft, step);
    return;
  }
  if (/^(and)?where/i.test(name)) {
    draft.where.push(maybe(whereStep(scope, draft, step), optional));
    return;
  }
  if (name.startsWith("orWhere")) {
    const plain = { ...step, name: name.replace(/^orWhere/, "where") };
    draft.where.push(anyOf([allOf(draft.where.splice(0)), whereStep(scope, draft, plain)]));
    return;
  }
  switch (name) {
    case "orderBy":
      readOrder(scope, draft, first, second, optional);
      return;
    case "orderByRaw":
      draft.orderUnknown = true;
      return;
    case "limit":
      draft.limit = valueAt(scope, first);
      return;
    case "offset":
      draft.offset = valueAt(scope, first);
      return;
    case "findById":
    case "findByIds":
    case "deleteById":
    case "patchAndFetchById":
    case "updateAndFetchById":
      draft.keyed = true;
      return;
    case "findOne":
      draft.where.push(plainWhere(scope, draft, args, false));
      draft.limit = { kind: "literal", value: 1 };
      return;
    case "withGraphJoined":
    case "joinRelated":
    case "innerJoinRelated":
    case "whereExists":
      draft.unknown.push(`\`${name}\``);
      return;
    case "first":
      draft.limit = { kind: "literal", value: 1 };
      return;
    case "count":
    case "countDistinct":
    case "min":
    case "max":
    case "sum":
    case "avg":
    case "groupBy":
    case "groupByRaw":
    case "having":
    case "distinct":
      draft.aggregate = true;
      return;
    case "modify":
    case "joinRaw":
    case "union":
    case "unionAll":
    case "with":
    case "fromRaw":
      draft.unknown.push(`\`${name}\``);
      return;
    default:
  }
}

function whereStep(scope: Scope, draft: Draft, { name, args }: ChainStep): Condition {
  const [first = NONE, second, third] = args;
  const negated = name.includes("Not");
  const kind = name.replace(/^and/, "").replace("Not", "").toLowerCase();
  if (kind === "whereraw") {
    const text = constantString(scope, first);
    return text === undefined ? unknownCondition("raw SQL") : sqlFragment(draft, text);
  }
  if (kind === "where") return plainWhere(scope, draft, args, negated);
  const text = constantString(scope, first);
  const target = text === undefined ? undefined : column(draft, text);
  if (target === undefined) return unknownCondition(`\`${name}\``);
  const value = valueAt(scope, second ?? NONE);
  switch (kind) {
    case "wherein":
      if (negated) return { kind: "not-equal", column: target, value };
      return { kind: "in", column: target, value: value.kind === "list" ? value : { kind: "list" } };
    case "wherenull":
      return { kind: negated ? "not-null" : "null", column: target };
    case "wherebetween":
      return negated ? { kind: "not-equal", column: target, value } : { kind: "range", column: target, value };
    case "wherelike":
      return { kind: "like", column: target, leading: likePattern(scope, second ?? NONE), value };
    case "whereilike":
      return { kind: "like", column: target, leading: likePattern(scope, second ?? NONE), insensitive: true, value };
    default:
      return third === undefined
        ? unknownCondition(`\`${name}\``)
        : { kind: "special", column: target, operator: name };
  }
}

function plainWhere(scope: Scope, draft: Draft, args: readonly ExprId[], negated: boolean): Condition {
  const [first = NONE, second, third] = args;
  if (second === undefined) return whereObject(scope, draft, first, negated);
  const text = constantString(scope, first);
  const target = text === undefined ? undefined : column(draft, text);
  if (target === undefined) return unknownCondition("a computed column");
  const condition =
    third === undefined
      ? equals(scope, target, second)
      : compare(scope, target, constantString(scope, second) ?? "", third);
  return negated ? { kind: "not", of: condition } : condition;
}

function whereObject(scope: Scope, draft: Draft, id: ExprId, negated: boolean): Condition {
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "function") return nested(scope, draft, expr.fn);
  if (expr?.kind === "call") {
    const raw = constantString(scope, expr.args[0] ?? NONE);
    return raw === undefined ? unknownCondition("a computed condition") : sqlFragment(draft, raw);
  }
  const object = readObject(scope, id);
  const parts = object.entries.map((entry): Condition => {
    const target = entry.name === undefined ? undefined : column(draft, entry.name);
    const part = target === undefined ? unknownCondition("a computed column") : equals(scope, target, entry.value);
    return maybe(part, entry.optional);
  });
  if (object.open) parts.push(unknownCondition("a filter that is put together"));
  return negated ? { kind: "not", of: allOf(parts) } : allOf(parts);
}

/** `where((builder) => builder.where(…).orWhere(…))`, or with `this`. */
function nested(scope: Scope, draft: Draft, fn: number): Condition {
  const param = scope.facts.functions[fn]?.params[0]?.binding ?? NONE;
  const starts = param === NONE ? [] : (scope.chainsFrom.get(param) ?? []);
  if (starts.length === 0) return unknownCondition("a nested condition");
  let found: Condition | undefined;
  for (const start of [...starts].sort((a, b) => a - b)) {
    for (const step of readChain(scope, start).steps) {
      const or = step.name.startsWith("orWhere");
      if (!or && !/^(and)?where/i.test(step.name)) return unknownCondition(`\`${step.name}\``);
      const part = whereStep(scope, draft, { ...step, name: step.name.replace(/^orWhere/, "where") });
      found = found === undefined ? part : or ? anyOf([found, part]) : allOf([found, part]);
    }
  }
  return found ?? unknownCondition("a nested condition");
}

/** A comparison written with its operator. */
export function compare(scope: Scope, target: ColumnRef, operator: string, id: ExprId): Condition {
  const value = valueAt(scope, id);
  switch (operator.trim().toLowerCase()) {
    case "=":
    case "==":
    case "is":
    case "is not distinct from":
      return equals(scope, target, id);
    case "!=":
    case "<>":
    case "is not":
    case "is distinct from":
      return differs(scope, target, id);
    case "<":
    case "<=":
    case ">":
    case ">=":
    case "between":
      return { kind: "range", column: target, value };
    case "in":
      return { kind: "in", column: target, value: value.kind === "list" ? value : { kind: "list" } };
    case "not in":
    case "not like":
    case "not ilike":
    case "not between":
      return { kind: "not-equal", column: target, value };
    case "like":
      return { kind: "like", column: target, leading: likePattern(scope, id), value };
    case "ilike":
      return { kind: "like", column: target, leading: likePattern(scope, id), insensitive: true, value };
    case "":
      return unknownCondition("a computed operator");
    default:
      return { kind: "special", column: target, operator };
  }
}

function readJoin(scope: Scope, draft: Draft, { name, args }: ChainStep): void {
  const written = tableText(scope, args[0] ?? NONE);
  if (written === undefined) {
    draft.unknown.push("a join");
    return;
  }
  const table = addTable(draft, { name: written.name, naming: "table", alias: written.alias });
  const texts = args.slice(1).map((arg) => constantString(scope, arg));
  const sides = texts.length === 3 ? [texts[0], texts[2]] : texts;
  const [left, right] = sides.map((side) => (side === undefined ? undefined : column(draft, side)));
  const kind = /^(left|right|full)/.exec(name)?.[1];
  draft.joins.push({
    table,
    kind: kind === "left" || kind === "right" || kind === "full" ? kind : "inner",
    on: left !== undefined && right !== undefined ? [{ left, right }] : [],
  });
}

function readOrder(scope: Scope, draft: Draft, first: ExprId, second: ExprId | undefined, optional: boolean): void {
  const expr = exprAt(scope, resolved(scope, first));
  if (expr?.kind === "array") {
    for (const element of expr.elements) {
      const object = readObject(scope, element);
      const name = entryOf(object, "column")?.value ?? element;
      readOrder(scope, draft, name, entryOf(object, "order")?.value, optional);
    }
    return;
  }
  const text = constantString(scope, first);
  const target = text === undefined ? undefined : column(draft, text);
  const direction = second === undefined ? "asc" : constantString(scope, second)?.toLowerCase();
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
