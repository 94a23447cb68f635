/** TypeORM's `where` as SQL. */
import { identifier, inList, join, sql, text, type Sql } from "../sql.js";
import { cannot, outsideName } from "../stub.js";
import { columnSql, linkOf, type TypeormEntity } from "./entity.js";

/** `In([…])`, `Not(…)` and their like. */
export class FindOperator {
  readonly kind: string;
  readonly given: readonly unknown[];
  constructor(kind: string, given: readonly unknown[]) {
    this.kind = kind;
    this.given = given;
  }
}

const KINDS = [
  "In",
  "Not",
  "IsNull",
  "LessThan",
  "LessThanOrEqual",
  "MoreThan",
  "MoreThanOrEqual",
  "Like",
  "ILike",
  "Between",
  "Equal",
  "Any",
];

export const findOperators: Readonly<Record<string, unknown>> = Object.fromEntries(
  KINDS.map((kind) => [kind, (...given: readonly unknown[]) => new FindOperator(kind, given)]),
);

export function whereSql(entity: TypeormEntity, where: unknown, alias: string): Sql {
  if (Array.isArray(where)) {
    const all = (where as readonly unknown[]).map((one) => whereSql(entity, one, alias));
    return all.length === 0 ? text("true") : sql`(${join(all, " OR ")})`;
  }
  if (where === undefined || where === null) return text("true");
  if (typeof where !== "object") throw cannot("it asks by a condition that is no object");
  const parts = Object.entries(where).flatMap(([property, value]) =>
    // Both are left out without a word.
    value === undefined || value === null ? [] : [one(entity, property, value, alias)],
  );
  return parts.length === 0 ? text("true") : sql`(${join(parts, " AND ")})`;
}

function one(entity: TypeormEntity, property: string, value: unknown, alias: string): Sql {
  if (entity.columns.has(property) && !(entity.relations.has(property) && isPlain(value)))
    return compare(columnSql(entity, property, alias), value);
  if (!entity.relations.has(property) || !isPlain(value))
    throw cannot(`it filters \`${entity.entity.model.name}\` by \`${property}\``);
  const { to, own, other } = linkOf(entity, property);
  const inner = `${alias}_${property}`;
  const tie = join(
    own.map(
      (column, index) => sql`${identifier(`${inner}.${other[index] ?? ""}`)} = ${identifier(`${alias}.${column}`)}`,
    ),
    " AND ",
  );
  return sql`EXISTS (SELECT 1 FROM ${identifier(to.entity.table.name)} AS ${identifier(inner)} WHERE ${tie} AND ${whereSql(to, value, inner)})`;
}

function isPlain(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    !(value instanceof FindOperator) &&
    !(value instanceof Date) &&
    !Array.isArray(value) &&
    outsideName(value) === undefined
  );
}

const SIGNS: Readonly<Record<string, string>> = {
  LessThan: "<",
  LessThanOrEqual: "<=",
  MoreThan: ">",
  MoreThanOrEqual: ">=",
  Like: "LIKE",
  ILike: "ILIKE",
  Equal: "=",
};

function compare(column: Sql, value: unknown): Sql {
  if (!(value instanceof FindOperator)) {
    if (isPlain(value) || Array.isArray(value)) throw cannot("it filters a column by an object");
    return sql`${column} = ${value}`;
  }
  const [first, second] = value.given;
  const sign = SIGNS[value.kind];
  if (sign !== undefined && !(first instanceof FindOperator)) return sql`${column} ${text(sign)} ${first}`;
  if (value.kind === "IsNull") return sql`${column} IS NULL`;
  if (value.kind === "Not") {
    if (first instanceof FindOperator) return sql`NOT(${compare(column, first)})`;
    return sql`${column} != ${first}`;
  }
  if (value.kind === "In" && Array.isArray(first)) return inList(column, first as readonly unknown[], false);
  if (value.kind === "Any") return sql`${column} = ANY(${first})`;
  if (value.kind === "Between") return sql`${column} BETWEEN ${first} AND ${second}`;
  throw cannot(`it filters with \`${value.kind}\`, which has no stand-in`);
}
