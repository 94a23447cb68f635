/** postgres (porsager): a tagged template that runs when it is awaited; fragments inside another template are part of its statement. */
import { defineDialect } from "./define-dialect.js";
import { calls, each, leads } from "./steps.js";

const query = { access: "unknown", rows: "many", when: "await", sql: "tag" } as const;

/** The first parameter is the connection the transaction runs on; an isolation level may come before the callback. */
const transaction = {
  call: {
    callbacks: [
      { arg: 0, params: ["sql"], runs: "once", transaction: true },
      { arg: 1, params: ["sql"], runs: "once", transaction: true },
    ],
  },
} as const;

export const postgresJs = defineDialect({
  id: "postgres",
  title: "postgres",
  kind: "sql",
  packages: ["postgres"],
  instances: {
    Sql: { state: "sql" },
    TransactionSql: { state: "sql" },
    ReservedSql: { state: "sql" },
    "default.Sql": { state: "sql" },
    "default.TransactionSql": { state: "sql" },
    "default.ReservedSql": { state: "sql" },
  },
  factories: { default: { state: "sql" }, "*": { state: "sql" }, postgres: { state: "sql" } },
  states: {
    sql: {
      tag: { to: "query", operation: query },
      // Called with names or values it builds a part of a statement.
      call: {},
      members: {
        ...each("unsafe", { call: { to: "query", operation: { ...query, sql: 0 } } }),
        ...each("file", { call: { to: "query", operation: { access: "unknown", rows: "many", when: "await" } } }),
        ...each("begin savepoint", transaction),
        ...leads("reserve", "sql"),
        ...calls("notify", { access: "write", rows: "none", when: "call" }),
        ...each("json array typed listen subscribe end close", { call: {} }),
      },
    },
    query: {
      members: {
        ...calls("execute", { access: "unknown", rows: "many", when: "call" }),
        ...each("describe cancel", { call: {} }),
        "*": { call: { to: "same" } },
      },
    },
  },
  documentation: "README of postgres (porsager): Queries, Building queries, Transactions, Cursors",
});
