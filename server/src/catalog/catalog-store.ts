/**
 * The schema files of a workspace and the catalog made of them, kept up to date: what a file says is read when it changes, and the catalog is put together
 * again when something it says differs. Holds texts only until they are read.
 */
import { contentHash } from "../base/content-hash.js";
import type { FileFacts } from "../facts/model.js";
import { parseManifests, type ManifestSource, type PackageManifest } from "../project/manifests.js";
import { ancestors, directoryOf } from "../project/path-text.js";
import { isPostgresLoaded, postgresFailure } from "../syntax/postgres.js";
import { buildCatalog } from "./build-catalog.js";
import type { SchemaFile } from "./change.js";
import { createConstantStore } from "./constant-store.js";
import { readFacts } from "./read-facts.js";
import { isReverse } from "./migration-sets.js";
import type { Catalog, Engine } from "./model.js";
import { emptyCatalog } from "./lookup.js";
import { readPrismaFile } from "./read-prisma-file.js";
import { isForeignSql, readSqlFile } from "./read-sql-file.js";

export interface CatalogStore {
  /** Text of a file for which `isSchemaPath` holds. */
  setText(path: string, text: string): void;
  setFacts(path: string, facts: FileFacts): void;
  remove(path: string): void;
  setManifests(manifests: readonly ManifestSource[]): void;
  /** There may be SQL, and the grammar is not there yet. */
  needsGrammar(): boolean;
  /** The same object until something in it changes. */
  catalog(): Catalog;
  /** What one file says by itself, in its own order; undefined for one that says nothing. */
  declaredIn(path: string): SchemaFile | undefined;
}

/** Files whose whole content is about the schema: SQL, Prisma schemas, Drizzle's journals. */
export function isSchemaPath(path: string): boolean {
  return /\.(?:sql|prisma)$/i.test(path) || path.endsWith("/_journal.json");
}

interface Entry {
  /** Text that waits to be read, or has to be read again once the grammar is there. */
  text?: string;
  facts?: FileFacts;
  read?: SchemaFile;
  /** Equal for files that say the same. */
  hash: string;
}

const NOTHING = contentHash("nothing");

export function createCatalogStore(): CatalogStore {
  return new Store();
}

/** A class because it has a lifetime and owns state that only it may change. */
class Store implements CatalogStore {
  readonly #entries = new Map<string, Entry>();
  readonly #stale = new Set<string>();
  readonly #constants = createConstantStore();
  #packages: readonly PackageManifest[] = [];
  #catalog: Catalog = emptyCatalog;
  #changed = false;

  setText(path: string, text: string): void {
    const known = this.#entries.get(path);
    if (known?.text === text) return;
    this.#entries.set(path, { ...known, text, hash: known?.hash ?? NOTHING });
    this.#stale.add(path);
  }

