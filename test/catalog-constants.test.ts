/** Names of tables and columns that migrations take from constants of other files. */
import { expect, test } from "vitest";
import { createCatalogStore } from "../server/src/catalog/catalog-store.js";
import { extractFacts } from "../server/src/facts/extract.js";
import { tableLines } from "./harness/catalog-lines.js";

const PACKAGE = '{ "name": "p" }';

const names = `export enum TableName { Users = "users", Keys = "api_keys" }
  export const Column = { owner: "owner_id" } as const;
  export const KEY = "key";`;

const migration = `import { TableName, Column as C, KEY } from "../names";
  export async function up(knex) {
    await knex.schema.createTable(TableName.Users, (t) => { t.increments("id"); });
    await knex.schema.createTable(TableName.Keys, (t) => {
      t.string(KEY).primary();
      t.integer(C.owner).references("id").inTable(TableName.Users);
      t.index(C.owner);
    });
  }`;

const expected = ["api_keys(key, owner_id) pk(key) index(owner_id) fk(owner_id -> users.id)", "users(id) pk(id)"];

test("constants and enums that another file exports", () => {
  expect(tableLines({ "package.json": PACKAGE, "names.ts": names, "migrations/1.ts": migration })).toEqual(expected);
});

test("constants of another package, taken apart from require", () => {
  const required = migration.replace(
    'import { TableName, Column as C, KEY } from "../names";',
    'const { TableName, Column: C, KEY } = require("@p/names");',
  );
  expect(tableLines({ "package.json": PACKAGE, "db/src/names.ts": names, "migrations/1.js": required })).toEqual(
    expected,
  );
});

test("a name that two files give different values says nothing", () => {
  const files = {
    "package.json": PACKAGE,
    "names.ts": names,
    "other.ts": 'export const KEY = "other";',
    "migrations/1.ts": migration,
  };
  expect(tableLines(files)).toEqual([
    "api_keys(owner_id) index(owner_id) fk(owner_id -> users.id)",
    "users(id) pk(id)",
  ]);
});

test("SQL with holes", () => {
  const code = `import { KEY } from "../names";
    const TABLE = "t";
    export async function up(knex) {
      const ifNotExists = isMySql ? "" : "IF NOT EXISTS";
      await knex.raw(\`CREATE TABLE \${TABLE} (\${KEY} text, b text)\`);
      await knex.raw(\`CREATE INDEX \${ifNotExists} i ON t (b)\`);
    }`;
  expect(tableLines({ "package.json": PACKAGE, "names.ts": names, "migrations/1.ts": code })).toEqual([
    "t(key, b) index(b)",
  ]);
});

test("migrations are read again when a constant they use changes", () => {
  const store = createCatalogStore();
  const columns = (): string =>
    store
      .catalog()
      .tables.map(({ name }) => name)
      .join();
  const facts = (path: string, text: string): ReturnType<typeof extractFacts> => extractFacts(path, text);
  store.setFacts("/p/names.ts", facts("/p/names.ts", names));
  store.setFacts("/p/migrations/1.ts", facts("/p/migrations/1.ts", migration));
  expect(columns()).toBe("api_keys,users");
  store.setFacts("/p/names.ts", facts("/p/names.ts", names.replace('"users"', '"people"')));
  expect(columns()).toBe("api_keys,people");
  store.remove("/p/names.ts");
  expect(columns()).toBe("");
});
