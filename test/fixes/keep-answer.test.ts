/** An answer is kept only where every write of its table can throw it away, and where it reads the same when it comes back. */
import { expect, test } from "vitest";
import { filesAfter, fixesIn, type Files } from "../harness/apply-fix.js";

const SCHEMA = `datasource db {
  provider = "postgresql"
  url      = ""
}
model SiteSettings {
  id      String @id
  value   String
  COLUMN
}
`;
const READ = `import { PrismaClient } from "@prisma/client";
import express from "express";
import Redis from "ioredis";
export const db = new PrismaClient();
export const redis = new Redis();
const app = express();
app.get("/", async (req, res) => {
  const settings = await db.siteSettings.findMany();
  res.json(settings);
});
app.get("/ready", async (req, res) => { res.json(await redis.ping()); });
`;

function fixed(files: Files, column = ""): string | undefined {
  const all = { "prisma/schema.prisma": SCHEMA.replace("COLUMN", column), "src/read.ts": READ, ...files };
  const found = fixesIn(all, "uncached-constant-read");
  expect(found.length).toBe(1);
  const fix = found[0]?.fixes[0];
  return fix === undefined ? undefined : Object.values(filesAfter(all, fix)).join("\n");
}

test("in Redis where the schema says that JSON keeps it as it is, else in the process", () => {
  expect(fixed({})).toContain('cachedAnswer("siteSettings:all"');
  expect(fixed({}, "changed DateTime")).toContain("cachedForAMinute(() => db.siteSettings.findMany())");
  expect(fixed({}, "price Decimal")).toContain("cachedForAMinute(");
  expect(fixed({ "src/other.ts": 'export const key = "siteSettings:all";\n' })).toContain('"siteSettings:all:2"');
});

const WRITE = 'import { db } from "./read";\n';

test("writes throw it away", () => {
  const save = `${WRITE}export async function save(id: string) {\n  const row = await db.siteSettings.delete({ where: { id } });\n  return row.id;\n}\n`;
  expect(fixed({ "src/save.ts": save })).toContain(
    '  const row = await db.siteSettings.delete({ where: { id } });\n  await redis.del("siteSettings:all");\n  return row.id;',
  );
  expect(fixed({ "src/save.ts": save })).toContain('import { db, redis } from "./read";');
});

test.each([
  ["nobody waits", "export function save(id: string) { return db.siteSettings.delete({ where: { id } }); }"],
  [
    "it is not committed yet",
    "export async function save(id: string) { await db.$transaction(async (tx) => { await tx.siteSettings.delete({ where: { id } }); }); }",
  ],
  [
    "it stands inside other things",
    "export async function save(ids: string[]) { await Promise.all(ids.map((id) => db.siteSettings.delete({ where: { id } }))); }",
  ],
])("nothing where a write cannot be followed: %s", (_, body) => {
  expect(fixed({ "src/save.ts": `${WRITE}${body}\n` })).toBeUndefined();
});

test("nothing where the answer is changed by who asked", () => {
  expect(
    fixed({ "src/read.ts": READ.replace("res.json(settings)", "settings.push({ id: req.url }); res.json(settings)") }),
  ).toBeUndefined();
});
