/** A run whose process is killed again and again loses no finished case and repeats none. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import type { CaseResult } from "../../protocol/src/evaluation.js";
import { repositoryRoot } from "../harness/repository.js";
import { startModelServer, type ModelServer } from "../harness/model-server.js";
import { temporaryWorkspace, type TemporaryWorkspace } from "../harness/temporary-workspace.js";

const open: { server?: ModelServer; workspace?: TemporaryWorkspace } = {};
afterEach(async () => {
  await open.server?.close();
  await open.workspace?.dispose();
});

const CASES = 2000;
const KILLS = Number(process.env["HOTPATH_TEST_KILLS"] ?? 6);

/** Runs until it ends, or is killed because `isDue`; true when it ended by itself. However slow the machine is, it is killed at work. */
function evaluate(
  workspace: TemporaryWorkspace,
  args: readonly string[],
  isDue: () => boolean = () => false,
): Promise<boolean> {
  const child = spawn(process.execPath, [path.join(repositoryRoot, "dist/cli.js"), "eval", ...args], {
    cwd: workspace.root,
    env: { ...process.env, HOTPATH_CACHE_DIR: workspace.cache },
    stdio: "ignore",
  });
  const timer = setInterval(() => isDue() && child.kill("SIGKILL"), 2);
  return new Promise((resolve) =>
    child.on("exit", (code) => {
      clearInterval(timer);
      resolve(code === 0);
    }),
  );
}

function journalFile(workspace: TemporaryWorkspace): string | undefined {
  const folder = path.join(workspace.cache, "evaluations/runs");
  const [name] = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".jsonl"));
  return name === undefined ? undefined : path.join(folder, name);
}

/** Results in whole lines of the journal. */
function finished(workspace: TemporaryWorkspace): readonly CaseResult[] {
  const file = journalFile(workspace);
  if (file === undefined) return [];
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.flatMap((line) => (JSON.parse(line) as { readonly r?: CaseResult }).r ?? []);
}

test("killed at random moments and resumed, every case has exactly one result", async () => {
  const server = await startModelServer();
  const workspace = temporaryWorkspace({
    "a.hotpath-eval.yaml": `settings: { concurrency: 4, cache: false }
providers: [{ id: p, type: openai, url: "${server.url}", model: "good:6" }]
cases: [{ id: a, kind: prompt, prompt: "case {{n}}.", variables: rows.jsonl }]
`,
    "rows.jsonl": Array.from({ length: CASES }, (_, n) => `{"n":${n}}\n`).join(""),
  });
  Object.assign(open, { server, workspace });
  const asked = (): readonly { readonly prompt: string }[] => server.seen.get("good:6") ?? [];
  const output = (result: CaseResult): string => (result.output ?? "").replace("You said: ", "");

  /** After some more cases were asked. */
  const inTheMiddle = (): (() => boolean) => {
    const until = asked().length + 20 + Math.floor(Math.random() * (CASES / (KILLS + 2) - 20));
    return () => until <= asked().length;
  };

  await evaluate(workspace, [], inTheMiddle());
  let midway = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const before = finished(workspace).map(output);
    if (0 < before.length && before.length < CASES) midway++;
    const seen = asked().length;
    if (kill === 1) {
      // A line that was being written when the lights went out.
      writeFileSync(journalFile(workspace) ?? "", '{"r":{"id":"a / row', { flag: "a" });
    }
    await evaluate(workspace, ["--resume"], inTheMiddle());
    const again = new Set(
      asked()
        .slice(seen)
        .map(({ prompt }) => prompt),
    );
    expect(before.filter((prompt) => again.has(prompt))).toEqual([]);
  }
  expect(midway).toBe(KILLS);
  expect(await evaluate(workspace, ["--resume"])).toBe(true);
  const outputs = finished(workspace).map(output);
  expect(outputs).toHaveLength(CASES);
  expect(new Set(outputs).size).toBe(CASES);
}, 300_000);
