/** What the catalog knows of the table a query reads, for builders of fixes. */
import { accessPathsOf, columnOf, findTable } from "../../catalog/lookup.js";
import type { Table } from "../../catalog/model.js";
import type { TableAnswers } from "../../fixes/load/keyed-read.js";
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
