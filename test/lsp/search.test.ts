/** Searching code and the order of findings, in a scripted session with the built server. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  judgeFindingMethod,
  modelStatusMethod,
  orderedFindingsMethod,
  resetLearningMethod,
  searchCodeMethod,
  similarCodeMethod,
  type ModelStatusParams,
  type OrderedFinding,
  type SearchCodeResult,
} from "../../protocol/src/search.js";
import { PULL, startClient, uriOf, type ScriptedClient } from "../harness/scripted-client.js";

const handler = (name: string): string => `import express from "express";
import { Pool } from "pg";
const pool = new Pool();
const app = express();
app.get("/${name}", async (req, res) => {
  const ${name} = [];
  for (const id of req.body.ids) ${name}.push(await pool.query("select * from ${name} where id = $1", [id]));
  res.json(${name});
});
`;

const state: { folder: string; client?: ScriptedClient } = { folder: "" };

beforeEach(() => {
  state.folder = mkdtempSync(path.join(tmpdir(), "hotpath-lsp-search-"));
});
afterEach(() => {
  state.client?.process?.kill("SIGKILL");
  rmSync(state.folder, { recursive: true, force: true });
});

test(
  "code is searched, similar defects are found, and answers about findings are kept and forgotten",
  { timeout: 90_000 },
  async () => {
    const root = path.join(state.folder, "a");
    mkdirSync(path.join(root, "src"), { recursive: true });
    writeFileSync(path.join(root, "package.json"), '{ "name": "a", "dependencies": { "pg": "8", "express": "4" } }');
    for (const name of ["orders", "invoices"]) writeFileSync(path.join(root, `src/${name}.ts`), handler(name));
    const cache = path.join(state.folder, "cache");
    const client = await startClient([root], PULL, cache);
    state.client = client;
    await client.until("ready", () => client.statuses.at(-1)?.state === "ready");
    const { connection } = client;

    const found = await connection.sendRequest<SearchCodeResult>(searchCodeMethod, {
      text: "list of invoices",
      kind: "function",
    });
    expect(path.basename(found.found[0]?.uri ?? "")).toBe("invoices.ts");
    expect(found.found[0]?.rules).toContain("query-in-loop");

    const orders = path.join(root, "src/orders.ts");
    client.open(orders, readFileSync(orders, "utf8"));
    const place = { uri: uriOf(orders), position: { line: 6, character: 40 }, rule: "query-in-loop" };
    const similar = await connection.sendRequest<SearchCodeResult | null>(similarCodeMethod, place);
    expect(path.basename(similar?.found[0]?.uri ?? "")).toBe("invoices.ts");

    const status = await connection.sendRequest<ModelStatusParams>(modelStatusMethod);
    expect(status).toMatchObject({ state: "ready", text: "all-MiniLM-L6-v2 on cpu" });
    expect(status.detail).toMatch(/batches of \d+.*cuda is not used: /);

    const before = await connection.sendRequest<readonly OrderedFinding[]>(orderedFindingsMethod);
    const last = before.filter(({ rule }) => rule === "query-in-loop").at(-1);
    if (last === undefined) throw new Error("no findings");
    const answer = { uri: last.uri, line: last.line, rule: last.rule, verdict: "accepted" };
    expect(await connection.sendRequest(judgeFindingMethod, answer)).toBe(true);
    expect(await connection.sendRequest(judgeFindingMethod, { ...answer, line: 0 })).toBe(false);
    const after = await connection.sendRequest<readonly OrderedFinding[]>(orderedFindingsMethod);
    expect(after[0]?.uri).toBe(last.uri);
    expect(after[0]?.reasons.join()).toContain("moved up");
    expect(await connection.sendRequest(resetLearningMethod)).toBe(1);
    expect(await connection.sendRequest(orderedFindingsMethod)).toEqual(before);
    expect(await client.stop()).toBe(0);
  },
);
