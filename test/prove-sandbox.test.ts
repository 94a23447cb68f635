/** What a program cannot do while a fix is proved. */
import { expect, test, vi } from "vitest";
import type { Prover } from "../server/src/proving/create-prover.js";
import { bundledProver } from "./harness/bundled-prover.js";
import { tryProof } from "./harness/prover.js";

// A proof starts a database; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000 });

const ready = bundledProver({ limitMs: 60_000 });
const prover: Prover = { prove: async (request, signal) => (await ready).prove(request, signal) };

const SCHEMA = "CREATE TABLE users (id integer PRIMARY KEY, name text);";

/** Runs an expression inside the function that is proved; what it gives or throws is the difference to nothing at all. */
async function inside(expression: string): Promise<string> {
  const code = `import { Pool } from "pg";
const pool = new Pool();
export async function users() {
  await pool.query("SELECT 1");
  return "same";
}`;
  const report = await tryProof(prover, {
    files: { "db/schema.sql": SCHEMA, "src/users.ts": `// users\n${code}` },
    path: "src/users.ts",
    at: "return",
    replace: [['return "same"', `return String(await (async () => ${expression})().catch((error) => error))`]],
    sizes: [2],
  });
  return report.kind === "different" ? report.difference : report.kind === "unprovable" ? report.reason : "same";
}

test("there is nothing of Node in reach", async () => {
  expect(await inside("typeof require + typeof module.constructor._load")).toMatch(/function.*undefined/);
  expect(await inside('require("fs").readFileSync("/etc/hostname", "utf8")')).toContain("lies outside");
  expect(await inside('(await import("node:fs")).readFileSync("/etc/hostname", "utf8")')).toContain("lies outside");
  expect(await inside('process.binding("fs")')).toContain("lies outside");
});

test("code made of text does not run", async () => {
  expect(await inside('pool.query.constructor("return process")().pid')).toContain(
    "Code generation from strings disallowed",
  );
  expect(await inside('(async () => {}).constructor("return process.pid")()')).toContain(
    "Code generation from strings disallowed",
  );
});

test("errors carry no way out", async () => {
  expect(
    await inside(
      'pool.query("SELECT nonsense").catch((error) => error.constructor.constructor("return process")().pid)',
    ),
  ).toContain("Code generation from strings disallowed");
  const frames = `(() => {
    const before = Error.prepareStackTrace;
    Error.prepareStackTrace = (_error, sites) => sites.map((site) => typeof site.getThis() + typeof site.getFunction()).join();
    const seen = new Error("x").stack;
    Error.prepareStackTrace = before;
    return /object|function/.test(seen.split(",").slice(-3).join());
  })()`;
  expect(await inside(frames)).toContain("false");
});

test("a program that never ends is ended", { timeout: 60_000 }, async () => {
  const short = await bundledProver({ limitMs: 12_000 });
  const report = await tryProof(short, {
    files: {
      "db/schema.sql": SCHEMA,
      "src/users.ts": `import { Pool } from "pg";\nexport async function users(pool: Pool) { return (await pool.query("SELECT 1")).rows; }`,
    },
    path: "src/users.ts",
    at: "return",
    replace: [["return ", "for (;;); return "]],
    sizes: [2],
  });
  expect(report).toEqual({ kind: "unprovable", reason: "it took longer than 12 s and was ended" });
});
