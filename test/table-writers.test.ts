/** Places that write a table, and the rules that have asked for them: they look again when such a place comes, goes or moves, and only then. */
import { expect, test } from "vitest";
import { analyzeFiles, ROOT } from "./harness/check-case.js";

const READ = `import { PrismaClient } from "@prisma/client";
import express from "express";
const db = new PrismaClient();
const app = express();
app.get("/", async (req, res) => res.json(await db.siteSettings.findFirst({ where: { id: 1 } })));
`;
const IDLE = `import { PrismaClient } from "@prisma/client";
export const db = new PrismaClient();
`;
const WRITE = `${IDLE}export async function save(value: string) {
  await db.siteSettings.update({ where: { id: 1 }, data: { value } });
}
`;
const ANY = `${IDLE}export async function run(statement: string) {
  await db.$executeRawUnsafe(statement);
}
`;
const AT_START = `${IDLE}async function migrate() {
  for (const statement of ["a", "b"].map((name) => name.repeat(2))) await db.$executeRawUnsafe(statement);
}
void migrate();
`;

const rule = "uncached-constant-read";
const path = `${ROOT}/src/admin.ts`;

test("a write in another file is listed as soon as it is there", () => {
  const host = analyzeFiles({ "src/routes.ts": READ, "src/admin.ts": IDLE }, { rules: [rule] });
  const found = (): readonly string[] =>
    host.allFindings().flatMap((finding) => finding.related.map((place) => `${place.path}:${place.range.start.line}`));
  expect(host.allFindings()).toHaveLength(1);
  expect(found()).not.toContain(`${path}:4`);
  host.apply([{ path, text: WRITE }]);
  const { work } = host.refresh();
  expect(found()).toContain(`${path}:4`);
  expect([...work.checked].sort()).toEqual([path, `${ROOT}/src/routes.ts`]);
});

test("a statement nobody knows the table of silences the rule, unless it runs while the program starts", () => {
  const host = analyzeFiles({ "src/routes.ts": READ, "src/admin.ts": ANY }, { rules: [rule] });
  expect(host.allFindings()).toEqual([]);
  host.apply([{ path, text: AT_START }]);
  host.refresh();
  expect(host.allFindings()).toHaveLength(1);
});

test("an edit that writes nothing leaves the readers alone", () => {
  const host = analyzeFiles({ "src/routes.ts": READ, "src/admin.ts": IDLE }, { rules: [rule] });
  host.apply([{ path, text: `${IDLE}export const answer = 42;\n` }]);
  expect(host.refresh().work.checked).toEqual([path]);
});
