/** What one schema file says, in its own order: the steps a migration takes, or the tables a model declares. Plain data, determined by the file alone. */
import type { Location } from "../project/model.js";
import type {
  CatalogProblem,
  CodeName,
  Column,
  Engine,
  ForeignKey,
  Index,
  Key,
  Relation,
  SourceKind,
  Table,
} from "./model.js";

export interface TableName {
  readonly name: string;
  /** Absent for the default schema. */
  readonly schema?: string;
}

/** A table as one place declares it. */
export interface TableDraft extends TableName {
  readonly kind: Table["kind"];
  readonly columns: readonly Column[];
  readonly primaryKey?: Key;
  readonly uniques: readonly Key[];
  readonly indexes: readonly Index[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly location: Location;
  readonly incomplete?: string;
  readonly partitionOf?: string;
  /** Columns and indexes are copied from this table first (`LIKE`). */
  readonly like?: TableName;
  /** How code names it; only models say. */
  readonly as?: CodeName;
  /** Names of sets of columns declared elsewhere and spread in: `...timestamps`. */
  readonly spreads?: readonly string[];
  /** Entity classes it inherits columns and indexes from. */
  readonly inherits?: readonly string[];
  /** A function of another file that makes its full name from `name`. */
  readonly creator?: string;
}

export type SchemaChange = { readonly at: Location } & (
  | { readonly kind: "create-table"; readonly table: TableDraft }
  | { readonly kind: "drop-table"; readonly table: TableName }
  | { readonly kind: "rename-table"; readonly table: TableName; readonly to: TableName }
  | { readonly kind: "add-column"; readonly table: TableName; readonly column: Column }
  | { readonly kind: "drop-column"; readonly table: TableName; readonly column: string }
  | {
      readonly kind: "alter-column";
      readonly table: TableName;
      readonly column: string;
      readonly type?: string;
      readonly nullable?: boolean;
    }
  | { readonly kind: "rename-column"; readonly table: TableName; readonly column: string; readonly to: string }
  | { readonly kind: "add-primary-key"; readonly table: TableName; readonly key: Key }
  | { readonly kind: "add-unique"; readonly table: TableName; readonly key: Key; readonly usingIndex?: string }
  | { readonly kind: "add-foreign-key"; readonly table: TableName; readonly foreignKey: ForeignKey }
  /** Without a name: the primary key. Without a table: whichever table has it. */
  | { readonly kind: "drop-constraint"; readonly table?: TableName; readonly name?: string }
  | { readonly kind: "rename-constraint"; readonly table: TableName; readonly name: string; readonly to: string }
  | { readonly kind: "create-index"; readonly table: TableName; readonly index: Index }
  | {
      readonly kind: "drop-index";
      readonly table?: TableName;
      readonly name?: string;
      readonly columns?: readonly string[];
    }
  | { readonly kind: "rename-index"; readonly name: string; readonly to: string }
  | { readonly kind: "create-enum"; readonly name: string; readonly values: readonly string[] }
  /** Something that cannot be read may have changed the keys or indexes of a table. */
  | { readonly kind: "unreadable"; readonly table: TableName; readonly reason: string }
);

/** What one file contributes to the catalog. */
export interface SchemaFile {
  readonly path: string;
  readonly source: SourceKind;
  readonly engine: Engine;
  readonly changes: readonly SchemaChange[];
  readonly problems: readonly CatalogProblem[];
  /** Tables of models that are not tables themselves: sets of columns by name, and abstract entity classes. */
  readonly parts?: readonly TablePart[];
  /** Order of a journal file (`meta/_journal.json`): names of migrations without extension. */
  readonly journal?: readonly string[];
  readonly transaction?: "always" | "optional" | "unknown";
}

/** What tables take in by name from anywhere: a spread object of columns, a base class, relations stated beside the table, the name a creator makes. */
export interface TablePart {
  readonly name: string;
  readonly draft: Omit<TableDraft, "name" | "schema" | "kind" | "location">;
  /** Column of each field it brings. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Relations of the table variable with this name. */
  readonly relations?: Readonly<Record<string, Relation>>;
  /** Full name of a table, with a zero character for the name given. */
  readonly renames?: string;
}
