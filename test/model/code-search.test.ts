import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { createEmbedder } from "../../server/src/model/create-embedder.js";
import { createUsearchRows } from "../../server/src/model/usearch-rows.js";
import { noEmbedder, type Embedder } from "../../server/src/ranking/embedder.js";
import { createCodeSearch, type CodeSearch } from "../../server/src/service/code-search.js";
import { createService } from "../../server/src/service/create-service.js";
import { drain } from "../../server/src/service/slices.js";
import type { WorkspaceService } from "../../server/src/service/workspace-service.js";
import { temporaryFolder } from "../harness/planner-image.js";
import { repositoryRoot } from "../harness/repository.js";

const files: Readonly<Record<string, string>> = {
  "package.json": '{ "name": "shop", "dependencies": { "pg": "8", "express": "4" } }',
  "src/db.ts": 'import { Pool } from "pg";\nexport const pool = new Pool();\n',
  "src/orders.ts": `import express from "express";
import { pool } from "./db";
const app = express();
app.get("/orders", async (req, res) => {
  const orders = [];
  for (const id of req.body.ids) {
    orders.push(await pool.query("select * from orders where id = $1", [id]));
  }
  res.json(orders);
});
`,
  "src/invoices.ts": `import express from "express";
import { pool } from "./db";
const app = express();
app.get("/invoices", async (req, res) => {
  const invoices = [];
  for (const id of req.body.ids) {
    invoices.push(await pool.query("select * from invoices where id = $1", [id]));
  }
  res.json(invoices);
});
`,
  "src/dates.ts": `import { pool } from "./db";
export function formatDate(date: Date): string {
  const day = date.getDate();
  const month = date.getMonth() + 1;
  return day + "." + month;
}
export async function today() {
  return formatDate((await pool.query("select now()")).rows[0].now);
}
`,
};

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function workspace(embedder: Embedder): Promise<{ search: CodeSearch; service: WorkspaceService; root: string }> {
  const root = temporaryFolder(`search-${Math.random().toString(36).slice(2)}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  const cacheFolder = path.join(root, "cache");
  const service = await createService({ roots: [root], cacheFolder, overrides: {}, workers: 0 });
  await drain(service.scan());
  service.refresh();
  const cleared = (): Promise<void> => {
    rmSync(root, { recursive: true, force: true });
    return Promise.resolve();
  };
  open.push(service, embedder, { close: cleared });
  return { service, root, search: createCodeSearch({ service, embedder, createNearest: createUsearchRows }) };
}

function model(folder = "server/model"): Embedder {
  return createEmbedder({
    processFile: path.join(repositoryRoot, "server/src/embedder-process.ts"),
    execArgv: ["--import", "tsx"],
    modelFolder: path.join(repositoryRoot, folder),
    provider: "cpu",
  });
}

test("code is found by a sentence, with its findings, and by filters", async () => {
  const { search } = await workspace(model());
  expect(await search.update()).toBe(undefined);
  const dates = await search.search("turn a date into text", {}, 3);
  expect(dates.note).toBe(undefined);
  expect(dates.found[0]?.unit).toMatchObject({ name: "formatDate", kind: "function" });
  const slow = await search.search("loading invoices", { family: "n-plus-one", kind: "function" }, 5);
  expect(slow.found.map((one) => path.basename(one.unit.path))).toEqual(["invoices.ts", "orders.ts"]);
  expect(slow.found[0]).toMatchObject({ rules: ["query-in-loop"], line: 4 });
  const elsewhere = await search.search("loading invoices", { folder: "src/nowhere" }, 5);
  expect(elsewhere.found).toEqual([]);
});

test("the same defect elsewhere stands first among what is like a finding", async () => {
  const { search, service, root } = await workspace(model());
  const text = files["src/orders.ts"] ?? "";
  const file = path.join(root, "src/orders.ts");
  await search.update();
  const answer = await search.similar(file, text.indexOf("pool.query"), {}, 5, "query-in-loop");
  expect(path.basename(answer?.found[0]?.unit.path ?? "")).toBe("invoices.ts");
  expect(answer?.found[0]?.similarity).toBeGreaterThan(0.8);
  expect(await search.similar(file, 0, {}, 5)).toBe(undefined);
  expect(service.allFindings().length).toBeGreaterThan(0);
});

test("a text is embedded once: the next start finds its vector in the cache, an edit costs one", async () => {
  const first = model();
  const { search, service, root } = await workspace(first);
  const asked: number[] = [];
  const counting: Embedder = {
    ...first,
    status: () => first.status(),
    close: () => first.close(),
    embed: (texts, purpose, urgency) => {
      if (purpose === "passage") asked.push(texts.length);
      return first.embed(texts, purpose, urgency);
    },
  };
  await search.update();
  await service.cache.flush(5_000);
  const again = createCodeSearch({ service, embedder: counting });
  await again.update();
  expect(asked.reduce((sum, count) => sum + count, 0)).toBe(0);
  const file = path.join(root, "src/dates.ts");
  service.setOverlay(file, (files["src/dates.ts"] ?? "").replace("+ 1", "+ 2"));
  service.refresh();
  await again.update();
  expect(asked.reduce((sum, count) => sum + count, 0)).toBe(1);
});

test("without a model words decide, the note says why, and findings are what they were", async () => {
  const with_ = await workspace(model());
  await with_.search.update();
  const without = await workspace(noEmbedder("the model is switched off"));
  expect(await without.search.update()).toBe("the model is switched off");
  const answer = await without.search.search("format a date", {}, 3);
  expect(answer.found[0]?.unit.name).toBe("formatDate");
  expect(answer.note).toBe("found by words alone: the model is switched off");
  const told = (service: WorkspaceService, root: string): unknown =>
    JSON.parse(JSON.stringify(service.allFindings()).replaceAll(root, ""));
  expect(told(with_.service, with_.root)).toEqual(told(without.service, without.root));
});

test("a model that cannot be used is told in the note, and nothing else changes", async () => {
  const { search } = await workspace(model("test/model/fixtures/nan"));
  expect(await search.update()).toMatch(/values that are no numbers/);
  const answer = await search.search("format a date", {}, 3);
  expect(answer.found[0]?.unit.name).toBe("formatDate");
  expect(answer.note).toMatch(/found by words alone: .*no numbers/);
  expect((await search.status()).embedder).toMatchObject({ state: "failed" });
});
