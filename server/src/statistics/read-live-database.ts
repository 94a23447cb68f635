/**
 * Asks a live PostgreSQL database what it is made of and how big it is: tables, columns, indexes, sizes and `pg_stats`, never rows. One connection, one
 * read-only transaction with limits on its time, and nothing is kept open.
 *
 * Where the database is comes from the user's environment or secret storage, never from a workspace, and is in no message: errors are told by their code.
 */
import type { Client } from "pg";
import type { RecordedStatement } from "../advisor/recorded-statement.js";
import type { ColumnShape, TableStatistics } from "../advisor/statistics.js";
import { ddlOf, introspection, type Introspected } from "./introspection.js";

export interface LiveDatabase {
  readonly statistics: Readonly<Record<string, TableStatistics>>;
  readonly statements: readonly RecordedStatement[];
  /** Its tables and indexes, as SQL. */
  readonly schema: string;
}

export interface LiveOptions {
  readonly url: string;
  readonly connectLimitMs?: number;
  /** For each statement; what takes longer is given up. */
  readonly statementLimitMs?: number;
}

const source = "the live database";

/** Statements of the workload that are looked at, those that take the most time first. */
const maxStatements = 1_000;

/** A sentence when it cannot be asked; it names no part of the URL. */
export async function readLiveDatabase(options: LiveOptions): Promise<LiveDatabase | string> {
  const { url, connectLimitMs = 3_000, statementLimitMs = 10_000 } = options;
  if (!/^postgres(?:ql)?:\/\//i.test(url))
    return "HOTPATH_DATABASE_URL is not a PostgreSQL URL: postgresql://user@host/database";
  let client: Client | undefined;
  try {
    // Loaded on demand: few have such a database, and the driver takes longer to load than the rest of the analyzer.
    const driver = await import("pg");
    client = new driver.Client({
      connectionString: url,
      connectionTimeoutMillis: connectLimitMs,
      query_timeout: statementLimitMs + 1_000,
      application_name: "hotpath",
    });
    // A connection that breaks later is told by the query that meets it.
    client.on("error", () => undefined);
    await client.connect();
    return await readAll(client, statementLimitMs);
  } catch (error) {
    return `the database could not be asked (${reasonOf(error)}): sizes of tables are assumed`;
  } finally {
    await client?.end().catch(() => undefined);
  }
}

async function readAll(client: Client, limitMs: number): Promise<LiveDatabase> {
  await client.query("BEGIN TRANSACTION READ ONLY");
  await client.query(`SET LOCAL statement_timeout = ${Math.round(limitMs)}`);
  await client.query("SET LOCAL lock_timeout = 1000");
  await client.query("SET LOCAL search_path = pg_catalog");
  const rows = async <T extends object>(sql: string): Promise<readonly T[]> => (await client.query<T>(sql)).rows;
  const found: Introspected = {
    tables: await rows(introspection.tables),
    columns: await rows(introspection.columns),
    constraints: await rows(introspection.constraints),
    indexes: await rows(introspection.indexes),
    enums: await rows(introspection.enums),
  };
  const shapes = await rows<ShapeRow>(introspection.statistics);
  const statements = await statementsOf(client);
  await client.query("ROLLBACK");
  return { statistics: statisticsOf(found, shapes), statements, schema: ddlOf(found) };
}

interface ShapeRow {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly distinct: number;
  readonly nulls: number;
  readonly width: number;
  readonly correlation: number | null;
}

function statisticsOf(found: Introspected, shapes: readonly ShapeRow[]): Record<string, TableStatistics> {
  const columns = new Map<string, Record<string, ColumnShape>>();
  for (const { schema, table, column, distinct, nulls, width, correlation } of shapes) {
    const own = columns.get(keyOf(schema, table)) ?? {};
    columns.set(keyOf(schema, table), own);
    own[column] = { distinct, nullFraction: nulls, width, ...(correlation === null ? {} : { correlation }) };
  }
  return Object.fromEntries(
    // A table that was never analyzed says -1: nothing is known of it.
    found.tables
      .filter(({ rows }) => 0 <= rows)
      .map(({ schema, name, rows }) => {
        const own = columns.get(keyOf(schema, name));
        return [
          keyOf(schema, name),
          { rows: Math.round(rows), source, ...(own === undefined ? {} : { columns: own }) },
        ];
      }),
  );
}

function keyOf(schema: string, name: string): string {
  return schema === "public" ? name : `${schema}.${name}`;
}

/** The extension may not be there, or not for this user: then nothing is known of how often statements run. */
async function statementsOf(client: Client): Promise<readonly RecordedStatement[]> {
  const place = await client.query<{ schema: string }>(introspection.statementsPlace);
  const schema = place.rows[0]?.schema;
  if (schema === undefined) return [];
  await client.query("SAVEPOINT statements");
  try {
    const from = `"${schema.replaceAll('"', '""')}".pg_stat_statements`;
    const { rows } = await client.query<{ query: string; calls: string; mean: number }>(
      // Commands that are no queries keep their values, a new user's password among them.
      `SELECT query, calls, mean_exec_time AS mean FROM ${from}
        WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND query ~* '^\\s*(select|with|update|delete)\\M' AND query !~* '\\mpg_|information_schema'
        ORDER BY total_exec_time DESC LIMIT ${maxStatements}`,
    );
    return rows.map(({ query, calls, mean }) => ({ query, calls: Number(calls), meanMs: mean, source }));
  } catch {
    await client.query("ROLLBACK TO SAVEPOINT statements");
    return [];
  }
}

/** A code and a short word of Hotpath's own: messages of drivers and servers may hold names, hosts and passwords. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: "nobody listens there",
    ENOTFOUND: "the host is not known",
    ETIMEDOUT: "it takes too long to answer",
    "28P01": "the password is wrong",
    "28000": "the user may not log in",
    "3D000": "there is no such database",
    "42501": "the user may not read the catalog",
    "57014": "it takes too long to answer",
  };
  if (known[code] !== undefined) return known[code];
  if (error instanceof Error && /timeout/i.test(error.message)) return "it takes too long to answer";
  return /^[A-Z0-9_]{3,30}$/.test(code) ? code : "it gave no reason";
}
