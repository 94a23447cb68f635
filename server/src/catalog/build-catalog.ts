/** What all schema files say → the catalog. Pure; what a single file says is remembered by whoever calls (`catalog-store.ts`). */
import { directoryOf } from "../project/path-text.js";
import type { SchemaFile, TableDraft } from "./change.js";
import { columnOf, findTable } from "./lookup.js";
import { engineOfFiles, mergeDeclared, type Declared } from "./merge.js";
import { migrationSets, type MigrationSet } from "./migration-sets.js";
import type { Catalog, Engine, ForeignKey, MigrationFile, SourceKind, Table } from "./model.js";
import { prismaTables, type PrismaDatasource, type PrismaSchemaFile } from "./read-prisma-file.js";
import { CREATED_ELSEWHERE, replay } from "./replay.js";
import { remember } from "./remember.js";
import { resolveParts } from "./resolve-parts.js";

export interface CatalogInput {
  readonly files: readonly SchemaFile[];
  /** Folder of the package a file belongs to. */
  readonly packageOf: (path: string) => string;
  /** The engine a package has the one driver of. */
  readonly engineOf: (database: string) => Engine;
  /** Equal for inputs that say the same. */
  readonly hash: string;
}

export function buildCatalog(input: CatalogInput): Catalog {
  const prisma = input.files.filter(isPrisma);
  const schemas = prismaSchemas(prisma, input);
  const steps = input.files.filter((file) => file.source === "sql-migration" || file.source === "code-migration");
  const sets = withNeighbours(
    migrationSets(steps).map((set) => withEngine(set, schemas, input)),
    input,
  );
  const migrations: MigrationFile[] = [];
  const loose: Declared[] = [];
  const declared: Declared[] = [...schemas.flatMap(({ tables }) => tables), ...modelTables(input)];
  for (const { set, engine } of sets) {
    const { tables, created } = replayed(set.files);
    const database = input.packageOf(`${set.folder}/x`);
    const source: SourceKind = set.ordered
      ? (set.files[0]?.source ?? "sql-migration")
      : set.files[0]?.source === "code-migration"
        ? "code-migration"
        : "sql-schema";
    for (const draft of tables) {
      const isLoose = !set.ordered && draft.incomplete === CREATED_ELSEWHERE;
      (isLoose ? loose : declared).push({ draft, source, engine, database });
    }
    if (set.ordered) migrations.push(...migrationFiles(set, created, database, engine));
  }
  declared.push(...loose.flatMap((one) => placed(one, declared)));
  const tables = resolveReferences(
    [...mergeDeclared(declared)].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)),
  );
  const problems = input.files.flatMap((file) => file.problems.slice(0, 1));
  return { tables, problems, migrations, hash: input.hash };
}

/**
 * What a single file says of a table it does not create belongs to the table of that name, in its own package or in the only other that has one. Where there
 * is none, it may be anything: browsers have a `createIndex` too.
 */
function placed(one: Declared, declared: readonly Declared[]): readonly Declared[] {
  const name = one.draft.name.toLowerCase();
  const databases = new Set(
    declared.filter(({ draft }) => draft.name.toLowerCase() === name).map(({ database }) => database),
  );
  if (databases.has(one.database)) return [one];
  const [database, ...others] = databases;
  return database === undefined || others.length > 0 ? [] : [{ ...one, database }];
}

function isPrisma(file: SchemaFile): file is PrismaSchemaFile {
  return file.source === "prisma";
}

// ---------------------------------------------------------------------------------------------- Prisma

interface PrismaSchemaSet {
  readonly folder: string;
  readonly engine: Engine;
  readonly tables: readonly Declared[];
}

const NO_DATASOURCE: PrismaDatasource = { engine: "unknown", relationMode: "foreignKeys" };

/** A schema is the file with the datasource and the files of its folder and below that have none of their own. */
function prismaSchemas(files: readonly PrismaSchemaFile[], { packageOf }: CatalogInput): readonly PrismaSchemaSet[] {
  const roots = files.filter((file) => file.datasource !== undefined).sort((a, b) => b.path.length - a.path.length);
  const members = new Map<PrismaSchemaFile | string, PrismaSchemaFile[]>();
  for (const file of files) {
    const root = file.datasource !== undefined ? file : rootOf(file, roots);
    const key = root ?? packageOf(file.path);
    members.set(key, [...(members.get(key) ?? []), file]);
  }
  return [...members].map(([key, group]) => {
    const datasource = (typeof key === "string" ? undefined : key.datasource) ?? NO_DATASOURCE;
    const path = typeof key === "string" ? `${key}/schema.prisma` : key.path;
    const database = packageOf(path);
    const { engine } = datasource;
    const tables = tablesOf(group).map((draft): Declared => ({
      draft,
      source: "prisma",
      engine,
      database,
    }));
    return { folder: directoryOf(path), engine, tables };
  });
}

