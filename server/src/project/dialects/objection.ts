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
        ...each("query", { call: { to: builder, operation: lazily(readMany) } }),
        ...each("relatedQuery", { call: { to: builder, operation: lazily(readMany), table: { arg: 0 } } }),
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
        ...each("$query", { call: { to: builder, operation: lazily(readOne) } }),
        ...each("$relatedQuery", { call: { to: builder, operation: lazily(readMany), table: { arg: 0 } } }),
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
        ...each("findById findOne first resultSize", { call: { to: builder, operation: lazily(readOne) } }),
        ...each("toKnexQuery toString toFindQuery clone", { call: {} }),
        "*": { call: { to: "same" } },
      },
    },
  },
  documentation: "Objection.js API reference: Query Builder, Model, Recipes: Relation subqueries, Transactions",
});
