/** Firestore: collections, documents, queries, batches. Reads of many documents by reference go into one `getAll`. */
import { defineDialect } from "./define-dialect.js";
import { bulkRead, bulkWrite, calls, each, leads, readMany, readOne, write } from "./steps.js";

export const firestore = defineDialect({
  id: "firestore",
  title: "Firestore",
  kind: "document",
  packages: ["firebase-admin", "firebase-admin/firestore", "@google-cloud/firestore"],
  instances: {
    Firestore: { state: "db" },
    CollectionReference: { state: "collection" },
    DocumentReference: { state: "document" },
    Query: { state: "query" },
    Transaction: { state: "transaction" },
    WriteBatch: { state: "batch" },
    Messaging: { state: "messaging" },
    Auth: { state: "auth" },
  },
  factories: {
    getFirestore: { state: "db" },
    firestore: { state: "db" },
    getMessaging: { state: "messaging" },
    getAuth: { state: "auth" },
  },
  exports: { "*": "admin", default: "admin" },
  states: {
    admin: {
      members: {
        ...leads("firestore", "db"),
        ...leads("messaging", "messaging"),
        ...leads("auth", "auth"),
        app: { call: { to: "admin" } },
      },
    },
    messaging: {
      members: {
        ...calls("send sendToDevice sendToTopic subscribeToTopic unsubscribeFromTopic", { ...write, kind: "rpc" }),
        ...calls("sendEach sendEachForMulticast sendAll sendMulticast", { ...bulkWrite, kind: "rpc" }),
      },
    },
    // Tokens are verified here, with keys that are kept.
    auth: {
      members: {
        ...calls("getUser getUserByEmail getUserByPhoneNumber", { ...readOne, kind: "rpc" }),
        ...calls("getUsers listUsers", { ...bulkRead, kind: "rpc" }),
        ...calls("createUser updateUser deleteUser setCustomUserClaims revokeRefreshTokens", { ...write, kind: "rpc" }),
        ...calls("deleteUsers importUsers", { ...bulkWrite, kind: "rpc" }),
      },
    },
    db: {
      members: {
        ...leads("collection collectionGroup", "collection", { table: { arg: 0 } }),
        ...leads("doc", "document", { table: { arg: 0 } }),
        ...calls("getAll", bulkRead),
        ...leads("batch bulkWriter", "batch"),
        ...each("runTransaction", {
          call: { callbacks: [{ arg: 0, params: ["transaction"], runs: "once", transaction: true }] },
        }),
      },
    },
    collection: {
      members: {
        ...leads("doc", "document"),
        ...calls("add", write),
        ...calls("get", readMany),
        ...calls("listDocuments", readMany),
        ...each("count aggregate", { call: { to: "count" } }),
        ...leads("where orderBy limit limitToLast offset startAt startAfter endAt endBefore select", "query"),
      },
    },
    query: {
      members: {
        ...calls("get", readMany),
        ...each("count aggregate", { call: { to: "count" } }),
        "*": { call: { to: "same" } },
      },
    },
    count: { members: { ...calls("get", readOne) } },
    document: {
      members: {
        ...calls("get", readOne),
        ...calls("set update delete create", write),
        ...calls("listCollections", readMany),
        ...leads("collection", "collection", { table: { arg: 0 } }),
      },
    },
    // Writes are noted and sent when the transaction ends; reads are not.
    transaction: {
      members: {
        ...calls("get", { ...readOne }),
        ...calls("getAll", bulkRead),
        ...leads("set update delete create", "transaction"),
      },
    },
    batch: { members: { ...calls("commit flush close", bulkWrite), "*": { call: { to: "same" } } } },
  },
  documentation: "Cloud Firestore: Node.js server client reference",
});
