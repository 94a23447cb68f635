/** The fix that adds indexes where their table is declared, and makes the migrations that create them. */
import type { FileEdit, Fix, FixSources, TextEdit } from "../fix.js";
import { codeMigrations } from "./code-migration.js";
import { decoratedIndex } from "./decorated-index.js";
import { drizzleIndexes } from "./drizzle-index.js";
import { mongooseIndex } from "./mongoose-index.js";
import { prismaIndexes } from "./prisma-index.js";
import { sequelizeIndexes } from "./sequelize-index.js";
import { sqlMigrations, type NewMigration } from "./sql-migration.js";
import { sqlSchemaIndex } from "./sql-schema-index.js";
import type { IndexHome, MigrationHome, ModelPlace, WantedIndex } from "./wanted-index.js";

export interface IndexRequest {
  readonly home: IndexHome;
  /** Of one table. */
  readonly indexes: readonly (WantedIndex & { readonly reversible: boolean })[];
  /** `orders (user_id, created_at desc)`, for the title. */
  readonly text: string;
}

export const DRIZZLE = "Run `drizzle-kit generate` for the migration.";

/** Tools that make migrations from the model by themselves, and keep a record that nobody else may write. */
export const GENERATORS: Readonly<Partial<Record<ModelPlace["source"], string>>> = {
  drizzle: DRIZZLE,
  "mikro-orm": "Run `mikro-orm migration:create` for the migration.",
};

/** Undefined when one of the indexes cannot be made: half a fix would leave the finding. */
export function addIndexes(requests: readonly IndexRequest[], sources: FixSources, nowMs: number): Fix | undefined {
  const parts = requests.map((request) => addTo(request, sources, nowMs));
  if (parts.length === 0 || !parts.every((part) => part !== undefined)) return undefined;
  const edits = merged(parts.flatMap((part) => part.edits));
  if (edits === undefined) return undefined;
  const notes = [...new Set(parts.flatMap(({ notes }) => notes))];
  const makesFile = edits.some(({ createText }) => createText !== undefined);
  const what = requests.map(({ text }) => `\`${text}\``).join(" and ");
  return {
    id: "add-index",
    title: `Add an index on ${what}${makesFile ? (edits.every(({ createText }) => createText !== undefined) ? ", as a migration" : ", with a migration") : ""}`,
    safety: "review",
    edits,
    ...(notes.length === 0 ? {} : { note: notes.join(" ") }),
  };
}

const BY_HAND = "Make the migration with your tool: the style of this folder is not known here.";

interface Part {
  readonly edits: readonly FileEdit[];
  readonly notes: readonly string[];
}

function addTo({ home, indexes }: IndexRequest, sources: FixSources, nowMs: number): Part | undefined {
  const { model, migrations } = home;
  const generator = model === undefined ? undefined : GENERATORS[model.source];
  const isDrizzle = migrations !== undefined && keepsDrizzleRecord(migrations, sources);
  const isGenerated =
    isDrizzle || (generator !== undefined && (model?.source === "mikro-orm" || migrations === undefined));
  const steps = indexes.map((index) => ({ action: "add", index }) as const);
  const made =
    migrations === undefined || isGenerated
      ? undefined
      : migrations.kind === "sql"
        ? sqlMigrations(migrations, steps, sources, nowMs)
        : codeMigrations(migrations, steps, sources, nowMs);
  const edited = model === undefined ? undefined : editModel(model, indexes, made !== undefined, home, sources);
  // A model that is the only source has to be edited; one beside migrations may be unable to say it.
  if (edited === undefined && made === undefined) return undefined;
  if (isGenerated && edited === undefined) return undefined;
  const needsExtension =
    made === undefined && indexes.some(({ parts }) => parts.some((part) => part.operatorClass === "gin_trgm_ops"));
  return {
    edits: [...(edited === undefined ? [] : [edited]), ...newFiles(made)],
    notes: [
      ...(isGenerated && migrationsAreKept(home) ? [generator ?? DRIZZLE] : []),
      ...(needsExtension ? ["Its operator class needs `CREATE EXTENSION pg_trgm` first."] : []),
      ...(made === undefined && migrations !== undefined && !isGenerated ? [BY_HAND] : []),
      ...(made?.note === undefined ? [] : [made.note]),
    ],
  };
}

