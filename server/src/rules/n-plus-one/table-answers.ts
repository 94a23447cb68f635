/** What the catalog knows of the table a query reads, for builders of fixes. */
import { accessPathsOf, columnOf, findTable } from "../../catalog/lookup.js";
import type { Table } from "../../catalog/model.js";
import type { TableAnswers } from "../../fixes/load/keyed-read.js";
import type { RelationField } from "../../fixes/load/load-with-list.js";
import type { FileView } from "../../project/file-view.js";
import type { Operation } from "../../project/model.js";

export function tableAnswers(view: FileView, { table: name, dialect }: Operation): TableAnswers {
  const table = name === undefined ? undefined : findTable(view.catalog, name, { near: view.path, dialect });
  if (table === undefined)
    return { isUnique: () => undefined, column: () => undefined, primaryKey: undefined, engine: "unknown" };
  return {
    isUnique: (columns) => isUnique(table, columns),
    column: (column) => columnOf(table, column),
    primaryKey: primaryKeyOf(table),
    engine: table.engine,
  };
}

/** Some unique key lies within the columns, all of whose values are given. Partial unique indexes say nothing. */
function isUnique(table: Table, names: readonly string[]): boolean {
  const given = new Set(names.map((name) => columnOf(table, name)?.name ?? name));
  return accessPathsOf(table).some(
    ({ unique, where, parts }) =>
      unique && where === undefined && parts.every(({ column }) => column !== undefined && given.has(column)),
  );
}

/** As code spells it, when there is one column. */
function primaryKeyOf(table: Table): string | undefined {
  const [only, ...others] = table.primaryKey?.columns ?? [];
  if (only === undefined || others.length > 0) return undefined;
  const fields = table.names.flatMap((one) => Object.entries(one.fields));
  return fields.find(([, column]) => column === only)?.[0] ?? only;
}

/** The field by which code gets from a row of one table to the row of another whose `column` equals its own `key`. */
export function relationOf(
  view: FileView,
  from: Operation,
  key: string,
  to: Operation,
  column: string,
): RelationField | undefined {
  const find = (name: string | undefined, near: string): Table | undefined =>
    name === undefined ? undefined : findTable(view.catalog, name, { near, dialect: from.dialect });
  const source = find(from.table, view.path);
  const target = find(to.table, view.path);
  if (source === undefined || target === undefined) return undefined;
  const own = columnOf(source, key)?.name ?? key;
  const other = columnOf(target, column)?.name ?? column;
  const primary = target.primaryKey?.columns ?? [];
  for (const { relations, file } of source.names)
    for (const [field, relation] of Object.entries(relations)) {
      if (relation.many || relation.columns.length !== 1) continue;
      // Some sources give names of fields, others those of columns.
      if (relation.columns[0] !== own && relation.columns[0] !== key) continue;
      const reference = relation.references[0] ?? (primary.length === 1 ? primary[0] : undefined);
      if ((reference === other || reference === column) && find(relation.target, file) === target)
        return { name: field, file };
    }
  return undefined;
}
