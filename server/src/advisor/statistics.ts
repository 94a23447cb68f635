/** What is known of a table's contents, and who says so. Plain data; where nothing is known, `cardinality.ts` assumes. */

export interface TableStatistics {
  readonly rows: number;
  /** Who says how many rows: `hotpath.config.json`, `pg_stats.json`, `the live database`. Stands in messages. */
  readonly source: string;
  /** By column name; columns nobody says anything of are assumed. */
  readonly columns?: Readonly<Record<string, ColumnShape>>;
}

export interface ColumnShape {
  /** As in PostgreSQL's `n_distinct`: a number of values, or when negative their share of the rows. */
  readonly distinct?: number;
  /** Share of the rows that have no value, 0 to 1. */
  readonly nullFraction?: number;
  /** Average size of a value in bytes. */
  readonly width?: number;
  /** Physical order, -1 to 1, as in `pg_stats`. */
  readonly correlation?: number;
}

/** What numbers are told as: `100,000`. */
export function countText(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
