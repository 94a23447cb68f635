/** Values that a name promises: `userId` is the key of a user, `email` a value of the column `email`. */
import { valueOf } from "../made-up-data.js";
import type { ProofColumn } from "../proof-case.js";
import { asPg, quietly } from "./database.js";
import { tables } from "./schema.js";
import { written } from "./sql.js";

export interface Values {
  /** Values of each column by `table.column`, the most frequent first; of tables that are there. */
  readonly values: ReadonlyMap<string, readonly unknown[]>;
  readonly rows: number;
  /** Unique columns that are no keys get values that no row has, for programs that make rows. */
  readonly fresh: boolean;
}

/** More than any list of arguments holds. */
const MAX_VALUES = 200;

/** @param made Names of the tables that are there. */
export async function valuesOfTables(made: readonly string[]): Promise<Map<string, readonly unknown[]>> {
  const values = new Map<string, readonly unknown[]>();
  for (const name of made) {
    const { columns, values: rows } = await quietly(`SELECT * FROM "${name.replaceAll('"', '""')}"`);
    columns.forEach(({ name: column, type }, index) => {
      const counts = new Map<string, { readonly value: unknown; count: number }>();
      for (const row of rows) {
        const value = row[index];
        if (value === null || value === undefined) continue;
        const known = counts.get(written(value));
        if (known === undefined) counts.set(written(value), { value, count: 1 });
        else known.count++;
      }
      const ranked = [...counts].sort(([a, one], [b, other]) => other.count - one.count || (a < b ? -1 : 1));
      values.set(
        `${name}.${column}`,
        ranked.slice(0, MAX_VALUES).map(([, { value }]) => asPg(value, type)),
      );
    });
  }
  return values;
}

const plain = (name: string): string => name.replace(/[^a-z0-9]/gi, "").toLowerCase();

/** Of the column it names, of the key of the table it names, or of a kind. */
export function scalars(name: string, type: string, pool: Values, count = 1): readonly unknown[] {
  const singular = singularOf(name);
  const fits = (value: unknown): boolean =>
    type === "any" || typeof value === type || (type === "date" && value instanceof Date);
  const found = (ofTable(singular, pool, count) ?? ofColumn(singular, pool))?.filter(fits);
  if (found !== undefined && 0 < found.length) return found.slice(0, count);
  if (/(limit|take|pagesize|perpage|size)$/.test(singular) && (type === "number" || type === "any")) return [pool.rows];
  if (/^(page|skip|offset|cursor)$/.test(singular) && type === "number") return [0];
  if (type === "boolean") return [true];
  if (type === "date") return [new Date("2026-01-01T00:00:00.000Z")];
  if (type === "number") return Array.from({ length: count }, (_, index) => index + 1);
  return Array.from({ length: count }, (_, index) => `value ${index + 1}`);
}

function singularOf(name: string): string {
  return plain(name)
    .replace(/ids$/, "id")
    .replace(/(?<!s)s$/, "");
}

function ofColumn(singular: string, pool: Values): readonly unknown[] | undefined {
  if (singular === "id") return undefined;
  for (const [column, values] of pool.values) {
    const [value] = values;
    if (plain(column.split(".")[1] ?? "") !== singular || (typeof value === "object" && !(value instanceof Date)))
      continue;
    return pool.fresh && typeof value === "string" && isUnique(column)
      ? [`new ${singular}`, `other ${singular}`]
      : values;
  }
  return undefined;
}

function isUnique(path: string): boolean {
  const [name, column = ""] = path.split(".");
  const table = tables().find((one) => one.name === name);
  if (table === undefined || table.primaryKey.includes(column)) return false;
  return table.uniques.some((key) => key.includes(column));
}

function ofTable(singular: string, pool: Values, count: number): readonly unknown[] | undefined {
  return singular.endsWith("id") ? keysOf(singular.slice(0, -2), pool, count) : undefined;
}

/** Keys of a table's rows: those that are there, or, where it is not made yet, those it will have. */
function keysOf(singular: string, pool: Values, count: number): readonly unknown[] | undefined {
  const table = tableNamed(singular, pool);
  const [key] = table?.primaryKey ?? [];
  if (table === undefined || key === undefined) return undefined;
  const known = pool.values.get(`${table.name}.${key}`);
  if (known !== undefined && 0 < known.length) return known;
  const column = table.columns.find((one) => one.name === key);
  return column === undefined ? undefined : Array.from({ length: Math.max(1, count) }, (_, n) => keyAt(column, n));
}

function keyAt(column: ProofColumn, n: number): unknown {
  return valueOf(column, n, true);
}

/** `user`, `users`, or for a bare `id` the table that is there with the fewest ties to others. */
function tableNamed(singular: string, pool: Values): ReturnType<typeof tables>[number] | undefined {
  const all = tables();
  if (singular === "") {
    const made = all.filter(({ name, primaryKey: [key = ""] }) => pool.values.has(`${name}.${key}`));
    return [...made].sort((a, b) => a.references.length - b.references.length)[0];
  }
  return all.find(({ name, models }) =>
    [name, ...models.map((model) => model.name)].some((one) =>
      [singular, `${singular}s`, `${singular}es`].includes(plain(one)),
    ),
  );
}

/** What a property of a value nobody knows holds: `session.user.id`, `input.email`, `config.isEnabled`. Undefined for what may hold anything. */
export function promiseOf(pool: Values): (name: string, owner: string) => unknown {
  return (name, owner) => {
    if (/Ids$|^ids$/.test(name)) return scalars(name, "any", pool, pool.rows);
    const singular = singularOf(name);
    if (name === "id") return keysOf(singularOf(owner), pool, 1)?.[0] ?? scalars("id", "any", pool)[0];
    if (name.endsWith("Id")) return scalars(name, "any", pool)[0];
    if (/^(is|has|can|should)[A-Z]/.test(name)) return true;
    if (/(Date|At|_at)$/.test(name)) return ofColumn(singular, pool)?.[0] ?? new Date("2026-01-01T00:00:00.000Z");
    if (/(limit|take|pageSize|perPage|skip|offset|^page)$/i.test(name)) return scalars(name, "number", pool)[0];
    // A list of things is no value of a column that holds one.
    return plain(name) === singular ? ofColumn(singular, pool)?.[0] : undefined;
  };
}
