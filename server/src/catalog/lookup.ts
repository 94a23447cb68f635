/** Finds tables, columns and access paths in a catalog. Pure functions over plain data; look-ups by name are indexed once per catalog. */
import type { Catalog, CodeName, Column, Index, SourceKind, Table } from "./model.js";

export const emptyCatalog: Catalog = { tables: [], problems: [], hash: "", migrations: [] };

export interface TableQuery {
  /** File that mentions the table: of several tables with the name, the one declared nearest to it is meant. */
  readonly near?: string;
  /** Dialect of the call (`prisma`, `typeorm`): its own models are preferred, and Prisma's `db.userProfile` means `UserProfile`. */
  readonly dialect?: string;
}

/**
 * The table a name means: a table name, `schema.table`, a model, an entity class or a table variable. Undefined when nothing has the name, or when
 * several have it and none is nearer than the others.
 */
export function findTable(catalog: Catalog, name: string, query: TableQuery = {}): Table | undefined {
  const found = candidates(catalog, name, query.dialect);
  if (found.length < 2) return found[0];
  const near = nearest(found, query);
  if (near !== undefined) return near;
  // A name without a schema means the table that is in none in particular.
  const plain = found.filter(({ schema }) => schema === undefined);
  return plain.length === 1 && found.every(({ database }) => database === plain[0]?.database) ? plain[0] : undefined;
}

/** The column of a table that code calls `name`: by column name, then by field name of a model, then without regard to case. */
export function columnOf(table: Table, name: string): Column | undefined {
  const direct = table.columns.find((column) => column.name === name);
  if (direct !== undefined) return direct;
  for (const { fields } of table.names) {
    const mapped = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const column = mapped === undefined ? undefined : table.columns.find((one) => one.name === mapped);
    if (column !== undefined) return column;
  }
  const lower = name.toLowerCase();
  return table.columns.find((column) => column.name.toLowerCase() === lower);
}

/**
 * Everything the database can use to find rows: indexes, and the unique indexes behind the primary key and unique constraints. Under MySQL also the
 * indexes InnoDB makes for foreign keys by itself; for collections the one on `_id`.
 */
export function accessPathsOf(table: Table): readonly Index[] {
  const paths: Index[] = [];
  if (table.primaryKey !== undefined) paths.push(behind(table.primaryKey, "primary-key"));
  for (const key of table.uniques) paths.push(behind(key, "unique"));
  paths.push(...table.indexes);
  if (table.engine !== "mysql") return paths;
  for (const { columns, location, sources, enforced } of table.foreignKeys) {
    if (!enforced || leadingPrefix(paths, columns) !== undefined) continue;
    const parts = columns.map((column) => ({ column }));
    paths.push({ parts, method: "btree", unique: false, location, sources, constraint: "foreign-key" });
  }
  return paths;
}

/** Predicate of a partial index whose text nobody can read. */
export const UNKNOWN_CONDITION = "a condition";

/**
 * An access path whose first columns are exactly these, in any order: it finds all rows for given values of them. A partial index counts when looking
 * for a value implies its predicate (`owner_id is not null`), when it leaves out only rows that were deleted softly, which nobody looks for, or when nobody
 * can tell; methods that do not search by equality do not.
 */
export function leadingPrefix(paths: readonly Index[], columns: readonly string[]): Index | undefined {
  if (columns.length === 0) return undefined;
  return paths.find(({ parts, where, method }) => {
    if (!isImplied(where, columns) || (method !== "btree" && method !== "hash")) return false;
    if (method === "hash" && parts.length !== columns.length) return false;
    const leading = parts.slice(0, columns.length).map((part) => part.column);
    return leading.length === columns.length && columns.every((column) => leading.includes(column));
  });
}

/** `deleted_at is null`: a predicate that holds for every row in use. */
const SOFT_DELETED = /^\(?"?(?:is_?)?(?:deleted|archived|removed)_?(?:at|on|date)?"? (?:is null|is false|= false)\)?$/i;

