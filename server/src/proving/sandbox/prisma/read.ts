/** Prisma's reads: one statement for the rows, one more for each relation read along, as Prisma itself does it. */
import { query, type Row } from "../database.js";
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
}

export function shapeOf(entity: Entity, args: Readonly<Record<string, unknown>>): Shape {
  const all = [...entity.columnOf.keys()];
  const chosen = args["select"] === undefined ? undefined : asObject(args["select"]);
  const along = Object.entries(chosen ?? asObject(args["include"])).filter(
    ([, wanted]) => wanted !== false && wanted !== undefined,
  );
  const relations = new Map(along.filter(([field]) => !entity.columnOf.has(field)));
  if (relations.has("_count")) throw cannot("it counts relations with `_count`, which has no stand-in");
  const omitted = asObject(args["omit"]);
  const scalars =
    chosen === undefined
      ? all.filter((field) => omitted[field] !== true)
      : along.flatMap(([field]) => (entity.columnOf.has(field) ? [field] : []));
  const ties = [...relations.keys()].flatMap((field) => tieOf(entity, field).own);
  const read = [...new Set([...scalars, ...ties])];
  return { read: read.length === 0 ? all.slice(0, 1) : read, keep: [...scalars, ...relations.keys()], relations };
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
    const [ownKey, otherKey] = [own[0], other[0]];
    if (ownKey === undefined || otherKey === undefined || 1 < own.length)
      throw cannot("it reads a relation over several columns");
    const args = wanted === true ? {} : asObject(wanted);
    if (many && (args["take"] !== undefined || args["skip"] !== undefined))
      throw cannot("it reads a page of a relation");
    const keys = [
      ...new Map(rows.flatMap((row) => (isNone(row[ownKey]) ? [] : [[written(row[ownKey]), row[ownKey]]]))).values(),
    ];
    const found = keys.length === 0 ? [] : await readAlong(to, args, otherKey, keys);
    const byKey = new Map<string, Row[]>();
    for (const { key, row } of found) byKey.set(key, [...(byKey.get(key) ?? []), row]);
    for (const row of rows) {
      const own = isNone(row[ownKey]) ? [] : (byKey.get(written(row[ownKey])) ?? []);
      (row as Record<string, unknown>)[field] = many ? own : (own[0] ?? null);
    }
  }
}

async function readAlong(
  to: Entity,
  args: Readonly<Record<string, unknown>>,
  key: string,
  keys: readonly unknown[],
): Promise<{ readonly key: string; readonly row: Row }[]> {
  const shape = shapeOf(to, args);
  const read = [...new Set([...shape.read, key])];
  const where = sql`${whereSql(to, args["where"], "t")} AND ${inList(columnSql(to, key, "t"), keys, false)}`;
  const statement = render(
    sql`SELECT ${columnsSql(to, read)} FROM ${identifier(to.table.name)} AS "t" WHERE ${where}${orderSql(to, args["orderBy"])}`,
  );
  const rows = await rowsAs(statement.text, statement.params);
  await attach(to, rows, shape.relations);
  return rows.map((row) => ({ key: written(row[key]), row: only(row, shape.keep) }));
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
  const { sort, nulls } = typeof direction === "string" ? { sort: direction, nulls: undefined } : asObject(direction);
  if ((sort !== "asc" && sort !== "desc") || !entity.columnOf.has(field))
    throw cannot(`it orders by \`${field}\` of a relation`);
  const where = nulls === undefined ? "" : nulls === "first" ? " NULLS FIRST" : " NULLS LAST";
  return sql`${columnSql(entity, field, "t")} ${text(sort.toUpperCase() + where)}`;
}

function limitSql(take: unknown, skip: unknown): Sql {
  const limit = typeof take === "number" ? sql` LIMIT ${take}` : text("");
  return typeof skip === "number" ? sql`${limit} OFFSET ${skip}` : limit;
}

function isNone(value: unknown): boolean {
  return value === null || value === undefined;
}
