/** Proofs of fixes over mysql2: its statements and results on the database of a proof, and what ends one. */
import { expect, test, vi } from "vitest";
import type { Prover } from "../server/src/proving/create-prover.js";
import type { ProofReport } from "../server/src/proving/proof-case.js";
import { toPostgres } from "../server/src/proving/sandbox/mysql2/statement.js";
import { filesAfter, fixesIn } from "./harness/apply-fix.js";
import { ROOT } from "./harness/check-case.js";
import { bundledProver } from "./harness/bundled-prover.js";
import { proofOf, tryProof } from "./harness/prover.js";

// A proof starts a database; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000 });

const ready = bundledProver();
const prover: Prover = { prove: async (request, signal) => (await ready).prove(request, signal) };

const SCHEMA = `
CREATE TABLE customers (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(80) NOT NULL, \`joinedAt\` DATETIME NULL, vip TINYINT(1) NOT NULL) ENGINE=InnoDB;
CREATE TABLE orders (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, customerId INT NULL, total DECIMAL(10,2) NOT NULL,
  KEY (customerId), CONSTRAINT fk FOREIGN KEY (customerId) REFERENCES customers (id)) ENGINE=InnoDB;
`;
const HEAD = `import mysql, { type RowDataPacket } from "mysql2/promise";
const pool = mysql.createPool({ uri: "mysql://localhost/shop" });
`;
const LOOP = `${HEAD}
export async function names() {
  const [orders] = await pool.query<RowDataPacket[]>("SELECT id, customerId, total FROM orders ORDER BY id");
  const found = [];
  for (const order of orders) {
    if (order.customerId === null) continue;
    const [rows] = await pool.query<RowDataPacket[]>("SELECT id, name, joinedAt, vip FROM customers WHERE id = ?", [order.customerId]);
    found.push({ order: order.id, total: order.total, customer: rows[0]?.name, vip: rows[0]?.vip, at: rows[0]?.joinedAt });
  }
  return found;
}
`;
const counts = (report: ProofReport): string =>
  report.kind === "unprovable"
    ? report.reason
    : `${report.kind}: ${report.runs.map(({ rows, before, after }) => `${rows}: ${before.queryCount} → ${after.queryCount}`).join(", ")}`;

const filesWith = (code: string): Readonly<Record<string, string>> => ({
  "package.json": '{ "name": "shop", "dependencies": { "mysql2": "3.11.0" } }',
  "db/schema.sql": SCHEMA,
  "src/orders.ts": code,
});

/** What the function gives on ten rows, beside a version that gives the same by other means. */
async function same(before: string, after: string): Promise<string> {
  const code = `${HEAD}export async function work() {\n  ${before}\n}\n`;
  const report = await tryProof(prover, {
    files: filesWith(code),
    path: "src/orders.ts",
    at: before,
    replace: [[before, after]],
    sizes: [10],
  });
  return report.kind === "different" ? `${counts(report)}: ${report.difference}` : counts(report);
}

test("the fix on offer for a query in a loop is proved", async () => {
  const files = filesWith(LOOP);
  const [found] = fixesIn(files).filter(({ finding }) => finding.rule === "query-in-loop");
  const [fix] = found?.fixes ?? [];
  if (found === undefined || fix === undefined) throw new Error("no fix was offered");
  expect(filesAfter(files, fix)["src/orders.ts"]).toContain("in (?)");
  const path = `${ROOT}/src/orders.ts`;
  const made = proofOf(files, {
    path,
    offset: LOOP.lastIndexOf("pool.query"),
    edits: fix.edits,
    trials: [10, 100].map((rows) => ({ rows, seed: 1 })),
  });
  if ("reason" in made) throw new Error(made.reason);
  expect(counts(await prover.prove(made.request))).toMatch(/^proved: 10: \d+ → 2, 100: \d+ → 2$/);
});

test("results are mysql2's: tuples, numbers for truth values and counts, headers of writes", async () => {
  const row =
    "typeof rows[0].vip, typeof rows[0].total, rows[0].joinedAt instanceof Date || rows[0].joinedAt === null, fields.map((one) => one.name)";
  expect(
    await same(
      `const [rows, fields] = await pool.query("SELECT vip, total, joinedAt FROM customers JOIN orders ON customerId = customers.id"); return [${row}];`,
      `await pool.query("SELECT 1"); return ["number", "string", true, ["vip", "total", "joinedAt"]];`,
    ),
  ).toBe("proved: 10: 1 → 1");
  expect(
    await same(
      'const [[{ n }]] = await pool.execute("SELECT COUNT(*) AS n FROM customers"); const [[{ s }]] = await pool.execute("SELECT SUM(vip) AS s FROM customers"); return [n, typeof s];',
      'await pool.query("SELECT 1"); return [10, "string"];',
    ),
  ).toBe("proved: 10: 2 → 1");
  expect(
    await same(
      'const [made] = await pool.query("INSERT INTO customers (name, vip) VALUES ?", [[["a", true], ["b", false]]]); const [gone] = await pool.execute("DELETE FROM customers WHERE name IN (?, ?)", ["a", "b"]); return [made.affectedRows, 0 < made.insertId, gone.affectedRows];',
      'await pool.query("SELECT 1"); await pool.query("SELECT 2"); return [2, true, 2];',
    ),
  ).toBe("proved: 10: 2 → 2");
  expect(
    await same(
      'const connection = await pool.getConnection(); await connection.beginTransaction(); await connection.query("UPDATE customers SET ? WHERE id = ?", [{ name: "x" }, 1]); await connection.rollback(); connection.release(); return 1;',
      "return 1;",
    ),
  ).toMatch(/^proved: 10: \d → 0$/);
});

