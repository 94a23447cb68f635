/** Names of indexes by the habit of the repository: what its named indexes have in common beside the names of tables and columns. */
import type { Table } from "../../catalog/model.js";

/** PostgreSQL's own habit, and Prisma's. */
const DEFAULT = "{table}_{columns}_idx";
/** PostgreSQL cuts names off after 63 bytes. */
const MAX_LENGTH = 63;

/** The commonest pattern among the named indexes of tables, with `{table}` and `{columns}` for what changes. */
export function namePattern(tables: readonly Table[]): string {
  const counts = new Map<string, number>();
  for (const table of tables)
    for (const { name, parts, constraint, unique } of table.indexes) {
      const columns = parts.map(({ column }) => column);
      if (name === undefined || constraint !== undefined || columns.some((column) => column === undefined)) continue;
      // What is added is never unique, and must not be called as if it were.
      if (unique) continue;
      const pattern = patternOf(name, table.name, columns as readonly string[]);
      if (pattern !== undefined) counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
    }
  const [best] = [...counts].sort((a, b) => b[1] - a[1]);
  return best?.[0] ?? DEFAULT;
}

/** Undefined for a name made by another rule, or by hand. */
function patternOf(name: string, table: string, columns: readonly string[]): string | undefined {
  const joined = columns.join("_");
  const at = name.toLowerCase().indexOf(joined.toLowerCase(), name.startsWith(`${table}_`) ? table.length + 1 : 0);
  if (at < 0) return undefined;
  const rest = `${name.slice(0, at)}{columns}${name.slice(at + joined.length)}`;
  const pattern = rest.replace(table, "{table}");
  const fixed = pattern.replace("{table}", "").replace("{columns}", "");
  // Nothing but the columns would clash from table to table; more than a word or two belongs to this index alone.
  if (!pattern.includes("{table}") || SAYS_UNIQUE.test(fixed)) return undefined;
  return /^[A-Za-z_-]{0,12}$/.test(fixed) && fixed.replaceAll("_", "") !== "" ? pattern : undefined;
}

/** Endings that people read as a promise: PostgreSQL gives `_key` to the index of a unique constraint, `_pkey` to a primary key's. */
const SAYS_UNIQUE = /(^|_)(p?key|uq|uk|ux|uniq|unique)(_|$)/i;

/** Like `nameFor`, and free: PostgreSQL too puts a number behind a name that is taken. */
export function freeName(wanted: string, taken: ReadonlySet<string | undefined>): string {
  if (!taken.has(wanted)) return wanted;
  for (let n = 1; ; n++) {
    const name = `${wanted.slice(0, MAX_LENGTH - 2)}${n}`;
    if (!taken.has(name)) return name;
  }
}

/** @param columns Of an expression, what stands for it. */
export function nameFor(pattern: string, table: string, columns: readonly string[]): string {
  const words = columns.map((column) => column.replaceAll(/\W+/g, "_").replaceAll(/^_+|_+$/g, "")).join("_");
  const full = pattern.replace("{table}", table).replace("{columns}", words);
  if (full.length <= MAX_LENGTH) return full;
  const spare = MAX_LENGTH - pattern.replace("{table}", "").replace("{columns}", "").length;
  const shortTable = table.slice(0, Math.max(10, spare - words.length));
  return pattern
    .replace("{table}", shortTable)
    .replace("{columns}", words.slice(0, Math.max(1, spare - shortTable.length)));
}
