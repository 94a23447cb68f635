/** *Explain Query*: what the analyzer and the planner say of the queries at a place. Types only. */

/** Client → server request: the queries at a place of a file. Answers null where there is none. */
export const explainQueryMethod = "hotpath/explainQuery";

export interface ExplainQueryParams {
  readonly uri: string;
  /** 0-based, as everywhere in the protocol. */
  readonly line: number;
  /** Without it, the queries that begin on the line. */
  readonly character?: number;
}

export interface QueryExplanation {
  /** The operation as the code names it: `order.findMany`. */
  readonly title: string;
  readonly place: ExplainedPlace;
  /** The query itself first, then those that read relations along. */
  readonly queries: readonly ExplainedQuery[];
  /** All of it as Markdown, for editors and terminals that draw nothing. */
  readonly markdown: string;
}

export interface ExplainedPlace {
  /** Absolute path. */
  readonly file: string;
  /** Both 1-based. */
  readonly line: number;
  readonly column: number;
  /** `src/orders.ts:12`: relative to the folder that is open. */
  readonly label: string;
}

export interface ExplainedQuery {
  /** Laid out, one clause a line, with `$1`, `$2` … for values that come at run time. */
  readonly sql: string;
  /** Where that text comes from: the code itself, or written by Hotpath from calls of a library. */
  readonly sqlNote: string;
  /** What was not understood, one phrase each. */
  readonly unknown: readonly string[];
  readonly tables: readonly ExplainedTable[];
}

/**
 * How a table's rows are found. `served`: an index finds them. `missing`: an index would. `whole`: the query wants all rows. `unneeded`: an index was considered,
 * and would not help. `unclear`: the code does not show enough.
 */
export type TableAccess = "served" | "missing" | "whole" | "unneeded" | "unclear";

export interface ExplainedTable {
  readonly name: string;
  /** Where the table is declared; absent for one the schema does not know. */
  readonly declared?: ExplainedPlace;
  /** How many rows the planner is told it has; absent where nobody was told. */
  readonly rows?: number;
  /** Who says so: `assumed`, or what says it, such as `hotpath.config.json`. */
  readonly rowsFrom?: string;
  readonly access: TableAccess;
  /** One sentence. */
  readonly verdict: string;
  /** Statements that would make the indexes it lacks. */
  readonly create: readonly string[];
  readonly plan: ExplainedPlan;
}

export type ExplainedPlan =
  | {
      readonly kind: "plans";
      /** The statement that was planned, where it is not the query itself. */
      readonly statement: string;
      readonly now: PlanNode;
      /** With the indexes of `create`. */
      readonly withIndex?: PlanNode;
    }
  | { readonly kind: "none"; readonly reason: string };

/** One step of a plan; its children give it their rows. */
export interface PlanNode {
  /** PostgreSQL's name: `Seq Scan`, `Index Scan`. */
  readonly name: string;
  /** Table or index it reads. */
  readonly target?: string;
  /** PostgreSQL's estimate up to and with this step; reading one page in order costs 1. */
  readonly cost: number;
  /** Rows it gives, estimated. */
  readonly rows: number;
  /** `filter: user_id = $1`. */
  readonly details: readonly string[];
  readonly children: readonly PlanNode[];
}
