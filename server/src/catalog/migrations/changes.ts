/** Small builders of changes that all readers of migration code share. */
import type { ExprId } from "../../facts/model.js";
import type { SchemaChange, TableDraft, TableName } from "../change.js";
import { isFalse, isTrue, placeOf, propOf, stringAt, type FactReader } from "../fact-reader.js";
import type { Column, ForeignKey, Index, Key, ReferentialAction } from "../model.js";
import { named } from "../postgres-changes.js";
import type { Location } from "../../project/model.js";

/** A column and what is declared on it. */
export interface ColumnDraft {
  readonly column: Column;
  readonly primary: boolean;
  readonly unique: boolean;
  readonly index?: Index;
  readonly foreignKey?: ForeignKey;
}

export function emptyTable(name: TableName, location: Location): TableDraft {
  return { ...name, kind: "table", columns: [], uniques: [], indexes: [], foreignKeys: [], location };
}

export function withColumn(table: TableDraft, draft: ColumnDraft): TableDraft {
  const key: Key = { columns: [draft.column.name], location: draft.column.location, source: "code-migration" };
  return {
    ...table,
    columns: [...table.columns, draft.column],
    ...(draft.primary ? { primaryKey: table.primaryKey ?? key } : {}),
    uniques: draft.unique ? [...table.uniques, key] : table.uniques,
    indexes: draft.index === undefined ? table.indexes : [...table.indexes, draft.index],
    foreignKeys: draft.foreignKey === undefined ? table.foreignKeys : [...table.foreignKeys, draft.foreignKey],
  };
}

/** The changes that add a column to a table that is there. */
export function columnChanges(table: TableName, draft: ColumnDraft, at: Location): readonly SchemaChange[] {
  const key: Key = { columns: [draft.column.name], location: draft.column.location, source: "code-migration" };
  return [
    { kind: "add-column", at, table, column: draft.column },
    ...(draft.primary ? [{ kind: "add-primary-key" as const, at, table, key }] : []),
    ...(draft.unique ? [{ kind: "add-unique" as const, at, table, key }] : []),
    ...(draft.index === undefined ? [] : [{ kind: "create-index" as const, at, table, index: draft.index }]),
    ...(draft.foreignKey === undefined
      ? []
      : [{ kind: "add-foreign-key" as const, at, table, foreignKey: draft.foreignKey }]),
  ];
}

/** Where a key or index on these columns is declared, under which name. */
export interface Declaration {
  readonly columns: readonly string[];
  readonly location: Location;
  readonly name?: string | undefined;
}

export function plainIndex({ columns, location, name }: Declaration, unique: boolean): Index {
  return {
    ...(name === undefined ? {} : { name }),
    parts: columns.map((column) => ({ column })),
    method: "btree",
    unique,
    location,
    sources: ["code-migration"],
  };
}

export function foreignKey(
  { columns, location, name }: Declaration,
  references: ForeignKey["references"],
  onDelete?: string,
): ForeignKey {
  const action = onDelete?.toLowerCase();
  return {
    ...(name === undefined ? {} : { name }),
    columns,
    references,
    ...(action === undefined || action === "no action" ? {} : { onDelete: action as ReferentialAction }),
    enforced: true,
    location,
    sources: ["code-migration"],
  };
}

/** A name that may carry a schema: `auth.users`, `{ tableName, schema }`, `{ name, schema }`, or a constant. */
export function tableAt(reader: FactReader, id: ExprId | undefined): TableName | undefined {
  const text = stringAt(reader, id);
  if (text !== undefined) return splitName(text);
  const name = stringAt(reader, propOf(reader, id, "tableName")) ?? stringAt(reader, propOf(reader, id, "name"));
  return name === undefined ? undefined : named(name, stringAt(reader, propOf(reader, id, "schema")));
}

export function splitName(text: string): TableName {
  const parts = text.replaceAll(/["`]/g, "").split(".");
  return named(parts.at(-1) ?? text, parts.at(-2));
}

export function place(reader: FactReader, id: ExprId): Location {
  return placeOf(reader, id);
}

/** `true`, an object or a string switch an option on. */
export function isSet(reader: FactReader, options: ExprId | undefined, name: string): boolean {
  const value = propOf(reader, options, name);
  return (
    value !== undefined &&
    !isFalse(reader, value) &&
    (isTrue(reader, value) || reader.facts.exprs[value]?.kind !== "literal" || stringAt(reader, value) !== undefined)
  );
}
