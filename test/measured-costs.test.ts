/** What profiles change: severity, order and words of findings, and the costs of entry points. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Profiles } from "../server/src/service/profiles.js";
import { PACKAGE, temporaryWorkspace, type OpenedService } from "./harness/temporary-workspace.js";

const outside = temporaryWorkspace({});
const workspace = temporaryWorkspace({
  "package.json": PACKAGE,
  "src/db.ts": 'import { Pool } from "pg";\nexport const pool = new Pool();\n',
  "src/cold.ts": `import { Router } from "express";
import { pool } from "./db.js";
export const cold = Router();
cold.get("/cold", async (request, response) => {
  for (const id of request.body.ids) await pool.query("select * from cold where id = $1", [id]);
  response.end();
});
`,
  "src/hot.ts": `import { Router } from "express";
import { pool } from "./db.js";
export const hot = Router();
hot.get("/hot/:id", async (request, response) => {
  for (const id of request.body.ids) await pool.query("select * from hot where id = $1", [id]);
  response.end();
});
`,
});
const state: { opened?: OpenedService } = {};

beforeAll(async () => {
  state.opened = await workspace.open();
});
afterAll(async () => {
  await workspace.dispose();
  await outside.dispose();
});

async function withProfile(name: string, text: string): Promise<{ profiles: Profiles; opened: OpenedService }> {
  const { opened } = state;
  if (opened === undefined) throw new Error("not open");
  const file = path.join(outside.root, name);
  writeFileSync(file, text);
  const profiles = new Profiles();
  await profiles.add(file, [workspace.root]);
  return { profiles, opened };
}

test("statements are joined by what they ask, not by how they are written; the dearest finding comes first", async () => {
  const csv = 'query,calls,total_exec_time\n"SELECT *  FROM hot WHERE id=$1",1204,380\n"select 1",10,620\n';
  const { profiles, opened } = await withProfile("stat.csv", csv);
  const loops = opened.service.allFindings().filter(({ rule }) => rule === "query-in-loop");
  expect(loops.map((one) => path.basename(one.path))).toEqual(["cold.ts", "hot.ts"]);
  const [first, second] = profiles.measured(opened.service, loops);
  expect(path.basename(first?.path ?? "")).toBe("hot.ts");
  expect(first?.message).toContain("(measured: 1,204 calls, 38 % of query time)");
  expect(first?.measured).toMatchObject({ calls: 1204, milliseconds: 380 });
  expect(first?.fingerprint).toBe(loops[1]?.fingerprint);
  expect(second).toBe(loops[0]);
});

test("what was suggested is a warning when it is hot", async () => {
  const csv = 'query,calls,total_exec_time\n"select * from hot where id = $1",5,500\n';
  const { profiles, opened } = await withProfile("stat.csv", csv);
  const quiet = opened.service.allFindings().map((one) => ({ ...one, severity: "information" as const }));
  const bySeverity = new Map(
    profiles.measured(opened.service, quiet).map((one) => [path.basename(one.path), one.severity]),
  );
  expect(bySeverity.get("hot.ts")).toBe("warning");
  expect(bySeverity.get("cold.ts")).toBe("information");
});

test("traces and load tests are joined to routes, also below a prefix", async () => {
  const cannon = [
    { url: "http://localhost/api/hot/7", requests: { total: 300 }, latency: { average: 30 } },
    { url: "http://localhost/api/cold", requests: { total: 100 }, latency: { average: 10 } },
  ];
  const { profiles, opened } = await withProfile("cannon.json", JSON.stringify(cannon));
  const endpoints = profiles.endpoints(opened.service);
  expect(endpoints.map(({ label, measured }) => `${label}: ${measured?.text ?? ""}`)).toEqual([
    "GET /hot/:id: 300 calls, 90 % of request time",
    "GET /cold: 100 calls, 10 % of request time",
  ]);
  const loops = profiles
    .measured(opened.service, opened.service.allFindings())
    .filter(({ rule }) => rule === "query-in-loop");
  expect(loops.map((one) => `${path.basename(one.path)} ${one.measured?.text ?? ""}`)).toEqual([
    "hot.ts 300 calls, 90 % of request time",
    "cold.ts 100 calls, 10 % of request time",
  ]);
});

test("without a profile nothing is said to be measured", () => {
  const { opened } = state;
  if (opened === undefined) throw new Error("not open");
  const profiles = new Profiles();
  const findings = opened.service.allFindings();
  expect(profiles.measured(opened.service, findings)).toBe(findings);
  expect(profiles.endpoints(opened.service).every(({ measured }) => measured === undefined)).toBe(true);
});
