/** Sequelize's `where` as SQL. */
import { identifier, inList, join, Sql, sql, text } from "../sql.js";
import { cannot, outsideName } from "../stub.js";

const NAMES = [
  "eq",
  "ne",
  "is",
  "not",
  "in",
  "notIn",
  "gt",
  "gte",
  "lt",
  "lte",
  "between",
  "notBetween",
  "like",
  "notLike",
  "iLike",
  "notILike",
  "startsWith",
  "endsWith",
  "substring",
  "and",
  "or",
] as const;

const symbols = new Map(NAMES.map((name) => [name, Symbol(name)]));
const nameOf = new Map([...symbols].map(([name, symbol]) => [symbol, name]));

export const Op: unknown = new Proxy(Object.fromEntries(symbols), {
  get: (own, key) => {
    if (key in own || typeof key === "symbol") return Reflect.get(own, key) as unknown;
    throw cannot(`it uses \`Op.${key}\` of Sequelize, which has no stand-in`);
  },
});

export interface Columns {
  readonly name: string;
  /** Column by attribute. */
  readonly columns: ReadonlyMap<string, string>;
}

export function whereSql(model: Columns, where: unknown): Sql {
  if (where === undefined || where === null) return text("true");
  if (where instanceof Sql) return where;
  if (Array.isArray(where))
    return joined(
      (where as readonly unknown[]).map((one) => whereSql(model, one)),
      " AND ",
    );
  if (typeof where !== "object" || outsideName(where) !== undefined)
    throw cannot("it asks by a condition that is no object");
  return joined(
    Reflect.ownKeys(where).flatMap((key) => {
      const value: unknown = Reflect.get(where, key);
      if (typeof key === "symbol") return [together(model, key, value)];
      if (value === undefined) throw new Error(`WHERE parameter "${key}" has invalid "undefined" value`);
      return [compare(columnSql(model, key), value)];
    }),
    " AND ",
  );
}

function together(model: Columns, key: symbol, value: unknown): Sql {
  const name = nameOf.get(key);
  if (name === "not") return sql`NOT (${whereSql(model, value)})`;
  if (name !== "and" && name !== "or") throw cannot("it combines conditions in a way that has no stand-in");
  const parts = Array.isArray(value)
    ? (value as readonly unknown[]).map((one) => whereSql(model, one))
    : Object.entries(value as object).map(([own, one]) => compare(columnSql(model, own), one));
  return joined(parts, name === "and" ? " AND " : " OR ");
}

function joined(parts: readonly Sql[], between: string): Sql {
  return parts.length === 0 ? text("true") : sql`(${join(parts, between)})`;
}

export function columnSql({ name, columns }: Columns, attribute: string): Sql {
  const column = columns.get(attribute);
  if (column === undefined) throw cannot(`\`${name}\` has no attribute \`${attribute}\``);
  return identifier(`t.${column}`);
}

function compare(column: Sql, value: unknown): Sql {
  if (value instanceof Sql) return sql`${column} = ${value}`;
  if (value === null) return sql`${column} IS NULL`;
  if (Array.isArray(value)) return inList(column, value as readonly unknown[], false);
  if (typeof value !== "object" || value instanceof Date) return sql`${column} = ${value}`;
  const keys = Reflect.ownKeys(value);
  if (keys.some((key) => typeof key === "string")) throw cannot("it filters a column by an object");
  return joined(
    keys.map((key) => operated(column, nameOf.get(key as symbol), Reflect.get(value, key))),
    " AND ",
  );
}

const SIGNS: Readonly<Record<string, string>> = {
  gt: ">",
  gte: ">=",
  lt: "<",
  lte: "<=",
  like: "LIKE",
  notLike: "NOT LIKE",
  iLike: "ILIKE",
  notILike: "NOT ILIKE",
};

function operated(column: Sql, name: string | undefined, value: unknown): Sql {
  const sign = SIGNS[name ?? ""];
  if (sign !== undefined) return sql`${column} ${text(sign)} ${value}`;
  const list = Array.isArray(value) ? (value as readonly unknown[]) : undefined;
  switch (name ?? "") {
    case "eq":
    case "is":
      return typeof value === "boolean" && name === "is"
        ? sql`${column} IS ${text(String(value))}`
        : compare(column, value);
    case "ne":
      return value === null ? sql`${column} IS NOT NULL` : sql`${column} != ${value}`;
    case "not":
      if (value === null) return sql`${column} IS NOT NULL`;
      if (typeof value === "boolean") return sql`${column} IS NOT ${text(String(value))}`;
      return list === undefined ? sql`${column} != ${value}` : inList(column, list, true);
    case "in":
    case "notIn":
      if (list !== undefined) return inList(column, list, name === "notIn");
      break;
    case "between":
    case "notBetween":
      return sql`${column} ${text(name === "between" ? "BETWEEN" : "NOT BETWEEN")} ${list?.[0]} AND ${list?.[1]}`;
    case "startsWith":
      return sql`${column} LIKE ${`${String(value)}%`}`;
    case "endsWith":
      return sql`${column} LIKE ${`%${String(value)}`}`;
    case "substring":
      return sql`${column} LIKE ${`%${String(value)}%`}`;
    case "and":
    case "or":
      if (list !== undefined)
        return joined(
          list.map((one) => compare(column, one)),
          name === "and" ? " AND " : " OR ",
        );
  }
  throw cannot("it filters in a way that has no stand-in");
}
