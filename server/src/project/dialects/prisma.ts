/** Prisma Client, generations 2 to 7. */
import { defineDialect, type DialectMember, type LibraryBatching } from "./define-dialect.js";
import { bulkRead, bulkWrite, calls, filtered, leads, readMany, readOne, write } from "./steps.js";

/** Names in a `where` that keep Prisma from merging: everything that is not equality of scalar fields. */
const DEFEATING =
  "AND OR NOT in notIn not lt lte gt gte contains startsWith endsWith search mode has hasSome hasEvery some every none is isNot path";

/**
 * Sources: "Solving the n+1 problem" of the documentation; prisma/orm#16625 (`findUniqueOrThrow` was not merged from 4.7 on, until the pull request 19554),
 * prisma/orm#23313 (`AND` and `OR` keep calls from being merged).
 */
const batched: LibraryBatching = {
  package: "@prisma/client",
  since: "2.0.0",
  text: "merges findUnique calls of one tick and one selection into a single query",
  defeatedBy: { arg: 0, at: "where", names: DEFEATING.split(" ") },
};

const transaction: DialectMember = {
  call: { callbacks: [{ arg: 0, params: ["client"], runs: "once", transaction: true }] },
};

export const prisma = defineDialect({
  id: "prisma",
  title: "Prisma",
  kind: "sql",
  packages: ["@prisma/client", ".prisma/client", "@prisma/client/edge"],
  generated: ["PrismaClient", "Prisma"],
  instances: {
    PrismaClient: { state: "client" },
    "Prisma.TransactionClient": { state: "client" },
    "Prisma.DefaultPrismaClient": { state: "client" },
  },
  subclasses: { PrismaClient: { instance: "client" } },
  states: {
    client: {
      members: {
        $transaction: transaction,
        ...leads("$extends $on $use", "client"),
        ...calls("$connect $disconnect", { access: "unknown", rows: "none", when: "call" }),
        ...calls("$queryRaw", { ...readMany, sql: "tag" }),
        ...calls("$queryRawUnsafe $queryRawTyped", { ...readMany, sql: 0 }),
        ...calls("$executeRaw", { ...write, sql: "tag" }),
        ...calls("$executeRawUnsafe", { ...write, sql: 0 }),
        ...calls("$runCommandRaw", { access: "unknown", rows: "many", when: "call" }),
        $parent: { get: { to: "client" } },
        "*": { get: { to: "model", table: "member" } },
      },
    },
    model: {
      members: {
        ...calls("findUnique findOne", { ...filtered(readOne, 0), batched }, { to: "fluent" }),
        ...calls(
          "findUniqueOrThrow",
          { ...filtered(readOne, 0), batched: { ...batched, except: ["4.7.0", "4.16.0"] } },
          { to: "fluent" },
        ),
        ...calls("findFirst findFirstOrThrow", filtered(readOne, 0), { to: "fluent" }),
        ...calls("findMany", filtered(readMany, 0)),
        ...calls("groupBy", filtered(readMany, 0)),
        ...calls("count aggregate", filtered(readOne, 0)),
        ...calls("create", write),
        ...calls("update upsert delete", filtered(write, 0)),
        ...calls("createMany createManyAndReturn", bulkWrite),
        ...calls("updateMany updateManyAndReturn deleteMany", filtered(bulkWrite, 0)),
        ...calls("findRaw aggregateRaw", bulkRead),
      },
    },
    // `prisma.user.findUnique(…).posts()` loads a relation of the row found: the same round trips, one more query.
    fluent: {},
  },
  shapes: [{ receivers: ["prisma", "prismaClient", "prismaService"], state: "client" }],
  documentation: "Prisma Client API reference; Query optimization: Solving the n+1 problem",
});
