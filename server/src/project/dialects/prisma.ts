/** Prisma Client, generations 2 to 7. */
import { defineDialect, type DialectMember } from "./define-dialect.js";
import { bulkRead, bulkWrite, calls, filtered, leads, readMany, readOne, write } from "./steps.js";

const BATCHED =
  "Prisma merges findUnique calls of one tick and one selection into a single query (its built-in dataloader, since 2.0)";

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
        ...calls(
          "findUnique findUniqueOrThrow",
          { ...filtered(readOne, 0), batchedByLibrary: BATCHED },
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
