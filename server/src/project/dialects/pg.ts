/** node-postgres (`pg`) and pg-promise. */
import { defineDialect } from "./define-dialect.js";
import { calls, each, leads, readMany, readOne, write } from "./steps.js";

const query = { access: "unknown", rows: "many", when: "call", sql: 0 } as const;

export const pg = defineDialect({
  id: "pg",
  title: "node-postgres",
  kind: "sql",
  packages: ["pg", "pg-pool", "@neondatabase/serverless", "@vercel/postgres", "@electric-sql/pglite"],
  instances: {
    Pool: { state: "client" },
    Client: { state: "client" },
    PoolClient: { state: "client" },
    ClientBase: { state: "client" },
    default: { state: "client" },
    PGlite: { state: "client" },
  },
  exports: { sql: "tag", db: "client" },
  factories: { neon: { state: "tag" }, createPool: { state: "client" }, createClient: { state: "client" } },
  subclasses: { Pool: { instance: "client" }, Client: { instance: "client" } },
  states: {
    client: {
      members: {
        ...calls("query exec", query),
        ...leads("connect", "client"),
        ...calls("sql", { ...query, sql: "tag" }),
        ...each("transaction", {
          call: { callbacks: [{ arg: 0, params: ["client"], runs: "once", transaction: true }] },
        }),
      },
    },
    // A statement of Neon's or Vercel's tag is sent when it is awaited, or with others in `transaction([…])`.
    tag: {
      call: { to: "statement", operation: { ...query, when: "await", sql: "tag" } },
      members: {
        ...calls("query", query),
        ...calls("transaction", { access: "unknown", rows: "many", when: "call", bulk: true }),
      },
    },
    statement: {},
  },
  documentation: "node-postgres documentation: Queries, Pooling, Transactions",
});

export const pgPromise = defineDialect({
  id: "pg-promise",
  title: "pg-promise",
  kind: "sql",
  packages: ["pg-promise"],
  instances: { IDatabase: { state: "db" }, ITask: { state: "db" } },
  factories: { default: { state: "root" }, "*": { state: "root" } },
  states: {
    root: { call: { to: "db" } },
    db: {
      members: {
        ...calls("any many manyOrNone query func proc multi", { ...readMany, access: "unknown", sql: 0 }),
        ...calls("one oneOrNone result", { ...readOne, access: "unknown", sql: 0 }),
        ...calls("none", { ...write, access: "unknown", sql: 0 }),
        ...each("tx txIf", { call: { callbacks: [{ arg: 0, params: ["db"], runs: "once", transaction: true }] } }),
        ...each("task taskIf", { call: { callbacks: [{ arg: 0, params: ["db"], runs: "once" }] } }),
      },
    },
  },
  documentation: "pg-promise API: Database, Task",
});