  setFacts(path: string, facts: FileFacts): void {
    const known = this.#entries.get(path);
    if (known?.facts === facts) return;
    this.#entries.set(path, { ...known, facts, hash: known?.hash ?? NOTHING });
    this.#stale.add(path);
    for (const user of this.#constants.change(path, facts)) this.#stale.add(user);
  }

  remove(path: string): void {
    const known = this.#entries.get(path);
    if (known === undefined) return;
    this.#entries.delete(path);
    this.#stale.delete(path);
    for (const user of this.#constants.change(path, undefined)) this.#stale.add(user);
    if (known.hash !== NOTHING) this.#changed = true;
  }

  setManifests(manifests: readonly ManifestSource[]): void {
    // One that names nothing only says how a folder's modules are loaded.
    this.#packages = parseManifests(manifests).packages.filter(
      ({ name, dependencies }) => name !== undefined || dependencies.length > 0,
    );
    this.#changed = true;
  }

  needsGrammar(): boolean {
    if (isPostgresLoaded()) return false;
    // Code that talks to a database may hold statements of its own, whatever its schema is declared by.
    const speaksSql = this.#packages.some(({ dependencies }) => dependencies.some((name) => SPEAKS_SQL.test(name)));
    return speaksSql || [...this.#entries].some(([path, { text }]) => path.endsWith(".sql") && text !== undefined);
  }

  catalog(): Catalog {
    for (const path of [...this.#stale]) this.#read(path);
    if (!this.#changed || (this.#catalog !== emptyCatalog && this.#hash() === this.#catalog.hash)) return this.#catalog;
    this.#changed = false;
    const files = [...this.#entries.values()].flatMap(({ read }) => read ?? []);
    if (files.length === 0) {
      if (this.#catalog !== emptyCatalog) this.#catalog = emptyCatalog;
      return this.#catalog;
    }
    const folders = this.#packages.map(({ directory }) => directory);
    const next = buildCatalog({
      hash: this.#hash(),
      files: files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
      packageOf: (path) => packageOf(path, folders),
      engineOf: (database) => this.#engineOf(database),
    });
    this.#catalog = next;
    return next;
  }

  declaredIn(path: string): SchemaFile | undefined {
    if (this.#stale.has(path)) this.#read(path);
    return this.#entries.get(path)?.read;
  }

  /**
   * By the package's own drivers, or else by those of the whole workspace: drivers of a monorepo often stand at its root. A package that runs on several
   * servers is looked at as it runs on PostgreSQL, which makes the fewest indexes by itself.
   */
  #engineOf(database: string): Engine {
    const own = this.#packages.filter(({ directory }) => directory === database);
    const told = engineOfPackages(own);
    return told.length === 0
      ? (only(engineOfPackages(this.#packages)) ?? "unknown")
      : (only(told) ?? told.find((engine) => engine === "postgresql") ?? "unknown");
  }

  #hash(): string {
    const said = [...this.#entries]
      .filter(([, { hash }]) => hash !== NOTHING)
      .map(([path, { hash }]) => `${path}\0${hash}`);
    const packages = this.#packages.map(({ directory, dependencies }) => [directory, ...dependencies].join("\0"));
    return contentHash([...said.sort(), "", ...packages].join("\n"));
  }

  *#facts(): Generator<readonly [path: string, facts: FileFacts]> {
    for (const [path, { facts }] of this.#entries) if (facts !== undefined) yield [path, facts];
  }

  #read(path: string): void {
    const entry = this.#entries.get(path);
    this.#stale.delete(path);
    if (entry === undefined) return;
    const read =
      entry.text === undefined
        ? entry.facts === undefined
          ? undefined
          : readFacts(path, entry.facts, this.#constants.lookupFor(path, this.#facts()))
        : readText(path, entry.text);
    const hash = read === undefined ? NOTHING : hashOf(read, entry.text);
    if (hash !== entry.hash) this.#changed = true;
    // Once it is known that the grammar will not come, the tolerant reader's answer is final.
    const provisional = path.endsWith(".sql") && !isPostgresLoaded() && postgresFailure() === undefined;
    if (provisional) this.#stale.add(path);
    // A Prisma schema is held as its tree; facts are held by the host anyway.
    const { text } = entry;
    this.#entries.set(path, {
      ...(entry.facts === undefined ? {} : { facts: entry.facts }),
      ...(provisional && text !== undefined ? { text } : {}),
      ...(read === undefined ? {} : { read }),
      hash,
    });
  }
}

/** What a Prisma schema says is as long as its text; of the others little more than the places of names is left. */
function hashOf(read: SchemaFile, text: string | undefined): string {
  return contentHash(read.source === "prisma" && text !== undefined ? text : JSON.stringify(read));
}

function readText(path: string, text: string): SchemaFile | undefined {
  if (path.endsWith(".prisma")) return isPrismaPath(path) ? readPrismaFile(path, text) : undefined;
  if (path.endsWith(".json")) return readJournal(path, text);
  if (isReverse(path) || isForeignSql(path, text)) return undefined;
  const file = readSqlFile(path, text, { source: "sql-migration", engine: "unknown" });
  return file.changes.length === 0 && file.problems.length === 0 ? undefined : file;
}

/** Where Prisma's tools look for schemas; files of other names elsewhere are somebody's data. */
function isPrismaPath(path: string): boolean {
  return /\/schema\.prisma$|\/(?:[\w.-]*prisma|schemas?|models?|db|databases?|[\w.-]*-(?:db|database))\/(?:.*\/)?[^/]*\.prisma$/i.test(
    path,
  );
}

/** Drizzle's list of migrations. */
function readJournal(path: string, text: string): SchemaFile | undefined {
  const tags = [...text.matchAll(/"tag"\s*:\s*"([^"\\]+)"/g)].map(([, tag = ""]) => tag);
  return { path, source: "sql-migration", engine: "unknown", changes: [], problems: [], journal: tags };
}

/** The nearest folder above a file that has a `package.json`; the outermost folder known without one. */
function packageOf(path: string, folders: readonly string[]): string {
  const known = new Set(folders);
  for (const folder of ancestors(directoryOf(path))) if (known.has(folder)) return folder;
  return "";
}

/** Packages through which code sends SQL it has written itself. */
const SPEAKS_SQL =
  /^(?:pg|postgres|pg-promise|pg-native|slonik|mysql2?|mariadb|better-sqlite3|sqlite3?|@libsql\/client|@neondatabase\/serverless|@vercel\/postgres|@electric-sql\/pglite|@planetscale\/database|@prisma\/client|typeorm|knex|objection|kysely|drizzle-orm|sequelize|sequelize-typescript|@mikro-orm\/(?:core|knex|postgresql|mysql|mariadb|sqlite)|massive|zapatos|postgraphile)$/;

const DRIVERS: readonly (readonly [RegExp, Engine])[] = [
  [
    /^(?:pg|postgres|pg-promise|slonik|@neondatabase\/serverless|@vercel\/postgres|@electric-sql\/pglite|pg-native|@types\/pg|@mikro-orm\/postgresql)$/,
    "postgresql",
  ],
  [/^(?:mysql2?|mariadb|@planetscale\/database|@mikro-orm\/mysql|@mikro-orm\/mariadb)$/, "mysql"],
  [/^(?:better-sqlite3|sqlite3?|@libsql\/client|sql\.js|@mikro-orm\/sqlite|@mikro-orm\/better-sqlite)$/, "sqlite"],
  [/^(?:mongodb|mongoose|@mikro-orm\/mongodb)$/, "mongodb"],
];

/** The engines whose drivers packages name. SQLite and MongoDB beside a server are for tests and for other data. */
function engineOfPackages(manifests: readonly PackageManifest[]): readonly Engine[] {
  const names = manifests.flatMap(({ dependencies }) => dependencies);
  const engines = DRIVERS.filter(([driver]) => names.some((name) => driver.test(name))).map(([, engine]) => engine);
  const servers = engines.filter((engine) => engine !== "sqlite" && engine !== "mongodb");
  return servers.length > 0 ? servers : engines;
}

function only<T>(values: readonly T[]): T | undefined {
  return values.length === 1 ? values[0] : undefined;
}
