/** One daemon, several clients at once, each with a session of its own. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EvaluationUpdate, RunEvaluationResult } from "../protocol/src/evaluation.js";
import { connectDaemon } from "../server/src/daemon/connect.js";
import { bindClient, initializeClient, PULL, type ScriptedClient } from "./harness/scripted-client.js";
import { startModelServer } from "./harness/model-server.js";
import { repositoryRoot } from "./harness/repository.js";

const state = { folder: "" };
const env = (): NodeJS.ProcessEnv => ({
  ...process.env,
  XDG_RUNTIME_DIR: path.join(state.folder, "run"),
  HOTPATH_CACHE_DIR: path.join(state.folder, "cache"),
});

function daemon(action: string): {
  readonly kind: string;
  readonly path: string;
  readonly info: { readonly clients: number; readonly version: string };
} {
  const { stdout } = spawnSync(
    process.execPath,
    [path.join(repositoryRoot, "dist/cli.js"), "daemon", action, "--json"],
    { env: env(), encoding: "utf8" },
  );
  return JSON.parse(stdout) as ReturnType<typeof daemon>;
}

beforeEach(() => {
  state.folder = mkdtempSync(path.join(tmpdir(), "hpd-"));
  writeFileSync(path.join(state.folder, "package.json"), '{ "name": "sample", "dependencies": { "pg": "8" } }');
  writeFileSync(
    path.join(state.folder, "a.ts"),
    'import { Pool } from "pg";\nconst pool = new Pool();\nexport async function f(ids: string[]) {\n  for (const id of ids) await pool.query("select $1", [id]);\n}\n',
  );
});
afterEach(() => {
  daemon("stop");
  rmSync(state.folder, { recursive: true, force: true });
});

async function connect(
  socketPath: string,
  version: string,
  keys?: Readonly<Record<string, string>>,
): Promise<ScriptedClient> {
  const result = await connectDaemon(socketPath, version, "lsp", keys);
  if (result.kind !== "connected") throw new Error(`not connected: ${JSON.stringify(result)}`);
  const client = bindClient(result.socket, result.socket, undefined);
  result.socket.resume();
  await initializeClient(client, [state.folder], PULL);
  await client.until("the scan", () => client.statuses.at(-1)?.state === "ready");
  return client;
}

test("two clients work at once, unsaved text stays with its own, and the socket is private", async () => {
  const started = daemon("start");
  expect(started.kind).toBe("running");
  expect(statSync(started.path).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(started.path)).mode & 0o777).toBe(0o700);
  const [one, two] = await Promise.all([
    connect(started.path, started.info.version),
    connect(started.path, started.info.version),
  ]);
  expect(daemon("status").info.clients).toBe(2);
  const file = path.join(state.folder, "a.ts");
  one.open(file, "export const nothing = 1;\n");
  expect((await one.pull(file)).items).toEqual([]);
  expect((await two.pull(file)).items).toHaveLength(1);
  await one.connection.sendRequest("shutdown");
  await one.connection.sendNotification("exit");
  await one.until("one client less", () => daemon("status").info.clients === 1);
  expect((await two.pull(file)).items).toHaveLength(1);
}, 40_000);

test("the command line is answered by a running daemon, from what is on disk, with the same findings", async () => {
  const check = (...args: string[]): unknown => {
    const { stdout } = spawnSync(
      process.execPath,
      [
        path.join(repositoryRoot, "dist/cli.js"),
        "check",
        state.folder,
        "--format",
        "json",
        "--fail-on",
        "never",
        ...args,
      ],
      { env: env(), encoding: "utf8" },
    );
    return (JSON.parse(stdout) as { findings: unknown }).findings;
  };
  const started = daemon("start");
  const client = await connect(started.path, started.info.version);
  client.open(path.join(state.folder, "a.ts"), "export const nothing = 1;\n");
  expect((await client.pull(path.join(state.folder, "a.ts"))).items).toEqual([]);
  const local = check("--no-daemon");
  expect(local).toHaveLength(1);
  expect(check()).toEqual(local);
  expect(readFileSync(path.join(path.dirname(started.path), "daemon.log"), "utf8")).toContain("answered a check");
  writeFileSync(path.join(state.folder, "hotpath.config.json"), '{ "quietPath": [] }');
  const { status, stderr } = spawnSync(
    process.execPath,
    [path.join(repositoryRoot, "dist/cli.js"), "check", state.folder],
    {
      env: env(),
      encoding: "utf8",
    },
  );
  expect([status, stderr]).toEqual([2, expect.stringContaining("did you mean quietPaths?")]);
}, 40_000);

test("a window's stored keys reach its own evaluations, and no other window, log or record", async () => {
  const model = await startModelServer();
  const suite = path.join(state.folder, "keys.hotpath-eval.yaml");
  writeFileSync(
    suite,
    `settings: { retries: 0, cache: false }
providers: [{ id: m, type: openai, url: "${model.url}", model: good, keyEnv: SAMPLE_KEY }]
cases: [{ id: a, kind: prompt, prompt: tea, assert: [{ type: contains, value: tea }] }]
`,
  );
  const run = async (client: ScriptedClient): Promise<readonly string[]> => {
    const statuses: string[] = [];
    const states: string[] = [];
    client.connection.onNotification("hotpath/evaluationProgress", ({ progress, results }: EvaluationUpdate) => {
      statuses.push(...results.map(({ status }) => status));
      states.push(progress.state);
    });
    const { session } = await client.connection.sendRequest<RunEvaluationResult>("hotpath/runEvaluation", {
      suite,
      trusted: true,
    });
    if (session !== undefined) await client.until("the end", () => /completed|error/.test(states.at(-1) ?? ""));
    return statuses;
  };
  try {
    const started = daemon("start");
    const other = await connect(started.path, started.info.version);
    const owner = await connect(started.path, started.info.version, { SAMPLE_KEY: "secret-4711", "not a name": "x" });
    expect(await run(owner)).toContain("passed");
    expect(model.seen.get("good")?.map(({ authorization }) => authorization)).toEqual(["Bearer secret-4711"]);
    expect(await run(other)).not.toContain("passed");
    expect(model.seen.get("good")?.filter(({ authorization }) => authorization !== undefined)).toHaveLength(1);
    const written = readdirSync(state.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(path.join(parentPath, name), "latin1"));
    expect(written.some((text) => text.includes("SAMPLE_KEY"))).toBe(true);
    expect(written.some((text) => text.includes("secret-4711"))).toBe(false);
  } finally {
    await model.close();
  }
}, 40_000);

test("another version, another protocol and nonsense are turned away with a reason", async () => {
  const started = daemon("start");
  const wrong = await connectDaemon(started.path, "0.0.0-other", "status");
  expect(wrong).toMatchObject({
    kind: "refused",
    reason: expect.stringContaining("restart it with hotpath daemon stop") as string,
  });
  expect((await connectDaemon(`${started.path}.nowhere`, started.info.version, "status")).kind).toBe("absent");
  expect(daemon("status").kind).toBe("running");
}, 40_000);
