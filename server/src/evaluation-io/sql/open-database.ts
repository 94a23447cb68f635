/** Databases statements are measured in: one built from a seed, or the user's own, which is only ever read. */
import { PGlite } from "@electric-sql/pglite";
import { Client } from "pg";

export interface OpenDatabase {
  /** Statements without results. */
  exec(statements: string): Promise<void>;
  rows<Row extends object>(statement: string, parameters: readonly unknown[]): Promise<readonly Row[]>;
  /** Begins the transaction a statement is measured in; it is rolled back. `limitMs` bounds each of its statements. */
  begin(limitMs: number | undefined): Promise<void>;
}

const CONNECT_LIMIT_MS = 10_000;

/** PostgreSQL in WebAssembly, in memory. Rejects when the seed fails. */
export async function seededDatabase(seed: string): Promise<OpenDatabase> {
  const database = await PGlite.create();
  const exec = async (statements: string): Promise<void> => {
    await database.exec(statements);
  };
  await exec(seed).catch((error: unknown) => {
    throw new Error(`the seed fails: ${error instanceof Error ? error.message : String(error)}`);
  });
  await exec("ANALYZE");
  return {
    exec,
    rows: async <Row>(statement: string, parameters: readonly unknown[]) =>
      (await database.query<Row>(statement, [...parameters])).rows,
    begin: () => exec("BEGIN"),
  };
}

/** @param url Address of a PostgreSQL server. Rejects with a sentence that does not hold the address. */
export async function userDatabase(url: string): Promise<OpenDatabase> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    application_name: "hotpath",
  });
  // A connection that breaks later fails the statement that needs it.
  client.on("error", () => undefined);
  await client.connect().catch((error: unknown) => {
    throw new Error(`your database cannot be reached: ${error instanceof Error ? error.message : String(error)}`);
  });
  const exec = async (statements: string): Promise<void> => {
    await client.query(statements);
  };
  return {
    exec,
    rows: async <Row extends object>(statement: string, parameters: readonly unknown[]) =>
      (await client.query<Row & Record<string, unknown>>(statement, [...parameters])).rows,
    async begin(limitMs) {
      await exec("BEGIN TRANSACTION READ ONLY");
      await exec(`SET LOCAL statement_timeout = ${Math.max(1, Math.round(limitMs ?? CONNECT_LIMIT_MS))}`);
    },
  };
}
