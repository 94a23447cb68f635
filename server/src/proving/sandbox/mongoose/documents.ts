/** Collections as tables of the database: documents are put together from columns, whose names are their paths. */
import { asPg, query, rowsOf, uncounted } from "../database.js";
import { insertSql } from "../knex.js";
import { findModel } from "../schema.js";
import { identifier, inList, join, quote, render, sql, text } from "../sql.js";
import { cannot } from "../stub.js";
import { cast, type Collection, type Doc, valueAt } from "./filter.js";
import { idText, ObjectId } from "./object-id.js";

export interface Kept extends Collection {
  readonly relations: ReadonlyMap<string, { readonly target: string; readonly many: boolean }>;
}

export function collectionOf(name: string): Kept {
  const entity = findModel("mongoose", name);
  if (entity === undefined) throw cannot(`the model \`${name}\` is not among the tables of this proof`);
  return {
    name: entity.model.name,
    table: entity.table.name,
    types: new Map(entity.table.columns.map((column) => [column.name, column.type])),
    relations: new Map(Object.entries(entity.model.relations)),
  };
}

/** All documents, in the order they were made. */
export async function readAll(collection: Kept, inside = false): Promise<Doc[]> {
  const statement = `SELECT * FROM ${quote(collection.table)}`;
  const result = await (inside ? uncounted(() => query(statement)) : query(statement));
  return rowsOf(result, asPg).map((row) => {
    const doc: Doc = {};
    for (const [path, value] of Object.entries(row)) {
      // A field nobody gave a value is not there.
      if (value === null) continue;
      put(
        doc,
        path,
        cast(collection, path, typeof value === "string" && isNumber(collection, path) ? Number(value) : value),
      );
    }
    return doc;
  });
}

function isNumber({ types }: Collection, path: string): boolean {
  return /^(number|int|double|decimal)/i.test(types.get(path) ?? "");
}

export function put(doc: Doc, path: string, value: unknown): void {
  const parts = path.split(".");
  let at = doc;
  for (const part of parts.slice(0, -1)) at = (at[part] ??= {}) as Doc;
  at[parts.at(-1) ?? ""] = value;
}

function toColumns(collection: Collection, doc: Doc): Doc {
  const row: Doc = {};
  for (const path of collection.types.keys()) {
    const value = cast(collection, path, valueAt(doc, path));
    if (value !== undefined) row[path] = value instanceof ObjectId ? value.toHexString() : value;
  }
  const lost = Object.keys(doc).find(
    (key) => key !== "_id" && ![...collection.types.keys()].some((path) => path === key || path.startsWith(`${key}.`)),
  );
  if (lost !== undefined) throw cannot(`\`${collection.name}\` has no path \`${lost}\``);
  return row;
}

export async function insert(collection: Kept, docs: readonly Doc[]): Promise<Doc[]> {
  if (docs.length === 0) return [];
  const now = new Date();
  const stamps = ["createdAt", "updatedAt"].filter((path) => collection.types.has(path));
  const whole = docs.map((doc) => ({
    ...Object.fromEntries(stamps.map((path) => [path, now])),
    ...doc,
    _id: doc["_id"] ?? new ObjectId(),
  }));
  const statement = render(
    insertSql(
      identifier(collection.table),
      whole.map((doc) => toColumns(collection, doc)),
    ),
  );
  await query(statement.text, statement.params);
  return whole;
}

/** Writes one change to some documents. */
export async function change(collection: Kept, docs: readonly Doc[], update: unknown): Promise<void> {
  const sets = new Map<string, unknown>();
  const sums = new Map<string, number>();
  for (const [key, value] of Object.entries((update ?? {}) as Doc)) {
    if (key === "$set") for (const [path, one] of Object.entries(value as Doc)) sets.set(path, one);
    else if (key === "$unset") for (const path of Object.keys(value as Doc)) sets.set(path, null);
    else if (key === "$inc") for (const [path, one] of Object.entries(value as Doc)) sums.set(path, Number(one));
    else if (key.startsWith("$")) throw cannot(`it updates with \`${key}\`, which has no stand-in`);
    else sets.set(key, value);
  }
  if (collection.types.has("updatedAt") && !sets.has("updatedAt")) sets.set("updatedAt", new Date());
  const pieces = [
    ...[...sets].map(([path, value]) => {
      if (!collection.types.has(path)) throw cannot(`\`${collection.name}\` has no path \`${path}\``);
      const kept = cast(collection, path, value);
      return sql`${text(quote(path))} = ${kept instanceof ObjectId ? kept.toHexString() : kept}`;
    }),
    ...[...sums].map(([path, by]) => sql`${text(quote(path))} = COALESCE(${text(quote(path))}, 0) + ${by}`),
  ];
  if (docs.length === 0 || pieces.length === 0) return;
  const statement = render(sql`UPDATE ${identifier(collection.table)} SET ${join(pieces, ", ")} WHERE ${byId(docs)}`);
  await query(statement.text, statement.params);
}

export async function remove(collection: Kept, docs: readonly Doc[]): Promise<void> {
  if (docs.length === 0) return;
  const statement = render(sql`DELETE FROM ${identifier(collection.table)} WHERE ${byId(docs)}`);
  await query(statement.text, statement.params);
}

function byId(docs: readonly Doc[]): ReturnType<typeof inList> {
  return inList(
    text(quote("_id")),
    docs.map((doc) => idText(doc["_id"])),
    false,
  );
}
