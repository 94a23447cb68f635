/** Prisma's `groupBy`, with the figures it can be asked for. */
import { query } from "../database.js";
import type { Entity } from "../schema.js";
import { identifier, join, quote, render, sql, text, type Sql } from "../sql.js";
import { columnSql, decodeOutput } from "./columns.js";
import { orderSql, refuseUnknown } from "./read.js";
import { asObject, whereSql } from "./where.js";

const KNOWN = new Set(["by", "where", "orderBy", "_count", "_sum", "_min", "_max", "_avg"]);
const FUNCTIONS: Readonly<Record<string, string>> = { _sum: "sum", _min: "min", _max: "max", _avg: "avg" };

export async function groupBy(entity: Entity, args: Readonly<Record<string, unknown>>): Promise<unknown> {
  refuseUnknown(args, KNOWN, entity);
  const by = typeof args["by"] === "string" ? [args["by"]] : (args["by"] as readonly string[]);
  const wanted = figures(entity, args);
  const keys = by.map((field) => columnSql(entity, field, "t"));
  const columns = [
    ...keys.map((key, index) => sql`${key} AS ${text(quote(by[index] ?? ""))}`),
    ...wanted.map((figure, index) => sql`${figure.sql} AS ${text(quote(`f${index}`))}`),
  ];
  const statement = render(
    sql`SELECT ${join(columns, ", ")} FROM ${identifier(entity.table.name)} AS "t" WHERE ${whereSql(entity, args["where"], "t")} GROUP BY ${join(keys, ", ")}${orderSql(entity, args["orderBy"])}`,
  );
  const result = await query(statement.text, statement.params);
  return result.values.map((values) => {
    const read = values.map((value, index) =>
      (wanted[index - by.length]?.decode ?? decodeOutput)(value, result.columns[index]?.type ?? 0),
    );
    const row: Record<string, unknown> = Object.fromEntries(by.map((field, index) => [field, read[index]]));
    wanted.forEach(({ group, field }, index) => {
      const value = read[by.length + index];
      row[group] = field === undefined ? value : { ...asObject(row[group]), [field]: value };
    });
    return row;
  });
}

/** Figures of all rows; those of no rows are null, and counted as none. */
export async function aggregate(entity: Entity, args: Readonly<Record<string, unknown>>): Promise<unknown> {
  refuseUnknown(args, new Set(["where", "_count", "_sum", "_min", "_max", "_avg"]), entity);
  const wanted = figures(entity, args);
  const columns = wanted.map((figure, index) => sql`${figure.sql} AS ${text(quote(`f${index}`))}`);
  const statement = render(
    sql`SELECT ${join(columns, ", ")} FROM ${identifier(entity.table.name)} AS "t" WHERE ${whereSql(entity, args["where"], "t")}`,
  );
  const result = await query(statement.text, statement.params);
  const row: Record<string, unknown> = {};
  wanted.forEach(({ group, field, decode }, index) => {
    const value = decode(result.values[0]?.[index], result.columns[index]?.type ?? 0);
    row[group] = field === undefined ? value : { ...asObject(row[group]), [field]: value };
  });
  return row;
}

/** A sum of integers is one, an average of them a float, whatever PostgreSQL makes of them. */
function decodeFigure(entity: Entity, name: string, field: string): (value: unknown, type: number) => unknown {
  const type = entity.typeOf.get(field) ?? "";
  const isInteger = /^(int|smallint|serial)/i.test(type);
  return (value, oid) => {
    if (value === null) return null;
    if (name === "_avg" && /^(int|smallint|serial|bigint|double|float|real)/i.test(type)) return Number(value);
    return name === "_sum" && isInteger ? Number(value) : decodeOutput(value, oid);
  };
}

interface Figure {
  readonly group: string;
  readonly field: string | undefined;
  readonly sql: Sql;
  readonly decode: (value: unknown, type: number) => unknown;
}

function figures(entity: Entity, args: Readonly<Record<string, unknown>>): Figure[] {
  const found: Figure[] = [];
  const count = args["_count"];
  if (count === true)
    found.push({ group: "_count", field: undefined, sql: text("count(*)::int"), decode: decodeOutput });
  else {
    for (const field of Object.keys(asObject(count))) {
      const of = field === "_all" ? text("*") : columnSql(entity, field, "t");
      found.push({ group: "_count", field, sql: sql`count(${of})::int`, decode: decodeOutput });
    }
  }
  for (const [group, name] of Object.entries(FUNCTIONS)) {
    for (const field of Object.keys(asObject(args[group]))) {
      found.push({
        group,
        field,
        sql: sql`${text(name)}(${columnSql(entity, field, "t")})`,
        decode: decodeFigure(entity, group, field),
      });
    }
  }
  return found;
}
