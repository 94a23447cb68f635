/** Proofs of fixes: both versions of a function run on made-up rows in a process of their own. */
import { expect, test } from "vitest";
import type { Prover } from "../server/src/proving/create-prover.js";
import type { ProofReport } from "../server/src/proving/proof-case.js";
import { bundledProver, tryProof, type ProofTrial } from "./harness/prover.js";

const ready = bundledProver();
const prover: Prover = { prove: async (request, signal) => (await ready).prove(request, signal) };

const SCHEMA = `
model User {
  id     Int     @id @default(autoincrement())
  name   String
  email  String? @unique
  orders Order[]
}

model Order {
  id     Int     @id @default(autoincrement())
  userId Int?
  user   User?   @relation(fields: [userId], references: [id])
  total  Decimal
  placed DateTime @default(now())
}
`;

const counts = (report: ProofReport): string =>
  report.kind === "unprovable"
    ? report.reason
    : `${report.kind}: ${report.runs.map(({ rows, before, after }) => `${rows}: ${before.queryCount} → ${after.queryCount}`).join(", ")}${report.kind === "different" ? ` (${report.difference})` : ""}`;

const prismaLoop: ProofTrial = {
  files: {
    "prisma/schema.prisma": SCHEMA,
    "src/db.ts": `import { PrismaClient } from "@prisma/client";\nexport const prisma = new PrismaClient();\n`,
    "src/orders.ts": `
import express from "express";
import { prisma } from "./db.js";
const app = express();
app.get("/orders", async (req, res) => {
  const orders = await prisma.order.findMany({ orderBy: { id: "asc" } });
  const rows = [];
  for (const order of orders) {
    const user = await prisma.user.findUnique({ where: { id: order.userId ?? -1 } });
    rows.push({ id: order.id, total: order.total, placed: order.placed, user: user?.name });
  }
  res.status(201).json(rows);
});
`,
  },
  path: "src/orders.ts",
  at: "prisma.user",
  replace: [
    [
      "for (const order of orders) {",
      `const users = await prisma.user.findMany({ where: { id: { in: orders.map((order) => order.userId ?? -1) } } });
  const userById = new Map(users.map((user) => [user.id, user]));
  for (const order of orders) {`,
    ],
    ["await prisma.user.findUnique({ where: { id: order.userId ?? -1 } })", "userById.get(order.userId ?? -1)"],
  ],
};

test("a loop over Prisma and its batched form give the same", async () => {
  expect(counts(await tryProof(prover, prismaLoop))).toBe("proved: 10: 11 → 2, 100: 101 → 2, 1000: 1001 → 2");
});
