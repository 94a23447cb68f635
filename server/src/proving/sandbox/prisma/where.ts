/** Prisma's filters as SQL. What it cannot say right, it refuses. */
import { columnSql, decodeInput } from "./columns.js";
import { linkOf, type Entity } from "../schema.js";
import { identifier, inList, join, sql, text, written, type Sql } from "../sql.js";
import { cannot } from "../stub.js";

/** @param alias What the entity's table is called in the statement. */
export function whereSql(entity: Entity, where: unknown, alias: string): Sql {
  const parts = Object.entries(asObject(where)).flatMap(([field, condition]) =>
    condition === undefined ? [] : [conditionSql(entity, field, condition, alias)],
  );
  return parts.length === 0 ? text("true") : sql`(${join(parts, " AND ")})`;
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function conditionSql(entity: Entity, field: string, condition: unknown, alias: string): Sql {
  if (field === "AND" || field === "OR" || field === "NOT") return combined(entity, field, condition, alias);
  if (entity.columnOf.has(field)) return fieldSql(entity, field, condition, alias);
  if (entity.model.relations[field] !== undefined) return relationSql(entity, field, condition, alias);
  const named = asObject(condition);
  // `userId_productId: { userId, productId }` names a unique key by its fields.
  if (Object.keys(named).join("_") === field || Object.keys(named).every((name) => entity.columnOf.has(name))) {
    return whereSql(entity, named, alias);
  }
  throw cannot(`it filters \`${entity.model.name}\` by \`${field}\`, which the schema does not have`);
}

function combined(entity: Entity, kind: "AND" | "OR" | "NOT", condition: unknown, alias: string): Sql {
  const all = (Array.isArray(condition) ? (condition as readonly unknown[]) : [condition]).map((one) =>
    whereSql(entity, one, alias),
  );
  if (kind === "OR") return all.length === 0 ? text("false") : sql`(${join(all, " OR ")})`;
  if (all.length === 0) return text("true");
  return kind === "AND" ? sql`(${join(all, " AND ")})` : sql`(NOT (${join(all, " OR ")}))`;
}

function fieldSql(entity: Entity, field: string, condition: unknown, alias: string): Sql {
  const column = columnSql(entity, field, alias);
  if (condition === null) return sql`${column} IS NULL`;
  if (typeof condition !== "object" || condition instanceof Date) {
    return sql`${column} = ${decodeInput(entity, field, condition)}`;
  }
  const insensitive = asObject(condition)["mode"] === "insensitive";
  const parts = Object.entries(condition).flatMap(([operator, value]) =>
    value === undefined || operator === "mode"
      ? []
      : [operatorSql(entity, field, column, operator, value, insensitive)],
  );
  return parts.length === 0 ? text("true") : join(parts, " AND ");
}

const COMPARISONS: Readonly<Record<string, string>> = { lt: "<", lte: "<=", gt: ">", gte: ">=" };

function operatorSql(
  entity: Entity,
  field: string,
  column: Sql,
  operator: string,
  value: unknown,
  insensitive: boolean,
): Sql {
  const input = (one: unknown): unknown => decodeInput(entity, field, one);
  const comparison = COMPARISONS[operator];
  if (comparison !== undefined) return sql`${column} ${text(comparison)} ${input(value)}`;
  switch (operator) {
    case "equals":
      if (value === null) return sql`${column} IS NULL`;
      return insensitive ? sql`${column} ILIKE ${escapeLike(written(value))}` : sql`${column} = ${input(value)}`;
    case "not":
      if (value === null) return sql`${column} IS NOT NULL`;
      if (typeof value === "object" && !(value instanceof Date)) break;
      return sql`${column} <> ${input(value)}`;
    case "in":
    case "notIn":
      if (!Array.isArray(value)) break;
      return inList(column, (value as readonly unknown[]).map(input), operator === "notIn");
    case "contains":
    case "startsWith":
    case "endsWith":
      return sql`${column}::text ${text(insensitive ? "ILIKE" : "LIKE")} ${like(operator, written(value))}`;
  }
  throw cannot(`it filters with \`${operator}\`, which has no stand-in`);
}

function like(operator: "contains" | "startsWith" | "endsWith", value: string): string {
  const escaped = escapeLike(value);
  return operator === "contains" ? `%${escaped}%` : operator === "startsWith" ? `${escaped}%` : `%${escaped}`;
}

function escapeLike(value: string): string {
  return value.replace(/[\\%_]/g, "\\$&");
}

function relationSql(entity: Entity, field: string, condition: unknown, alias: string): Sql {
  const link = linkOf(entity, field);
  if (link === undefined) throw cannot(`it filters by the relation \`${field}\``);
  const inner = `${alias}_${field}`;
  const tie = join(
    link.own.map((own, index) => {
      const other = columnSql(link.to, link.other[index] ?? "", inner);
      return sql`${other} = ${columnSql(entity, own, alias)}`;
    }),
    " AND ",
  );
  const from = sql`SELECT 1 FROM ${identifier(link.to.table.name)} AS ${identifier(inner)} WHERE ${tie}`;
  const exists = (where: unknown): Sql => sql`EXISTS (${from} AND ${whereSql(link.to, where, inner)})`;
  if (condition === null) return sql`NOT EXISTS (${from})`;
  const parts = Object.entries(asObject(condition)).map(([kind, where]) => {
    if (kind === "some" || kind === "is") return where === null ? sql`NOT EXISTS (${from})` : exists(where);
    if (kind === "none") return sql`NOT ${exists(where)}`;
    if (kind === "isNot") return where === null ? sql`EXISTS (${from})` : sql`NOT ${exists(where)}`;
    if (kind === "every") return sql`NOT EXISTS (${from} AND NOT COALESCE(${whereSql(link.to, where, inner)}, false))`;
    return undefined;
  });
  // Without a word in front, a relation to one is filtered by its fields.
  if (parts.some((part) => part === undefined) || link.many === (parts.length === 0)) return exists(condition);
  return join(
    parts.flatMap((part) => part ?? []),
    " AND ",
  );
}
