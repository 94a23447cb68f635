/** A run over several machines, on a real Redis that restarts, with a worker that dies. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CaseResult } from "../../protocol/src/evaluation.js";
import { startModelServer, type ModelServer } from "../harness/model-server.js";
import { freePort, hasRedis } from "../harness/redis.js";
import { repositoryRoot } from "../harness/repository.js";
import { temporaryWorkspace, type TemporaryWorkspace } from "../harness/temporary-workspace.js";

const CASES = Number(process.env["HOTPATH_TEST_DISTRIBUTED_CASES"] ?? 1500);

const state: { workspace: TemporaryWorkspace; server: ModelServer; children: Set<ChildProcess>; port: number } =
  {} as never;

beforeEach(async () => {
  state.workspace = temporaryWorkspace();
  state.server = await startModelServer();
  state.children = new Set();
  state.port = await freePort();
  mkdirSync(path.join(state.workspace.cache, "redis"), { recursive: true });
});
afterEach(async () => {
  for (const child of state.children) child.kill("SIGKILL");
  await Promise.all([...state.children].map(ended));
  await state.server.close();
  await state.workspace.dispose();
});

function start(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, [...args], {
    cwd: state.workspace.root,
    env: { ...process.env, HOTPATH_CACHE_DIR: state.workspace.cache },
    stdio: ["ignore", "ignore", "pipe"],
  });
  state.children.add(child);
  child.stderr.resume();
  return child;
}

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once("exit", resolve));
}

/** With what it has been told written down before it says so. */
const startRedis = (): ChildProcess =>
  start("redis-server", [
    ...["--port", String(state.port), "--bind", "127.0.0.1", "--save", ""],
    ...["--appendonly", "yes", "--appendfsync", "always", "--dir", path.join(state.workspace.cache, "redis")],
  ]);
const address = (): string => `redis://127.0.0.1:${state.port}`;
const hotpath = (...args: string[]): ChildProcess =>
  start(process.execPath, [path.join(repositoryRoot, "dist/cli.js"), ...args]);

function results(): readonly CaseResult[] {
  const folder = path.join(state.workspace.cache, "evaluations/runs");
  const [file] = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".jsonl"));
  return readFileSync(path.join(folder, file ?? ""), "utf8")
    .split("\n")
    .slice(0, -1)
    .flatMap((line) => (JSON.parse(line) as { readonly r?: CaseResult }).r ?? []);
}

const asked = (): number => state.server.seen.get("good:4")?.length ?? 0;

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const limit = Date.now() + 60_000; !holds();) {
    if (limit < Date.now()) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// Redis is Debian's `redis-server`; where it is not installed there is nothing to test against.
describe.runIf(hasRedis)(hasRedis ? "over Redis" : "over Redis (skipped: redis-server is not installed)", () => {
  test("a worker dies, Redis restarts, and every case has exactly one result", async () => {
    state.workspace.write({
      "a.hotpath-eval.yaml": `settings: { cache: false }
providers: [{ id: p, type: openai, url: "${state.server.url}", model: "good:4" }]
cases: [{ id: a, kind: prompt, prompt: "case {{n}}.", variables: rows.jsonl, assert: [{ type: contains, value: "case {{n}}." }] }]
`,
      "rows.jsonl": Array.from({ length: CASES }, (_, n) => `{"n":${n}}\n`).join(""),
    });
    const redis = startRedis();
    const workers = Array.from({ length: 3 }, () => hotpath("worker", address()));
    const run = hotpath("eval", "--distributed", address());
    await until("a fifth of the work", () => CASES / 5 < asked());
    workers[0]?.kill("SIGKILL");
    await until("half of the work", () => CASES / 2 < asked());
    redis.kill("SIGTERM");
    await ended(redis);
    startRedis();
    expect(await ended(run)).toBe(0);

    const outputs = results().map(({ output }) => output);
    expect(outputs).toHaveLength(CASES);
    expect(new Set(outputs).size).toBe(CASES);
    expect(results().every(({ status }) => status === "passed")).toBe(true);
    // What the dead worker held, and little else, is done twice.
    expect(asked()).toBeLessThan(CASES + 100);
    workers[1]?.kill("SIGTERM");
    expect(await ended(workers[1]!)).toBe(0);
  }, 120_000);

  test("a worker with another version of the suite says so", async () => {
    const suite = (n: number): string =>
      `providers: [{ id: e, type: echo }]\ncases: [{ id: a, kind: prompt, prompt: "{{n}}", variables: ${JSON.stringify(Array.from({ length: n }, () => ({ n })))} }]\n`;
    state.workspace.write({
      "a.hotpath-eval.yaml": suite(2),
      "copy/a.hotpath-eval.yaml": suite(3),
      "copy/.git/HEAD": "",
    });
    startRedis();
    const elsewhere = spawn(process.execPath, [path.join(repositoryRoot, "dist/cli.js"), "worker", address()], {
      cwd: state.workspace.at("copy"),
      stdio: "ignore",
    });
    state.children.add(elsewhere);
    expect(await ended(hotpath("eval", "a.hotpath-eval.yaml", "--distributed", address()))).toBe(1);
    expect(results()[0]).toMatchObject({
      status: "error",
      messages: [{ text: "a worker has another version of the suite: bring it up to date" }],
    });
  }, 60_000);
});

test("an address that is none is bad usage, and is not repeated with its password", () => {
  const cli = path.join(repositoryRoot, "dist/cli.js");
  state.workspace.write({
    "a.hotpath-eval.yaml": "providers: [{ id: e, type: echo }]\ncases: [{ id: a, kind: prompt, prompt: x }]\n",
  });
  for (const args of [["eval", "--distributed", "http://user:secret@host"], ["worker", "nonsense"], ["worker"]]) {
    const { status, stderr } = spawnSync(process.execPath, [cli, ...args], {
      cwd: state.workspace.root,
      encoding: "utf8",
    });
    expect(status).toBe(2);
    expect(stderr).toContain("redis://127.0.0.1:6379");
    expect(stderr).not.toContain("secret");
  }
});
