/**
 * The schema catalog: every table, column and index a workspace declares, merged from migrations and models, as plain data. This file
 * holds types only, so that every layer may speak of a catalog; `lookup.ts` finds things in it, `build-catalog.ts` makes it.
 *
 * Names are kept as the database knows them: unquoted SQL identifiers are lower case, quoted ones as written. How code spells the same
 * things (models, fields, classes) is in `Table.names`.
 */
import type { FilePath, Location } from "../project/model.js";

export type Engine = "postgresql" | "mysql" | "sqlite" | "mongodb" | "unknown";

/** What kind of file said so. Which one wins when they disagree is told in `docs/catalog.md`. */
export type SourceKind =
  /** SQL files applied one after another. */
  | "sql-migration"
  /** One SQL file that holds a whole schema: `schema.sql`, `structure.sql`, a dump. */
  | "sql-schema"
  /** `createTable` and `addIndex` calls of Knex, Sequelize or TypeORM migrations. */
  | "code-migration"
  | "prisma"
  | "drizzle"
  | "typeorm"
  | "mikro-orm"
  | "sequelize"
  | "mongoose"
  /** A live database that the user points to. */
  | "database";

export interface Catalog {
  /** Ordered by id. */
  readonly tables: readonly Table[];
  /** Statements and declarations that could not be understood; each file's first, with the rest of the file still read. */
  readonly problems: readonly CatalogProblem[];
  /** Equal catalogs have equal hashes; positions count, so that rules which report places run again when those move. */
  readonly hash: string;
  /** Changes to tables in the order they are applied, for rules about migrations. */
  readonly migrations: readonly MigrationFile[];
}

export interface CatalogProblem {
  readonly at: Location;
  readonly message: string;
}

export interface Table {
  /** Unique in the catalog and stable while the table keeps its name: database, schema and name. */
  readonly id: string;
  /**
   * The database the table belongs to, as far as a repository can say: the folder of the package that declares it. Tables of different databases
   * may have the same name.
   */
  readonly database: FilePath;
  readonly engine: Engine;
  readonly kind: "table" | "view" | "materialized-view" | "collection";
  readonly name: string;
  /** PostgreSQL schema when it is declared and not `public`; MySQL database when qualified. */
  readonly schema?: string;
  readonly columns: readonly Column[];
  readonly primaryKey?: Key;
  /** Unique constraints: each has a unique index behind it. Those made with `CREATE UNIQUE INDEX` are among `indexes`. */
  readonly uniques: readonly Key[];
  readonly indexes: readonly Index[];
  readonly foreignKeys: readonly ForeignKey[];
  /** How code names the table: one entry for each model, entity or table variable. */
  readonly names: readonly CodeName[];
  readonly sources: readonly SourceKind[];
  /** Where a reader would look first: the model when there is one, else the statement that created it. */
  readonly location: Location;
  /**
   * Something about its keys or indexes is built in a way that cannot be read (a spread, a computed list, dynamic SQL): absence of an index proves
   * nothing, and rules that report absence stay silent.
   */
  readonly incomplete?: string;
  /** The table is a partition or a child by `INHERITS` of this one: indexes of the parent serve it. */
  readonly partitionOf?: string;
}

export interface Column {
  readonly name: string;
  /** As declared, lower case: `varchar(255)`, `timestamptz`, `integer`; `unknown` when nothing says. */
  readonly type: string;
  readonly nullable: boolean;
  /** The values of an enum type, when they are known: few values make an index of little use. */
  readonly values?: readonly string[];
  readonly location: Location;
}

/** A primary key or unique constraint. */
export interface Key {
  readonly name?: string;
  readonly columns: readonly string[];
  readonly location: Location;
  readonly source: SourceKind;
}

export type IndexMethod =
  "btree" | "hash" | "gin" | "gist" | "spgist" | "brin" | "fulltext" | "text" | "geo" | "vector" | "other";

export interface IndexPart {
  /** A plain column; absent for an expression. */
  readonly column?: string;
  /** Normalised text of an expression: `lower(email)`. */
  readonly expression?: string;
  readonly descending?: true;
  readonly nulls?: "first" | "last";
  /** Operator class as written: `text_pattern_ops`, `gin_trgm_ops`, `jsonb_path_ops`. */
  readonly operatorClass?: string;
  readonly collation?: string;
  /** MySQL: only this many leading characters are indexed, so it cannot serve an order or cover. */
  readonly prefixLength?: number;
}

export interface Index {
  readonly name?: string;
  readonly parts: readonly IndexPart[];
  /** Columns stored but not searched (`INCLUDE`). */
  readonly include?: readonly string[];
  readonly method: IndexMethod;
  readonly unique: boolean;
  /** Predicate of a partial index, as normalised text; it serves only queries whose conditions imply this. */
  readonly where?: string;
  /** Built without blocking writes (`CONCURRENTLY`). */
  readonly concurrently?: true;
  readonly location: Location;
  /** Everything that declares it: an index in a model and in its migration is one index with two sources. */
  readonly sources: readonly SourceKind[];
  /** Set for the index behind a key or unique constraint in what `accessPathsOf` returns, and for those a library makes for foreign keys by itself. */
  readonly constraint?: "primary-key" | "unique" | "foreign-key";
}

export type ReferentialAction = "cascade" | "set null" | "set default" | "restrict" | "no action";

export interface ForeignKey {
  readonly name?: string;
  readonly columns: readonly string[];
  /** `table` is a name to be looked up with `findTable`; `id` is set when it was found. */
  readonly references: { readonly table: string; readonly id?: string; readonly columns: readonly string[] };
  readonly onDelete?: ReferentialAction;
  readonly onUpdate?: ReferentialAction;
  /** False for a relation that only code knows (Prisma's `relationMode = "prisma"`, Drizzle's `relations`): the database checks nothing. */
  readonly enforced: boolean;
  readonly location: Location;
  /** Other places that declare it: the relation beside the column, the migration that made it. */
  readonly others?: readonly Location[];
  readonly sources: readonly SourceKind[];
}

/** How one model of the code names a table and its columns. */
export interface CodeName {
  readonly source: SourceKind;
  /** Prisma model, entity class, Mongoose model, Drizzle table variable. */
  readonly name: string;
  readonly file: FilePath;
  readonly location: Location;
  /** Column (or document path) of each field; only what differs or all of them, as `columnOf` expects. */
  readonly fields: Readonly<Record<string, string>>;
  readonly relations: Readonly<Record<string, Relation>>;
}

/** A field that leads to other tables: `include: { author: true }`, `post.comments`. */
export interface Relation {
  /** Name of the other model or table, to be looked up with `findTable` near `CodeName.file`. */
  readonly target: string;
  readonly many: boolean;
  /** Columns of this table and of the other that are compared; empty when only the other side says. */
  readonly columns: readonly string[];
  readonly references: readonly string[];
  /** Name that ties both sides together when there are several relations between two models. */
  readonly label?: string;
  /** Join table of a many-to-many relation, when named or conventional. */
  readonly through?: string;
}

/** One migration as far as indexes are concerned. */
export interface MigrationFile {
  readonly path: FilePath;
  readonly database: FilePath;
  readonly engine: Engine;
  /** Position in its folder's order, from 0, and how many there are. */
  readonly ordinal: number;
  readonly count: number;
  readonly createdTables: readonly string[];
  readonly createdIndexes: readonly { readonly table: string; readonly index: Index }[];
  /** The tool runs the file in one transaction, in which `CONCURRENTLY` is not allowed. */
  readonly transaction: "always" | "optional" | "unknown";
}
