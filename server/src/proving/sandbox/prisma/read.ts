/** Prisma's reads: one statement for the rows, one more for each relation read along, as Prisma itself does it. */
import { query, type Row, uncounted } from "../database.js";
import { linkOf, type Entity } from "../schema.js";
import { identifier, inList, join, quote, render, sql, text, written, type Sql } from "../sql.js";
import { cannot } from "../stub.js";
import { columnSql, decodeOutput } from "./columns.js";
import { asObject, whereSql } from "./where.js";

const KNOWN = new Set(["where", "select", "include", "orderBy", "take", "skip", "omit", "relationLoadStrategy"]);

export async function readMany(entity: Entity, given: unknown): Promise<Row[]> {
  const args = asObject(given);
  refuseUnknown(args, KNOWN, entity);
  const { take } = args;
  if (typeof take === "number" && take < 0) throw cannot("it reads backwards with a negative `take`");
  const shape = shapeOf(entity, args);
  const statement = render(
    sql`SELECT ${columnsSql(entity, shape.read)} FROM ${identifier(entity.table.name)} AS "t" WHERE ${whereSql(entity, args["where"], "t")}${orderSql(entity, args["orderBy"])}${limitSql(take, args["skip"])}`,
  );
  const rows = await rowsAs(statement.text, statement.params);
  await attach(entity, rows, shape.relations);
  await attachCounts(entity, rows, shape.counts);
  return rows.map((row) => only(row, shape.keep));
}

export function refuseUnknown(
  args: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
  entity: Entity,
): void {
  const odd = Object.keys(args).find((key) => !known.has(key) && args[key] !== undefined);
  if (odd !== undefined) throw cannot(`it reads \`${entity.model.name}\` with \`${odd}\`, which has no stand-in`);
}

export function columnsSql(entity: Entity, fields: readonly string[]): Sql {
  return join(
    fields.map((field) => sql`${columnSql(entity, field)} AS ${text(quote(field))}`),
    ", ",
  );
}

export async function rowsAs(statement: string, params: readonly unknown[]): Promise<Row[]> {
  const { columns, values } = await query(statement, params);
  return values.map((row) =>
    Object.fromEntries(columns.map(({ name, type }, index) => [name, decodeOutput(row[index], type)])),
  );
}

interface Shape {
  /** Fields read from the table, and what the program sees of row and relations. */
  readonly read: readonly string[];
  readonly keep: readonly string[];
  readonly relations: ReadonlyMap<string, unknown>;
  /** Relations whose rows are counted, each with its condition. */
  readonly counts: readonly (readonly [field: string, where: unknown])[];
}

export function shapeOf(entity: Entity, args: Readonly<Record<string, unknown>>): Shape {
  const all = [...entity.columnOf.keys()];
  const chosen = args["select"] === undefined ? undefined : asObject(args["select"]);
  const along = Object.entries(chosen ?? asObject(args["include"])).filter(
    ([, wanted]) => wanted !== false && wanted !== undefined,
  );
  const relations = new Map(along.filter(([field]) => !entity.columnOf.has(field)));
  const counts = relations.get("_count");
  relations.delete("_count");
  const omitted = asObject(args["omit"]);
  const scalars =
    chosen === undefined
      ? all.filter((field) => omitted[field] !== true)
      : along.flatMap(([field]) => (entity.columnOf.has(field) ? [field] : []));
  const ties = [...relations.keys()].flatMap((field) => tieOf(entity, field).own);
  const read = [...new Set([...scalars, ...ties])];
  const keep = [...scalars, ...relations.keys(), ...(counts === undefined ? [] : ["_count"])];
  const counted = countsOf(entity, counts);
  const needed = [...new Set([...read, ...counted.flatMap(([field]) => tieOf(entity, field).own)])];
  return { read: needed.length === 0 ? all.slice(0, 1) : needed, keep, relations, counts: counted };
}

/** `_count: true` counts every list; `_count: { select: { posts: true } }` those it names. */
function countsOf(entity: Entity, counts: unknown): Shape["counts"] {
  if (counts === undefined) return [];
  if (counts === true) {
    return Object.entries(entity.model.relations).flatMap(([field, { many }]) =>
      many ? [[field, undefined] as const] : [],
    );
  }
  return Object.entries(asObject(asObject(counts)["select"])).flatMap(([field, wanted]) =>
    wanted === false || wanted === undefined ? [] : [[field, asObject(wanted)["where"]] as const],
  );
}

async function attachCounts(entity: Entity, rows: readonly Row[], counts: Shape["counts"]): Promise<void> {
  for (const row of 0 < counts.length ? rows : []) (row as Record<string, unknown>)["_count"] = {};
  for (const [field, where] of counts) {
    const { to, own, other } = tieOf(entity, field);
    const [ownKey, otherKey] = [own[0], other[0]];
    if (ownKey === undefined || otherKey === undefined || 1 < own.length)
      throw cannot("it counts a relation over several columns");
    const key = columnSql(to, otherKey, "t");
    const statement = render(
      sql`SELECT ${key} AS "k", count(*)::int AS "n" FROM ${identifier(to.table.name)} AS "t" WHERE ${whereSql(to, where, "t")} GROUP BY 1`,
    );
    const { values } = await uncounted(() => query(statement.text, statement.params));
    const byKey = new Map(values.map(([value, count]) => [written(value), count]));
    for (const row of rows) asCounts(row)[field] = byKey.get(written(row[ownKey])) ?? 0;
  }
}

function asCounts(row: Row): Record<string, unknown> {
  return row["_count"] as Record<string, unknown>;
}

