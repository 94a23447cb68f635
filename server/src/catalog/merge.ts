/**
 * Drafts of one table from several places → one table. The rules, and why, are in `docs/catalog.md`: models come before migrations where a reader is pointed
 * at, because that is where people edit; indexes, keys and columns are the union of all, because a finding about an index that exists somewhere is worse than
 * a missing one.
 */
import { alignNames } from "./align-names.js";
import type { SchemaFile, TableDraft } from "./change.js";
import type { CodeName, Engine, SourceKind, Table } from "./model.js";
import { CREATED_ELSEWHERE, unionOf } from "./replay.js";

/** A draft and what is known about where it comes from. */
export interface Declared {
  readonly draft: TableDraft;
  readonly source: SourceKind;
  readonly engine: Engine;
  readonly database: string;
}

/** Which place is shown first, and whose names of types count. */
const PRECEDENCE: readonly SourceKind[] = [
  "prisma",
  "drizzle",
  "typeorm",
  "mikro-orm",
  "sequelize",
  "mongoose",
  "code-migration",
  "sql-migration",
  "sql-schema",
  "database",
];

const MODELS: ReadonlySet<SourceKind> = new Set(PRECEDENCE.slice(0, 6));

export function isModel(source: SourceKind): boolean {
  return MODELS.has(source);
}

