/** TypeORM's query builders: `createQueryBuilder("u").leftJoin("u.posts", "p").where("u.email = :email")`. */
import { type ExprId, NONE } from "../facts/model.js";
import { type ChainStep, readChain } from "./chain.js";
import { allOf, anyOf, maybe, unknownCondition, valueAt } from "./conditions.js";
import { addTable, type Draft, finish, newDraft, type QuerySite } from "./draft.js";
import type { Condition, QueryJoin, QueryModel } from "./model.js";
import { constantString, exprAt, resolved, resolvedAs, type Scope } from "./scope.js";
import { sqlFragment } from "./sql-query.js";

const ends =
  /^(getMany|getRawMany|getRawAndEntities|getManyAndCount|stream|getOne|getOneOrFail|getRawOne|getCount|getExists|execute)$/;
const joins = /^(left|inner)Join(AndSelect|AndMapOne|AndMapMany)?$/;

export function typeormBuilderQueries(scope: Scope, { operation }: QuerySite): readonly QueryModel[] {
  if (operation.table === undefined) return [];
  const chain = readChain(scope, operation.expr);
  const start = chain.steps.findIndex((step) => step.name === "createQueryBuilder");
  if (chain.steps.some((step) => /^(insert|into)$/.test(step.name))) return [];
  const draft = newDraft(operation, "read", { name: operation.table, naming: "model", ...alias(scope, chain.steps) });
  if (start < 0) draft.unknown.push("a builder made elsewhere");
  if (chain.open !== undefined) draft.unknown.push(chain.open);
  for (const step of chain.steps.slice(start + 1)) readStep(scope, draft, step);
  if (/^(getOne|getRawOne|getExists)/.test(operation.method)) draft.limit ??= { kind: "literal", value: 1 };
  if (operation.method === "getCount") draft.aggregate = true;
  const model = finish(draft);
  return model === undefined ? [] : [model];
}

/** Repositories take the alias first, managers after the entity; `from` and `update` may name it again. */
function alias(scope: Scope, steps: readonly ChainStep[]): { readonly alias?: string } {
  for (const { name, args } of steps) {
    if (name !== "createQueryBuilder" && name !== "from" && name !== "select") continue;
    const texts = args.map((arg) => constantString(scope, arg));
    const found = name === "createQueryBuilder" ? (texts[1] ?? texts[0]) : name === "from" ? texts[1] : undefined;
    if (found !== undefined) return { alias: found };
  }
  return {};
}

function readStep(scope: Scope, draft: Draft, step: ChainStep): void {
  const { name, args, optional } = step;
  const [first, second, third] = args;
  if (joins.test(name)) {
    readJoin(scope, draft, step);
    return;
  }
  switch (name) {
    case "where":
    case "andWhere":
      draft.where.push(maybe(condition(scope, draft, first ?? NONE), optional));
      return;
    case "orWhere": {
      const before = allOf(draft.where.splice(0));
      draft.where.push(anyOf([before, condition(scope, draft, first ?? NONE)]));
      return;
    }
    case "whereInIds":
    case "andWhereInIds":
      draft.where.push(unknownCondition("rows by key"));
      return;
    case "orderBy":
    case "addOrderBy":
      readOrder(scope, draft, first, second, third, optional);
      return;
    case "take":
    case "limit":
      draft.limit = valueAt(scope, first ?? NONE);
      return;
    case "skip":
    case "offset":
      draft.offset = valueAt(scope, first ?? NONE);
      return;
    case "groupBy":
    case "having":
    case "distinctOn":
    case "distinct":
      draft.aggregate = true;
      return;
    case "update":
      draft.access = "update";
      return;
    case "delete":
    case "softDelete":
      draft.access = "delete";
      return;
    case "setFindOptions":
    case "setQueryRunner":
      if (name === "setFindOptions") draft.unknown.push("find options");
      return;
    default:
      if (!ends.test(name) && /where/i.test(name)) draft.unknown.push(`\`${name}\``);
  }
}

/** Text, an object of equalities, or `new Brackets((qb) => …)`. */
function condition(scope: Scope, draft: Draft, id: ExprId): Condition {
  const text = constantString(scope, id) ?? templateText(scope, id);
  if (text !== undefined) return sqlFragment(draft, text);
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "new") return brackets(scope, draft, expr.args[0] ?? NONE);
  return unknownCondition("a condition that is put together");
}

