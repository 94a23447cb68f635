/** Queries in a scripted session with the built server: Explain Query, lines above queries, references from the schema, the fix of an index. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CodeAction, CodeLens, Location } from "vscode-languageserver-protocol";
import type { QueryExplanation } from "../../protocol/src/query-explanation.js";
import { PULL, startClient, uriOf, type ScriptedClient } from "../harness/scripted-client.js";

const SQL = `CREATE TABLE users (id bigserial PRIMARY KEY);
CREATE TABLE orders (id bigserial PRIMARY KEY, user_id bigint NOT NULL, at timestamptz);
`;
const CODE = `import express from "express";
import { Pool } from "pg";
const pool = new Pool();
const app = express();
app.get("/orders", async (req, res) => {
  res.json(await pool.query("select * from orders where user_id = $1", [req.query.user]));
});
`;

const state: { folder: string; client?: ScriptedClient } = { folder: "" };

beforeEach(() => {
  state.folder = mkdtempSync(path.join(tmpdir(), "hotpath-lsp-queries-"));
});
afterEach(() => {
  state.client?.process?.kill("SIGKILL");
  rmSync(state.folder, { recursive: true, force: true });
});

test("a query is explained, found from the schema, and its index added", async () => {
  const root = path.join(state.folder, "a");
  const sql = path.join(root, "migrations/001_init.sql");
  const code = path.join(root, "src/orders.ts");
  for (const [file, text] of [
    [path.join(root, "package.json"), '{ "name": "sample", "dependencies": { "pg": "8.11.5", "express": "4.19.2" } }'],
    [path.join(root, "hotpath.config.json"), '{ "planner.enable": false }'],
    [sql, SQL],
    [code, CODE],
  ] as const) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const client = await startClient([root], PULL, path.join(state.folder, "cache"));
  state.client = client;
  await client.until("the scan", () => client.statuses.at(-1)?.state === "ready");
  client.open(code, CODE);
  client.open(sql, SQL);

  const { connection } = client;
  const explained = await connection.sendRequest<QueryExplanation | null>("hotpath/explainQuery", {
    uri: uriOf(code),
    line: 5,
  });
  expect(explained?.title).toBe("orders.query");
  expect(explained?.queries[0]?.tables[0]).toMatchObject({ name: "orders", access: "missing" });
  expect(explained?.markdown).toContain("`orders (user_id)`");
  expect(await connection.sendRequest("hotpath/explainQuery", { uri: uriOf(code), line: 0 })).toBeNull();

  const references = await connection.sendRequest<Location[]>("textDocument/references", {
    textDocument: { uri: uriOf(sql) },
    position: { line: 1, character: 50 },
    context: { includeDeclaration: false },
  });
  expect(references.map(({ uri, range }) => [uri, range.start.line])).toEqual([[uriOf(code), 5]]);

  // A line above a query calls a command that only our own client has.
  const lenses = await connection.sendRequest<CodeLens[]>("textDocument/codeLens", {
    textDocument: { uri: uriOf(code) },
  });
  expect(lenses).toEqual([]);

  const { items = [] } = await client.pull(code);
  const diagnostic = items.find((one) => one.code === "unindexed-filter");
  const actions = await connection.sendRequest<CodeAction[]>("textDocument/codeAction", {
    textDocument: { uri: uriOf(code) },
    range: diagnostic?.range,
    context: { diagnostics: [diagnostic] },
  });
  expect(actions.map(({ title }) => title)).toContain("Ignore unindexed-filter on this line, with a reason");
  expect(await client.stop()).toBe(0);
}, 60_000);