test("errors are MySQL's, and a wrong fix is refuted", async () => {
  const insert =
    'const [[one]] = await pool.query("SELECT id FROM customers LIMIT 1"); try { await pool.query("INSERT INTO customers (id, name, vip) VALUES (?, ?, ?)", [one.id, "a", 1]); } catch (error) { return [error.code, error.errno, error.sqlState]; } return "none";';
  expect(
    await same(
      insert,
      `await pool.query("SELECT 1"); await pool.query("SELECT 2"); return ["ER_DUP_ENTRY", 1062, "23000"];`,
    ),
  ).toBe("proved: 10: 2 → 2");
  expect(
    await same(
      'const [rows] = await pool.query("SELECT id FROM customers ORDER BY id"); return rows;',
      'const [rows] = await pool.query("SELECT id FROM customers ORDER BY id DESC"); return rows;',
    ),
  ).toMatch(/^different/);
});

test("what PostgreSQL cannot say for MySQL ends the proof with its name", async () => {
  expect(
    await same(
      'const [made] = await pool.query("INSERT INTO customers (id, name, vip) VALUES (77777, ?, 1)", ["a"]); return made.insertId;',
      "return 77777;",
    ),
  ).toMatch(/it uses `result.insertId` of mysql2/);
  const formatted = "await pool.query(\"SELECT DATE_FORMAT(joinedAt, '%Y') FROM customers\")";
  expect(await same(`return ${formatted};`, `return (${formatted});`)).toMatch(/PostgreSQL does not know this SQL/);
});

test("statements in PostgreSQL's words", () => {
  const written = (statement: string, values: readonly unknown[] = [], inline = true): readonly unknown[] => {
    const { text, params } = toPostgres(statement, values, inline);
    return [text, ...params];
  };
  const quoted = "SELECT `a``b`, userId, Count(*) FROM t WHERE c = \"it's\" AND d = 'x\\'?' -- why?\n AND e = ?";
  expect(written(quoted, [5])).toEqual([
    `SELECT "a\`b", "userId", Count(*) FROM t WHERE c = 'it''s' AND d = 'x''?'   AND e = $1`,
    5,
  ]);
  expect(written("SELECT * FROM ?? WHERE id IN (?) LIMIT ?, 10", ["a.b", [1, 2], 20])).toEqual([
    'SELECT * FROM "a"."b" WHERE id IN ($1, $2) LIMIT 10 OFFSET $3',
    1,
    2,
    20,
  ]);
  expect(
    written("INSERT INTO t (a, b) VALUES ?", [
      [
        [1, null],
        [2, undefined],
      ],
    ]),
  ).toEqual(["INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4)", 1, null, 2, null]);
  expect(written("UPDATE t SET ? WHERE id = ?", [{ a: 1, b: "x" }, 3])).toEqual([
    'UPDATE t SET "a" = $1, "b" = $2 WHERE id = $3',
    1,
    "x",
    3,
  ]);
  expect(written("SELECT IFNULL(a, 0) FROM t WHERE b = ?", [true], false)).toEqual([
    "SELECT COALESCE(a, 0) FROM t WHERE b = $1",
    1,
  ]);
  for (const [statement, values, inline] of [
    ["SELECT a || b FROM t", [], true],
    ["SELECT a FROM t WHERE a <=> NULL", [], true],
    ["INSERT IGNORE INTO t (a) VALUES (1)", [], true],
    ["SELECT 1; SELECT 2", [], true],
    ["SELECT @a", [], true],
    ["SELECT * FROM t WHERE id IN (?)", [[]], true],
    ["SELECT * FROM t WHERE id IN (?)", [[1, 2]], false],
    ["SELECT * FROM t WHERE id = ?", [undefined], false],
    ["SELECT * FROM t WHERE id = ?", [], false],
    ["INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = 2", [], true],
  ] as const)
    expect(() => toPostgres(statement, values, inline), statement).toThrow();
});
