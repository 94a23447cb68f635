/** Sequelize 4 to 7: models as classes or by `define`, instances, raw queries. */
import { defineDialect } from "./define-dialect.js";
import { bulkWrite, calls, each, filtered, leads, readMany, readOne, write } from "./steps.js";

export const sequelize = defineDialect({
  id: "sequelize",
  title: "Sequelize",
  kind: "sql",
  packages: ["sequelize", "@sequelize/core", "sequelize-typescript", "@nestjs/sequelize"],
  instances: {
    Sequelize: { state: "client" },
    default: { state: "client" },
    Model: { state: "row" },
    ModelStatic: { state: "model", typeTable: 0 },
    ModelCtor: { state: "model", typeTable: 0 },
  },
  subclasses: { Model: { class: "model", instance: "row" }, Sequelize: { instance: "client" } },
  decorators: { "@nestjs/sequelize#InjectModel": { state: "model", table: { arg: 0 } } },
  states: {
    client: {
      members: {
        ...leads("define model", "model", { table: { arg: 0 } }),
        models: { get: { to: "models" } },
        ...calls("query", { access: "unknown", rows: "many", when: "call", sql: 0 }),
        ...each("transaction", {
          call: {
            callbacks: [
              { arg: 0, params: [null], runs: "once", transaction: true },
              { arg: 1, params: [null], runs: "once", transaction: true },
            ],
          },
        }),
      },
    },
    models: { members: { "*": { get: { to: "model", table: "member" } } } },
    model: {
      members: {
        ...calls("findAll findAndCountAll", filtered(readMany, 0)),
        ...calls("findOne", filtered(readOne, 0), { to: "row" }),
        ...calls("findByPk findById", readOne, { to: "row" }),
        ...calls("count max min sum aggregate", filtered(readOne, 0)),
        ...calls("create", write, { to: "row" }),
        ...calls("findOrCreate findOrBuild findCreateFind upsert", filtered(write, 0)),
        ...calls("bulkCreate", bulkWrite),
        ...calls("update", filtered(write, 1)),
        ...calls("destroy restore increment decrement", filtered(write, 0)),
        ...calls("truncate", write),
        ...leads("scope unscoped schema", "model"),
        ...leads("build", "row"),
      },
      construct: { to: "row" },
    },
    row: { members: { ...calls("save update destroy restore reload increment decrement", write) } },
  },
  documentation: "Sequelize documentation: Model Querying (Basics, Finders), Raw Queries, Transactions",
});
