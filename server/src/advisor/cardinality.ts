/** How many rows and values tables have: what somebody says, or what is assumed of a table that nobody has measured. */
import type { Column, Table } from "../catalog/model.js";
import { isLowUse, isUniqueColumn } from "./column-use.js";
import type { TableStatistics } from "./statistics.js";

/** Rows a table is taken to have when nobody says: enough for a scan to hurt, few enough for many a product. */
export const assumedRows = 100_000;

/** Rows that share one value of a column that is neither unique nor of few values: 50 of each value, however big the table. */
const rowsPerValue = 50;

/** Values of a column that has few by its name or type, where the type does not list them. */
const assumedFewValues = 5;

/** Share of the rows whose moments differ: two of ten are made in one transaction. */
const distinctMoments = -0.9;

/** Share of the rows without a value of a column that a query asks to be empty: most rows of a table with soft deletion are not deleted. */
const assumedNulls = 0.9;

export function rowsOf(statistics: TableStatistics | undefined): number {
  return statistics?.rows ?? assumedRows;
}

/** As in PostgreSQL's `n_distinct`: a number of values, or when negative their share of the rows. */
export function distinctOf(table: Table, column: Column, statistics: TableStatistics | undefined): number {
  const told = statistics?.columns?.[column.name]?.distinct;
  if (told !== undefined && told !== 0) return told;
  if (isUniqueColumn(table, column.name)) return -1;
  if (isLowUse(column)) return column.values?.length ?? (column.type.startsWith("bool") ? 2 : assumedFewValues);
  if (/^(timestamp|date|time)/.test(column.type)) return distinctMoments;
  return Math.max(1, Math.round(rowsOf(statistics) / rowsPerValue));
}

/** @param isSought Whether a query looks for rows without a value. */
export function nullFractionOf(column: Column, isSought: boolean, statistics: TableStatistics | undefined): number {
  return statistics?.columns?.[column.name]?.nullFraction ?? (isSought ? assumedNulls : 0);
}

/** Rows of one value, on average. */
export function rowsPerValueOf(table: Table, column: Column, statistics: TableStatistics | undefined): number {
  const rows = rowsOf(statistics);
  const distinct = distinctOf(table, column, statistics);
  return rows / Math.max(1, distinct < 0 ? -distinct * rows : distinct);
}
