/** `hotpath check --fix` and `--fix-review`, without the program around them. */
import { chmodSync, readFileSync } from "node:fs";
import path from "node:path";
import { execFileSync } from "node:child_process";
import { afterEach, expect, test } from "vitest";
import { applySafeFixes, writePatch } from "../../server/src/cli/fix.js";
import type { Terminal } from "../../server/src/cli/terminal.js";
import { temporaryWorkspace, type TemporaryWorkspace } from "../harness/temporary-workspace.js";

const PAGE = `import express from "express";
import { readFileSync } from "node:fs";

const app = express();

app.get("/a/:name", async (request, response) => {
  const page = readFileSync("a/" + request.params.name, "utf8");
  response.send(page);
});

app.get("/b/:name", async (request, response) => {
  const page = readFileSync("b/" + request.params.name, "utf8");
  response.send(page);
});
`;
const NAMES = `import { Pool } from "pg";
const pool = new Pool();
export async function names(ids: string[]) {
  const found = [];
  for (const id of ids) {
    const { rows } = await pool.query("select id, name from users where id = $1", [id]);
    found.push(rows[0]);
  }
  return found;
}
`;

const open: TemporaryWorkspace[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.dispose();
});

function workspace(): TemporaryWorkspace {
  const made = temporaryWorkspace();
  open.push(made);
  made.write({
    "package.json": '{ "name": "sample", "dependencies": { "pg": "8", "express": "4" } }',
    "src/page.ts": PAGE,
    "src/names.ts": NAMES,
  });
  return made;
}

function listener(): { readonly terminal: Terminal; readonly said: () => string } {
  let said = "";
  const stream = { write: (text: string) => ((said += text), true) };
  return { terminal: { stderr: stream, stdout: stream, cwd: "/", env: {} }, said: () => said };
}

test("--fix applies every safe fix, round by round, says what it did, and leaves what is to be reviewed", async () => {
  const made = workspace();
  const { service } = await made.open();
  const { terminal, said } = listener();
  await applySafeFixes(service, made.root, () => true, terminal);
  const text = readFileSync(made.at("src/page.ts"), "utf8");
  expect(text.match(/await readFile\(/g)).toHaveLength(2);
  expect(text).not.toContain("readFileSync(");
  expect(readFileSync(made.at("src/names.ts"), "utf8")).toBe(NAMES);
  expect(said()).toContain("src/page.ts:7 sync-io-in-request: ");
  expect(said()).toMatch(/2 fixes in 1 file\n$/);
  expect(service.allFindings().map(({ rule }) => rule)).toEqual(["query-in-loop"]);
});

test("a read-only file stays as it is, in so many words", async () => {
  const made = workspace();
  const { service } = await made.open();
  const { terminal, said } = listener();
  chmodSync(made.at("src/page.ts"), 0o444);
  await applySafeFixes(service, made.root, () => true, terminal);
  expect(readFileSync(made.at("src/page.ts"), "utf8")).toBe(PAGE);
  expect(said()).toContain("src/page.ts cannot be changed: it is read-only\n");
});

test("a file that changed behind the analyzer's back gets no edit", async () => {
  const made = workspace();
  const { service } = await made.open();
  const changed = `// shifted\n${PAGE}`;
  made.write({ "src/page.ts": changed });
  const { terminal, said } = listener();
  await applySafeFixes(service, made.root, () => true, terminal);
  expect(readFileSync(made.at("src/page.ts"), "utf8")).toBe(changed);
  expect(said()).toBe("no safe fixes to apply\n");
});

test("--fix-review writes a patch that git applies, with what to look at", async () => {
  const made = workspace();
  const { service } = await made.open();
  const { terminal } = listener();
  const patch = path.join(made.root, "fixes.patch");
  writePatch(service, made.root, ({ rule }) => rule === "query-in-loop", patch, terminal);
  const text = readFileSync(patch, "utf8");
  expect(text).toMatch(
    /^# src\/names\.ts:6 query-in-loop: Load `users` rows with one query before the loop\n# {3}All rows/,
  );
  execFileSync("git", ["init", "-q"], { cwd: made.root });
  execFileSync("git", ["apply", patch], { cwd: made.root });
  expect(readFileSync(made.at("src/names.ts"), "utf8")).toContain("id = any($1)");
});
