/** Facts of a code file → the tables, columns and indexes it declares, whichever library declares them. Undefined for files that declare none. */
import type { FileFacts } from "../facts/model.js";
import type { SchemaFile } from "./change.js";
import { factReader } from "./fact-reader.js";
import { readCodeMigration } from "./migrations/read-code-migration.js";
import { readDrizzle } from "./models/drizzle.js";

const SCHEMA_WORDS =
  /\b(?:createTable|alterTable|dropTable|renameTable|addIndex|createIndex|removeIndex|addColumn|addConstraint|addSql|queryInterface|pgTable|mysqlTable|sqliteTable|pgTableCreator|mysqlTableCreator|sqliteTableCreator|pgSchema|mysqlSchema|EntitySchema|sequelize|mongoose)\b|@Entity\b|\bCREATE\s+(?:UNIQUE\s+)?(?:TABLE|INDEX)\b|\bALTER\s+TABLE\b/;

/** Whether a text may declare tables or change them, told without parsing it. */
export function mentionsSchema(text: string): boolean {
  return SCHEMA_WORDS.test(text);
}

export function readFacts(path: string, facts: FileFacts): SchemaFile | undefined {
  const reader = factReader(path, facts);
  const modules = facts.imports.map(({ module }) => module);
  const from = (pattern: RegExp): boolean => modules.some((module) => pattern.test(module));
  const model = from(/^drizzle-orm/) ? readDrizzle(reader) : undefined;
  return model ?? readCodeMigration(reader);
}
