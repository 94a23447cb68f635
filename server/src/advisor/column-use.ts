/** How much an index on a column alone can narrow: a yes-or-no column never does. */
import type { Column, Table } from "../catalog/model.js";

/** Types with two or a handful of values. */
const fewValuesType = /^(bool|boolean|bit\(1\)|tinyint\(1\)|enum\b)/;

/**
 * Names of columns that hold a handful of values by convention, as their last word. Text is no enum, but `status` is one in all but its type; the list errs
 * towards silence.
 */
const fewValuesName =
  /(?:^|_)(status|state|type|kind|role|level|gender|category|visibility|mode|stage|phase|priority|locale|language|lang|currency|platform|provider|source|environment|env|plan|tier|severity|direction|channel|format|method|scope|action|country|timezone|reason|result|outcome|flag|operation|topic|version|table_name|model_name|queue_name|event_name)$/;

/** Columns of soft deletion: nearly all rows agree. */
const markers =
  /^(is|has|was|can|should)_|(?:^|_)(deleted|archived|disabled|enabled|active|published|hidden|draft|verified|read|seen|revoked|banned|blocked|locked|default|public|private|internal|system|visible|required|completed|processed|synced|pinned|starred|favorite|test)$/;

/** Over this many values an enum narrows well enough. */
const fewValues = 20;

/** Whether a column has few values, so that equality with one of them leaves a good part of the rows. */
export function isLowUse(column: Column): boolean {
  if (column.values !== undefined) return column.values.length <= fewValues;
  if (fewValuesType.test(column.type)) return true;
  const words = snakeCase(column.name);
  if (fewValuesName.test(words)) return !/^(uuid|bigint|int8)/.test(column.type);
  return markers.test(words);
}

/** Whether equality with one value finds at most one row. */
export function isUniqueColumn(table: Table, name: string): boolean {
  const alone = (columns: readonly string[]): boolean => columns.length === 1 && columns[0] === name;
  return (
    (table.primaryKey !== undefined && alone(table.primaryKey.columns)) ||
    table.uniques.some((key) => alone(key.columns)) ||
    table.indexes.some(
      (index) => index.unique && index.where === undefined && alone(index.parts.map((part) => part.column ?? "")),
    )
  );
}

/** A type a b-tree can hold; JSON, geometry and arrays need something else, and long texts would not fit. */
export function isOrderable({ type }: Column): boolean {
  return !/json|xml|point|polygon|geometry|geography|vector|tsvector|bytea|blob|\[\]|^array|^object(?!id)|^mixed|^map/.test(
    type,
  );
}

/** `createdAt` → `created_at` */
export function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}
