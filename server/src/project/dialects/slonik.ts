/** Slonik: a pool whose methods are named after what they expect; statements are made by a tag. */
import { defineDialect } from "./define-dialect.js";
import { calls, each, readMany, readOne } from "./steps.js";

export const slonik = defineDialect({
  id: "slonik",
  title: "Slonik",
  kind: "sql",
  packages: ["slonik", "@slonik/driver", "@silverhand/slonik"],
  instances: {
    DatabasePool: { state: "pool" },
    DatabasePoolType: { state: "pool" },
    DatabasePoolConnectionType: { state: "pool" },
    DatabaseTransactionConnectionType: { state: "pool" },
    CommonQueryMethodsType: { state: "pool" },
    DatabasePoolConnection: { state: "pool" },
    DatabaseConnection: { state: "pool" },
    DatabaseTransactionConnection: { state: "pool" },
    CommonQueryMethods: { state: "pool" },
  },
  factories: { createPool: { state: "pool" } },
  states: {
    pool: {
      members: {
        ...calls("any anyFirst many manyFirst query", { ...readMany, access: "unknown", sql: 0 }),
        ...calls("one oneFirst maybeOne maybeOneFirst exists", { ...readOne, access: "unknown", sql: 0 }),
        ...calls("stream", { ...readMany, sql: 0 }),
        ...each("transaction", {
          call: { callbacks: [{ arg: 0, params: ["pool"], runs: "once", transaction: true }] },
        }),
        ...each("connect", { call: { callbacks: [{ arg: 0, params: ["pool"], runs: "once" }] } }),
      },
    },
  },
  documentation: "README of slonik: Query methods, Transactions, Tagged template",
});
