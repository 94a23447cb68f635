/**
 * SQLite inside the process: better-sqlite3, Node's own and Bun's. A query is a function call of some microseconds, not a round trip; SQLite's documentation
 * ("Many Small Queries Are Efficient In SQLite") recommends what is an N+1 elsewhere. So repeating one is a hint at most, and what blocks is another rule's.
 */
import { type Dialect, defineDialect } from "./define-dialect.js";
import { calls, each, leads } from "./steps.js";

const query = { access: "unknown", rows: "many", when: "call" } as const;

const states: Dialect["states"] = {
  database: {
    members: {
      ...leads("prepare query", "statement"),
      ...calls("exec", { ...query, sql: 0 }),
      ...each("transaction", { call: { callbacks: [{ arg: 0, params: [null], runs: "once", transaction: true }] } }),
      ...leads("pragma", "database"),
    },
  },
  statement: {
    members: {
      ...calls("all values", { ...query, access: "read" }),
      ...calls("get", { ...query, access: "read", rows: "one" }),
      ...calls("iterate", { ...query, access: "read" }),
      ...calls("run", { ...query, access: "write", rows: "none" }),
      ...leads("pluck expand raw bind safeIntegers", "same"),
    },
  },
};

export const sqlite = defineDialect({
  id: "sqlite",
  title: "SQLite in process",
  kind: "sql",
  inProcess: true,
  packages: ["better-sqlite3", "better-sqlite3-multiple-ciphers", "node:sqlite", "bun:sqlite", "libsql"],
  instances: {
    default: { state: "database" },
    Database: { state: "database" },
    "default.Database": { state: "database" },
    DatabaseSync: { state: "database" },
    Statement: { state: "statement" },
    "default.Statement": { state: "statement" },
    StatementSync: { state: "statement" },
  },
  factories: { default: { state: "database" }, "*": { state: "database" } },
  states,
  documentation:
    "API of better-sqlite3; Node.js documentation of node:sqlite; SQLite: Many Small Queries Are Efficient",
});
