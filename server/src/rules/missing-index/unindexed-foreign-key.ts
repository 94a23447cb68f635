/**
 * Finds a foreign key that no index serves. Deleting or re-keying a parent row makes the database look for its children, and so does every query that goes
 * from parent to child: without an index, each time through the whole table.
 *
 * MySQL's InnoDB makes an index for each foreign key by itself, so only relations it does not know of (Prisma's `relationMode = "prisma"`, Drizzle's
 * `relations`) are looked at there.
 */
import { groupBy } from "../../base/group.js";
import { type IndexSpec, indexSpec } from "../../advisor/index-spec.js";
import { accessPathsOf, leadingPrefix } from "../../catalog/lookup.js";
import type { ForeignKey, Index, Table } from "../../catalog/model.js";
import type { Location } from "../../project/model.js";
import { defineCatalogRule } from "../define-catalog-rule.js";
import { indexFixes } from "./index-fixes.js";

interface UnindexedKey {
  readonly at: Location;
  readonly subject: string;
  readonly table: Table;
  readonly key: ForeignKey;
  /** The index to make. */
  readonly indexes: readonly IndexSpec[];
  /** Column that stands before the key in some index, and that nearly every table has: what queries always filter by as well. */
  readonly behind?: string;
}

export const unindexedForeignKey = defineCatalogRule<UnindexedKey>({
  id: "unindexed-foreign-key",
  family: "missing-index",
  since: "0.1.0",
  severity: "information",
  fixSafety: "review",

  docs: {
    what: "A foreign key whose columns are not the first columns of any index of its table.",
    why: "Finding the rows that belong to a parent reads the whole table: for every join and list from the parent's side, and for every delete or key change of a parent row, which also holds locks meanwhile. PostgreSQL makes no index for a foreign key by itself.",
    instead:
      "Add an index that starts with the foreign key's columns. An index on these columns and more, such as the order of a list, serves both.",
    limits:
      "Tables whose keys and indexes are built by code that cannot be read are left out, and so are views and partitions, and keys for which the finding of a query asks for an index already. Small tables do not need the index; Hotpath does not know sizes unless they are configured.",
  },

  *check({ catalog, isQuiet }) {
    const byId = new Map(catalog.tables.map((table) => [table.id, table]));
    const tenants = tenantColumns(catalog.tables);
    for (const table of catalog.tables) {
      if (table.kind !== "table" || table.incomplete !== undefined || table.partitionOf !== undefined) continue;
      const paths = accessPathsOf(table);
      const told = new Set<string>();
      for (const key of table.foreignKeys) {
        if (!isLookedUp(table, key) || isServed(paths, key.columns)) continue;
        const column = table.columns.find(({ name }) => name === key.columns[0]);
        const at = column?.location.file === key.location.file ? column.location : key.location;
        if (key.columns.length === 0 || column === undefined || isQuiet(at.file)) continue;
        const target = byId.get(key.references.id ?? "");
        if (isSmall(target, column.values) || (!key.enforced && !leadsBack(target, table))) continue;
        // A column may be a key by itself and part of another.
        if (told.has(column.name)) continue;
        told.add(column.name);
        yield {
          at,
          subject: `${table.name}.${key.columns.join(",")}`,
          lacks: { tableId: table.id, columns: key.columns },
          table,
          key,
          indexes: [indexSpec({ table, parts: key.columns.map((name) => ({ column: name })), method: "btree" })],
          ...behindTenant(paths, key, tenants.get(table.database)),
        };
      }
    }
  },

  describe({ at, table, key, behind }) {
    // Databases of one user's device are small, and so are lists of who did what.
    const isMinor = table.engine === "sqlite" || isNote(key) || behind !== undefined;
    const columns = key.columns.map((column) => `\`${column}\``).join(", ");
    const target = `\`${key.references.table}\``;
    return {
      message: `no index serves the foreign key ${columns} of \`${table.name}\`: finding the rows of one ${target} reads the whole table${behind === undefined ? "" : ` unless \`${behind}\` is given as well`}${consequence(key)}`,
      severity: isMinor ? "hint" : "information",
      confidence: isMinor ? 0.5 : 0.7,
      cost: `one scan of ${table.name} per ${key.references.table} looked up or deleted`,
      related: [key.location, ...(key.others ?? [])]
        .filter((place) => place.file !== at.file || place.span.start !== at.span.start)
        .slice(0, MAX_PLACES)
        .map((place) => ({ at: place, message: "the foreign key is declared here" })),
    };
  },

  fixes: ({ indexes }, { catalog }, sources) => indexFixes(indexes, catalog, sources),
});

/** More places than this say nothing new. */
const MAX_PLACES = 3;

/** A column by which this part of a database's tables refer to one parent names the tenant. */
const TENANT_SHARE = 1 / 3;
const TENANT_TABLES = 6;

/** Names of such columns, by database. */
function tenantColumns(tables: readonly Table[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byDatabase = groupBy(tables, ({ database }) => database);
  return new Map(
    [...byDatabase].map(([database, own]) => {
      const counts = new Map<string, number>();
      for (const { foreignKeys } of own)
        for (const name of new Set(foreignKeys.flatMap(({ columns }) => columns)))
          counts.set(name, (counts.get(name) ?? 0) + 1);
      const enough = Math.max(TENANT_TABLES, own.length * TENANT_SHARE);
      return [database, new Set([...counts].filter(([, count]) => enough <= count).map(([name]) => name))];
    }),
  );
}

function behindTenant(
  paths: readonly Index[],
  { columns }: ForeignKey,
  tenants: ReadonlySet<string> | undefined,
): { readonly behind?: string } {
  for (const { parts, where } of paths) {
    const [first, second] = parts.map(({ column }) => column ?? "");
    if (where === undefined && first !== undefined && tenants?.has(first) === true && columns.includes(second ?? ""))
      return { behind: first };
  }
  return {};
}

/** Of a key of several columns, an index on one of them already keeps the database from reading the whole table. */
function isServed(paths: readonly Index[], columns: readonly string[]): boolean {
  return (
    leadingPrefix(paths, columns) !== undefined ||
    columns.some((column) => leadingPrefix(paths, [column]) !== undefined)
  );
}

/** Engines that do not index foreign keys by themselves. Of an unknown one nothing can be said. */
function isLookedUp({ engine }: Table, { enforced }: ForeignKey): boolean {
  if (engine === "mongodb" || engine === "unknown") return false;
  return engine === "mysql" ? !enforced : true;
}

/** A relation that only code knows of is looked up from the parent's side only where the parent's model leads to the children. */
function leadsBack(target: Table | undefined, table: Table): boolean {
  const names = new Set(table.names.map(({ name }) => name));
  return (target?.names ?? []).some(({ relations }) =>
    Object.values(relations).some((relation) => names.has(relation.target)),
  );
}

/** A reference to a list of fixed values is not what rows are looked up by. */
function isSmall(target: Table | undefined, values: readonly string[] | undefined): boolean {
  return values !== undefined || target?.kind === "view";
}

/** Who created, changed or approved a row is noted on it, and rows are seldom looked up by that. */
const NOTE =
  /(?:ed|ing)_?by(?:_?(?:user|member|account)?_?id)?$|^(?:creator|uploader|updater|editor|inviter|reviewer|approver)_?(?:user)?_?u?id$/i;

function isNote({ columns, onDelete }: ForeignKey): boolean {
  return onDelete !== "cascade" && NOTE.test(columns[0] ?? "");
}

function consequence({ onDelete, enforced }: ForeignKey): string {
  if (!enforced) return "";
  if (onDelete === "cascade") return ", and so does each delete of one, to cascade";
  if (onDelete === "set null" || onDelete === "set default")
    return ", and so does each delete of one, to clear the key";
  return "";
}
