/** Schema files in a scripted session with the built server: findings, hover, and ignore comments in the language's own style. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CodeAction, Hover } from "vscode-languageserver-protocol";
import { PULL, startClient, uriOf, type ScriptedClient } from "../harness/scripted-client.js";

const SQL = `CREATE TABLE users (id bigserial PRIMARY KEY);
CREATE TABLE orders (
  id bigserial PRIMARY KEY,
  user_id bigint REFERENCES users (id)
);
`;

const state: { folder: string; client?: ScriptedClient } = { folder: "" };

beforeEach(() => {
  state.folder = mkdtempSync(path.join(tmpdir(), "hotpath-lsp-schema-"));
});
afterEach(() => {
  state.client?.process?.kill("SIGKILL");
  rmSync(state.folder, { recursive: true, force: true });
});

test("SQL files are diagnosed, hovered over and ignored like code", async () => {
  const root = path.join(state.folder, "a");
  const file = path.join(root, "db/migrations/001_init.sql");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(path.join(root, "package.json"), '{ "name": "sample" }');
  writeFileSync(file, SQL);
  const client = await startClient([root], PULL, path.join(state.folder, "cache"));
  state.client = client;
  await client.until("the scan", () => client.statuses.at(-1)?.state === "ready");

  client.open(file, SQL);
  const { items = [] } = await client.pull(file);
  expect(items.map(({ code, range }) => [code, range.start])).toEqual([
    ["unindexed-foreign-key", { line: 3, character: 2 }],
  ]);

  const textDocument = { uri: uriOf(file) };
  const [diagnostic] = items;
  const hover = await client.connection.sendRequest<Hover>("textDocument/hover", {
    textDocument,
    position: { line: 3, character: 4 },
  });
  expect(JSON.stringify(hover.contents)).toContain("PostgreSQL makes no index for a foreign key by itself");
  const actions = await client.connection.sendRequest<CodeAction[]>("textDocument/codeAction", {
    textDocument,
    range: diagnostic?.range,
    context: { diagnostics: [diagnostic] },
  });
  const edit = actions[0]?.edit?.changes?.[uriOf(file)]?.[0];
  expect(edit?.newText).toMatch(/^ {2}-- hotpath-ignore-next-line unindexed-foreign-key/);

  const lines = SQL.split("\n");
  lines.splice(edit?.range.start.line ?? 0, 0, `${edit?.newText.trimEnd() ?? ""} small`);
  client.change(file, 2, lines.join("\n"));
  expect((await client.pull(file)).items).toEqual([]);
  expect(await client.stop()).toBe(0);
}, 30_000);
