/** Mongoose: models, chained queries that run when awaited, documents. */
import { defineDialect } from "./define-dialect.js";
import { bulkWrite, calls, each, filtered, lazily, leads, readMany, readOne, write } from "./steps.js";

export const mongoose = defineDialect({
  id: "mongoose",
  title: "Mongoose",
  kind: "document",
  packages: ["mongoose", "@nestjs/mongoose", "@typegoose/typegoose"],
  exports: { "*": "mongoose", default: "mongoose" },
  instances: {
    Model: { state: "model", typeTable: 0 },
    PaginateModel: { state: "model", typeTable: 0 },
    Connection: { state: "connection" },
    Document: { state: "document" },
    HydratedDocument: { state: "document", typeTable: 0 },
    ReturnModelType: { state: "model" },
  },
  subclasses: { Model: { class: "model", instance: "document" } },
  factories: {
    model: { state: "model", table: { arg: 0 } },
    createConnection: { state: "connection" },
    getModelForClass: { state: "model", table: { arg: 0 } },
  },
  decorators: {
    "@nestjs/mongoose#InjectModel": { state: "model", table: { arg: 0 } },
    "@nestjs/mongoose#InjectConnection": { state: "connection" },
  },
  modelMethods: {
    names:
      "findById findByIdAndUpdate findByIdAndDelete findByIdAndRemove findOneAndUpdate findOneAndDelete countDocuments estimatedDocumentCount insertMany".split(
        " ",
      ),
    state: "model",
  },
  states: {
    mongoose: {
      members: {
        ...leads("model", "model", { table: { arg: 0 } }),
        ...leads("createConnection", "connection"),
        connection: { get: { to: "connection" } },
      },
    },
    connection: {
      members: {
        ...leads("model", "model", { table: { arg: 0 } }),
        ...each("transaction", { call: { callbacks: [{ arg: 0, params: [null], runs: "once", transaction: true }] } }),
      },
    },
    model: {
      members: {
        ...each("find", { call: { to: "query", operation: filtered(lazily(readMany), 0), rows: "document" } }),
        ...each("findOne", { call: { to: "query", operation: filtered(lazily(readOne), 0), rows: "document" } }),
        ...each("findById", { call: { to: "query", operation: lazily(readOne), rows: "document" } }),
        ...each("exists countDocuments estimatedDocumentCount count", {
          call: { to: "query", operation: filtered(lazily(readOne), 0) },
        }),
        ...each("distinct", { call: { to: "query", operation: filtered(lazily(readMany), 1) } }),
        ...each(
          "findOneAndUpdate findOneAndDelete findOneAndReplace findOneAndRemove updateOne updateMany replaceOne deleteOne deleteMany remove update",
          { call: { to: "query", operation: filtered(lazily(write), 0) } },
        ),
        ...each("findByIdAndUpdate findByIdAndDelete findByIdAndRemove", {
          call: { to: "query", operation: lazily(write) },
        }),
        ...each("aggregate", { call: { to: "query", operation: lazily(readMany) } }),
        ...calls("create", write, { to: "document" }),
        ...calls("insertMany bulkWrite bulkSave", bulkWrite),
        ...each("populate", { call: { operation: readMany } }),
        ...calls("paginate aggregatePaginate", filtered(readMany, 0)),
        ...leads("where", "query"),
        ...leads("hydrate", "document"),
      },
      construct: { to: "document" },
    },
    query: {
      members: {
        // Cursors read on as they are iterated; one is a single query.
        ...leads("cursor stream", "cursor"),
        ...each("lean", { call: { to: "same", rows: null } }),
        "*": { call: { to: "same" } },
      },
    },
    cursor: {
      members: {
        ...each("eachAsync", {
          call: { operation: readMany, callbacks: [{ arg: 0, params: ["document"], runs: "per-element" }] },
        }),
      },
    },
    document: {
      members: { ...calls("save deleteOne updateOne remove replaceOne", write), ...calls("populate", readOne) },
    },
  },
  documentation: "Mongoose documentation: Models, Queries, Documents, Query population, Aggregation",
});
