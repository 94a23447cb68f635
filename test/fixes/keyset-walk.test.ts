/** A walk asks behind the last row only where the order is the key's own and every row brings its key. */
import { expect, test } from "vitest";
import { fixesIn } from "../harness/apply-fix.js";

const SCHEMA = `datasource db {
  provider = "postgresql"
  url      = ""
}
model Event {
  id   String   @id
  at   DateTime
  name String
}
`;

function offers(query: string): number {
  const text = `import { PrismaClient } from "@prisma/client";
import express from "express";
const db = new PrismaClient();
const app = express();
app.get("/export", async (req, res) => {
  let skip = 0;
  for (;;) {
    const rows = await db.event.findMany(${query});
    res.write(JSON.stringify(rows));
    if (rows.length < 500) break;
    skip += 500;
  }
  res.end();
});
`;
  const found = fixesIn({ "prisma/schema.prisma": SCHEMA, "src/a.ts": text }, "deep-offset");
  expect(found.length).toBe(1);
  return found.flatMap(({ fixes }) => fixes).length;
}

test.each([
  ["in the order of the key", '{ skip, take: 500, orderBy: { id: "desc" } }', 1],
  ["in no order", "{ skip, take: 500, select: { id: true, name: true } }", 1],
  ["in another order", '{ skip, take: 500, orderBy: { at: "asc" } }', 0],
  ["in an order that repeats", '{ skip, take: 500, orderBy: [{ at: "asc" }, { id: "asc" }] }', 0],
  ["without its key", "{ skip, take: 500, select: { name: true } }", 0],
  ["with a condition on its key", '{ skip, take: 500, where: { id: { startsWith: "a" } } }', 0],
  ["with conditions from elsewhere", "{ skip, take: 500, where: { ...JSON.parse(String(req.query.where)) } }", 0],
  ["of different rows", '{ skip, take: 500, distinct: ["name"] }', 0],
])("%s", (_, query, count) => {
  expect(offers(query)).toBe(count);
});
