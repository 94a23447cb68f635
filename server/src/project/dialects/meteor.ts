/**
 * Meteor's collections: `Mongo.Collection`, `Meteor.users`, and what collection-hooks put in front of them. On the server each of these is MongoDB. Files
 * that both sides share answer from memory on the client, and their writes have no bulk form: those are guesses, reads with `Async` in their name are not.
 */
import { defineDialect, type OperationSpec } from "./define-dialect.js";
import { bulkWrite, calls, each, filtered, leads, readMany, readOne, write } from "./steps.js";

const sharedRead: OperationSpec = { ...readOne, uncertain: true };
const sharedWrite: OperationSpec = { ...write, uncertain: true };

export const meteor = defineDialect({
  id: "meteor",
  title: "Meteor collections",
  kind: "document",
  packages: ["meteor/mongo", "meteor/meteor"],
  instances: {
    "Mongo.Collection": { state: "collection", typeTable: 0 },
    Collection: { state: "collection", typeTable: 0 },
  },
  subclasses: { "Mongo.Collection": { instance: "collection" } },
  exports: { "Mongo.Collection": "class", "Meteor.users": "collection" },
  states: {
    class: { construct: { to: "collection", table: { arg: 0 } } },
    collection: {
      members: {
        // A cursor is read from as the next thing that happens to it.
        ...calls("find", filtered(readMany, 0)),
        ...calls("findOneAsync countDocuments", filtered(readOne, 0)),
        ...calls("findOne", filtered(sharedRead, 0)),
        ...calls("estimatedDocumentCount", readOne),
        ...calls("insert insertAsync", sharedWrite),
        ...calls("update updateAsync upsert upsertAsync remove removeAsync", filtered(sharedWrite, 0)),
        ...each("direct", { get: { to: "same" } }),
        ...leads("rawCollection", "raw"),
      },
    },
    raw: {
      members: {
        ...calls("find", filtered(readMany, 0)),
        ...calls("aggregate", readMany),
        ...calls("distinct", filtered(readMany, 1)),
        ...calls("findOne countDocuments", filtered(readOne, 0)),
        ...calls("insertOne", write),
        ...calls("updateOne replaceOne deleteOne findOneAndUpdate findOneAndDelete", filtered(write, 0)),
        ...calls("updateMany deleteMany", filtered(write, 0)),
        ...calls("insertMany bulkWrite", bulkWrite),
      },
    },
  },
  documentation:
    "Meteor documentation: Collections (Mongo.Collection and its Async methods), Collection2 and collection-hooks",
});
