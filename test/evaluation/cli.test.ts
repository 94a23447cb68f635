/** `hotpath eval` as a person or a CI job runs it. */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { repositoryRoot } from "../harness/repository.js";
import { temporaryWorkspace, type TemporaryWorkspace } from "../harness/temporary-workspace.js";

const cli = path.join(repositoryRoot, "dist/cli.js");
const state: { workspace: TemporaryWorkspace } = {} as never;
beforeEach(() => {
  state.workspace = temporaryWorkspace();
});
afterEach(() => state.workspace.dispose());

const env = (): NodeJS.ProcessEnv => ({ ...process.env, HOTPATH_CACHE_DIR: state.workspace.cache, NO_COLOR: "1" });

function run(...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, [cli, "eval", ...args], {
    cwd: state.workspace.root,
    env: env(),
    encoding: "utf8",
  });
}

const ECHO = `name: Echo
providers: [{ id: e, type: echo }]
cases:
  - { id: right, kind: prompt, prompt: tea, assert: [{ type: equals, value: tea }] }
  - { id: wrong, kind: prompt, category: hot, prompt: tea, assert: [{ type: equals, value: coffee }] }
`;

interface JsonReport {
  readonly suites: readonly {
    readonly suite: string;
    readonly session: string;
    readonly ok: boolean;
    readonly metrics: Readonly<Record<string, number>>;
    readonly counts: Readonly<Record<string, number>>;
    readonly baseline?: { readonly broken: readonly string[]; readonly mended: readonly string[] };
    readonly cases: readonly { readonly id: string; readonly status: string; readonly cached: boolean }[];
  }[];
}

const report = (...args: string[]): JsonReport["suites"][number] =>
  (JSON.parse(run("--format", "json", ...args).stdout) as JsonReport).suites[0]!;

test("without a suite of the project, the bundled one runs and keeps its limits", () => {
  const { status, stdout } = run();
  expect(stdout).toMatch(/n-plus-one +\d+ +\d+ +\d+ +[01]\.\d{3}/);
  expect(stdout).toContain("Detection");
  expect(status).toBe(0);
});

test("what failed is said with what was expected, and the exit code is 1", () => {
  state.workspace.write({ "echo.hotpath-eval.yaml": ECHO });
  const { status, stdout } = run();
  expect(status).toBe(1);
  expect(stdout).toContain("failed wrong echo.hotpath-eval.yaml:5");
  expect(stdout).toContain("expected coffee, got tea");
  expect(stdout).toContain("limit pass rate is 0.500, must be at least 1");
  expect(stdout).toMatch(/failed: 1 of 2 cases passed, score 50\.0 %/);
});

test("JSON has every figure; a second run comes from the cache", () => {
  state.workspace.write({ "echo.hotpath-eval.yaml": ECHO });
  const first = report();
  expect(first.counts).toMatchObject({ total: 2, passed: 1, failed: 1 });
  expect(Object.keys(first.metrics)).toEqual([
    "totalSeconds",
    "itemsPerSecond",
    "cacheHits",
    "cacheEfficiency",
    "meanConcurrency",
    "p50",
    "p90",
    "p95",
    "p99",
  ]);
  expect(report().metrics).toMatchObject({ cacheHits: 2, cacheEfficiency: 1 });
  expect(report("--no-cache").metrics["cacheHits"]).toBe(0);
  expect(report("--case", "right").cases.map(({ id }) => id)).toEqual(["right"]);
});

