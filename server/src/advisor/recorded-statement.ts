/** One statement as `pg_stat_statements` counts it. */
export interface RecordedStatement {
  /** Normalised: `$1`, `$2` … stand for values. */
  readonly query: string;
  readonly calls: number;
  /** Milliseconds of one run, on average. */
  readonly meanMs: number;
  /** Who says so: the name of a file, or `the live database`. */
  readonly source: string;
}
