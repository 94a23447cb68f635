/** Which table or column of the schema a place in a file means: where a model declares it, where a migration names it. */
import type { SchemaChange, TableName } from "../../catalog/change.js";
import { columnOf, findTable } from "../../catalog/lookup.js";
import type { Catalog, Column, Table } from "../../catalog/model.js";
import type { FilePath, Location } from "../../project/model.js";
import type { Inspection } from "../inspection.js";

export interface SchemaTarget {
  readonly table: Table;
  /** Absent for the table itself. */
  readonly column?: Column;
}

export interface SchemaPlace {
  readonly path: FilePath;
  /** UTF-16 offset. */
  readonly offset: number;
  /** The name under the cursor, without quotes. */
  readonly word: string;
}

/** Undefined where the place means neither. */
export function schemaTargetAt(inspection: Inspection, place: SchemaPlace): SchemaTarget | undefined {
  return declaredAt(inspection.catalog, place) ?? namedAt(inspection, place);
}

interface Found extends SchemaTarget {
  readonly size: number;
}

/** By the places the catalog knows: the smallest around the cursor that goes by the name there. */
function declaredAt(catalog: Catalog, place: SchemaPlace): SchemaTarget | undefined {
  const found = catalog.tables.flatMap((table): Found[] => {
    const own = [table.location, ...table.names.map(({ location }) => location)];
    return [
      ...own.flatMap((at) => (isAt(at, place) ? [{ table, size: sizeOf(at) }] : [])),
      ...table.columns.flatMap((column) =>
        isAt(column.location, place) ? [{ table, column, size: sizeOf(column.location) }] : [],
      ),
    ];
  });
  const named = found.filter((one) => isCalled(one, place.word));
  return smallest(named.length > 0 ? named : found.filter(({ column }) => column !== undefined));
}

function smallest(found: readonly Found[]): SchemaTarget | undefined {
  const [first] = [...found].sort((a, b) => a.size - b.size);
  if (first === undefined) return undefined;
  return first.column === undefined ? { table: first.table } : { table: first.table, column: first.column };
}

function isCalled({ table, column }: SchemaTarget, word: string): boolean {
  if (column === undefined) return isTableWord(table, word);
  return columnOf(table, word) === column;
}

function isTableWord(table: Table, word: string): boolean {
  return table.name.toLowerCase() === word.toLowerCase() || table.names.some(({ name }) => name === word);
}

/** By what the file itself says: a migration names tables and columns that a model may declare elsewhere. */
function namedAt({ catalog, declaredIn }: Inspection, place: SchemaPlace): SchemaTarget | undefined {
  const changes = declaredIn(place.path)?.changes ?? [];
  if (changes.length === 0) return undefined;
  const around = changes.filter(({ at }) => isAt(at, place));
  for (const change of around.length > 0 ? around : changes) {
    const table = tableOf(catalog, change, place.path);
    if (table === undefined) continue;
    if (isTableWord(table, place.word)) return { table };
    const column = around.length > 0 || mentions(change, place) ? columnOf(table, place.word) : undefined;
    if (column !== undefined) return { table, column };
  }
  const table = findTable(catalog, place.word, { near: place.path });
  return table === undefined ? undefined : { table };
}

/** Whether a change declares a column right here. */
function mentions(change: SchemaChange, place: SchemaPlace): boolean {
  if (change.kind === "add-column") return isAt(change.column.location, place);
  if (change.kind !== "create-table") return false;
  const { columns, foreignKeys, indexes } = change.table;
  return [...columns, ...foreignKeys, ...indexes].some(({ location }) => isAt(location, place));
}

function tableOf(catalog: Catalog, change: SchemaChange, near: FilePath): Table | undefined {
  const name: TableName | undefined =
    change.kind === "create-enum" || change.kind === "rename-index" ? undefined : change.table;
  if (name === undefined) return undefined;
  const full = name.schema === undefined ? name.name : `${name.schema}.${name.name}`;
  return findTable(catalog, full, { near }) ?? findTable(catalog, name.name, { near });
}

function isAt({ file, span }: Location, { path, offset }: SchemaPlace): boolean {
  return file === path && span.start <= offset && offset <= span.end;
}

function sizeOf({ span }: Location): number {
  return span.end - span.start;
}
