/** What profiles change: severity, order and words of findings, and the costs of entry points. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { endpoints } from "../server/src/analysis/endpoint-costs.js";
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
  "src/served.ts": `import { Router } from "express";
export const served = Router();
served.use(function (request, response, next) { next(); });
served.get("/render", (request, response) => response.end("x".repeat(1000)));
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

/** As V8 writes it: middleware that calls `next` stands above the handler it lets through. */
function servedProfile(): string {
  const frame = (functionName: string, file: string, lineNumber: number, columnNumber: number): object => ({
    ...{ functionName, scriptId: "1", lineNumber, columnNumber },
    url: file === "" ? "" : `file://${path.join(workspace.root, file)}`,
  });
  return JSON.stringify({
    nodes: [
      { id: 1, callFrame: frame("(root)", "", -1, -1), children: [2, 5] },
      { id: 2, callFrame: frame("", "src/served.ts", 2, 20), children: [3, 4] },
      { id: 3, callFrame: frame("", "src/served.ts", 3, 25) },
      { id: 4, callFrame: frame("", "src/hot.ts", 3, 28) },
      { id: 5, callFrame: frame("(idle)", "", -1, -1) },
    ],
    startTime: 0,
    endTime: 6000,
    samples: [3, 3, 3, 4, 5],
    timeDeltas: [0, 1000, 1000, 1000, 1000],
  });
}

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

test("parts of one route or statement add up, and those of two runs do not", async () => {
  const point = (url: string, value: number): string =>
    JSON.stringify({
      type: "Point",
      metric: "http_req_duration",
      data: { value, tags: { method: "GET", name: `http://localhost${url}`, url: `http://localhost${url}` } },
    });
  // As k6 writes them: an address each, or a name with a hole for what differs.
  const lines = [point("/hot/1", 30), point("/hot/2", 20), point("/hot/${}", 10), point("/cold", 40)];
  const { profiles, opened } = await withProfile("k6.json", `${lines.join("\n")}\n`);
  const texts = (): readonly string[] =>
    profiles.endpoints(opened.service).map(({ label, measured }) => `${label}: ${measured?.text ?? ""}`);
  const once = ["GET /hot/:id: 3 calls, 60 % of request time", "GET /cold: 1 call, 40 % of request time"];
  expect(texts()).toEqual(once);
  const again = path.join(outside.root, "again.json");
  writeFileSync(again, `${lines.join("\n")}\n`);
  await profiles.add(again, [workspace.root]);
  expect(texts()).toEqual(["GET /hot/:id: 6 calls, 60 % of request time", "GET /cold: 2 calls, 40 % of request time"]);
  // A row for each user, and for statements within functions, as pg_stat_statements has them.
  const rows = ["10,t,30", "11,t,20", "10,f,10"].map((row) => `${row},select * from hot where id = $1,5`);
  const csv = `userid,toplevel,total_exec_time,query,calls\n${rows.join("\n")}\n10,t,40,select 1,1\n`;
  const stat = await withProfile("users.csv", csv);
  const [first] = stat.profiles.measured(stat.opened.service, stat.opened.service.allFindings());
  expect(first?.message).toContain("(measured: 15 calls, 60 % of query time)");
});

test("a route nobody counts anything of is listed with its time, and its time is not that of its middleware", async () => {
  const { profiles, opened } = await withProfile("served.cpuprofile", servedProfile());
  const plain = opened.service.ask((inspection) => endpoints(inspection).map(({ point }) => point.label));
  expect(plain).not.toContain("GET /render");
  expect(profiles.endpoints(opened.service).map(({ label, cost, measured }) => [label, cost, measured?.text])).toEqual([
    ["GET /render", "no queries", "75 % of request time"],
    ["GET /hot/:id", "ids queries", "25 % of request time"],
    ["GET /cold", "ids queries", undefined],
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