export function mergeDeclared(declared: readonly Declared[]): readonly Table[] {
  const groups = new Map<string, Declared[]>();
  for (const one of declared) {
    const key = `${one.database}\0${one.draft.name.toLowerCase()}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  const merged = [...groups.values()].flatMap((group) => byEngine(group).flatMap(bySchema)).map(tableOf);
  return acrossDatabases(merged);
}

/** One package may hold the same schema for several engines, each in its own folder. Who names no engine belongs to the first. */
function byEngine(group: readonly Declared[]): readonly (readonly Declared[])[] {
  const engines = [...new Set(group.map(({ engine }) => engine).filter((engine) => engine !== "unknown"))];
  if (engines.length < 2) return [group];
  return engines.map((engine, i) =>
    group.filter((one) => one.engine === engine || (one.engine === "unknown" && i === 0)),
  );
}

/** A model seldom says in which schema its table is; if only one is mentioned, it means that. */
function bySchema(group: readonly Declared[]): readonly (readonly Declared[])[] {
  const schemas = [...new Set(group.map(({ draft }) => draft.schema))];
  const named = schemas.filter((schema) => schema !== undefined);
  if (named.length < 2 && !(named.length === 1 && group.some((one) => hasNamesake(one, group)))) return [group];
  return schemas.map((schema) => group.filter(({ draft }) => draft.schema === schema));
}

/** One source creates a table in no particular schema and another one of its name in a schema: it means two. */
function hasNamesake({ draft, source }: Declared, group: readonly Declared[]): boolean {
  if (draft.schema !== undefined || draft.incomplete === CREATED_ELSEWHERE) return false;
  return group.some(
    (other) =>
      other.source === source && other.draft.schema !== undefined && other.draft.incomplete !== CREATED_ELSEWHERE,
  );
}

function tableOf(group: readonly Declared[]): Table {
  const ordered = [...group].sort((a, b) => PRECEDENCE.indexOf(a.source) - PRECEDENCE.indexOf(b.source));
  const whole = alignNames(ordered).reduce(unionOf);
  const schema = ordered.map(({ draft }) => draft.schema).find((one) => one !== undefined);
  const engine = ordered.map((one) => one.engine).find((one) => one !== "unknown") ?? "unknown";
  const incomplete = incompleteness(ordered);
  const [first] = ordered;
  const database = first?.database ?? "";
  return {
    id: [database, engine, ...(schema === undefined ? [] : [schema]), whole.name].join("|"),
    database,
    engine,
    kind: ordered.map(({ draft }) => draft.kind).find(isView) ?? whole.kind,
    name: whole.name,
    ...(schema === undefined ? {} : { schema }),
    columns: whole.columns,
    ...(whole.primaryKey === undefined ? {} : { primaryKey: whole.primaryKey }),
    uniques: whole.uniques,
    indexes: whole.indexes,
    foreignKeys: whole.foreignKeys,
    names: namesOf(ordered),
    sources: [...new Set(ordered.map(({ source }) => source))],
    location: whole.location,
    ...(incomplete === undefined ? {} : { incomplete }),
    ...(whole.partitionOf === undefined ? {} : { partitionOf: whole.partitionOf }),
  };
}

/** Models speak of views as of tables, for want of a word or of support; SQL knows what it creates. */
function isView(kind: Table["kind"]): boolean {
  return kind === "view" || kind === "materialized-view";
}

function namesOf(group: readonly Declared[]): readonly CodeName[] {
  return group.flatMap(({ draft }) => draft.as ?? []);
}

/** Models beside which indexes are often made in migrations only. */
const PARTIAL: ReadonlySet<SourceKind> = new Set(["typeorm", "mikro-orm", "sequelize"]);

/** A schema that is complete by nature makes up for migrations of which only the later ones are there. */
function incompleteness(group: readonly Declared[]): string | undefined {
  const declaresAll = group.some(({ source, draft }) => !PARTIAL.has(source) && draft.incomplete === undefined);
  return group
    .map(({ draft }) => draft.incomplete)
    .find((reason) => reason !== undefined && !(declaresAll && reason === CREATED_ELSEWHERE));
}

// ---------------------------------------------------------------------------------------------- across packages

/** At least this part of the smaller table's columns must be in the other for two tables of one name to be the same. */
const SAME_TABLE_SHARE = 0.6;

/**
 * In a repository of several packages, migrations may stand in one and models in another. A table that only models declare takes over what migrations say of
 * a table with its name and columns.
 */
function acrossDatabases(tables: readonly Table[]): readonly Table[] {
  const migrated = tables.filter((table) => !table.sources.some(isModel));
  const absorbed = new Set<Table>();
  const joined = tables.map((table) => {
    if (!table.sources.every(isModel)) return table;
    const twins = migrated.filter((other) => other.database !== table.database && areTwins(table, other));
    for (const twin of twins) absorbed.add(twin);
    return twins.reduce<Table>(absorb, table);
  });
  return joined.filter((table) => !absorbed.has(table));
}

function areTwins(a: Table, b: Table): boolean {
  if (a.name.toLowerCase() !== b.name.toLowerCase()) return false;
  if (a.engine !== b.engine && a.engine !== "unknown" && b.engine !== "unknown") return false;
  const [small, large] = a.columns.length < b.columns.length ? [a, b] : [b, a];
  const names = new Set(large.columns.map(({ name }) => name.toLowerCase()));
  const shared = small.columns.filter(({ name }) => names.has(name.toLowerCase())).length;
  return small.columns.length > 0 && shared / small.columns.length >= SAME_TABLE_SHARE;
}

function absorb(table: Table, other: Table): Table {
  const whole = unionOf(table, other);
  const incomplete = table.incomplete ?? (other.incomplete === CREATED_ELSEWHERE ? undefined : other.incomplete);
  return {
    ...table,
    engine: table.engine === "unknown" ? other.engine : table.engine,
    columns: whole.columns,
    ...(whole.primaryKey === undefined ? {} : { primaryKey: whole.primaryKey }),
    uniques: whole.uniques,
    indexes: whole.indexes,
    foreignKeys: whole.foreignKeys,
    sources: [...new Set([...table.sources, ...other.sources])],
    ...(incomplete === undefined ? {} : { incomplete }),
  };
}

/** Engine that most files of a set are written for. */
export function engineOfFiles(files: readonly SchemaFile[]): Engine {
  const counts = new Map<Engine, number>();
  for (const { engine } of files) if (engine !== "unknown") counts.set(engine, (counts.get(engine) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "unknown";
}