/** Whether equality with a value on each of these columns implies the predicate. */
function isImplied(where: string | undefined, columns: readonly string[]): boolean {
  if (where === undefined || where === UNKNOWN_CONDITION || SOFT_DELETED.test(where)) return true;
  const column = /^\(?"?([^"()]+?)"? is not null\)?$/i.exec(where)?.[1];
  return column !== undefined && columns.includes(column);
}

function behind(key: NonNullable<Table["primaryKey"]>, constraint: "primary-key" | "unique"): Index {
  return {
    ...(key.name === undefined ? {} : { name: key.name }),
    parts: key.columns.map((column) => ({ column })),
    method: "btree",
    unique: true,
    location: key.location,
    sources: [key.source],
    constraint,
  };
}

type NameIndex = ReadonlyMap<string, readonly { readonly table: Table; readonly as: CodeName | undefined }[]>;

const nameIndexes = new WeakMap<Catalog, NameIndex>();

function nameIndexOf(catalog: Catalog): NameIndex {
  const known = nameIndexes.get(catalog);
  if (known !== undefined) return known;
  const index = new Map<string, { table: Table; as: CodeName | undefined }[]>();
  const add = (name: string, table: Table, as: CodeName | undefined): void => {
    const entries = index.get(name);
    if (entries === undefined) index.set(name, [{ table, as }]);
    else if (!entries.some((entry) => entry.table === table && entry.as === as)) entries.push({ table, as });
  };
  for (const table of catalog.tables) {
    add(table.name, table, undefined);
    if (table.schema !== undefined) add(`${table.schema}.${table.name}`, table, undefined);
    for (const as of table.names) add(as.name, table, as);
  }
  nameIndexes.set(catalog, index);
  return index;
}

/** Sources that a dialect's names come from. Raw SQL names tables. */
const SOURCES_OF_DIALECT: Readonly<Record<string, SourceKind>> = {
  prisma: "prisma",
  drizzle: "drizzle",
  typeorm: "typeorm",
  "mikro-orm": "mikro-orm",
  sequelize: "sequelize",
  mongoose: "mongoose",
};

function candidates(catalog: Catalog, name: string, dialect: string | undefined): readonly Table[] {
  const index = nameIndexOf(catalog);
  const source = dialect === undefined ? undefined : SOURCES_OF_DIALECT[dialect];
  for (const spelling of spellings(name, dialect)) {
    const entries = index.get(spelling) ?? [];
    const own = entries.filter(({ as }) => as !== undefined && as.source === source);
    const found = own.length > 0 ? own : entries;
    if (found.length > 0) return [...new Set(found.map(({ table }) => table))];
  }
  return [];
}

/** The name as written and the other ways the same thing may be written, most literal first. */
function* spellings(name: string, dialect: string | undefined): Generator<string> {
  if (dialect === "prisma") yield name.charAt(0).toUpperCase() + name.slice(1);
  yield name;
  if (name.startsWith("public.")) yield name.slice("public.".length);
  const bare = name.replace(/["`[\]]/g, "");
  if (bare !== name) yield bare;
  if (bare.toLowerCase() !== bare) yield bare.toLowerCase();
}

/** The table whose declarations share the longest path with the file; undefined when that leaves more than one. */
function nearest(tables: readonly Table[], { near }: TableQuery): Table | undefined {
  if (near === undefined) return undefined;
  const scored = tables.map((table) => ({ table, shared: sharedFolders(table, near) }));
  const best = Math.max(...scored.map(({ shared }) => shared));
  const found = scored.filter(({ shared }) => shared === best);
  return found.length === 1 ? found[0]?.table : undefined;
}

function sharedFolders(table: Table, file: string): number {
  const places = [table.database, table.location.file, ...table.names.map((name) => name.file)];
  return Math.max(...places.map((place) => commonSegments(place, file)));
}

function commonSegments(a: string, b: string): number {
  const left = a.split("/");
  const right = b.split("/");
  let count = 0;
  while (count < left.length && count < right.length && left[count] === right[count]) count++;
  return count;
}
