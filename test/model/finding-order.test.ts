import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tableRows } from "../../server/src/analysis/table-rows.js";
import { openFeedback } from "../../server/src/model/feedback-store.js";
import { noEmbedder } from "../../server/src/ranking/embedder.js";
import { createCodeSearch } from "../../server/src/service/code-search.js";
import { judge, orderFindings, type OrderParts } from "../../server/src/service/finding-order.js";
import type { WorkspaceService } from "../../server/src/service/workspace-service.js";
import { handlerText, temporaryWorkspace } from "../harness/temporary-workspace.js";

const files: Readonly<Record<string, string>> = {
  "package.json": '{ "name": "shop", "dependencies": { "pg": "8", "express": "4" } }',
  "schema.sql": "CREATE TABLE apples (id int PRIMARY KEY);\nCREATE TABLE polls (id int PRIMARY KEY);\n",
  "hotpath.config.json": '{ "tables": { "polls": { "rows": 5000000 } } }',
  "src/db.ts": 'import { Pool } from "pg";\nexport const pool = new Pool();\n',
  "src/a.ts": handlerText("apples"),
  "src/b.ts": handlerText("polls").replace(
    "const polls = [];",
    "const polls = []; const retries = backoff(attempt, jitter, deadline);",
  ),
  "src/c.ts": handlerText("polls")
    .replace('"/polls"', '"/again"')
    .replace("const polls = [];", "const polls = []; const retries = backoff(attempt, jitter, deadline, limit);"),
};
const workspace = temporaryWorkspace(files);
const { root } = workspace;
const state: { service?: WorkspaceService } = {};

beforeAll(async () => {
  state.service = (await workspace.open()).service;
});
afterAll(() => workspace.dispose());

function partsOf(service: WorkspaceService): OrderParts {
  const search = createCodeSearch({ service, embedder: noEmbedder("off") });
  return { service, search, feedback: openFeedback(path.join(root, "feedback.jsonl")) };
}

test("answers about one finding move those like it, and are forgotten on request; the set of findings stays", async () => {
  const { service } = state;
  if (service === undefined) throw new Error("no workspace");
  const parts = partsOf(service);
  const before = await orderFindings(parts);
  const inLoop = before
    .filter(({ finding }) => finding.rule === "query-in-loop")
    .map(({ finding }) => path.basename(finding.path));
  expect(inLoop).toEqual(["a.ts", "b.ts", "c.ts"]);
  const place = before.find(
    ({ finding }) => finding.path.endsWith("b.ts") && finding.rule === "query-in-loop",
  )?.finding;
  if (place === undefined) throw new Error("no finding to judge");
  const judged = { path: place.path, rule: place.rule, line: place.range.start.line };
  expect(await judge(parts, judged, "accepted")).toBe(true);
  expect(await judge(parts, { ...judged, line: 1 }, "accepted")).toBe(false);

  const after = await orderFindings(partsOf(service));
  const moved = after.filter(({ finding }) => finding.rule === "query-in-loop");
  expect(moved.map(({ finding }) => path.basename(finding.path))).toEqual(["b.ts", "c.ts", "a.ts"]);
  expect(moved[0]?.reasons.join("; ")).toMatch(/moved up: of 1 similar findings you judged, 1 were useful/);
  const ids = (ranked: typeof before): string[] => ranked.map(({ finding }) => finding.fingerprint).sort();
  expect(ids(after)).toEqual(ids(before));

  expect(parts.feedback.reset()).toBe(1);
  expect(await orderFindings(partsOf(service))).toEqual(before);
});

test("what is known of a table's size decides between findings that are alike, and is named", async () => {
  const { service } = state;
  if (service === undefined) throw new Error("no workspace");
  rmSync(path.join(root, "feedback.jsonl"), { force: true });
  const around: OrderParts["around"] = (findings) => service.ask((inspection) => tableRows(inspection, findings));
  const parts: OrderParts = { ...partsOf(service), around };
  const inLoop = (await orderFindings(parts)).filter(({ finding }) => finding.rule === "query-in-loop");
  expect(inLoop.map(({ finding }) => path.basename(finding.path))).toEqual(["b.ts", "c.ts", "a.ts"]);
  expect(inLoop[0]?.reasons).toContain("its table has 5,000,000 rows");
  expect(inLoop[2]?.reasons.join()).not.toContain("rows");
});

test("what a profile says of findings leads among those of one severity", async () => {
  const { service } = state;
  if (service === undefined) throw new Error("no workspace");
  const measured: OrderParts["measured"] = (findings) =>
    findings.map((one) => (one.path.endsWith("c.ts") ? { ...one, measured: { share: 0.5, text: "50 %" } } : one));
  const inLoop = (await orderFindings({ ...partsOf(service), measured })).filter(
    ({ finding }) => finding.rule === "query-in-loop",
  );
  expect(inLoop.map(({ finding }) => path.basename(finding.path))).toEqual(["c.ts", "a.ts", "b.ts"]);
  expect(inLoop[0]?.reasons).toContain("measured: 50 % of the time of requests");
});
