/** Kysely: builders that run only when they are told to execute. */
import { defineDialect } from "./define-dialect.js";
import { calls, each, leads, readMany, readOne, write } from "./steps.js";

const table0 = { table: { arg: 0 } } as const;

export const kysely = defineDialect({
  id: "kysely",
  title: "Kysely",
  kind: "sql",
  packages: ["kysely", "nestjs-kysely"],
  instances: { Kysely: { state: "db" }, Transaction: { state: "db" }, ControlledTransaction: { state: "db" } },
  subclasses: { Kysely: { instance: "db" } },
  exports: { sql: "sql" },
  decorators: { "nestjs-kysely#InjectKysely": { state: "db" } },
  states: {
    db: {
      members: {
        ...leads("selectFrom", "select", table0),
        ...leads("selectNoFrom", "select"),
        ...leads("insertInto updateTable deleteFrom replaceInto mergeInto", "write", table0),
        ...leads("with withRecursive withSchema withPlugin withoutPlugins withTables $extendTables", "db"),
        ...leads("transaction startTransaction connection", "transaction"),
        ...calls("executeQuery", { access: "unknown", rows: "many", when: "call" }),
        schema: { get: {} },
        fn: { get: {} },
      },
    },
    transaction: {
      members: {
        ...each("execute", {
          call: { to: "db", callbacks: [{ arg: 0, params: ["db"], runs: "once", transaction: true }] },
        }),
        ...leads("setIsolationLevel setAccessMode", "transaction"),
      },
    },
    select: {
      members: {
        ...calls("execute stream", readMany),
        ...calls("executeTakeFirst executeTakeFirstOrThrow", readOne),
        ...each("as", { call: {} }),
        ...leads("$if $call", "same"),
        "*": { call: { to: "same" } },
      },
    },
    write: {
      members: {
        ...calls("execute executeTakeFirst executeTakeFirstOrThrow stream", write),
        "*": { call: { to: "same" } },
      },
    },
    sql: { call: { to: "raw" }, members: { ...leads("raw ref table val lit join id", "raw") } },
    raw: {
      members: {
        ...calls("execute", { access: "unknown", rows: "many", when: "call" }),
        ...leads("as $castTo", "raw"),
      },
    },
  },
  documentation: "Kysely documentation: Getting started, SELECT, INSERT, UPDATE, DELETE, Transactions, Raw SQL",
});
