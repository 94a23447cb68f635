/**
 * Inputs that nobody writes by hand, each at two sizes: what doubling one costs, beside ordinary code of the same length.
 *
 *   npx tsx bench/giants.ts [--cli dist/cli.js] [--only NAME]
 *
 * Processor time of whole checks, because other work on the machine disturbs it least. A ratio of 2 is linear; the smallest check, of an empty folder, is taken off first.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

type Files = Readonly<Record<string, string>>;

const HEAD = `import { PrismaClient } from "@prisma/client";
import express from "express";
const prisma = new PrismaClient();
const app = express();
`;
const times = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join("");
const reads = (i: number): string => `export async function load${i}(id: number) {
  const user = await prisma.user.findUnique({ where: { id } });
  if (user === null) throw new Error("no user");
  const orders = await prisma.order.findMany({ where: { userId: user.id }, take: 10 });
  return orders.map((order) => ({ id: order.id, total: order.total * ${i} }));
}
`;
const numbered = (count: number, text: (i: number) => string): Files =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`src/f${i}.ts`, text(i)]));

/** By name, for a size from 1; about as much text each at the same size. */
const KINDS: Readonly<Record<string, (size: number) => Files>> = {
  "ordinary files": (size) => numbered(20 * size, (f) => HEAD + times(25, (i) => reads(f * 25 + i))),
  "one file": (size) => ({ "src/a.ts": HEAD + times(500 * size, reads) }),
  "one function of loops": (size) => ({
    "src/a.ts": `${HEAD}app.get("/x", async (request) => {\n  const ids = request.body.ids;\n${times(400 * size, (i) => `  for (const id${i} of ids) { if (id${i} > ${i}) return; await prisma.user.findUnique({ where: { id: id${i} } }); }\n`)}});\n`,
  }),
  "one switch": (size) => ({
    "src/a.ts": `${HEAD}export async function handle(kind: string, id: number) {\n switch (kind) {\n${times(1000 * size, (i) => `  case "k${i}": { const row = await prisma.user.findUnique({ where: { id } }); return row; }\n`)} }\n}\n`,
  }),
  "tiny files": (size) =>
    numbered(
      1500 * size,
      (i) => `import { f${i >> 1} } from "./f${i >> 1}";\nexport async function f${i}() { return f${i >> 1}(); }\n`,
    ),
  "everything calls everything": (size) => ({
    "src/a.ts":
      HEAD +
      times(
        300 * size,
        (i) =>
          `export async function f${i}(id: number) { await prisma.t${i}.findMany({ where: { id } });${times(8, (k) => ` await f${(i * (k + 1) + 1) % (300 * size)}(id);`)} }\n`,
      ),
  }),
  "a large schema": (size) => ({
    "src/a.ts": HEAD,
    "prisma/schema.prisma": `datasource db {\n  provider = "postgresql"\n}\n${times(800 * size, (i) => `model M${i} {\n  id Int @id\n  parentId Int\n  parent M0 @relation("r${i}", fields: [parentId], references: [id])\n}\n`)}`,
  }),
  "a dump of SQL": (size) => ({
    "src/a.ts": HEAD,
    "migrations/1.sql": `CREATE TABLE t (id int primary key, a int, b text);\n${times(40_000 * size, (i) => `INSERT INTO t VALUES (${i}, ${i}, 'some text');\n`)}`,
  }),
};

/** Seconds of processor time and megabytes. */
function check(cli: string, files: Files): { readonly seconds: number; readonly mb: number } {
  const folder = mkdtempSync(path.join(tmpdir(), "hotpath-giants-"));
  try {
    const manifest = JSON.stringify({ name: "giant", dependencies: { "@prisma/client": "6", express: "5" } });
    for (const [name, text] of Object.entries({ ...files, "package.json": manifest })) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    const args = [
      cli,
      "check",
      folder,
      "--format",
      "json",
      "--fail-on",
      "never",
      "--no-cache",
      "--no-planner",
      "--no-daemon",
    ];
    const timeFile = path.join(folder, "time");
    const command = ["-f", "%U %M", "-o", timeFile, process.execPath, ...args];
    const { status } = spawnSync("/usr/bin/time", command, { maxBuffer: 2 ** 30 });
    if (status !== 0) throw new Error(`the check ended with ${String(status)}`);
    const [seconds = Number.NaN, kilobytes = Number.NaN] = readFileSync(timeFile, "utf8").trim().split(" ").map(Number);
    return { seconds, mb: kilobytes / 1024 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function main(): void {
  const { values } = parseArgs({ options: { cli: { type: "string" }, only: { type: "string" } } });
  const cli = path.resolve(values.cli ?? path.join(__dirname, "../dist/cli.js"));
  const base = check(cli, {}).seconds;
  console.info(`an empty folder: ${base.toFixed(2)} s`);
  for (const [name, make] of Object.entries(KINDS)) {
    if (values.only !== undefined && values.only !== name) continue;
    const [one, two] = [check(cli, make(2)), check(cli, make(4))];
    const ratio = (two.seconds - base) / Math.max(0.01, one.seconds - base);
    console.info(
      `${name.padEnd(28)} ${one.seconds.toFixed(2).padStart(7)} s, twice as much ${two.seconds.toFixed(2).padStart(7)} s: ${ratio.toFixed(2)} × (${two.mb.toFixed(0)} MB)`,
    );
  }
}

main();
