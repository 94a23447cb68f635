/** What several rules see is told once. */
import { expect, test } from "vitest";
import type { Finding } from "../server/src/analysis/finding.js";
import type { AnalysisHost } from "../server/src/analysis/host.js";
import { loadPostgres } from "../server/src/syntax/postgres.js";
import { analyzeFiles, ROOT } from "./harness/check-case.js";

test("a tree that is written while it is walked is reported where it is written", () => {
  const host = analyzeFiles({
    "src/folders.ts": `import { PrismaClient } from "@prisma/client";
const db = new PrismaClient();
interface Folder { name: string; children: Folder[] }
export async function save(folders: Folder[], parentId: string | null) {
  for (const folder of folders) {
    const made = await db.folder.create({ data: { name: folder.name, parentId } });
    await save(folder.children, made.id);
  }
}
`,
  });
  expect(host.allFindings().map(({ rule, range }) => `${range.start.line} ${rule}`)).toEqual(["6 write-in-loop"]);
});

const SCHEMA = `CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id), shop_id bigint REFERENCES users (id));`;
const MANIFEST = '{ "dependencies": { "pg": "8.0.0" } }';
const ORDERS = `import { Pool } from "pg";
const pool = new Pool();
export async function ordersOf(user: string) {
  return (await pool.query("SELECT id FROM orders WHERE user_id = $1", [user])).rows;
}
`;

/** Findings where the tables are declared, then those in code. */
const findingsIn = (host: AnalysisHost): readonly Finding[] =>
  ["db/migrations/001_init.sql", "src/orders.ts"].flatMap((name) => host.findings(`${ROOT}/${name}`));

test("an index that a query asks for is not asked for again where the foreign key is declared", async () => {
  await loadPostgres();
  const host = analyzeFiles({
    "package.json": MANIFEST,
    "db/migrations/001_init.sql": SCHEMA,
    "src/orders.ts": ORDERS,
  });
  const told = (): readonly string[] =>
    findingsIn(host).map(({ rule, message }) => `${rule} ${/`(?:\w+_id)`/.exec(message)?.[0] ?? ""}`);
  expect(told()).toEqual(["unindexed-foreign-key `shop_id`", "unindexed-filter `user_id`"]);

  // It comes back with the edit that takes the query away, and goes with the one that brings it back.
  host.apply([{ path: `${ROOT}/src/orders.ts`, text: "export const none = 0;\n" }]);
  expect(host.refresh().changed).toContain(`${ROOT}/db/migrations/001_init.sql`);
  expect(told()).toEqual(["unindexed-foreign-key `user_id`", "unindexed-foreign-key `shop_id`"]);
  host.apply([{ path: `${ROOT}/src/orders.ts`, text: ORDERS }]);
  host.refresh();
  expect(told()).toEqual(["unindexed-foreign-key `shop_id`", "unindexed-filter `user_id`"]);
});

test("a foreign key is told when the rule about queries is off", async () => {
  await loadPostgres();
  const host = analyzeFiles(
    { "package.json": MANIFEST, "db/migrations/001_init.sql": SCHEMA, "src/orders.ts": ORDERS },
    { severities: { "unindexed-filter": "off" } },
  );
  expect(findingsIn(host).map(({ rule }) => rule)).toEqual(["unindexed-foreign-key", "unindexed-foreign-key"]);
});