/** What has not changed is not made again while something else is edited. The datasource is in one of the files. */
const tablesOf = remember((group: readonly PrismaSchemaFile[]) =>
  prismaTables(group, group.map(({ datasource }) => datasource).find((one) => one !== undefined) ?? NO_DATASOURCE),
);
const replayed = remember(replay);

/** The nearest file with a datasource: in the same folder or above; or below, when the others stand beside its folder. */
function rootOf(file: PrismaSchemaFile, roots: readonly PrismaSchemaFile[]): PrismaSchemaFile | undefined {
  const folder = directoryOf(file.path);
  const above = roots.find((root) => `${folder}/`.startsWith(`${directoryOf(root.path)}/`));
  return above ?? roots.find((root) => `${directoryOf(root.path)}/`.startsWith(`${directoryOf(folder)}/`));
}

// ---------------------------------------------------------------------------------------------- models in code, migrations

function modelTables(input: CatalogInput): readonly Declared[] {
  const models = input.files.filter(
    ({ source }) => source !== "prisma" && source !== "sql-migration" && source !== "code-migration",
  );
  const parts = input.files.flatMap((file) => (file.parts ?? []).map((part) => ({ ...part, file: file.path })));
  return models.flatMap((file) =>
    file.changes.flatMap((change): Declared[] => {
      if (change.kind !== "create-table") return [];
      const database = input.packageOf(file.path);
      const engine = file.engine === "unknown" ? input.engineOf(database) : file.engine;
      return [{ draft: resolveParts(change.table, file.path, parts), source: file.source, engine, database }];
    }),
  );
}

function withEngine(
  set: MigrationSet,
  schemas: readonly PrismaSchemaSet[],
  input: CatalogInput,
): { readonly set: MigrationSet; readonly engine: Engine } {
  const schema = schemas.find(({ folder }) => set.folder.startsWith(`${folder}/`));
  if (schema !== undefined && schema.engine !== "unknown") return { set, engine: schema.engine };
  const told = engineOfFiles(set.files);
  return { set, engine: told === "unknown" ? input.engineOf(input.packageOf(`${set.folder}/x`)) : told };
}

/** A file that gives no sign of its engine is for the one that the other files of its package are for. */
function withNeighbours(
  sets: readonly { readonly set: MigrationSet; readonly engine: Engine }[],
  { packageOf }: CatalogInput,
): readonly { readonly set: MigrationSet; readonly engine: Engine }[] {
  const known = new Map<string, Set<Engine>>();
  for (const { set, engine } of sets) {
    const engines = known.get(packageOf(`${set.folder}/x`)) ?? new Set<Engine>();
    if (engine !== "unknown") engines.add(engine);
    known.set(packageOf(`${set.folder}/x`), engines);
  }
  return sets.map(({ set, engine }) => {
    const [only, ...others] = known.get(packageOf(`${set.folder}/x`)) ?? [];
    return { set, engine: engine === "unknown" && others.length === 0 ? (only ?? engine) : engine };
  });
}

function migrationFiles(
  { files, hasJournal }: MigrationSet,
  created: ReadonlyMap<string, readonly string[]>,
  database: string,
  engine: Engine,
): readonly MigrationFile[] {
  return files.map((file, ordinal) => ({
    path: file.path,
    database,
    engine,
    ordinal,
    count: files.length,
    createdTables: created.get(file.path) ?? [],
    createdIndexes: file.changes.flatMap((change) =>
      change.kind === "create-index" ? [{ table: nameOf(change.table), index: change.index }] : [],
    ),
    transaction: hasJournal === true ? "always" : (file.transaction ?? "unknown"),
  }));
}

function nameOf({ name, schema }: Pick<TableDraft, "name" | "schema">): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

// ---------------------------------------------------------------------------------------------- references

/** Finds the tables that foreign keys lead to; a key that names no columns means the primary key. */
function resolveReferences(tables: readonly Table[]): readonly Table[] {
  const lookup: Catalog = { tables, problems: [], hash: "", migrations: [] };
  return tables.map((table) => {
    if (table.foreignKeys.length === 0) return table;
    return { ...table, foreignKeys: table.foreignKeys.map((key) => resolved(key, table, lookup)) };
  });
}

function resolved(key: ForeignKey, table: Table, lookup: Catalog): ForeignKey {
  const { references } = key;
  const target = references.table === "" ? table : findTable(lookup, references.table, { near: key.location.file });
  if (target === undefined || (target.engine !== table.engine && target.database !== table.database)) return key;
  const named = references.columns.map((name) => columnOf(target, name)?.name ?? name);
  const columns = named.length > 0 ? named : (target.primaryKey?.columns ?? []);
  return { ...key, references: { table: target.name, id: target.id, columns } };
}
