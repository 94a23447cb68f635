/** The MongoDB driver: databases, collections, cursors. */
import { defineDialect } from "./define-dialect.js";
import { bulkWrite, calls, each, filtered, leads, readMany, readOne, write } from "./steps.js";

export const mongodb = defineDialect({
  id: "mongodb",
  title: "MongoDB driver",
  kind: "document",
  packages: ["mongodb", "mongodb-legacy"],
  instances: {
    MongoClient: { state: "client" },
    Db: { state: "db" },
    Collection: { state: "collection", typeTable: 0 },
    ClientSession: { state: "session" },
    GridFSBucket: { state: "bucket" },
  },
  factories: { "MongoClient.connect": { state: "client" } },
  states: {
    client: {
      members: {
        ...leads("connect", "client"),
        ...leads("db", "db"),
        ...leads("startSession", "session"),
        ...each("withSession", { call: { callbacks: [{ arg: 0, params: ["session"], runs: "once" }] } }),
      },
    },
    session: {
      members: {
        ...each("withTransaction", {
          call: { callbacks: [{ arg: 0, params: [null], runs: "once", transaction: true }] },
        }),
      },
    },
    db: {
      members: {
        ...leads("collection createCollection", "collection", { table: { arg: 0 } }),
        ...calls("command runCommand", { access: "unknown", rows: "many", when: "call" }),
        ...calls("aggregate", readMany),
      },
    },
    collection: {
      members: {
        // A find is sent when its cursor is read from, which is the next thing that happens to it.
        ...calls("find", filtered(readMany, 0)),
        ...calls("aggregate", readMany),
        ...calls("distinct", filtered(readMany, 1)),
        ...calls("findOne countDocuments count", filtered(readOne, 0)),
        ...calls("estimatedDocumentCount", readOne),
        ...calls("insertOne", write),
        ...calls(
          "updateOne replaceOne deleteOne findOneAndUpdate findOneAndReplace findOneAndDelete findAndModify",
          filtered(write, 0),
        ),
        ...calls("updateMany deleteMany", filtered(write, 0)),
        ...calls("insertMany bulkWrite", bulkWrite),
      },
    },
    bucket: { members: { ...calls("delete rename", write) } },
  },
  documentation: "MongoDB Node driver documentation: CRUD operations, Aggregation, Transactions",
});
