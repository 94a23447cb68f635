/** SQL statements → query models, through PostgreSQL's own grammar. Statements of other engines that it rejects give none. */
import type { Operation } from "../project/model.js";
import { parsePostgres, type SqlNode } from "../syntax/postgres.js";
import { columnOperand, type ColumnResolver, sqlCondition, valueOf } from "./sql-conditions.js";
import { unknownCondition } from "./conditions.js";
import { addTable, type Draft, finish, newDraft } from "./draft.js";
import { ANY_TABLE, type Condition, type QueryJoin, type QueryModel } from "./model.js";
import { rewritePlaceholders } from "./sql-placeholders.js";

/** Queries of an operation that sends SQL text. */
export function sqlQueries(operation: Operation, sqlText: string): readonly QueryModel[] {
  const { text } = rewritePlaceholders(sqlText);
  const parsed = parsePostgres(text);
  if (parsed.kind !== "tree") return [];
  const whole = parsed.nodes.length === 1 ? text : undefined;
  return parsed.nodes.flatMap((node) => statementQueries(node, operation, whole));
}

function statementQueries(node: SqlNode, operation: Operation, sql: string | undefined): readonly QueryModel[] {
  const draft = newDraft(operation, "read");
  draft.sql = sql;
  if ("SelectStmt" in node) return selectQueries(node.SelectStmt, draft);
  const resolve = resolver(draft, new Set());
  if ("UpdateStmt" in node) {
    draft.access = "update";
    const { relation, whereClause, fromClause, withClause } = node.UpdateStmt;
    readFrom(draft, [...(relation === undefined ? [] : [{ RangeVar: relation }]), ...(fromClause ?? [])], new Set());
    if (withClause !== undefined) draft.unknown.push("a common table expression");
    draft.where.push(sqlCondition(whereClause, resolve));
  } else if ("DeleteStmt" in node) {
    draft.access = "delete";
    const { relation, whereClause, usingClause, withClause } = node.DeleteStmt;
    readFrom(draft, [...(relation === undefined ? [] : [{ RangeVar: relation }]), ...(usingClause ?? [])], new Set());
    if (withClause !== undefined) draft.unknown.push("a common table expression");
    draft.where.push(sqlCondition(whereClause, resolve));
  } else return [];
  const model = finish(draft);
  return model === undefined ? [] : [model];
}

type Select = Extract<SqlNode, { SelectStmt: unknown }>["SelectStmt"];

function selectQueries(select: Select, draft: Draft): readonly QueryModel[] {
  if (select.larg !== undefined && select.rarg !== undefined) {
    // Each side of a union is a query of its own; its order and limit are the whole's.
    return [select.larg, select.rarg].flatMap((side) => selectQueries(side, newDraft(draft.operation, "read")));
  }
  const derived = new Set(
    (select.withClause?.ctes ?? []).flatMap((cte) =>
      "CommonTableExpr" in cte ? [cte.CommonTableExpr.ctename ?? ""] : [],
    ),
  );
  const resolve = readFrom(draft, select.fromClause ?? [], derived);
  draft.where.push(sqlCondition(select.whereClause, resolve));
  draft.aggregate =
    (select.groupClause ?? []).length > 0 ||
    (select.distinctClause ?? []).length > 0 ||
    (select.targetList ?? []).some(isAggregate);
  readOrder(draft, select, resolve);
  if (select.limitCount !== undefined) draft.limit = valueOf(select.limitCount);
  if (select.limitOffset !== undefined) draft.offset = valueOf(select.limitOffset);
  const own = finish(draft);
  return [...(own === undefined ? [] : [own]), ...inner(select, draft.operation)];
}

/** Queries in common table expressions and in `FROM`, which stand on their own. */
function inner(select: Select, operation: Operation): readonly QueryModel[] {
  const nodes = [
    ...(select.withClause?.ctes ?? []).flatMap((cte) =>
      "CommonTableExpr" in cte ? [cte.CommonTableExpr.ctequery] : [],
    ),
    ...(select.fromClause ?? []).flatMap((item) => ("RangeSubselect" in item ? [item.RangeSubselect.subquery] : [])),
  ];
  return nodes.flatMap((node) =>
    node !== undefined && "SelectStmt" in node ? selectQueries(node.SelectStmt, newDraft(operation, "read")) : [],
  );
}

const aggregates = /^(count|sum|avg|min|max|array_agg|json_agg|jsonb_agg|string_agg|bool_or|bool_and|every)$/;

function isAggregate(target: SqlNode): boolean {
  const value = "ResTarget" in target ? target.ResTarget.val : undefined;
  if (value === undefined) return false;
  if ("TypeCast" in value) return isAggregateCall(value.TypeCast.arg);
  if ("CoalesceExpr" in value) return (value.CoalesceExpr.args ?? []).some(isAggregateCall);
  return isAggregateCall(value);
}

function isAggregateCall(node: SqlNode | undefined): boolean {
  return (
    node !== undefined &&
    "FuncCall" in node &&
    node.FuncCall.over === undefined &&
    aggregates.test(lastWord(node.FuncCall.funcname))
  );
}

