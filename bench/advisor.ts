/**
 * Choosing indexes for the queries of a whole workspace, and asking the planner about them. Run with `npx tsx bench/advisor.ts`.
 *
 * 300 files with five queries each, on 30 tables that lack every index: far more than any repository has, for the cost of an edit must not depend on it.
 * `--host FILE` takes another checkout's `create-host.ts`, to compare; `--planner FILE` asks another checkout's `planner-process.ts` the same, in turns.
 */
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { ProofRequest } from "../server/src/advisor/proof.js";
import type { createHost as CreateHost } from "../server/src/analysis/create-host.js";
import { createPlanner } from "../server/src/planner/create-planner.js";

const FILES = 300;
const QUERIES = 5;
const TABLES = 30;
const EDITS = Number(process.env["EDITS"] ?? 20);

function schema(): string {
  const models = Array.from(
    { length: TABLES },
    (_, i) =>
      `model T${i} {\n  id Int @id\n${Array.from({ length: 8 }, (_, c) => `  c${c}Id Int\n`).join("")}  createdAt DateTime\n}\n`,
  );
  return `datasource db {\n  provider = "postgresql"\n}\n${models.join("")}`;
}

function route(i: number): string {
  const queries = Array.from({ length: QUERIES }, (_, q) => {
    const [table, column] = [(i + q) % TABLES, (i * 3 + q) % 8];
    const more = q % 2 === 0 ? "" : ', orderBy: { createdAt: "desc" }, take: 20';
    return `  await prisma.t${table}.findMany({ where: { c${column}Id: Number(request.params.id), c${(column + q) % 8}Id: 1 + id }${more} });`;
  });
  return `import { PrismaClient } from "@prisma/client";
import express from "express";
const prisma = new PrismaClient();
const app = express();
app.get("/r${i}/:id", async (request, response) => {
  const id = Number(request.params.id);
${queries.join("\n")}
  response.json(id);
});
`;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

function timed(run: () => void): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}

async function hostBench(createHost: typeof CreateHost): Promise<readonly ProofRequest[]> {
  const host = createHost();
  host.configure({ roots: ["/b"], rules: [], severities: {}, quietPaths: [], smallLoopBound: 10, queryFunctions: [] });
  const dependencies = { "@prisma/client": "6", express: "5" };
  host.setManifests([{ path: "/b/package.json", text: JSON.stringify({ name: "b", dependencies }) }]);
  await host.prepare();
  host.apply([{ path: "/b/prisma/schema.prisma", text: schema() }]);
  host.apply(Array.from({ length: FILES }, (_, i) => ({ path: `/b/src/r${i}.ts`, text: route(i) })));
  let ms: Readonly<Record<string, number>> = {};
  row(
    `${FILES * QUERIES} queries, cold`,
    timed(() => (ms = host.refresh().work.ruleMs)),
  );
  row("  of which the choice of indexes", ms["workload"] ?? 0);
  const found = host.allFindings().filter(({ family }) => family === "missing-index");
  const told = found.filter(({ severity }) => severity !== "hint");
  console.info(`${found.length} findings, ${told.length} of them above a hint`);
  const edit = (file: number, text: (i: number) => string): number =>
    median(
      Array.from({ length: EDITS }, (_, i) => {
        host.apply([{ path: `/b/src/r${file}.ts`, text: text(i) }]);
        return timed(() => host.refresh());
      }),
    );
  row(
    "after an edit below the queries (median)",
    edit(7, (i) => `${route(7)}// ${i}\n`),
  );
  row(
    "after an edit above them: all places move (median)",
    edit(0, (i) => `${"\n".repeat(1 + (i % 2))}${route(0)}`),
  );
  row(
    "after an edit of a query (median)",
    edit(3, (i) => route(3).replace("c1Id", `c${2 + (i % 2)}Id`)),
  );
  return host.pendingProofs();
}

const ownPlanner = path.resolve(__dirname, "../server/src/planner-process.ts");

/** Returns answers a second. */
async function plannerBench(requests: readonly ProofRequest[], processFile: string): Promise<number> {
  const planner = createPlanner({
    processFile,
    execArgv: ["--import", "tsx"],
    startLimitMs: 120_000,
  });
  const [first, ...rest] = requests;
  if (first === undefined) return Number.NaN;
  const started = performance.now();
  await planner.verify([first]);
  row("planner: the first answer, without an image", performance.now() - started);
  const before = performance.now();
  const asked = rest.slice(0, 1_000);
  await planner.verify(asked);
  const seconds = (performance.now() - before) / 1_000;
  console.info(`planner: ${asked.length} answers, ${Math.round(asked.length / seconds)} a second and process`);
  await planner.close();
  return asked.length / seconds;
}

/** Each is asked twice, in turns: other work on the machine then disturbs both alike. */
async function comparePlanners(requests: readonly ProofRequest[], other: string): Promise<void> {
  const ratios: number[] = [];
  for (let turn = 0; turn < 2; turn++) {
    const baseline = await plannerBench(requests, other);
    ratios.push((await plannerBench(requests, ownPlanner)) / baseline);
  }
  console.info(`planner: ${ratios.map((ratio) => ratio.toFixed(2)).join(" and ")} times as many answers as the other`);
}

function row(what: string, ms: number): void {
  console.info(`${what.padEnd(56)} ${ms.toFixed(1).padStart(9)} ms`);
}

async function main(): Promise<void> {
  const at = process.argv.indexOf("--host");
  const file = at < 0 ? "../server/src/analysis/create-host.ts" : path.resolve(process.argv[at + 1] ?? "");
  const specifier = at < 0 ? file : pathToFileURL(file).href;
  const { createHost } = (await import(specifier)) as { readonly createHost: typeof CreateHost };
  const requests = await hostBench(createHost);
  const other = process.argv.indexOf("--planner");
  if (0 <= other) await comparePlanners(requests, path.resolve(process.argv[other + 1] ?? ""));
  else if (at < 0 && !process.argv.includes("--no-planner")) await plannerBench(requests, ownPlanner);
}

void main();
