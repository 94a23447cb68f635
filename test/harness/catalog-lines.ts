/** A catalog of some files as short lines, for tests to compare. */
import { createCatalogStore, isSchemaPath } from "../../server/src/catalog/catalog-store.js";
import type { Catalog, Index, Table } from "../../server/src/catalog/model.js";
import { extractFacts } from "../../server/src/facts/extract.js";
import { loadPostgres } from "../../server/src/syntax/postgres.js";

await loadPostgres();

/** Paths are relative to `/case`; a package.json among the files is a manifest. */
export function catalogOf(files: Readonly<Record<string, string>>): Catalog {
  const store = createCatalogStore();
  const entries = Object.entries(files).map(([name, text]) => ({ path: `/case/${name}`, text }));
  store.setManifests([
    { path: "/case/package.json", text: "{}" },
    ...entries.filter(({ path }) => path.endsWith("package.json")),
  ]);
  for (const { path, text } of entries) {
    if (isSchemaPath(path)) store.setText(path, text);
    else if (!path.endsWith(".json")) store.setFacts(path, extractFacts(path, text));
  }
  return store.catalog();
}

export function tableLines(files: Readonly<Record<string, string>>): string[] {
  return catalogOf(files).tables.map(lineOf);
}

/** `orders(id, user_id) pk(id) unique(code) index(user_id, at desc) fk(user_id -> users.id cascade)`. */
export function lineOf(table: Table): string {
  const { primaryKey, uniques, indexes, foreignKeys, schema, incomplete } = table;
  return [
    `${schema === undefined ? "" : `${schema}.`}${table.name}(${table.columns.map(({ name }) => name).join(", ")})`,
    ...(primaryKey === undefined ? [] : [`pk(${primaryKey.columns.join(", ")})`]),
    ...uniques.map(({ columns }) => `unique(${columns.join(", ")})`),
    ...indexes.map(indexText),
    ...foreignKeys.map(
      ({ columns, references, onDelete, enforced }) =>
        `${enforced ? "fk" : "relation"}(${columns.join(", ")} -> ${references.table}.${references.columns.join(", ")}${onDelete === undefined ? "" : ` ${onDelete}`})`,
    ),
    ...(incomplete === undefined ? [] : [`incomplete: ${incomplete}`]),
  ].join(" ");
}

function indexText({ parts, include, method, unique, where, concurrently }: Index): string {
  const texts = parts.map((part) =>
    [
      part.column ?? `[${part.expression ?? ""}]`,
      ...(part.operatorClass === undefined ? [] : [part.operatorClass]),
      ...(part.descending === true ? ["desc"] : []),
      ...(part.nulls === undefined ? [] : [`nulls ${part.nulls}`]),
      ...(part.prefixLength === undefined ? [] : [String(part.prefixLength)]),
    ].join(" "),
  );
  return [
    `${unique ? "unique " : ""}${concurrently === true ? "concurrent " : ""}index`,
    ...(method === "btree" ? [] : [method]),
    `(${texts.join(", ")})`,
    ...(include === undefined ? [] : [`include(${include.join(", ")})`]),
    ...(where === undefined ? [] : [`where ${where}`]),
  ]
    .join(" ")
    .replace("index (", "index(");
}
