/**
 * What is proved and what comes out of it, as plain data that travels between processes. Types only, so that every side may speak of it.
 *
 * A proof runs one function of a workspace twice, as it is and as a fix would leave it, on the same made-up rows. Nothing of the outside is there: the
 * libraries that talk to a database are replaced by small ones that speak to a database inside the process, and everything else is absent.
 */

/** A column as the made-up database has it. */
export interface ProofColumn {
  readonly name: string;
  /** As the catalog knows it, lower case. */
  readonly type: string;
  readonly nullable: boolean;
  /** The values an enum allows. */
  readonly values?: readonly string[];
}

export interface ProofReference {
  readonly columns: readonly string[];
  readonly table: string;
  readonly to: readonly string[];
  /** The database would refuse a value without its row. */
  readonly enforced: boolean;
}

/** How a model of the code names a table: see `CodeName` of the catalog. */
export interface ProofModel {
  readonly source: string;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly relations: Readonly<Record<string, ProofRelation>>;
}

export interface ProofRelation {
  /** Model at the other end. */
  readonly target: string;
  readonly many: boolean;
  readonly columns: readonly string[];
  readonly references: readonly string[];
  readonly label?: string;
  readonly through?: string;
}

export interface ProofTable {
  readonly name: string;
  readonly schema?: string;
  readonly columns: readonly ProofColumn[];
  readonly primaryKey: readonly string[];
  readonly uniques: readonly (readonly string[])[];
  readonly references: readonly ProofReference[];
  readonly models: readonly ProofModel[];
}

/** One file, translated to a CommonJS function body. */
export interface ProofModule {
  readonly code: string;
  /** The file each specifier means. Specifiers that are missing are packages. */
  readonly imports: Readonly<Record<string, string>>;
}

export interface ProofProgram {
  readonly modules: Readonly<Record<string, ProofModule>>;
  /** The module whose function is run. It tells which one by calling `__hotpathTarget`. */
  readonly entry: string;
}

/** What a parameter is given. */
export type ArgumentSpec =
  | { readonly kind: "value"; readonly name: string; readonly type: "string" | "number" | "boolean" | "date" | "any" }
  | { readonly kind: "list"; readonly of: ArgumentSpec }
  /** `open`: what else it is asked for is a value nobody knows. */
  | { readonly kind: "object"; readonly props: Readonly<Record<string, ArgumentSpec>>; readonly open?: true }
  /** Rows of a table, read as the library would give them. */
  | { readonly kind: "rows"; readonly table: string; readonly model?: string; readonly many: boolean }
  | { readonly kind: "request" }
  | { readonly kind: "response" }
  /** A client of a database library, by package. */
  | { readonly kind: "client"; readonly library: string }
  /** An instance of a class of the workspace: file and exported name. */
  | {
      readonly kind: "instance";
      readonly module: string;
      readonly name: string;
      readonly construct: readonly ArgumentSpec[];
    }
  /** Something that has a value for every name it is asked for: input, session. */
  | { readonly kind: "named"; readonly name: string }
  /** A repository of an entity class: TypeORM's, MikroORM's or Mongoose's model. */
  | { readonly kind: "repository"; readonly library: string; readonly module: string; readonly name: string }
  /** Something of the outside: touching it ends the proof. */
  | { readonly kind: "outside"; readonly name: string };

export interface ProofTarget {
  /** For messages: `listOrders`. */
  readonly name: string;
  readonly params: readonly ArgumentSpec[];
  /** What the constructor of the method's class is given. */
  readonly construct?: readonly ArgumentSpec[];
}

/** One set of made-up rows. */
export interface ProofTrial {
  /** Rows of each table. */
  readonly rows: number;
  /** The same seed gives the same rows. */
  readonly seed: number;
}

export interface ProofRequest {
  readonly before: ProofProgram;
  readonly after: ProofProgram;
  readonly target: ProofTarget;
  /** Every table the program may ask for; one is made and filled when it does. */
  readonly tables: readonly ProofTable[];
  /** Names of those that are there from the start, so that arguments can be taken from their rows. */
  readonly first: readonly string[];
  /** The fix runs things at once, so that calls to the outside may come in another order. */
  readonly anyOrder?: true;
  /** One run after the other: 10, 100, 1,000 rows. */
  readonly trials: readonly ProofTrial[];
}

export interface ProofSide {
  readonly queryCount: number;
  readonly ms: number;
}

export interface ProofRun {
  readonly rows: number;
  readonly before: ProofSide;
  readonly after: ProofSide;
}

export type ProofReport =
  | { readonly kind: "proved"; readonly runs: readonly ProofRun[]; readonly note?: string }
  | {
      readonly kind: "different";
      readonly runs: readonly ProofRun[];
      /** Size at which it showed, and the first difference in words. */
      readonly rows: number;
      readonly difference: string;
    }
  | { readonly kind: "unprovable"; readonly reason: string };

/** How one run of one side ended. */
export type Outcome =
  | {
      readonly kind: "value" | "error";
      readonly value: Encoded;
      readonly effects: Encoded;
      readonly outside: OutsideUse;
      /** The error says more about made-up arguments than about the program. */
      readonly mistake?: true;
    }
  | { readonly kind: "unprovable"; readonly reason: string };

/** What a run had to do with things that are not there. */
export interface OutsideUse {
  /** Calls in order, each with its arguments. */
  readonly calls: readonly OutsideCall[];
  /** Names of calls whose answers were made up; loggers are not among them. */
  readonly answered: readonly string[];
  /** A made-up value that the program needed as text or number, or sent to the database. */
  readonly needed?: string;
  /** Whether the code of the finding ran. */
  readonly reached: boolean;
}

export interface OutsideCall {
  readonly name: string;
  readonly given: readonly Encoded[];
}

/** A value as JSON; what JSON has no words for is `{ "$": kind, v: … }`. */
export type Encoded = string | number | boolean | null | readonly Encoded[] | { readonly [key: string]: Encoded };
