/** Supabase: `supabase.from("orders").select().eq("user_id", id).order("created_at", { ascending: false }).limit(10)`. */
import { type ExprId, NONE } from "../facts/model.js";
import { type ChainStep, readChain } from "./chain.js";
import { allOf, equals, likePattern, maybe, unknownCondition, valueAt } from "./conditions.js";
import { accessOf, type Draft, finish, newDraft, type QuerySite } from "./draft.js";
import type { Condition, QueryModel } from "./model.js";
import { entryOf, readObject } from "./read-object.js";
import { constantString, type Scope } from "./scope.js";

const comparisons =
  /^(eq|neq|gt|gte|lt|lte|like|ilike|is|in|contains|containedBy|overlaps|rangeGt|rangeLt|textSearch|match|or|not|filter|likeAllOf|likeAnyOf|ilikeAllOf|ilikeAnyOf)$/;

export function supabaseQueries(scope: Scope, { operation }: QuerySite): readonly QueryModel[] {
  const chain = readChain(scope, operation.expr);
  const start = chain.steps.findIndex(({ name }) => name === "from");
  const table = constantString(scope, chain.steps[start]?.args[0] ?? NONE);
  if (table === undefined || chain.steps.some(({ name }) => /^(insert|upsert|rpc)$/.test(name))) return [];
  const draft = newDraft(operation, accessOf(operation), { name: table, naming: "table" });
  if (chain.steps.some(({ name }) => name === "delete")) draft.access = "delete";
  if (chain.open !== undefined) draft.unknown.push(chain.open);
  for (const step of chain.steps.slice(start + 1)) readStep(scope, draft, step);
  const model = finish(draft);
  return model === undefined ? [] : [model];
}

function readStep(scope: Scope, draft: Draft, step: ChainStep): void {
  const { name, args, optional } = step;
  const [first = NONE, second = NONE] = args;
  if (comparisons.test(name)) {
    draft.where.push(maybe(comparison(scope, step), optional));
    return;
  }
  switch (name) {
    case "select": {
      // `count` with `head` asks for no rows; names in parentheses are relations read along by the same statement.
      if (entryOf(readObject(scope, second), "head") !== undefined) draft.aggregate = true;
      if ((constantString(scope, first) ?? "").includes("!inner")) draft.unknown.push("a relation that narrows");
      return;
    }
    case "order":
      readOrder(scope, draft, first, second, optional);
      return;
    case "limit":
      draft.limit = valueAt(scope, first);
      return;
    case "range":
      draft.limit = { kind: "parameter" };
      draft.offset = valueAt(scope, first);
      return;
    case "single":
    case "maybeSingle":
      return;
    default:
  }
}

function comparison(scope: Scope, { name, args }: ChainStep): Condition {
  const [first = NONE, second = NONE] = args;
  if (name === "match") {
    const object = readObject(scope, first);
    const parts = object.entries.map((entry): Condition =>
      entry.name === undefined
        ? unknownCondition("a computed column")
        : maybe(equals(scope, { table: 0, name: entry.name }, entry.value), entry.optional),
    );
    return allOf(object.open ? [...parts, unknownCondition("a filter that is put together")] : parts);
  }
  const text = constantString(scope, first);
  // `teams.slug` and `data->>key` are not columns of the table.
  if (text === undefined || !/^\w+$/.test(text)) return unknownCondition(`\`${name}\``);
  const column = { table: 0, name: text };
  const value = valueAt(scope, second);
  switch (name) {
    case "eq":
      return equals(scope, column, second);
    case "is":
      return value.kind === "literal" && value.value === null
        ? { kind: "null", column }
        : { kind: "equal", column, value };
    case "in":
      return { kind: "in", column, value: value.kind === "list" ? value : { kind: "list" } };
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return { kind: "range", column, value };
    case "like":
      return { kind: "like", column, leading: likePattern(scope, second), value };
    case "ilike":
      return { kind: "like", column, leading: likePattern(scope, second), insensitive: true, value };
    case "neq":
    case "not":
      return { kind: "not-equal", column, value };
    case "or":
    case "filter":
      return unknownCondition(`\`${name}\``);
    default:
      return { kind: "special", column, operator: name };
  }
}

function readOrder(scope: Scope, draft: Draft, first: ExprId, second: ExprId, optional: boolean): void {
  const name = constantString(scope, first);
  const ascending = entryOf(readObject(scope, second), "ascending");
  const value = ascending === undefined ? undefined : valueAt(scope, ascending.value);
  if (name === undefined || (value !== undefined && value.kind !== "literal")) {
    draft.orderUnknown = true;
    return;
  }
  draft.orderBy.push({
    column: { table: 0, name },
    direction: value?.value === false ? "desc" : "asc",
    ...(optional ? { optional: true } : {}),
  });
}
