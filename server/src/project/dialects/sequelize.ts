/** Sequelize 4 to 7: models as classes or by `define`, instances, raw queries. */
import { defineDialect } from "./define-dialect.js";
import { bulkWrite, calls, each, filtered, leads, readMany, readOne, write } from "./steps.js";

/** Types of the association mixins, as a model class declares them. */
const READ_MIXINS =
  "HasManyGet HasManyCount HasManyHas HasOneGet BelongsToGet BelongsToManyGet BelongsToManyCount BelongsToManyHas";
const WRITE_MIXINS =
  "HasManyAdd HasManySet HasManyCreate HasManyRemove HasOneSet HasOneCreate BelongsToSet BelongsToCreate BelongsToManyAdd BelongsToManySet BelongsToManyCreate BelongsToManyRemove";

function mixins(names: string, state: string): Readonly<Record<string, { readonly state: string }>> {
  const endings = ["AssociationMixin", "AssociationsMixin"];
  return Object.fromEntries(names.split(" ").flatMap((name) => endings.map((ending) => [name + ending, { state }])));
}

/** Untyped models get mixins as well; so that a method of their own is not taken for one with any certainty. */
const maybe = { uncertain: true } as const;

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
    ...mixins(READ_MIXINS, "getter"),
    ...mixins(WRITE_MIXINS, "setter"),
  },
  subclasses: { Model: { class: "model", instance: "row" }, Sequelize: { instance: "client" } },
  decorators: { "@nestjs/sequelize#InjectModel": { state: "model", table: { arg: 0 } } },
  modelMethods: {
    names: "findAll findByPk findAndCountAll findOrCreate findOrBuild findCreateFind bulkCreate".split(" "),
    state: "model",
  },
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
        ...calls("findAll", filtered(readMany, 0), { to: "row" }),
        ...calls("findAndCountAll", filtered(readMany, 0)),
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
    row: {
      members: {
        ...calls("save update destroy restore increment decrement", write),
        ...calls("reload", readOne),
        // Attributes, in memory.
        ...each("get set getDataValue setDataValue setAttributes addHook hasAlias hasHook hasHooks removeHook", {
          call: {},
        }),
        ...calls("get* count* has*", { ...readMany, ...maybe }),
        ...calls("add* set* create* remove*", { ...write, ...maybe }),
      },
    },
    getter: { call: { operation: readMany } },
    setter: { call: { operation: write } },
  },
  documentation: "Sequelize documentation: Model Querying (Basics, Finders), Raw Queries, Transactions",
});