function lastWord(names: readonly SqlNode[] | undefined): string {
  const last = names?.at(-1);
  return last !== undefined && "String" in last ? (last.String.sval ?? "") : "";
}

function readOrder(draft: Draft, select: Select, resolve: ColumnResolver): void {
  for (const term of select.sortClause ?? []) {
    if (!("SortBy" in term)) continue;
    const { node, sortby_dir, sortby_nulls } = term.SortBy;
    const operand = columnOperand(node, resolve);
    if (operand === undefined) {
      draft.orderUnknown = true;
      continue;
    }
    const nulls =
      sortby_nulls === "SORTBY_NULLS_FIRST" ? "first" : sortby_nulls === "SORTBY_NULLS_LAST" ? "last" : undefined;
    draft.orderBy.push({
      ...operand,
      direction: sortby_dir === "SORTBY_DESC" ? "desc" : "asc",
      ...(nulls === undefined ? {} : { nulls }),
    });
  }
}

/** Adds tables and joins; the answer finds columns among them. */
function readFrom(draft: Draft, items: readonly SqlNode[], derived: ReadonlySet<string>): ColumnResolver {
  const resolve = resolver(draft, derived);
  for (const item of items) readItem(draft, item, derived, resolve);
  return resolve;
}

/** Returns the tables that an item of `FROM` brings. */
function readItem(
  draft: Draft,
  item: SqlNode,
  derived: ReadonlySet<string>,
  resolve: ColumnResolver,
): readonly number[] {
  if ("RangeVar" in item) {
    const { relname = "", schemaname, alias } = item.RangeVar;
    const isDerived = derived.has(relname) && schemaname === undefined;
    if (isDerived) draft.unknown.push(`\`${relname}\`, which the query makes itself`);
    const name = isDerived ? `(${relname})` : relname;
    const table = addTable(draft, {
      name,
      naming: "table",
      ...(schemaname === undefined ? {} : { schema: schemaname }),
      alias: alias?.aliasname ?? relname,
    });
    return [table];
  }
  if ("JoinExpr" in item) {
    const { larg, rarg, jointype, quals } = item.JoinExpr;
    const left = larg === undefined ? [] : readItem(draft, larg, derived, resolve);
    const right = rarg === undefined ? [] : readItem(draft, rarg, derived, resolve);
    readJoin(draft, joinKind(jointype), right, sqlCondition(quals, resolve));
    return [...left, ...right];
  }
  if ("RangeSubselect" in item) {
    draft.unknown.push("a subquery in FROM");
    const alias = item.RangeSubselect.alias?.aliasname ?? "";
    return [addTable(draft, { name: `(${alias})`, naming: "table", alias })];
  }
  draft.unknown.push("a function in FROM");
  return [];
}

function joinKind(type: string | undefined): QueryJoin["kind"] {
  switch (type) {
    case "JOIN_LEFT":
      return "left";
    case "JOIN_RIGHT":
      return "right";
    case "JOIN_FULL":
      return "full";
    default:
      return "inner";
  }
}

/** Equalities between columns tie tables; what else `ON` says narrows an inner join like `WHERE` does. */
function readJoin(draft: Draft, kind: QueryJoin["kind"], tables: readonly number[], condition: Condition): void {
  const parts = condition.kind === "and" ? condition.of : [condition];
  const on = parts.flatMap((part) =>
    part.kind === "equal" && part.value.kind === "column" && part.fn === undefined
      ? [{ left: part.column, right: part.value.column }]
      : [],
  );
  const table = tables[0];
  if (table !== undefined) draft.joins.push({ table, kind, on });
  if (kind !== "inner") return;
  const narrowing = parts.filter((part) => part.kind !== "equal" || part.value.kind !== "column");
  draft.where.push(...narrowing);
}

function resolver(draft: Draft, derived: ReadonlySet<string>): ColumnResolver {
  return tableResolver(draft, derived.size === 0);
}

/** Finds columns among the tables of a draft as it grows. Names that are not quoted arrive in lower case. */
export function tableResolver(draft: Draft, closed = true): ColumnResolver {
  return (path) => {
    const name = path.at(-1);
    if (name === undefined) return undefined;
    if (path.length === 1) {
      const only = draft.tables.length === 1 && closed;
      return { table: only ? 0 : ANY_TABLE, name };
    }
    const owner = (path.at(-2) ?? "").toLowerCase();
    const table = draft.tables.findIndex((one) => (one.alias ?? one.name).toLowerCase() === owner);
    return table < 0 ? undefined : { table, name };
  };
}

/** A condition written as SQL text inside a builder: `"user.email = :email"`. */
export function sqlFragment(draft: Draft, text: string): Condition {
  const { text: sql } = rewritePlaceholders(text);
  const parsed = parsePostgres(`SELECT FROM t WHERE ${sql}`);
  const [node] = parsed.kind === "tree" ? parsed.nodes : [];
  if (node === undefined || !("SelectStmt" in node)) return unknownCondition("a condition in SQL");
  return sqlCondition(node.SelectStmt.whereClause, tableResolver(draft));
}