test("JUnit and HTML, to a file", () => {
  state.workspace.write({ "echo.hotpath-eval.yaml": ECHO.replaceAll("coffee", "<coffee> & \\u0007") });
  run("--format", "junit", "--output", "out/junit.xml");
  const xml = readFileSync(state.workspace.at("out/junit.xml"), "utf8");
  expect(xml).toContain('<testsuite name="Echo" tests="2" failures="1" errors="0"');
  expect(xml).toContain("expected: &lt;coffee&gt; &amp; ");
  run("--format", "html", "--output", "out/report.html");
  const html = readFileSync(state.workspace.at("out/report.html"), "utf8");
  expect(html).toContain("&lt;coffee&gt;");
  expect(html).not.toMatch(/<script|https?:\/\//);
});

test("only what failed is run again, and the report is whole", () => {
  state.workspace.write({ "echo.hotpath-eval.yaml": ECHO });
  const first = report("--no-cache");
  state.workspace.write({ "echo.hotpath-eval.yaml": ECHO.replace("coffee", "tea") });
  const again = report("--retry-failed", "--no-cache");
  expect(again.ok).toBe(true);
  expect(again.session).not.toBe(first.session);
  expect(again.cases).toHaveLength(2);
  expect(again.metrics["itemsPerSecond"]! * again.metrics["totalSeconds"]!).toBeCloseTo(1, 0);
});

test("a baseline makes the exit code 1 for what got worse, and only for that", () => {
  state.workspace.write({ "echo.hotpath-eval.yaml": `thresholds: { passRate: 0 }\n${ECHO}` });
  expect(run("--baseline", "base.json", "--update-baseline").status).toBe(0);
  expect(run("--baseline", "base.json").status).toBe(0);
  state.workspace.write({
    "echo.hotpath-eval.yaml": `thresholds: { passRate: 0 }\n${ECHO.replace("value: tea", "value: water")}`,
  });
  const { status, stdout } = run("--baseline", "base.json");
  expect(status).toBe(1);
  expect(stdout).toContain("broken right");
  expect(report("--baseline", "base.json").baseline).toMatchObject({ broken: ["right"], mended: [] });
});

describe("bad usage ends with 2 and one line that says the way out", () => {
  test.each([
    [["gone"], "there is no suite gone: give the path of a *.hotpath-eval.yaml file"],
    [["--format", "xml"], "--format xml is not known: use"],
    [["--resume"], "there is no earlier run of this suite: run the suite first"],
    [["--resume", "--retry-failed"], "--resume and --retry-failed exclude each other"],
    [["--concurrency", "0"], "--concurrency 0 is not a number from 1 to 999"],
    [["--watch"], "there is no run to watch of this project: start one with hotpath eval"],
    [["--case", "nope"], "there is no case `nope` in this suite"],
    [["--baseline", "gone.json"], "cannot read the baseline"],
  ])("%j", (args, says) => {
    state.workspace.write({ "echo.hotpath-eval.yaml": ECHO });
    const { status, stderr, stdout } = run(...args);
    expect(stderr).toContain(says);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect([status, stdout]).toEqual([2, ""]);
  });

  test("a place where nothing can be recorded", () => {
    state.workspace.write({ "echo.hotpath-eval.yaml": ECHO, "no-folder": "" });
    const { status, stderr } = spawnSync(process.execPath, [cli, "eval"], {
      cwd: state.workspace.root,
      env: { ...env(), HOTPATH_CACHE_DIR: state.workspace.at("no-folder") },
      encoding: "utf8",
    });
    expect(stderr).toMatch(/^hotpath: the run cannot be recorded in .* \(\w+\): set HOTPATH_CACHE_DIR to a folder/);
    expect(status).toBe(2);
  });

  test("a wrong suite names the line", () => {
    state.workspace.write({ "bad.hotpath-eval.yaml": "cases:\n  - id: a\n    kind: promt\n" });
    const { status, stderr } = run();
    expect(stderr).toBe("hotpath: bad.hotpath-eval.yaml:3:11: `promt` is not known here: did you mean `prompt`?\n");
    expect(status).toBe(2);
  });
});

test("an interrupted run says how to go on, and goes on", async () => {
  state.workspace.write({
    "slow.hotpath-eval.yaml": `settings: { concurrency: 1 }\ncases:\n${Array.from({ length: 12 }, (_, i) => `  - { id: c${i}, kind: command, run: [node, -e, "setTimeout(() => {}, 300)"] }\n`).join("")}`,
  });
  const child = spawn(process.execPath, [cli, "eval"], { cwd: state.workspace.root, env: env() });
  let stderr = "";
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  await new Promise((resolve) => setTimeout(resolve, 1200));
  const meanwhile = run("--resume");
  expect(meanwhile.stderr).toMatch(/the run is still going on in process \d+: wait for it or stop it/);
  expect(meanwhile.status).toBe(2);
  child.kill("SIGINT");
  const status = await new Promise((resolve) => child.on("exit", resolve));
  expect(stderr).toContain("stopped; go on with hotpath eval --resume");
  expect(status).toBe(1);
  expect(run("--watch").stdout).toMatch(/^cancelled: \d+ of 12 cases/);
  const resumed = report("--resume");
  expect([resumed.ok, resumed.cases.length]).toEqual([true, 12]);
  expect(run("--watch", "--session", resumed.session)).toMatchObject({
    status: 0,
    stdout: "completed: 12 of 12 cases, 12 passed\n",
  });
  expect(new Set(resumed.cases.map(({ id }) => id)).size).toBe(12);
});
