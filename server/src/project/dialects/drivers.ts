/** Drivers of further databases, whose queries are text: Microsoft SQL Server, libSQL, ClickHouse, Neo4j, Cassandra, Snowflake. */
import { defineDialect } from "./define-dialect.js";
import { bulkWrite, calls, each, leads, readMany, write } from "./steps.js";

const query = { access: "unknown", rows: "many", when: "call", sql: 0 } as const;

export const mssql = defineDialect({
  id: "mssql",
  title: "mssql",
  kind: "sql",
  packages: ["mssql", "mssql/msnodesqlv8"],
  instances: {
    ConnectionPool: { state: "pool" },
    Request: { state: "request" },
    PreparedStatement: { state: "prepared" },
    Transaction: { state: "pool" },
  },
  factories: { connect: { state: "pool" } },
  exports: { "*": "root", default: "root", query: "tag" },
  states: {
    root: { members: { query: { get: { to: "tag" } }, ...leads("connect", "pool") } },
    tag: { call: { operation: { ...query, sql: "tag" } } },
    pool: { members: { ...leads("connect", "pool"), ...leads("request", "request"), ...calls("query batch", query) } },
    request: {
      members: {
        ...calls("query batch execute", query),
        ...calls("bulk", bulkWrite),
        ...leads("input output", "same"),
      },
    },
    prepared: { members: { ...calls("execute", query), ...leads("input", "same") } },
  },
  documentation: "README of mssql: Requests, Prepared statements",
});

export const libsql = defineDialect({
  id: "libsql",
  title: "libSQL client",
  kind: "sql",
  packages: ["@libsql/client", "@libsql/client/*"],
  instances: { Client: { state: "client" }, Transaction: { state: "client" } },
  factories: { createClient: { state: "client" } },
  states: {
    client: {
      members: {
        ...calls("execute", query),
        ...calls("batch migrate executeMultiple", { ...bulkWrite, access: "unknown" }),
        ...leads("transaction", "client"),
      },
    },
  },
  documentation: "Turso documentation: TypeScript SDK reference",
});

export const clickhouse = defineDialect({
  id: "clickhouse",
  title: "ClickHouse",
  kind: "sql",
  packages: ["@clickhouse/client", "@clickhouse/client-web"],
  instances: { ClickHouseClient: { state: "client" } },
  factories: { createClient: { state: "client" } },
  states: {
    client: {
      members: {
        ...calls("query exec command", query),
        // An insert takes any number of rows, and is meant to.
        ...calls("insert", { ...bulkWrite }, { table: { arg: 0, property: "table" } }),
      },
    },
  },
  documentation: "ClickHouse documentation: JavaScript client",
});

const transaction = {
  call: { callbacks: [{ arg: 0, params: ["session"], runs: "once", transaction: true }] },
} as const;

export const neo4j = defineDialect({
  id: "neo4j",
  title: "Neo4j driver",
  kind: "document",
  packages: ["neo4j-driver"],
  instances: { Driver: { state: "driver" }, Session: { state: "session" }, Transaction: { state: "session" } },
  factories: { driver: { state: "driver" } },
  states: {
    driver: {
      members: {
        ...leads("session rxSession", "session"),
        ...calls("executeQuery", { ...readMany, access: "unknown" }),
      },
    },
    session: {
      members: {
        ...calls("run", { ...readMany, access: "unknown" }),
        ...each("executeRead executeWrite readTransaction writeTransaction", transaction),
        ...leads("beginTransaction", "session"),
      },
    },
  },
  documentation: "Neo4j JavaScript driver manual: Query the database, Run your own transactions",
});

export const cassandra = defineDialect({
  id: "cassandra",
  title: "Cassandra driver",
  kind: "sql",
  packages: ["cassandra-driver"],
  instances: { Client: { state: "client" } },
  states: {
    client: {
      members: {
        ...calls("execute", query),
        ...calls("eachRow stream", query),
        ...calls("batch", { ...write, bulk: true }),
      },
    },
  },
  documentation: "DataStax Node.js driver: Client",
});

/** Callback drivers of an earlier time: `sqlite3` runs its queries in a thread pool, inside the process. */
export const sqlite3 = defineDialect({
  id: "sqlite3",
  title: "sqlite3",
  kind: "sql",
  inProcess: true,
  packages: ["sqlite3", "sqlite"],
  instances: {
    Database: { state: "database" },
    "default.Database": { state: "database" },
    Statement: { state: "database" },
  },
  factories: { open: { state: "database" } },
  states: { database: { members: { ...calls("run get all each exec", query), ...leads("prepare", "database") } } },
  documentation: "sqlite3 API documentation; README of sqlite",
});
