/** Objection: models as classes, builders that run when they are awaited, relations of instances and classes, graphs. */
import { defineDialect } from "./define-dialect.js";
import { calls, each, lazily, leads, readMany, readOne, write } from "./steps.js";

const builder = "builder";

export const objection = defineDialect({
  id: "objection",
  title: "Objection",
  kind: "sql",
  packages: ["objection"],
  instances: {
    Model: { state: "row" },
    ModelClass: { state: "model", typeTable: 0 },
    QueryBuilder: { state: builder, typeTable: 0 },
  },
  subclasses: { Model: { class: "model", instance: "row" }, QueryBuilder: { instance: builder } },
  states: {
    model: {
      members: {
        ...each("query", { call: { to: builder, operation: lazily(readMany), rows: "row" } }),
        ...each("relatedQuery", { call: { to: builder, operation: lazily(readMany), table: { arg: 0 }, rows: "row" } }),
        // Takes any number of rows, and needs one query for each relation named.
        ...calls("fetchGraph loadRelated", { ...readMany, bulk: true }),
        ...each("transaction", { call: { callbacks: [{ arg: 0, params: [null], runs: "once", transaction: true }] } }),
        ...leads("bindKnex bindTransaction", "same"),
        ...leads("fromJson fromDatabaseJson", "row"),
      },
      construct: { to: "row" },
    },
    row: {
      members: {
        ...each("$query", { call: { to: builder, operation: lazily(readOne), rows: "row" } }),
        ...each("$relatedQuery", {
          call: { to: builder, operation: lazily(readMany), table: { arg: 0 }, rows: "row" },
        }),
        ...calls("$fetchGraph $loadRelated", readMany),
      },
    },
    builder: {
      members: {
        ...each(
          "insert insertAndFetch insertGraph insertGraphAndFetch upsertGraph upsertGraphAndFetch update updateAndFetch updateAndFetchById patch patchAndFetch " +
            "patchAndFetchById delete deleteById del relate unrelate increment decrement truncate",
          { call: { to: builder, operation: lazily(write) } },
        ),
        ...each("resultSize", { call: { to: builder, operation: lazily(readOne), rows: null } }),
        ...each("findById findOne first", { call: { to: builder, operation: lazily(readOne), rows: "row" } }),
        ...each("toKnexQuery toString toFindQuery clone", { call: {} }),
        "*": { call: { to: "same" } },
      },
    },
  },
  documentation: "Objection.js API reference: Query Builder, Model, Recipes: Relation subqueries, Transactions",
});
