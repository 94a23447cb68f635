/** Knex: the client is a function of a table's name; builders run when they are awaited. */
import { defineDialect } from "./define-dialect.js";
import { calls, each, lazily, leads, readMany, readOne, write } from "./steps.js";

const run = { access: "unknown", rows: "many", when: "await", sql: 0 } as const;

const starts = {
  ...each("select column columns distinct", { call: { to: "builder", operation: lazily(readMany) } }),
  ...each("from table into", { call: { to: "builder", operation: lazily(readMany), table: { arg: 0 } } }),
  ...each("first", { call: { to: "builder", operation: lazily(readOne) } }),
  ...each("insert", { call: { to: "builder", operation: lazily(write) } }),
  ...each("with withRecursive queryBuilder", { call: { to: "builder", operation: lazily(readMany) } }),
} as const;

export const knex = defineDialect({
  id: "knex",
  title: "Knex",
  kind: "sql",
  packages: ["knex"],
  instances: {
    Knex: { state: "client" },
    "Knex.Transaction": { state: "client" },
    "Knex.QueryBuilder": { state: "builder" },
  },
  factories: { default: { state: "client" }, knex: { state: "client" }, "*": { state: "client" } },
  states: {
    client: {
      call: { to: "builder", operation: lazily(readMany), table: { arg: 0 } },
      members: {
        ...starts,
        ...calls("raw", run, { to: "builder" }),
        ...each("batchInsert", { call: { operation: { ...write, bulk: true }, table: { arg: 0 } } }),
        ...each("transaction", {
          call: { to: "client", callbacks: [{ arg: 0, params: ["client"], runs: "once", transaction: true }] },
        }),
        ...leads("withSchema withUserParams", "client"),
        ...leads("transacting", "same"),
        schema: { get: {} },
        fn: { get: {} },
        ...each("ref isTransaction destroy commit rollback", { call: {} }),
      },
    },
    builder: {
      members: {
        ...leads("from table into", "builder", { table: { arg: 0 } }),
        ...each("insert update upsert del delete truncate increment decrement", {
          call: { to: "builder", operation: lazily(write) },
        }),
        ...each("first count min max sum avg countDistinct", { call: { to: "builder", operation: lazily(readOne) } }),
        ...each("pluck", { call: { to: "builder", operation: lazily(readMany) } }),
        ...calls("stream", readMany),
        ...each("as toSQL toString toQuery", { call: {} }),
        "*": { call: { to: "same" } },
      },
    },
  },
  shapes: [{ receivers: ["knex"], state: "client" }],
  documentation: "Knex documentation: Query Builder, Raw, Transactions, Interfaces",
});
