/** What rules about indexes tell the makers of fixes: where the table is declared, by what names, and by which migrations it is made. */
import type { IndexSpec } from "../../advisor/index-spec.js";
import { isModel } from "../../catalog/merge.js";
import type { Catalog, CodeName, MigrationFile, Table } from "../../catalog/model.js";
import { addIndexes, type IndexRequest } from "../../fixes/index/add-index.js";
import type { Fix, FixSources } from "../../fixes/fix.js";
import { freeName, nameFor, namePattern } from "../../fixes/index/index-names.js";
import type { IndexHome, MigrationHome, ModelPlace } from "../../fixes/index/wanted-index.js";
import type { FileView } from "../../project/file-view.js";
import { directoryOf } from "../../project/path-text.js";
import type { LackedIndex } from "./query-advice.js";

/**
 * The fix that makes these indexes; empty when one of them cannot be made.
 *
 * @param order Columns the query sorts by: when all go one way, an index may leave the direction out and is read backwards.
 */
export function indexFixes(
  specs: readonly IndexSpec[],
  catalog: Catalog,
  sources: FixSources,
  order: readonly { readonly column: string; readonly direction: "asc" | "desc" }[] = [],
): readonly Fix[] {
  const byTable = new Map<string, IndexSpec[]>();
  for (const spec of unique(specs)) byTable.set(spec.tableId, [...(byTable.get(spec.tableId) ?? []), spec]);
  const reversible = new Set(order.map(({ direction }) => direction)).size < 2;
  const requests = [...byTable].map(([id, own]) => requestFor(id, own, catalog, reversible));
  if (!requests.every((request) => request !== undefined)) return [];
  const fix = addIndexes(requests, sources, sources.now?.() ?? 0);
  return fix === undefined ? [] : [fix];
}

/** The fix for queries that lack indexes. */
export function fixLacked(lacked: readonly LackedIndex[], view: FileView, sources: FixSources): readonly Fix[] {
  const order = lacked.flatMap(({ advice }) => advice.order);
  return indexFixes(
    lacked.flatMap(({ indexes }) => indexes),
    view.catalog,
    sources,
    order,
  );
}

function unique(specs: readonly IndexSpec[]): readonly IndexSpec[] {
  return specs.filter((spec, i) => specs.findIndex(({ key }) => key === spec.key) === i);
}

function requestFor(
  id: string,
  specs: readonly IndexSpec[],
  catalog: Catalog,
  reversible: boolean,
): IndexRequest | undefined {
  const table = catalog.tables.find((one) => one.id === id);
  if (table === undefined) return undefined;
  const home = homeOf(table, catalog);
  if (home.model === undefined && home.migrations === undefined) return undefined;
  const pattern = namePattern(catalog.tables.filter(({ database }) => database === table.database));
  const taken = new Set([...table.indexes, ...table.uniques].map(({ name }) => name));
  const indexes = specs.map(({ columns, method, where }) => ({
    name: freeName(nameFor(pattern, table.name, wordsOf(columns, method)), taken),
    table: table.name,
    ...(table.schema === undefined ? {} : { schema: table.schema }),
    engine: table.engine,
    parts: columns.map(({ column, expression, direction, operatorClass }) => ({
      ...(column === undefined ? {} : { column }),
      ...(expression === undefined ? {} : { expression }),
      ...(operatorClass === undefined ? {} : { operatorClass }),
      descending: direction === "desc",
    })),
    method,
    ...(where === undefined ? {} : { where }),
    reversible,
  }));
  return { home, indexes, text: specs.map(({ text }) => text).join(" and ") };
}

/** Two kinds of index on one column have two names. */
function wordsOf(columns: IndexSpec["columns"], method: IndexSpec["method"]): readonly string[] {
  const names = columns.map(({ column, expression }) => column ?? expression ?? "");
  return method === "gin" ? [...names, "trgm"] : names;
}

export function homeOf(table: Table, catalog: Catalog): IndexHome {
  const model = modelOf(table);
  const migrations = migrationsOf(table, catalog);
  return { table, ...(model === undefined ? {} : { model }), ...(migrations === undefined ? {} : { migrations }) };
}

/** The model a person edits: where the catalog points at; a file of SQL that holds the whole schema counts. */
function modelOf(table: Table): ModelPlace | undefined {
  const { location, names, sources } = table;
  const name =
    names.find((one) => one.file === location.file && one.location.span.start === location.span.start) ?? names[0];
  if (name !== undefined && isModel(name.source)) {
    const { source } = name;
    if (source !== "sql-migration" && source !== "code-migration" && source !== "database")
      return { source, location: name.location, name: name.name, fieldOf: (column) => fieldOf(name, column) };
  }
  const isWhole = sources.includes("sql-schema") && !sources.includes("sql-migration");
  if (!isWhole || !location.file.endsWith(".sql")) return undefined;
  return { source: "sql-schema", location, name: table.name, fieldOf: (column) => column };
}

/** The field that holds a column; of a relation without one, the relation. */
function fieldOf({ fields, relations, source }: CodeName, column: string): string | undefined {
  const [field] = Object.entries(fields).find(([, name]) => name === column) ?? [];
  if (field !== undefined) return field;
  const [relation] =
    Object.entries(relations).find(([, { columns, many }]) => !many && columns.length === 1 && columns[0] === column) ??
    [];
  return source === "typeorm" || source === "mikro-orm" ? relation : undefined;
}

/** The folder of migrations that makes the table; of several the one nearest to its model. */
function migrationsOf(table: Table, { migrations }: Catalog): MigrationHome | undefined {
  const name = table.schema === undefined ? table.name : `${table.schema}.${table.name}`;
  const sets = new Map<string, MigrationFile[]>();
  for (const file of migrations) {
    const folder = setKey(file, migrations);
    sets.set(folder, [...(sets.get(folder) ?? []), file]);
  }
  const own = [...sets.values()].filter((files) =>
    files.some(({ createdTables }) => createdTables.some((created) => created === name || created === table.name)),
  );
  const [best] = own.sort((a, b) => sharedPath(b[0]?.path, table) - sharedPath(a[0]?.path, table));
  const last = best?.at(-1);
  if (best === undefined || last === undefined) return undefined;
  return { files: best, kind: last.path.endsWith(".sql") ? "sql" : "code" };
}

/** Files of one set follow each other; a new set begins with ordinal 0. */
function setKey(file: MigrationFile, all: readonly MigrationFile[]): string {
  const at = all.indexOf(file);
  return all[at - file.ordinal]?.path ?? directoryOf(file.path);
}

function sharedPath(path: string | undefined, { location }: Table): number {
  if (path === undefined) return 0;
  let length = 0;
  while (length < path.length && path.charAt(length) === location.file.charAt(length)) length++;
  return length;
}
