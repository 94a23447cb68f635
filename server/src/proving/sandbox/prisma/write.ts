/** Prisma's writes of plain columns. Nested writes other than `connect` by key are refused. */
import { query, type Row } from "../database.js";
import { linkOf, type Entity } from "../schema.js";
import { identifier, join, render, sql, text, type Sql } from "../sql.js";
import { cannot } from "../stub.js";
import { columnSql, decodeInput } from "./columns.js";
import { columnsSql, rowsAs } from "./read.js";
import { asObject, whereSql } from "./where.js";

/** Values by field: `connect` becomes the foreign key it means. */
function plainData(entity: Entity, data: unknown): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [field, value] of Object.entries(asObject(data))) {
    if (value === undefined) continue;
    if (entity.columnOf.has(field)) {
      fields.set(field, value);
      continue;
    }
    const connected = asObject(asObject(value)["connect"]);
    const link = linkOf(entity, field);
    if (link === undefined || link.many || Object.keys(asObject(value)).join() !== "connect") {
      throw cannot(`it writes \`${field}\` of \`${entity.model.name}\` in a way that has no stand-in`);
    }
    link.own.forEach((own, index) => fields.set(own, connected[link.other[index] ?? ""]));
  }
  return fields;
}

/** Inserts rows and gives their keys back, in order. */
export async function insert(entity: Entity, data: readonly unknown[], skipDuplicates: boolean): Promise<Row[]> {
  if (data.length === 0) return [];
  const rows = data.map((one) => plainData(entity, one));
  const fields = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const values = rows.map(
    (row) =>
      sql`(${join(
        fields.map((field) => (row.has(field) ? sql`${decodeInput(entity, field, row.get(field))}` : text("DEFAULT"))),
        ", ",
      )})`,
  );
  const into = identifier(entity.table.name);
  const target =
    fields.length === 0
      ? sql`INSERT INTO ${into} DEFAULT VALUES`
      : sql`INSERT INTO ${into} (${join(
          fields.map((field) => columnSql(entity, field)),
          ", ",
        )}) VALUES ${join(values, ", ")}`;
  const statement = render(
    sql`${target}${text(skipDuplicates ? " ON CONFLICT DO NOTHING" : "")} RETURNING ${columnsSql(entity, keyOf(entity))}`,
  );
  return rowsAs(statement.text, statement.params);
}

/** Changes rows and gives their keys back. */
export async function change(entity: Entity, where: unknown, data: unknown): Promise<Row[]> {
  const sets = [...plainData(entity, data)].map(([field, value]) => {
    const column = columnSql(entity, field);
    return sql`${column} = ${changedValue(entity, field, value, column)}`;
  });
  if (sets.length === 0) throw cannot("it updates nothing");
  const statement = render(
    sql`UPDATE ${identifier(entity.table.name)} AS "t" SET ${join(sets, ", ")} WHERE ${whereSql(entity, where, "t")} RETURNING ${columnsSql(entity, keyOf(entity))}`,
  );
  return rowsAs(statement.text, statement.params);
}

const ARITHMETIC: Readonly<Record<string, string>> = { increment: "+", decrement: "-", multiply: "*", divide: "/" };

function changedValue(entity: Entity, field: string, value: unknown, column: Sql): Sql {
  if (typeof value !== "object" || value === null || value instanceof Date || Array.isArray(value)) {
    return sql`${decodeInput(entity, field, value)}`;
  }
  const [[kind, amount] = ["", undefined]] = Object.entries(value);
  if (kind === "set") return sql`${decodeInput(entity, field, amount)}`;
  const sign = ARITHMETIC[kind];
  if (sign !== undefined) return sql`${column} ${text(sign)} ${amount}`;
  if (/^jsonb?$/.test(entity.typeOf.get(field) ?? "")) return sql`${value}`;
  throw cannot(`it writes \`${field}\` with \`${kind}\`, which has no stand-in`);
}

export async function remove(entity: Entity, where: unknown): Promise<number> {
  const statement = render(
    sql`DELETE FROM ${identifier(entity.table.name)} AS "t" WHERE ${whereSql(entity, where, "t")}`,
  );
  return (await query(statement.text, statement.params)).affected;
}

export function keyOf(entity: Entity): readonly string[] {
  const { primaryKey, uniques } = entity.table;
  const key = 0 < primaryKey.length ? primaryKey : (uniques[0] ?? []);
  if (key.length === 0) throw cannot(`\`${entity.model.name}\` has no key`);
  return key.map((column) => entity.fieldOf.get(column) ?? column);
}
