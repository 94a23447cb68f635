/** Evaluation over the language server, as a client sees it: the built server over standard streams. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import type {
  EvaluationProgress,
  EvaluationUpdate,
  ListedRun,
  ListedSuite,
  RunEvaluationResult,
} from "../../protocol/src/evaluation.js";
import { repositoryRoot } from "../harness/repository.js";
import { PULL, startClient, uriOf, type ScriptedClient } from "../harness/scripted-client.js";
import { temporaryWorkspace, type TemporaryWorkspace } from "../harness/temporary-workspace.js";

const open: { client?: ScriptedClient; workspace?: TemporaryWorkspace } = {};
afterEach(async () => {
  await open.client?.stop();
  await open.workspace?.dispose();
});

const CASES = `## Flagged: a query in a loop

\`\`\`ts src/a.ts
import { Pool } from "pg";
const pool = new Pool();
export async function load(ids: string[]) {
  for (const id of ids) await pool.query("select 1 from users where id = $1", [id]);
  //                          ^^^^^^^^^^ n-plus-one
}
\`\`\`

## Accepted: nothing

\`\`\`ts
export const fine = 1;
\`\`\`
`;

async function start(files: Readonly<Record<string, string>>): Promise<{
  readonly client: ScriptedClient;
  readonly updates: EvaluationUpdate[];
  readonly at: (name: string) => string;
}> {
  const workspace = temporaryWorkspace(files);
  open.workspace = workspace;
  const client = await startClient([workspace.root], PULL, workspace.cache);
  open.client = client;
  const updates: EvaluationUpdate[] = [];
  client.connection.onNotification("hotpath/evaluationProgress", (update: EvaluationUpdate) => {
    updates.push(update);
  });
  await client.until("ready", () => client.statuses.at(-1)?.state === "ready");
  return { client, updates, at: workspace.at };
}

const ended = (updates: readonly EvaluationUpdate[]): boolean =>
  ["completed", "cancelled", "error"].includes(updates.at(-1)?.progress.state ?? "");

test("suites are listed, run with progress and results, recorded and compared", async () => {
  const { client, updates, at } = await start({
    "eval/own.hotpath-eval.yaml": "name: Own\ncases:\n  - id: loops\n    kind: detect\n    files: [cases.md]\n",
    "eval/cases.md": CASES,
    "eval/bad.hotpath-eval.yaml": "cases:\n  - id: a\n    kind: detekt\n",
  });
  const suites: readonly ListedSuite[] = await client.connection.sendRequest("hotpath/listSuites");
  expect(suites.map(({ name, bundled, cases, problems }) => [name, bundled, cases.length, problems.length])).toEqual([
    ["bad", false, 0, 1],
    ["Own", false, 1, 0],
    ["Detection", true, 8, 0],
  ]);

  const params = { suite: at("eval/own.hotpath-eval.yaml"), trusted: true };
  const run = async (): Promise<string> => {
    updates.length = 0;
    const { session, total, problems }: RunEvaluationResult = await client.connection.sendRequest(
      "hotpath/runEvaluation",
      params,
    );
    expect([total, problems]).toEqual([2, []]);
    await client.until("the run to end", () => ended(updates));
    return session ?? "";
  };
  const first = await run();
  // Cases run side by side; whichever ends first is told first.
  const results = updates.flatMap((update) => update.results).map(({ status, line }) => `${line} ${status}`);
  expect(results.sort()).toEqual(["1 passed", "12 passed"]);
  const last = updates.at(-1);
  expect(last?.progress).toMatchObject({ session: first, state: "completed", done: 2, total: 2, percent: 100 });
  expect(last?.report).toMatchObject({ ok: true, summary: "Own passed: 2 of 2 cases passed" });
  expect(readFileSync(last?.report?.html ?? "", "utf8")).toContain("<h1>Own");
  const known: EvaluationProgress = await client.connection.sendRequest("hotpath/evaluationProgress", {
    session: first,
  });
  expect(known).toEqual(last?.progress);

  // Another server, which has not started it, tells it from the journal.
  const other = await startClient([open.workspace!.root], PULL, open.workspace!.cache);
  const told: EvaluationProgress = await other.connection.sendRequest("hotpath/evaluationProgress", { session: first });
  expect(told).toMatchObject({ session: first, state: "completed", done: 2, total: 2, passed: 2 });
  await other.stop();

  const second = await run();
  expect(updates.at(-1)?.progress.cacheHits).toBe(2);
  expect(updates.at(-1)?.report?.summary).toContain("beside the last run 0 broken, 0 mended");
  const runs: readonly ListedRun[] = await client.connection.sendRequest("hotpath/listRuns");
  expect(runs.map(({ session, done, total, passed }) => [session, done, total, passed]).sort()).toEqual(
    [first, second].sort().map((session) => [session, 2, 2, 2]),
  );
  const compared: string = await client.connection.sendRequest("hotpath/compareRuns", { before: first, after: second });
  expect(compared).toContain("score: cannot tell");
});

test("a wrong suite is refused with the line at fault", async () => {
  const { client, at } = await start({ "bad.hotpath-eval.yaml": "cases:\n  - id: a\n    kind: detekt\n" });
  const result: RunEvaluationResult = await client.connection.sendRequest("hotpath/runEvaluation", {
    suite: at("bad.hotpath-eval.yaml"),
    trusted: true,
  });
  expect(result).toMatchObject({
    total: 0,
    problems: [{ line: 3, column: 11, message: "`detekt` is not known here: did you mean `detect`?" }],
  });
});

test("a run is cancelled in the middle", async () => {
  const cases = Array.from({ length: 400 }, (_, i) => CASES.replaceAll(/^## (\w+): /gm, `## $1: ${i} `)).join("\n");
  const { client, updates, at } = await start({
    "long.hotpath-eval.yaml": "cases:\n  - id: loops\n    kind: detect\n    files: [cases.md]\n",
    "cases.md": cases,
  });
  const { session }: RunEvaluationResult = await client.connection.sendRequest("hotpath/runEvaluation", {
    suite: at("long.hotpath-eval.yaml"),
    trusted: true,
    noCache: true,
  });
  await client.until("some progress", () => 0 < (updates.at(-1)?.progress.done ?? 0));
  expect(await client.connection.sendRequest("hotpath/cancelEvaluation", { session })).toBe(true);
  await client.until("the end", () => ended(updates));
  const { state, done, total } = updates.at(-1)!.progress;
  expect(state).toBe("cancelled");
  expect(done).toBeLessThan(total);
  expect(updates.at(-1)?.report?.summary).toMatch(/^long cancelled after \d+ of \d+ cases: \d+ passed/);
  expect(await client.connection.sendRequest("hotpath/cancelEvaluation", { session })).toBe(false);
});

test("the bundled suite lies where the built server looks for it", () => {
  expect(existsSync(path.join(repositoryRoot, "evaluation/suites/detection.hotpath-eval.yaml"))).toBe(true);
});

test("a suite is checked while it is typed, completed and explained", async () => {
  const file = "orders.hotpath-eval.yaml";
  const text = "name: Orders\nsettings:\n  concurency: 5\ncases:\n  - id: a\n    kind: \n";
  const { client, at } = await start({ [file]: "cases: []\n", "common.hotpath-eval.yaml": "cases: []\n" });
  const uri = uriOf(at(file));
  const messages = (): readonly string[] =>
    (client.pushed.get(uri) ?? []).map(({ message }) => (typeof message === "string" ? message : message.value));
  client.open(at(file), text);
  await client.until("mistakes", () => messages().some((message) => message.includes("did you mean `concurrency`?")));
  client.change(at(file), 2, "include: [nowhere.hotpath-eval.yaml]\n");
  await client.until("the missing file", () => messages().some((message) => message.includes("nowhere")));
  client.change(at(file), 3, "include: [common.hotpath-eval.yaml]\nset");
  await client.until("none", () => !messages().some((message) => message.includes("nowhere")));

  const items = await client.connection.sendRequest<{ readonly label: string }[]>("textDocument/completion", {
    textDocument: { uri },
    position: { line: 1, character: 3 },
  });
  expect(items.map(({ label }) => label)).toContain("settings");
  const hover = await client.connection.sendRequest<{ readonly contents: { readonly value: string } }>(
    "textDocument/hover",
    { textDocument: { uri }, position: { line: 0, character: 2 } },
  );
  expect(hover.contents.value).toContain("**include**");
});

test("a configuration of promptfoo is a suite: listed, and what is left out is told while it is typed", async () => {
  const file = "chat/promptfooconfig.yaml";
  const text = "prompts: [hi]\nproviders: [echo]\ntests:\n  - assert: [{ type: bleu }]\n";
  const { client, at } = await start({ [file]: text, "src/a.ts": "export const a = 1;\n" });
  const suites = await client.connection.sendRequest<readonly ListedSuite[]>("hotpath/listSuites", {});
  const listed = suites.find((suite) => suite.file.endsWith(file));
  expect(listed).toMatchObject({
    name: "chat",
    cases: [{ id: "test 1" }],
    problems: [{ severity: "warning", line: 4 }],
  });
  const uri = uriOf(at(file));
  client.open(at(file), text.replace("bleu", "rouge-n"));
  await client.until("what is left out", () =>
    (client.pushed.get(uri) ?? []).some(({ message }) => JSON.stringify(message).includes("rouge-n")),
  );
  // Its keys are not those of our suites.
  const hover = await client.connection.sendRequest("textDocument/hover", {
    textDocument: { uri },
    position: { line: 0, character: 2 },
  });
  expect(hover).toBeNull();
});