/** A model alone may be all there is: then the tool brings the database up to date by itself. */
function migrationsAreKept({ model, migrations }: IndexHome): boolean {
  return migrations !== undefined || model?.source === "drizzle";
}

/** Drizzle's list of migrations, or its picture of the schema beside each: only its own generator may write these. */
export function keepsDrizzleRecord({ files }: MigrationHome, sources: FixSources): boolean {
  return files.slice(-3).some(({ path }) => {
    const folder = path.slice(0, path.lastIndexOf("/"));
    return [`${folder}/meta/_journal.json`, `${folder}/snapshot.json`].some((file) => sources.exists?.(file) === true);
  });
}

export function newFiles(made: NewMigration | undefined): readonly FileEdit[] {
  return (made?.files ?? []).map(({ path, text }) => ({ path, edits: [], createText: text }));
}

function editModel(
  model: ModelPlace,
  indexes: IndexRequest["indexes"],
  hasMigration: boolean,
  { table }: IndexHome,
  sources: FixSources,
): FileEdit | undefined {
  const path = model.location.file;
  const text = sources.textOf(path);
  if (text === undefined) return undefined;
  if (model.source === "sql-schema") {
    const edit = sqlSchemaIndex(text, model, indexes);
    return edit === undefined ? undefined : { path, edits: [edit] };
  }
  // Where migrations make the indexes, a Sequelize model says them again only if it has done so before.
  const says = table.indexes.some((index) => index.sources.includes("sequelize"));
  if (model.source === "sequelize" && hasMigration && !says) return undefined;
  const edits = modelEdits(model, indexes, hasMigration, text, sources);
  return edits === undefined ? undefined : { path, edits: withoutRepeats(edits) };
}

function modelEdits(
  model: ModelPlace,
  indexes: IndexRequest["indexes"],
  hasMigration: boolean,
  text: string,
  sources: FixSources,
): readonly TextEdit[] | undefined {
  if (model.source === "prisma") return all([prismaIndexes(text, model, indexes)]);
  const tree = sources.treeOf(model.location.file);
  if (tree === undefined) return undefined;
  switch (model.source) {
    case "drizzle":
      return drizzleIndexes(tree, model, indexes);
    case "typeorm":
    case "mikro-orm":
      return all(indexes.map((index) => decoratedIndex(tree, model, index, hasMigration)))?.flat();
    case "sequelize":
      return all([sequelizeIndexes(tree, model, indexes)]);
    case "mongoose":
      return all(indexes.map((index) => mongooseIndex(tree, model, index)));
    case "sql-schema":
      return undefined;
  }
}

/** All of them, or nothing. */
function all<T>(edits: readonly (T | undefined)[]): readonly T[] | undefined {
  return edits.every((edit) => edit !== undefined) ? edits : undefined;
}

/** Two indexes want the same import once. */
function withoutRepeats(edits: readonly TextEdit[]): readonly TextEdit[] {
  const seen = new Set<string>();
  return edits.filter((edit) => {
    const key = JSON.stringify(edit);
    return !seen.has(key) && seen.add(key);
  });
}

/** One entry for each file; undefined when two parts want to make the same one. */
function merged(edits: readonly FileEdit[]): readonly FileEdit[] | undefined {
  const byPath = new Map<string, FileEdit>();
  for (const edit of edits) {
    const known = byPath.get(edit.path);
    if (known === undefined) byPath.set(edit.path, edit);
    else if (known.createText !== undefined || edit.createText !== undefined) return undefined;
    else byPath.set(edit.path, { path: edit.path, edits: withoutRepeats([...known.edits, ...edit.edits]) });
  }
  return [...byPath.values()];
}
