/** TypeORM's reads. It sends one statement with joins; here relations are read apart, and the statement is counted once. */
import { query, type Row, uncounted } from "../database.js";
import { identifier, inList, join, quote, render, sql, text, written, type Sql } from "../sql.js";
import { cannot } from "../stub.js";
import { columnSql, decode, instanceOf, linkOf, type TypeormEntity } from "./entity.js";
import { whereSql } from "./where.js";

export interface FindOptions {
  readonly where?: unknown;
  readonly select?: unknown;
  readonly relations?: unknown;
  readonly order?: unknown;
  readonly skip?: number;
  readonly take?: number;
  readonly withDeleted?: boolean;
  readonly loadEagerRelations?: boolean;
  /** A query builder's. */
  readonly condition?: Sql;
}

const KNOWN = new Set([
  "where",
  "select",
  "relations",
  "order",
  "skip",
  "take",
  "withDeleted",
  "loadEagerRelations",
  "cache",
  "comment",
]);

export function optionsOf(given: unknown): FindOptions {
  const options = (given ?? {}) as Record<string, unknown>;
  const odd = Object.keys(options).find((key) => !KNOWN.has(key) && options[key] !== undefined);
  if (odd !== undefined) throw cannot(`it reads with \`${odd}\` of TypeORM, which has no stand-in`);
  return options;
}

function conditionOf(entity: TypeormEntity, { where, withDeleted, condition }: FindOptions, more?: Sql): Sql {
  const conditions = [condition ?? whereSql(entity, where, "t")];
  if (entity.deletedAt !== undefined && withDeleted !== true)
    conditions.push(sql`${columnSql(entity, entity.deletedAt, "t")} IS NULL`);
  if (more !== undefined) conditions.push(more);
  return join(conditions, " AND ");
}

export async function find(entity: TypeormEntity, options: FindOptions): Promise<Record<string, unknown>[]> {
  return (await readAll(entity, options, undefined, false)).map(({ made }) => made);
}

interface Found {
  readonly made: Record<string, unknown>;
  /** Values by column. */
  readonly raw: Row;
}

async function readAll(
  entity: TypeormEntity,
  options: FindOptions,
  more: Sql | undefined,
  inside: boolean,
): Promise<Found[]> {
  const wanted = treeOf(options.relations);
  if (options.loadEagerRelations !== false) for (const property of entity.eager) wanted[property] ??= {};
  const chosen = treeOf(options.select);
  const isChosen = 0 < Object.keys(chosen).length;
  const kept = [...entity.columns].filter(([property]) =>
    isChosen ? property in chosen : !entity.hidden.has(property),
  );
  const statement = render(
    sql`SELECT ${allColumns(entity)} FROM ${identifier(entity.entity.table.name)} AS "t" WHERE ${conditionOf(entity, options, more)}${orderSql(entity, options.order)}${limits(options)}`,
  );
  const send = (): ReturnType<typeof query> => query(statement.text, statement.params);
  const { columns, values } = await (inside ? uncounted(send) : send());
  const found = values.map((row): Found => {
    const raw = Object.fromEntries(columns.map(({ name, type }, index) => [name, decode(row[index], type)]));
    return {
      raw,
      made: instanceOf(entity, Object.fromEntries(kept.map(([property, column]) => [property, raw[column]]))),
    };
  });
  for (const [property, below] of Object.entries(wanted)) {
    if (isChosen && property in chosen && 0 < Object.keys(chosen[property] ?? {}).length)
      await attach(entity, property, { relations: below, select: chosen[property] }, found);
    else await attach(entity, property, { relations: below }, found);
  }
  return found;
}

function allColumns({ entity }: TypeormEntity): Sql {
  return join(
    entity.table.columns.map(({ name }) => text(`"t".${quote(name)}`)),
    ", ",
  );
}

async function attach(
  entity: TypeormEntity,
  property: string,
  options: FindOptions,
  rows: readonly Found[],
): Promise<void> {
  const { to, many, own, other } = linkOf(entity, property);
  const [ownColumn, otherColumn] = [own[0], other[0]];
  if (ownColumn === undefined || otherColumn === undefined || 1 < own.length)
    throw cannot("it reads a relation over several columns");
  const keys = [...new Set(rows.map(({ raw }) => raw[ownColumn]).filter((key) => key !== null))];
  const along = inList(identifier(`t.${otherColumn}`), keys, false);
  const found = keys.length === 0 ? [] : await readAll(to, options, along, true);
  for (const { made, raw } of rows) {
    const mine = found
      .filter((one) => written(one.raw[otherColumn]) === written(raw[ownColumn]))
      .map((one) => one.made);
    made[property] = many ? mine : (mine[0] ?? null);
  }
}

type Tree = Record<string, Record<string, unknown>>;

function nested(tree: Record<string, unknown>, part: string): Record<string, unknown> {
  const known = tree[part];
  if (typeof known === "object" && known !== null) return known as Record<string, unknown>;
  const made = {};
  tree[part] = made;
  return made;
}

/** `["author", "author.company"]` or `{ author: { company: true } }`. */
function treeOf(given: unknown): Tree {
  const tree: Tree = {};
  if (Array.isArray(given)) {
    for (const path of given as readonly string[]) {
      let at: Record<string, unknown> = tree;
      for (const part of path.split(".")) at = nested(at, part);
    }
    return tree;
  }
  for (const [property, below] of Object.entries(given ?? {})) {
    if (below === true) tree[property] = {};
    else if (typeof below === "object" && below !== null) tree[property] = below as Record<string, unknown>;
  }
  return tree;
}

export function orderSql(entity: TypeormEntity, order: unknown): Sql {
  const parts = Object.entries(order ?? {}).map(([property, direction]: [string, unknown]) => {
    const word = typeof direction === "number" ? (direction < 0 ? "DESC" : "ASC") : direction;
    if (typeof word !== "string") throw cannot(`it orders by \`${property}\` in a way that has no stand-in`);
    return sql`${columnSql(entity, property, "t")} ${text(word.toUpperCase() === "DESC" ? "DESC" : "ASC")}`;
  });
  return parts.length === 0 ? text("") : sql` ORDER BY ${join(parts, ", ")}`;
}

function limits({ take, skip }: FindOptions): Sql {
  const limit = typeof take === "number" ? sql` LIMIT ${take}` : text("");
  return typeof skip === "number" ? sql`${limit} OFFSET ${skip}` : limit;
}

export async function count(entity: TypeormEntity, options: FindOptions): Promise<number> {
  const statement = render(
    sql`SELECT count(*)::int FROM ${identifier(entity.entity.table.name)} AS "t" WHERE ${conditionOf(entity, options)}`,
  );
  return Number((await query(statement.text, statement.params)).values[0]?.[0]);
}
