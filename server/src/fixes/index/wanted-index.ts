/** What the makers of index fixes are told. Plain data; names are the database's own, and `fieldOf` gives the code's. */
import type { Engine, IndexMethod, MigrationFile, SourceKind, Table } from "../../catalog/model.js";
import type { FilePath, Location } from "../../project/model.js";

export interface WantedIndex {
  /** What it is to be called, by the habit of the repository. */
  readonly name: string;
  readonly table: string;
  readonly schema?: string;
  readonly engine: Engine;
  readonly parts: readonly WantedPart[];
  readonly method: Extract<IndexMethod, "btree" | "gin">;
  /** Predicate of a partial index, as SQL. */
  readonly where?: string;
}

export interface WantedPart {
  /** A plain column; absent for an expression. */
  readonly column?: string;
  readonly expression?: string;
  readonly descending: boolean;
  readonly operatorClass?: string;
}

/** The model that declares a table: where it is edited. */
export interface ModelPlace {
  readonly source: Extract<
    SourceKind,
    "prisma" | "drizzle" | "typeorm" | "mikro-orm" | "sequelize" | "mongoose" | "sql-schema"
  >;
  readonly location: Location;
  /** Name of the model, class or table variable. */
  readonly name: string;
  /** Field of a column; undefined where none is known. */
  readonly fieldOf: (column: string) => string | undefined;
}

/** The migrations that make a table, in the order they are applied. */
export interface MigrationHome {
  readonly files: readonly MigrationFile[];
  readonly kind: "sql" | "code";
}

/** Where the indexes of a table are declared. */
export interface IndexHome {
  readonly table: Table;
  readonly model?: ModelPlace;
  readonly migrations?: MigrationHome;
}

/** What a migration does. */
export interface IndexStep {
  readonly action: "add" | "drop";
  readonly index: WantedIndex;
}

/** A file that is made, and what to say of it. */
export interface NewFile {
  readonly path: FilePath;
  readonly text: string;
}