/** A template whose holes may be names of tables is not known text; `${alias}.id` is, when the alias is a constant. */
function templateText(scope: Scope, id: ExprId): string | undefined {
  const template = resolvedAs(scope, id, "template");
  if (template === undefined || template.tag !== NONE) return undefined;
  const holes = template.exprs.map((hole) => constantString(scope, hole));
  if (holes.some((hole) => hole === undefined)) return undefined;
  return template.parts.map((part, i) => part + (holes[i] ?? "")).join("");
}

function brackets(scope: Scope, draft: Draft, id: ExprId): Condition {
  const fn = exprAt(scope, id);
  const fact = fn?.kind === "function" ? scope.facts.functions[fn.fn] : undefined;
  const param = fact?.params[0]?.binding ?? NONE;
  if (param === NONE) return unknownCondition("a condition in brackets");
  let found: Condition | undefined;
  for (const start of [...(scope.chainsFrom.get(param) ?? [])].sort((a, b) => a - b)) {
    for (const step of readChain(scope, start).steps) {
      const part = condition(scope, draft, step.args[0] ?? NONE);
      if (step.name === "orWhere" && found !== undefined) found = anyOf([found, part]);
      else found = found === undefined ? part : allOf([found, part]);
    }
  }
  return found ?? unknownCondition("a condition in brackets");
}

/** `leftJoin("u.posts", "p", condition)` follows a relation, `leftJoin(Post, "p", "p.userId = u.id")` names a table. */
function readJoin(scope: Scope, draft: Draft, { name, args }: ChainStep): void {
  const mapped = /Map(One|Many)$/.test(name);
  const [target, aliasId, on] = mapped ? args.slice(1) : args;
  const kind: QueryJoin["kind"] = name.startsWith("inner") ? "inner" : "left";
  const path = constantString(scope, target ?? NONE);
  const joinAlias = constantString(scope, aliasId ?? NONE);
  const more = joinAlias === undefined ? {} : { alias: joinAlias };
  const [owner, relation] = path?.split(".") ?? [];
  if (relation !== undefined) {
    const of = draft.tables.findIndex((table) => (table.alias ?? table.name) === owner);
    if (of < 0) draft.unknown.push("a join");
    else
      draft.joins.push({ table: addTable(draft, { name: relation, naming: "relation", of, ...more }), kind, on: [] });
    return;
  }
  const expr = exprAt(scope, target ?? NONE);
  const model = path ?? (expr?.kind === "ref" ? expr.name : undefined);
  if (model === undefined) {
    draft.unknown.push("a join");
    return;
  }
  const table = addTable(draft, { name: model, naming: "model", ...more });
  const text = constantString(scope, on ?? NONE);
  const said = text === undefined ? undefined : sqlFragment(draft, text);
  const parts = said === undefined ? [] : said.kind === "and" ? said.of : [said];
  const pairs = parts.flatMap((part) =>
    part.kind === "equal" && part.value.kind === "column" ? [{ left: part.column, right: part.value.column }] : [],
  );
  draft.joins.push({ table, kind, on: pairs });
}

function readOrder(
  scope: Scope,
  draft: Draft,
  first: ExprId | undefined,
  second: ExprId | undefined,
  third: ExprId | undefined,
  optional: boolean,
): void {
  const text = constantString(scope, first ?? NONE);
  const found = text === undefined ? null : /^(?:([\w]+)\.)?"?(\w+)"?$/.exec(text);
  if (found === null) {
    draft.orderUnknown = true;
    return;
  }
  const table = found[1] === undefined ? 0 : draft.tables.findIndex((one) => (one.alias ?? one.name) === found[1]);
  if (table < 0) {
    draft.orderUnknown = true;
    return;
  }
  const nulls = /last/i.test(constantString(scope, third ?? NONE) ?? "") ? { nulls: "last" as const } : {};
  const direction = constantString(scope, second ?? NONE)?.toUpperCase();
  if (second !== undefined && direction === undefined) draft.orderUnknown = true;
  draft.orderBy.push({
    column: { table, name: found[2] ?? "" },
    direction: direction === "DESC" ? "desc" : "asc",
    ...nulls,
    ...(optional ? { optional: true } : {}),
  });
}
