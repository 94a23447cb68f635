/**
 * Adds what a live database has to what a repository declares. Indexes count wherever they are: one that somebody made by hand serves queries too, and one that
 * a migration is about to make is as good as there. Places, names and relations stay the repository's own, for the database has none.
 */
import { buildCatalog } from "./build-catalog.js";
import { readSqlFile } from "./read-sql-file.js";
import type { Catalog, Index, Table } from "./model.js";

/** Stands for the place of what only the database has: there is nothing to open. */
export const LIVE_FILE = "/live database";

/** @param schema Statements that make the database's tables. */
export function liveCatalog(schema: string): Catalog {
  const file = readSqlFile(LIVE_FILE, schema, { source: "sql-migration", engine: "postgresql" });
  return buildCatalog({
    hash: "",
    files: [file],
    packageOf: () => "",
    engineOf: () => "postgresql",
  });
}

/** @param hash Of the live schema. */
export function withLive(catalog: Catalog, live: Catalog, hash: string): Catalog {
  const rest = new Set(live.tables);
  const tables = catalog.tables.map((table) => {
    const found = live.tables.find((one) => isSame(table, one));
    if (found === undefined) return table;
    rest.delete(found);
    return joined(table, found);
  });
  const others = [...rest].map((table): Table => ({ ...table, id: `${LIVE_FILE} ${table.id}`, sources: ["database"] }));
  return {
    ...catalog,
    tables: [...tables, ...others].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)),
    hash: `${catalog.hash} ${hash}`,
  };
}

/** Of two databases' tables with one name, the one most of whose columns are there. */
function isSame({ name, schema, engine, columns }: Table, live: Table): boolean {
  if (name !== live.name || (schema ?? "public") !== (live.schema ?? "public")) return false;
  if (engine !== "postgresql" && engine !== "unknown") return false;
  const known = new Set(live.columns.map((column) => column.name));
  return columns.filter((column) => known.has(column.name)).length * 2 >= columns.length;
}

function joined(table: Table, live: Table): Table {
  const names = new Set(table.columns.map(({ name }) => name));
  const own = new Set([...table.indexes, ...unique(table)].map(keyOf));
  return {
    ...complete(table),
    engine: "postgresql",
    sources: [...table.sources, "database"],
    columns: [
      ...table.columns.map((column) => {
        const type = live.columns.find(({ name }) => name === column.name)?.type;
        return column.type === "unknown" && type !== undefined ? { ...column, type } : column;
      }),
      ...live.columns.filter(({ name }) => !names.has(name)).map((column) => ({ ...column, location: table.location })),
    ],
    ...(table.primaryKey === undefined && live.primaryKey !== undefined
      ? { primaryKey: { ...live.primaryKey, location: table.location } }
      : {}),
    indexes: [
      ...table.indexes,
      ...[...live.indexes, ...unique(live)]
        .filter((index) => !own.has(keyOf(index)))
        .map((index): Index => ({ ...index, location: table.location, sources: ["database"] })),
    ],
  };
}

/** Whatever could not be read of its indexes, the database has them all. */
function complete(table: Table): Table {
  const copy: { incomplete?: string } & Table = { ...table };
  delete copy.incomplete;
  return copy;
}

function unique({ uniques }: Table): readonly Index[] {
  return uniques.map(({ columns, location, source }) => ({
    parts: columns.map((column) => ({ column })),
    method: "btree",
    unique: true,
    location,
    sources: [source],
  }));
}

function keyOf({ parts, method, unique: isUnique, where = "" }: Index): string {
  return JSON.stringify([parts, method, isUnique, where]);
}
