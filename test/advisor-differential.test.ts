/**
 * The advisor against PostgreSQL's planner, over tables and queries made by chance: where it says an index is missing, the planner must find the query at
 * least twice as cheap with it; where it says the query is served, no further index may gain anything worth having. The figures are those of `docs/advisor.md`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { advise, type Advice } from "../server/src/advisor/advise.js";
import { bindQuery } from "../server/src/advisor/bind.js";
import { confirms, type Proof } from "../server/src/advisor/proof.js";
import { proofRequest } from "../server/src/advisor/proof-request.js";
import { bestService } from "../server/src/advisor/served.js";
import { tableNeeds } from "../server/src/advisor/table-needs.js";
import { accessPathsOf } from "../server/src/catalog/lookup.js";
import { createPlanner } from "../server/src/planner/create-planner.js";
import { renderQuery } from "../server/src/queries/render-query.js";
import { temporaryFolder } from "./harness/planner-image.js";
import { type Example, randomExample, randomNumbers } from "./harness/random-schemas.js";
import { repositoryRoot } from "./harness/repository.js";

const exampleCount = 600;
const page = path.join(repositoryRoot, "docs/advisor.md");
const planner = createPlanner({
  processFile: path.join(repositoryRoot, "server/src/planner-process.ts"),
  execArgv: ["--import", "tsx"],
  imageFile: temporaryFolder("planner-1.img"),
});
afterAll(() => planner.close());

/** A plan cheaper than this reads some dozens of rows: no index makes a difference that anybody would notice. A scan of the table costs over 1,000. */
const cheap = 100;

interface Judged {
  readonly example: Example;
  readonly said: "missing" | "served" | "nothing";
  readonly advice: Advice | undefined;
}

function judge(example: Example): Judged {
  const bound = bindQuery(example.catalog, example.query, "/src/a.ts");
  const [advice] = advise(bound, { rowsOf: () => undefined });
  if (advice !== undefined) return { example, said: "missing", advice };
  const [needs] = tableNeeds(bound);
  const service = needs === undefined ? undefined : bestService(accessPathsOf(example.table), needs.needs);
  return { example, said: service === "equal" || service === "unique" ? "served" : "nothing", advice: undefined };
}

/** Every column of the query alone, and its equal columns together with its range or order: what somebody might try. */
function trials({ example }: Judged): readonly Advice[] {
  const bound = bindQuery(example.catalog, example.query, "/src/a.ts");
  const [one] = tableNeeds(bound);
  const needs = one?.needs ?? [];
  const equal = needs.filter(({ kind }) => kind === "equal" || kind === "in").map(({ column }) => column.name);
  const order = example.query.orderBy.map(({ column, direction }) => ({ column: column.name, direction }));
  const sets = [...needs.map(({ column }) => [column.name]), equal, [...equal, ...order.map(({ column }) => column)]];
  return sets
    .map((set) => [...new Set(set)])
    .filter((set) => set.length > 0)
    .map((set) => ({
      kind: "filter",
      table: example.table,
      index: 0,
      needs: [],
      all: needs,
      order,
      candidates: [{ table: example.table, parts: set.map((column) => ({ column })), method: "btree" }],
    }));
}

async function prove(pairs: readonly (readonly [Advice, Example])[]): Promise<readonly Proof[]> {
  const requests = pairs.map(([advice, { query }]) => proofRequest(advice, query, undefined));
  return planner.verify(requests.flatMap((request) => request ?? []));
}

test("what it says is missing gains, what it says is served does not", { timeout: 300_000 }, async () => {
  const next = randomNumbers(20_260_101);
  const judged = Array.from({ length: exampleCount }, () => judge(randomExample(next)));
  const missing = judged.filter(({ said }) => said === "missing");
  const served = judged.filter(({ said }) => said === "served");
  const silent = judged.filter(({ said }) => said === "nothing");

  const proofs = await prove(
    missing.flatMap(({ advice, example }) => (advice === undefined ? [] : [[advice, example] as const])),
  );
  const denied = missing.filter((_, i) => {
    const proof = proofs[i];
    return proof === undefined || !confirms(proof);
  });

  const gaining: string[] = [];
  for (const one of served) {
    const answers = await prove(trials(one).map((advice) => [advice, one.example] as const));
    const gains = answers.some((proof) => proof.kind === "plans" && proof.before.cost > cheap && confirms(proof));
    if (gains) gaining.push(describe(one));
  }
  let missed = 0;
  for (const one of silent) {
    const answers = await prove(trials(one).map((advice) => [advice, one.example] as const));
    if (answers.some((proof) => proof.kind === "plans" && proof.before.cost > cheap && confirms(proof))) missed++;
  }

  const rows = [
    "| The advisor says | Queries | The planner agrees | Disagrees |",
    "| --- | --- | --- | --- |",
    `| an index is missing | ${missing.length} | ${missing.length - denied.length}: it would use the candidate, at half the cost or less | ${denied.length} |`,
    `| the query is served | ${served.length} | ${served.length - gaining.length}: no index on its columns gains anything over a cost of ${cheap} | ${gaining.length} |`,
    `| nothing, for doubt | ${silent.length} | ${silent.length - missed}: no index would gain either | ${missed} |`,
  ].join("\n");
  expect(denied.map(describe)).toEqual([]);
  expect(gaining).toEqual([]);
  if (process.env["HOTPATH_UPDATE"] !== undefined) writeFileSync(page, withTable(readFileSync(page, "utf8"), rows));
  expect(tableOf(readFileSync(page, "utf8"))).toBe(rows);
});

function describe({ example, advice }: Judged): string {
  const indexes = accessPathsOf(example.table).map(
    (path) => `${path.method}(${path.parts.map((p) => p.column).join()})`,
  );
  const candidate = advice?.candidates[0]?.parts.map(({ column }) => column).join() ?? "";
  return `${renderQuery(example.query)} | has ${indexes.join(" ")} | ${candidate}`;
}

const marks = ["<!-- planner -->", "<!-- /planner -->"] as const;

function tableOf(text: string): string {
  const [start, end] = marks;
  return text
    .slice(text.indexOf(start) + start.length, text.indexOf(end))
    .trim()
    .replace(/ +\|/g, " |")
    .replace(/\| +/g, "| ")
    .replace(/-{3,}/g, "---");
}

function withTable(text: string, rows: string): string {
  const [start, end] = marks;
  return `${text.slice(0, text.indexOf(start) + start.length)}\n\n${rows}\n\n${text.slice(text.indexOf(end))}`;
}
