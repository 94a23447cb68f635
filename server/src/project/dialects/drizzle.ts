/** Drizzle ORM: the SQL-like core and relational queries, over every driver. */
import { type Dialect, defineDialect } from "./define-dialect.js";
import { calls, each, filtered, lazily, leads, readMany, readOne, write } from "./steps.js";

const DRIVERS = [
  "node-postgres",
  "postgres-js",
  "neon-http",
  "neon-serverless",
  "vercel-postgres",
  "pglite",
  "mysql2",
  "planetscale-serverless",
  "tidb-serverless",
  "libsql",
  "d1",
  "bun-sql",
  "aws-data-api",
  "xata-http",
  "pg-proxy",
  "mysql-proxy",
  "sqlite-proxy",
  "singlestore",
  "gel",
];

const IN_PROCESS = ["better-sqlite3", "bun-sqlite", "sql-js", "expo-sqlite", "op-sqlite", "durable-sqlite"];

/** Database types that the drivers export, under whatever path. */
const TYPES = [
  "PgDatabase",
  "PgTransaction",
  "NodePgDatabase",
  "PostgresJsDatabase",
  "NeonHttpDatabase",
  "NeonDatabase",
  "VercelPgDatabase",
  "PgliteDatabase",
  "MySqlDatabase",
  "MySql2Database",
  "MySqlTransaction",
  "PlanetScaleDatabase",
  "TiDBServerlessDatabase",
  "BaseSQLiteDatabase",
  "BetterSQLite3Database",
  "LibSQLDatabase",
  "DrizzleD1Database",
  "SQLiteTransaction",
  "BunSQLiteDatabase",
  "PgRemoteDatabase",
  "AwsDataApiPgDatabase",
];

const states: Dialect["states"] = {
  db: {
    members: {
      ...each("select selectDistinct selectDistinctOn", { call: { to: "select", operation: lazily(readMany) } }),
      ...each("insert", { call: { to: "write", operation: lazily(write), table: { arg: 0 } } }),
      ...each("update delete", { call: { to: "write", operation: lazily(write), table: { arg: 0 } } }),
      query: { get: { to: "relational" } },
      ...calls("execute all run get values", { access: "unknown", rows: "many", when: "call", sql: 0 }),
      ...calls("$count", filtered(lazily(readOne), 1), { table: { arg: 0 } }),
      ...leads("with", "db"),
      ...calls("batch", { access: "unknown", rows: "many", when: "call", bulk: true }),
      ...each("transaction", { call: { callbacks: [{ arg: 0, params: ["db"], runs: "once", transaction: true }] } }),
      $client: { get: {} },
    },
  },
  relational: { members: { "*": { get: { to: "relation", table: "member" } } } },
  relation: {
    members: {
      ...each("findMany", { call: { to: "write", operation: filtered(lazily(readMany), 0) } }),
      ...each("findFirst", { call: { to: "write", operation: filtered(lazily(readOne), 0) } }),
    },
  },
  select: {
    members: {
      ...leads("from", "select", { table: { arg: 0 } }),
      ...leads("execute prepare all get values", "same"),
      ...leads("as $dynamic $with", "select"),
      "*": { call: { to: "same" } },
    },
  },
  write: { members: { "*": { call: { to: "same" } } } },
};

/** Drivers of SQLite inside the process: a query is no round trip. Narrower than the rest, so it comes first. */
export const drizzleSqlite = defineDialect({
  id: "drizzle-sqlite",
  title: "Drizzle ORM on SQLite in process",
  kind: "sql",
  inProcess: true,
  packages: IN_PROCESS.map((driver) => `drizzle-orm/${driver}`),
  instances: Object.fromEntries(
    [...TYPES, "ExpoSQLiteDatabase", "SQLJsDatabase"].map((name) => [name, { state: "db" }]),
  ),
  factories: { drizzle: { state: "db" } },
  states,
  documentation: "Drizzle ORM documentation: Get started with SQLite, Bun SQLite, Expo SQLite",
});

export const drizzle = defineDialect({
  id: "drizzle",
  title: "Drizzle ORM",
  kind: "sql",
  packages: ["drizzle-orm", ...DRIVERS.map((driver) => `drizzle-orm/${driver}`)],
  instances: Object.fromEntries(TYPES.map((name) => [name, { state: "db" }])),
  factories: { drizzle: { state: "db" } },
  states,
  documentation:
    "Drizzle ORM documentation: Select, Insert, Update, Delete, Relational queries, Transactions, Batch API",
});
