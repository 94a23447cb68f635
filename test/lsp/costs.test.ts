/** Costs in a scripted session with the built server: the list, the path of one, lines above handlers, hover, and a profile. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CodeLens, Hover } from "vscode-languageserver-protocol";
import type { CostPathResult, EndpointCostsResult, ImportProfileResult } from "../../protocol/src/costs.js";
import { PULL, startClient, uriOf, type ScriptedClient } from "../harness/scripted-client.js";

const CODE = `import express from "express";
import { Pool } from "pg";
const pool = new Pool();
const app = express();
async function load(id: number) {
  return pool.query("select * from orders where id = $1", [id]);
}
app.post("/orders", async (req, res) => {
  for (const id of req.body.ids) await load(id);
  res.end();
});
`;

const state: { folder: string; client?: ScriptedClient } = { folder: "" };

beforeEach(() => {
  state.folder = mkdtempSync(path.join(tmpdir(), "hotpath-lsp-costs-"));
});
afterEach(() => {
  state.client?.process?.kill("SIGKILL");
  rmSync(state.folder, { recursive: true, force: true });
});

test("an entry point is listed with its cost, its path can be walked, and a profile measures it", async () => {
  const root = path.join(state.folder, "a");
  const code = path.join(root, "src/orders.ts");
  mkdirSync(path.dirname(code), { recursive: true });
  writeFileSync(path.join(root, "package.json"), '{ "name": "sample", "dependencies": { "pg": "8", "express": "4" } }');
  writeFileSync(code, CODE);
  const client = await startClient([root], PULL, path.join(state.folder, "cache"));
  state.client = client;
  await client.until("the scan", () => client.statuses.at(-1)?.state === "ready");
  client.open(code, CODE);
  const { connection } = client;

  const { endpoints, profiles } = await connection.sendRequest<EndpointCostsResult>("hotpath/endpointCosts", {});
  expect(profiles).toEqual([]);
  expect(endpoints.map(({ label, cost }) => `${label}: ${cost}`)).toEqual(["POST /orders: ids queries"]);

  const { steps } = await connection.sendRequest<CostPathResult>("hotpath/costPath", { id: endpoints[0]?.id });
  expect(steps).toMatchObject([
    {
      text: "load(id)",
      cost: "1 query",
      often: "for each of ids",
      steps: [{ cost: "1 query", range: { start: { line: 6 } } }],
    },
  ]);
  expect(await connection.sendRequest("hotpath/costPath", { id: "gone" })).toEqual({ steps: [] });

  const textDocument = { uri: uriOf(code) };
  const hover = await connection.sendRequest<Hover | null>("textDocument/hover", {
    textDocument,
    position: { line: 4, character: 17 },
  });
  expect(JSON.stringify(hover)).toContain("one call costs `1 query` (estimated)");

  const broken = path.join(state.folder, "broken.cpuprofile");
  writeFileSync(broken, "{");
  await expect(connection.sendRequest("hotpath/importProfile", { file: broken })).rejects.toThrow("ends in the middle");
  const results = path.join(state.folder, "load.json");
  writeFileSync(
    results,
    '{ "url": "http://localhost/orders", "requests": { "total": 7 }, "latency": { "average": 3 } }',
  );
  const { message } = await connection.sendRequest<ImportProfileResult>("hotpath/importProfile", { file: results });
  expect(message).toContain("load.json: 1 route");
  const after = await connection.sendRequest<EndpointCostsResult>("hotpath/endpointCosts", { file: code });
  expect(after).toMatchObject({
    profiles: ["load.json"],
    endpoints: [{ measured: { text: "7 calls, 100 % of request time" } }],
  });
  // Lines do nothing without the command behind them, so that other clients get none.
  expect(await connection.sendRequest<CodeLens[]>("textDocument/codeLens", { textDocument })).toEqual([]);
  await connection.sendRequest("hotpath/clearProfiles");
  expect(await connection.sendRequest("hotpath/endpointCosts", {})).toMatchObject({ profiles: [] });
  expect(await client.stop()).toBe(0);
});
