/**
 * A query as the code states it, whatever library it is written with: the tables it touches, what it asks of their rows, the order and the number of rows it
 * wants. Plain data, made from one file's view alone. Names are the code's own (`userId`, `User`); what they are called in the database is found when a
 * query is bound to the catalog, and names that the catalog does not know leave the query unbound.
 */
import type { Span } from "../base/span.js";
import type { ExprId } from "../facts/model.js";

export interface QueryModel {
  /** Id of the dialect it is written in: `prisma`, `knex`, `pg`. */
  readonly dialect: string;
  /** The member that names the operation: `findMany`, `select`, `query`. */
  readonly method: string;
  readonly access: "read" | "update" | "delete";
  /** The call that names the operation, as in `Operation`. */
  readonly expr: ExprId;
  readonly span: Span;
  /** Entry 0 is the table whose rows are wanted. */
  readonly tables: readonly QueryTable[];
  readonly joins: readonly QueryJoin[];
  /** What rows must satisfy. An `and` of nothing lets all rows pass. */
  readonly where: Condition;
  readonly orderBy: readonly OrderTerm[];
  /** Most rows wanted; undefined: all of them. */
  readonly limit?: QueryValue;
  /** Rows are counted and thrown away before the first one wanted. */
  readonly offset?: QueryValue;
  /** Columns wanted of the main table; undefined: all of them. */
  readonly projection?: readonly ColumnRef[];
  /** Rows are put together (`count`, `sum`, `group by`, `distinct`): order and limit say nothing about the rows that are read. */
  readonly aggregate?: true;
  /** The statement as written, when it is SQL; `$1`, `$2` … stand for what is put in at run time. */
  readonly sql?: string;
  /** The library takes nothing but a unique key here (`findUnique`, `findByPk`): the filter is served by what it is. */
  readonly keyed?: true;
  /** Whether everything that narrows the rows was understood. */
  readonly complete: boolean;
  /** What was not understood of the filter, one short phrase each; empty when `complete`. */
  readonly unknown: readonly string[];
  /** The order is not, or not only, what `orderBy` says. */
  readonly orderUnknown?: true;
}

export interface QueryTable {
  /**
   * The name the code uses: of a model, an entity or an exported table object (`model`), or of the table itself (`table`). For a relation, its field's name,
   * which only the catalog can lead to a table.
   */
  readonly name: string;
  readonly naming: "model" | "table" | "relation";
  readonly schema?: string;
  /** Name the query gives it. */
  readonly alias?: string;
  /** For a relation: the table (index into `tables`) whose field it is. */
  readonly of?: number;
}

export interface ColumnRef {
  /** Index into `QueryModel.tables`; `ANY_TABLE` for a name without one: it belongs to whichever of them has it. */
  readonly table: number;
  /** As written: a property for `model` and `relation` tables, a column for `table` ones. */
  readonly name: string;
}

export const ANY_TABLE = -1;

/** Which rows of `table` belong to those of another one. */
export interface QueryJoin {
  /** Index of the table joined. */
  readonly table: number;
  readonly kind: "inner" | "left" | "right" | "full" | "exists" | "not-exists" | "load";
  /** Column pairs that must be equal; empty for a relation, whose columns the catalog knows, and for a condition that is none. */
  readonly on: readonly { readonly left: ColumnRef; readonly right: ColumnRef }[];
}

export type Condition =
  | Predicate
  | { readonly kind: "and" | "or"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition }
  /** It narrows the rows in a way that was not understood. */
  | { readonly kind: "unknown"; readonly why: string }
  /** It is there only under a condition of the code (`...(status && { status })`). */
  | { readonly kind: "optional"; readonly of: Condition };

export type Predicate =
  | {
      readonly kind: "equal" | "not-equal";
      readonly column: ColumnRef;
      readonly value: QueryValue;
      readonly fn?: string;
    }
  | { readonly kind: "in"; readonly column: ColumnRef; readonly value: QueryValue; readonly fn?: string }
  | { readonly kind: "range"; readonly column: ColumnRef; readonly value: QueryValue; readonly fn?: string }
  | {
      readonly kind: "like";
      readonly column: ColumnRef;
      /** The pattern begins with a wildcard: no ordered index can help. `unknown` when the pattern is put in whole at run time. */
      readonly leading: "wildcard" | "fixed" | "unknown";
      readonly insensitive?: true;
      readonly value: QueryValue;
      readonly fn?: string;
    }
  | { readonly kind: "null" | "not-null"; readonly column: ColumnRef }
  /** Something an index could serve only if it is made for it: JSON paths, array operators, full text. */
  | { readonly kind: "special"; readonly column: ColumnRef; readonly operator: string };

export type PredicateKind = Predicate["kind"];

/** What a column is compared with. */
export type QueryValue =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  /** Known only at run time. */
  | { readonly kind: "parameter" }
  /** Several values; `length` where it is written out, `constant` where each of them is. */
  | { readonly kind: "list"; readonly length?: number; readonly constant?: true }
  | { readonly kind: "column"; readonly column: ColumnRef };

export interface OrderTerm {
  readonly column: ColumnRef;
  readonly direction: "asc" | "desc";
  /** Where nulls go, when it is said. */
  readonly nulls?: "first" | "last";
  /** Function the column goes through first. */
  readonly fn?: string;
  readonly optional?: true;
}

/** A query that asks nothing yet. */
export const everything: Condition = { kind: "and", of: [] };