function tieOf(entity: Entity, field: string): NonNullable<ReturnType<typeof linkOf>> {
  const link = linkOf(entity, field);
  if (link === undefined) throw cannot(`\`${entity.model.name}\` has no field \`${field}\``);
  return link;
}

/** Reads relations for all rows at once and hangs them on their rows. */
async function attach(entity: Entity, rows: readonly Row[], relations: ReadonlyMap<string, unknown>): Promise<void> {
  for (const [field, wanted] of relations) {
    const { to, many, own, other } = tieOf(entity, field);
    const args = wanted === true ? {} : asObject(wanted);
    const take = many ? args["take"] : undefined;
    if (many && (args["skip"] !== undefined || (typeof take === "number" && take < 0)))
      throw cannot("it reads a page of a relation");
    const keys = [...new Map(rows.flatMap((row) => (hasKey(row, own) ? [[keyOf(row, own), row]] : []))).values()];
    const found = keys.length === 0 ? [] : await readAlong(to, args, other, own, keys);
    const byKey = new Map<string, Row[]>();
    for (const { key, row } of found) byKey.set(key, [...(byKey.get(key) ?? []), row]);
    for (const row of rows) {
      const all = hasKey(row, own) ? (byKey.get(keyOf(row, own)) ?? []) : [];
      const mine = typeof take === "number" ? all.slice(0, take) : all;
      (row as Record<string, unknown>)[field] = many ? mine : (mine[0] ?? null);
    }
  }
}

function hasKey(row: Row, fields: readonly string[]): boolean {
  return fields.every((field) => !isNone(row[field]));
}

function keyOf(row: Row, fields: readonly string[]): string {
  return JSON.stringify(fields.map((field) => written(row[field])));
}

/** @param rows One for each key that is looked for, in its fields `own`. */
async function readAlong(
  to: Entity,
  args: Readonly<Record<string, unknown>>,
  other: readonly string[],
  own: readonly string[],
  rows: readonly Row[],
): Promise<{ readonly key: string; readonly row: Row }[]> {
  const shape = shapeOf(to, args);
  const read = [...new Set([...shape.read, ...other])];
  const [first] = other;
  const keys =
    first !== undefined && other.length === 1
      ? inList(
          columnSql(to, first, "t"),
          rows.map((row) => row[own[0] ?? ""]),
          false,
        )
      : sql`(${join(
          other.map((field) => columnSql(to, field, "t")),
          ", ",
        )}) IN (${join(
          rows.map(
            (row) =>
              sql`(${join(
                own.map((field) => sql`${row[field]}`),
                ", ",
              )})`,
          ),
          ", ",
        )})`;
  const where = sql`${whereSql(to, args["where"], "t")} AND ${keys}`;
  const statement = render(
    sql`SELECT ${columnsSql(to, read)} FROM ${identifier(to.table.name)} AS "t" WHERE ${where}${orderSql(to, args["orderBy"])}`,
  );
  const found = await rowsAs(statement.text, statement.params);
  await attach(to, found, shape.relations);
  await attachCounts(to, found, shape.counts);
  return found.map((row) => ({ key: keyOf(row, other), row: only(row, shape.keep) }));
}

function only(row: Row, keep: readonly string[]): Row {
  return Object.fromEntries(keep.map((field) => [field, row[field]]));
}

export function orderSql(entity: Entity, orderBy: unknown): Sql {
  const orders = (Array.isArray(orderBy) ? (orderBy as readonly unknown[]) : [orderBy]).flatMap((one) =>
    Object.entries(asObject(one)),
  );
  const parts = orders.flatMap(([field, direction]) =>
    direction === undefined ? [] : [oneOrder(entity, field, direction)],
  );
  return parts.length === 0 ? text("") : sql` ORDER BY ${join(parts, ", ")}`;
}

function oneOrder(entity: Entity, field: string, direction: unknown): Sql {
  if (entity.columnOf.has(field)) return directed(columnSql(entity, field, "t"), field, direction);
  const { to, many, own, other } = tieOf(entity, field);
  const tie = join(
    own.map((name, index) => sql`${columnSql(to, other[index] ?? "", "o")} = ${columnSql(entity, name, "t")}`),
    " AND ",
  );
  const [[name, below] = ["", undefined], more] = Object.entries(asObject(direction));
  if (more !== undefined || (name !== "_count" && (many || !to.columnOf.has(name))))
    throw cannot(`it orders by \`${field}\` of a relation in a way that has no stand-in`);
  const value = name === "_count" ? text("count(*)") : columnSql(to, name, "o");
  return directed(sql`(SELECT ${value} FROM ${identifier(to.table.name)} AS "o" WHERE ${tie})`, field, below);
}

function directed(value: Sql, field: string, direction: unknown): Sql {
  const { sort, nulls } = typeof direction === "string" ? { sort: direction, nulls: undefined } : asObject(direction);
  if (sort !== "asc" && sort !== "desc") throw cannot(`it orders by \`${field}\` in a way that has no stand-in`);
  const where = nulls === undefined ? "" : nulls === "first" ? " NULLS FIRST" : " NULLS LAST";
  return sql`${value} ${text(sort.toUpperCase() + where)}`;
}

function limitSql(take: unknown, skip: unknown): Sql {
  const limit = typeof take === "number" ? sql` LIMIT ${take}` : text("");
  return typeof skip === "number" ? sql`${limit} OFFSET ${skip}` : limit;
}

function isNone(value: unknown): boolean {
  return value === null || value === undefined;
}
