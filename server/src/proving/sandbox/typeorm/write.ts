/** TypeORM's writes. */
import { query, uncounted } from "../database.js";
import { inTransaction } from "../database.js";
import { insertSql } from "../knex.js";
import { identifier, inList, join, quote, render, sql, text, written, type Sql } from "../sql.js";
import { cannot } from "../stub.js";
import { columnSql, decode, linkOf, type TypeormEntity } from "./entity.js";
import { whereSql } from "./where.js";

type Values = Readonly<Record<string, unknown>>;

/** Values by column: a relation to one row becomes the key it means. */
function columnValues(entity: TypeormEntity, values: Values): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [property, value] of Object.entries(values)) {
    if (value === undefined || typeof value === "function") continue;
    const isRelation = entity.relations.has(property) && (typeof value === "object" || !entity.columns.has(property));
    const column = entity.columns.get(property);
    if (!isRelation && column !== undefined) found.set(column, value);
    else if (isRelation) {
      const { many, own, other, to } = linkOf(entity, property);
      if (many) throw cannot(`it writes \`${property}\` along with \`${entity.entity.model.name}\``);
      own.forEach((name, index) => {
        const field = [...to.columns].find(([, one]) => one === other[index])?.[0] ?? "";
        found.set(name, value === null ? null : (value as Values)[field]);
      });
    }
  }
  return found;
}

function keysOf({ entity, columns }: TypeormEntity): readonly (readonly [property: string, column: string])[] {
  const keys = [...columns].filter(([, column]) => entity.table.primaryKey.includes(column));
  if (keys.length === 0) throw cannot(`\`${entity.model.name}\` has no key`);
  return keys;
}

export async function insert(entity: TypeormEntity, rows: readonly Values[], ignore = false): Promise<Values[]> {
  if (rows.length === 0) return [];
  const now = new Date();
  const stamped = rows.map((row) => {
    const values = columnValues(entity, row);
    for (const kind of ["CreateDateColumn", "UpdateDateColumn"] as const) {
      const column = entity.columns.get(entity.made(kind) ?? "");
      if (column !== undefined && !values.has(column)) values.set(column, now);
    }
    return Object.fromEntries(values);
  });
  const back = [
    ...keysOf(entity),
    ...(["CreateDateColumn", "UpdateDateColumn"] as const).flatMap((kind) => {
      const property = entity.made(kind);
      return property === undefined ? [] : [[property, entity.columns.get(property) ?? property] as const];
    }),
  ];
  const into = insertSql(identifier(entity.entity.table.name), stamped);
  const statement = render(
    sql`${into}${text(ignore ? " ON CONFLICT DO NOTHING" : "")} RETURNING ${join(
      back.map(([property, column]) => text(`${quote(column)} AS ${quote(property)}`)),
      ", ",
    )}`,
  );
  const { columns, values } = await query(statement.text, statement.params);
  return values.map((row) =>
    Object.fromEntries(columns.map(({ name, type }, index) => [name, decode(row[index], type)])),
  );
}

/** Changes rows; the date of the last change goes along. */
export async function update(entity: TypeormEntity, condition: Sql, values: Values): Promise<number> {
  const changed = columnValues(entity, values);
  if (changed.size === 0) throw cannot("it updates nothing");
  const stamp = entity.columns.get(entity.made("UpdateDateColumn") ?? "");
  if (stamp !== undefined && !changed.has(stamp)) changed.set(stamp, new Date());
  const sets = [...changed].map(([column, value]) => {
    if (typeof value === "function") throw cannot("it updates with a function");
    return sql`${identifier(column)} = ${value}`;
  });
  const statement = render(
    sql`UPDATE ${identifier(entity.entity.table.name)} AS "t" SET ${join(sets, ", ")} WHERE ${condition}`,
  );
  return (await query(statement.text, statement.params)).affected;
}

export async function remove(entity: TypeormEntity, condition: Sql): Promise<number> {
  const statement = render(sql`DELETE FROM ${identifier(entity.entity.table.name)} AS "t" WHERE ${condition}`);
  return (await query(statement.text, statement.params)).affected;
}

/** What `update` and `delete` are told: a key, several, or conditions. */
export function criteriaSql(entity: TypeormEntity, criteria: unknown): Sql {
  const empty =
    criteria === undefined ||
    criteria === null ||
    criteria === "" ||
    (Array.isArray(criteria) && criteria.length === 0);
  if (empty) throw new Error("Empty criteria(s) are not allowed for the update method.");
  const [key, more] = keysOf(entity);
  const isKey = (value: unknown): boolean => typeof value !== "object" || value instanceof Date;
  if (isKey(criteria) || (Array.isArray(criteria) && (criteria as readonly unknown[]).every(isKey))) {
    if (key === undefined || more !== undefined) throw cannot("it names rows by one value of several keys");
    return inList(
      columnSql(entity, key[0], "t"),
      Array.isArray(criteria) ? (criteria as readonly unknown[]) : [criteria],
      false,
    );
  }
  return whereSql(entity, criteria, "t");
}

/** Rows whose key is there are changed, the others are made; every object is given what the database filled in. */
export async function save(entity: TypeormEntity, given: readonly Record<string, unknown>[]): Promise<void> {
  if (entity.hasHooks) throw cannot(`\`${entity.entity.model.name}\` has hooks, which \`save\` would run`);
  if (given.length === 0) return;
  const keys = keysOf(entity);
  const isKeyed = (row: Values): boolean =>
    keys.every(([property]) => row[property] !== undefined && row[property] !== null);
  const there = await existing(entity, given.filter(isKeyed));
  const textOfKey = (row: Values): string => JSON.stringify(keys.map(([property]) => String(row[property])));
  const fresh = given.filter((row) => !isKeyed(row) || !there.has(textOfKey(row)));
  await inTransactionUncounted(async () => {
    const made = await insert(entity, fresh);
    fresh.forEach((row, index) => Object.assign(row, made[index]));
    for (const row of given) {
      const before = there.get(textOfKey(row));
      if (before === undefined || fresh.includes(row)) continue;
      const changed = Object.fromEntries(
        Object.entries(row).filter(([property, value]) =>
          differs(before[entity.columns.get(property) ?? property], value),
        ),
      );
      for (const [property] of keys) Reflect.deleteProperty(changed, property);
      if (0 < Object.keys(changed).length)
        await update(
          entity,
          whereSql(entity, Object.fromEntries(keys.map(([name]) => [name, row[name]])), "t"),
          changed,
        );
    }
  });
}

function differs(before: unknown, after: unknown): boolean {
  if (after === undefined) return false;
  if (before instanceof Date && after instanceof Date) return before.getTime() !== after.getTime();
  return typeof after === "object" && after !== null ? true : written(before) !== written(after);
}

function inTransactionUncounted(work: () => Promise<void>): Promise<void> {
  return uncounted(() => inTransaction(work));
}

async function existing(entity: TypeormEntity, rows: readonly Values[]): Promise<Map<string, Values>> {
  const keys = keysOf(entity);
  if (rows.length === 0) return new Map();
  const where = rows.map((row) => Object.fromEntries(keys.map(([name]) => [name, row[name]])));
  const statement = render(
    sql`SELECT * FROM ${identifier(entity.entity.table.name)} AS "t" WHERE ${whereSql(entity, where, "t")}`,
  );
  const { columns, values } = await query(statement.text, statement.params);
  return new Map(
    values.map((row) => {
      const raw = Object.fromEntries(columns.map(({ name, type }, index) => [name, decode(row[index], type)]));
      return [JSON.stringify(keys.map(([, column]) => String(raw[column]))), raw];
    }),
  );
}
