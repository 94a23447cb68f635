/** The built command line as a person or a CI job runs it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repositoryRoot } from "./harness/repository.js";

const cli = path.join(repositoryRoot, "dist/cli.js");
const state = { folder: "" };

const APP = `import { Pool } from "pg";
const pool = new Pool();
export async function load(ids: string[]) {
  const out = [];
  for (const id of ids) out.push(await pool.query("select 1 from users where id = $1", [id]));
  return out;
}
`;

beforeAll(() => {
  state.folder = mkdtempSync(path.join(tmpdir(), "hotpath-cli-"));
  mkdirSync(path.join(state.folder, "src"));
  writeFileSync(path.join(state.folder, "package.json"), '{ "name": "sample", "dependencies": { "pg": "8" } }');
  writeFileSync(path.join(state.folder, "src/app.ts"), APP);
  writeFileSync(path.join(state.folder, "src/fine.ts"), "export const fine = 1;\n");
});
afterAll(() => rmSync(state.folder, { recursive: true, force: true }));

const run = (...args: string[]): Ran => runIn(state.folder, ...args);

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function runIn(cwd: string, ...args: string[]): Ran {
  const env = {
    ...process.env,
    HOTPATH_CACHE_DIR: path.join(state.folder, ".cache"),
    XDG_RUNTIME_DIR: path.join(state.folder),
    NO_COLOR: "1",
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd,
    env,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

interface JsonReport {
  readonly version: number;
  readonly root: string;
  readonly findings: readonly {
    readonly rule: string;
    readonly file: string;
    readonly range: { readonly start: { readonly line: number; readonly column: number } };
    readonly fingerprint: string;
  }[];
  readonly stats: Readonly<Record<string, number>>;
  readonly problems: readonly { readonly file: string; readonly message: string }[];
}

const json = (...args: string[]): JsonReport =>
  JSON.parse(run("check", "--format", "json", "--fail-on", "never", ...args).stdout) as JsonReport;

describe("check", () => {
  test("exits with 1 for a warning, 0 below the threshold, and prints the code", () => {
    const { status, stdout } = run("check");
    expect(status).toBe(1);
    expect(stdout).toContain("src/app.ts:5:");
    expect(stdout).toContain("pool.query");
    expect(run("check", "--fail-on", "error").status).toBe(0);
    expect(run("check", "--fail-on", "never").status).toBe(0);
  });

  test("prints JSON and nothing else, as documented", () => {
    const { stdout, stderr, status } = run("check", ".", "--format", "json");
    expect(status).toBe(1);
    expect(stderr).toBe("");
    const report = JSON.parse(stdout) as JsonReport;
    expect(report.version).toBe(1);
    expect(report.findings.map(({ rule, file, range }) => [rule, file, range.start.line])).toEqual([
      ["query-in-loop", "src/app.ts", 5],
    ]);
    expect(Object.keys(report.stats).sort()).toEqual(["cacheHits", "durationMs", "files", "skipped"]);
    expect(report.problems).toEqual([]);
  });

  test("answers the second run from the cache", () => {
    json();
    expect(json().stats["cacheHits"]).toBe(2);
    expect(json("--no-cache").stats["cacheHits"]).toBe(0);
  });

  test("reports only what was asked about", () => {
    expect(json("src/fine.ts").findings).toEqual([]);
    expect(json("src").findings.length).toBe(1);
    expect(json("--rule", "blocking-call").findings).toEqual([]);
    expect(json("--rule", "n-plus-one").findings.length).toBe(1);
  });

  test("a folder full of projects is not one project", () => {
    const shelf = mkdtempSync(path.join(tmpdir(), "hotpath-shelf-"));
    try {
      for (const name of ["a", "b"]) {
        mkdirSync(path.join(shelf, name, "src"), { recursive: true });
        writeFileSync(path.join(shelf, name, "package.json"), '{ "dependencies": { "pg": "8" } }');
        writeFileSync(path.join(shelf, name, "src/app.ts"), APP);
      }
      const { stdout } = spawnSync(process.execPath, [cli, "check", "a/src", "--format", "json", "--no-cache"], {
        cwd: shelf,
        encoding: "utf8",
      });
      const report = JSON.parse(stdout) as JsonReport;
      expect([path.basename(report.root), report.findings.map(({ file }) => file)]).toEqual(["a", ["src/app.ts"]]);
    } finally {
      rmSync(shelf, { recursive: true, force: true });
    }
  });

  test("writes SARIF and GitHub annotations", () => {
    const sarif = JSON.parse(run("check", "--format", "sarif").stdout) as {
      version: string;
      runs: {
        results: { ruleId: string; level: string; codeFlows?: unknown[] }[];
        tool: { driver: { rules: unknown[] } };
      }[];
    };
    expect(sarif.version).toBe("2.1.0");
    expect(sarif.runs[0]!.results.map(({ ruleId, level }) => [ruleId, level])).toEqual([["query-in-loop", "warning"]]);
    expect(sarif.runs[0]!.results[0]!.codeFlows).toHaveLength(1);
    expect(run("check", "--format", "github").stdout).toMatch(/^::warning file=src\/app\.ts,line=5,/);
  });

  test("accepts a baseline, and fails strictly when a baselined finding is gone", () => {
    const file = path.join(state.folder, "baseline.json");
    expect(run("check", "--baseline", file).status).toBe(2);
    expect(run("check", "--baseline", file, "--update-baseline").status).toBe(0);
    expect(run("check", "--baseline", file).status).toBe(0);
    const text = readFileSync(file, "utf8");
    writeFileSync(path.join(state.folder, "src/app.ts"), `// moved down by a line\n${APP}`);
    expect(run("check", "--baseline", file).status, "an edit above keeps the fingerprint").toBe(0);
    writeFileSync(path.join(state.folder, "src/app.ts"), "export {};\n");
    expect(run("check", "--baseline", file).status).toBe(0);
    const strict = run("check", "--baseline", file, "--strict-baseline");
    expect(strict.status).toBe(1);
    expect(strict.stderr).toContain("1 baselined findings are gone");
    writeFileSync(path.join(state.folder, "src/app.ts"), APP);
    expect(text).toContain("query-in-loop");
  });

  test("limits itself to what changed since a revision", () => {
    const git = (...args: string[]): void => {
      const { status, stderr } = spawnSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.test", ...args], {
        cwd: state.folder,
        encoding: "utf8",
      });
      expect(status, stderr).toBe(0);
    };
    git("init", "-q");
    git("add", "src", "package.json");
    git("commit", "-qm", "first");
    expect(json("--changed-since", "HEAD").findings).toEqual([]);
    writeFileSync(path.join(state.folder, "src/app.ts"), `${APP}// changed\n`);
    expect(json("--changed-since", "HEAD").findings.length).toBe(1);
    writeFileSync(path.join(state.folder, "src/app.ts"), APP);
    expect(run("check", "--changed-since", "nowhere").stderr).toContain("does not know the revision nowhere");
    rmSync(path.join(state.folder, ".git"), { recursive: true });
  });
});

test("explain --loop says what is found in a loop, and that a line has none", () => {
  expect(run("explain", "--loop", "src/app.ts:5").stdout).toMatch(
    /^src\/app\.ts:5 {2}`for-of` loop over `ids`\n {2}5: pool\.query.*\n +reaches pg query of `users`\n +warning query-in-loop: /,
  );
  expect(run("explain", "--loop", "src/fine.ts:1").stdout).toBe("src/fine.ts:1  no loop here that calls anything\n");
});

test("explain --query says the same when results of an earlier run are at hand", () => {
  const first = run("explain", "--query", "src/app.ts:5").stdout;
  expect(first).toContain("select");
  expect(run("explain", "--query", "src/app.ts:5").stdout).toBe(first);
});

describe("mistakes are one line with a way out, and exit with 2", () => {
  test.each([
    [["chek"], "did you mean hotpath check?"],
    [["check", "--fromat", "json"], "did you mean --format?"],
    [["check", "--format", "yaml"], "one of pretty, json, sarif, github"],
    [["check", "nowhere"], "nowhere does not exist"],
    [["check", "--format"], "--format needs a value"],
    [["explain", "query-in-lop"], "did you mean query-in-loop?"],
    [["explain", "--loop", "src/app.ts"], "write FILE:LINE"],
    [["explain", "--loop", "src/nowhere.ts:3"], "there is no file src/nowhere.ts"],
    [["daemon", "strat"], "did you mean start?"],
    [["check", "--config", "missing.json"], "cannot read"],
    [["check", "--strict-baseline"], "need --baseline FILE"],
  ])("%j", (args, message) => {
    const { status, stderr, stdout } = run(...args);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("a configuration names the key at fault and the nearest right one", () => {
    const file = path.join(state.folder, "hotpath.config.json");
    writeFileSync(file, '{\n  "quietPath": []\n}\n');
    const { status, stderr } = run("check");
    expect(status).toBe(2);
    expect(stderr).toContain("hotpath.config.json:2:3: there is no setting quietPath: did you mean quietPaths?");
    writeFileSync(file, '{ "rules": { "query-in-lop": "off" } }');
    expect(run("check").stderr).toContain("did you mean query-in-loop?");
    writeFileSync(file, '{ "rules": { "query-in-loop": "off" } }');
    expect(run("check").status).toBe(0);
    rmSync(file);
  });
});

test("explain and help speak of every rule and option", () => {
  expect(run("explain").stdout).toContain("query-in-loop");
  expect(run("explain", "query-in-loop").stdout).toContain("## What to do instead");
  expect(run("check", "--help").stdout).toContain("--changed-since REV");
  expect(run("--version").stdout.trim()).toMatch(/^\d+\.\d+\.\d+/);
});

test("the compiler is loaded by who parses, and by nobody else", () => {
  const hook =
    "const load = module.constructor._load; module.constructor._load = (id, ...rest) => { if (id.includes('typescript.js')) process.stderr.write('compiler loaded'); return load.call(module.constructor, id, ...rest); };";
  const preload = path.join(state.folder, "hook.cjs");
  writeFileSync(preload, hook);
  const { stderr, status } = spawnSync(process.execPath, ["--require", preload, cli, "explain", "query-in-loop"], {
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
});

test("doctor exercises the engine and the cache", () => {
  const { parts } = JSON.parse(run("doctor", "--json").stdout) as {
    parts: { name: string; state: string; next?: string }[];
  };
  const stateOf = (wanted: string): string | undefined => parts.find(({ name }) => name === wanted)?.state;
  for (const part of ["node", "engine", "disk cache", "planner", "file watching", "git"])
    expect([part, stateOf(part)]).toEqual([part, "healthy"]);
  expect(stateOf("Redis")).toBe("absent");
  for (const { name, state, next } of parts)
    expect([name, state === "healthy" || (next !== undefined && next !== "")]).toEqual([name, true]);
});

test("the daemon starts once, answers, and stops", () => {
  expect(run("daemon", "status").stdout).toContain("not running");
  const started = JSON.parse(run("daemon", "start", "--json").stdout) as { kind: string; info: { pid: number } };
  expect(started.kind).toBe("running");
  const again = JSON.parse(run("daemon", "start", "--json").stdout) as { info: { pid: number } };
  expect(again.info.pid).toBe(started.info.pid);
  process.kill(started.info.pid, "SIGKILL");
  const recovered = JSON.parse(run("daemon", "start", "--json").stdout) as { kind: string; info: { pid: number } };
  expect(recovered.kind, "a socket left by a dead daemon is cleared away").toBe("running");
  expect(recovered.info.pid).not.toBe(started.info.pid);
  expect(run("daemon", "stop").stdout).toContain("not running");
}, 40_000);

test("a folder without code is told apart from one without findings", () => {
  const empty = path.join(state.folder, "empty");
  mkdirSync(empty);
  expect(runIn(empty, "check").stdout).toMatch(/^\s*nothing to check: there is no TypeScript or JavaScript below /);
});

test("control characters of names and code do not reach the terminal", () => {
  const folder = path.join(state.folder, "control");
  mkdirSync(folder);
  writeFileSync(
    path.join(folder, "app.ts"),
    `import { readFileSync } from "node:fs";
import express from "express";
express().get("/\u001b]0;title\u0007\u001b[2J", (request, response) => response.send(readFileSync("a")));
`,
  );
  const { stdout } = run("check", folder);
  expect(stdout).toContain("GET /\\u001b]0;title\\u0007\\u001b[2J is served");
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});

test("without the library of the disk cache everything else works", () => {
  const hook = path.join(state.folder, "no-lmdb.cjs");
  writeFileSync(
    hook,
    'const Module = require("node:module"); const load = Module._load; Module._load = (name, ...rest) => { if (name === "lmdb") throw new Error("no build for this machine"); return load(name, ...rest); };',
  );
  const { status, stdout } = spawnSync(process.execPath, ["--require", hook, cli, "check"], {
    cwd: state.folder,
    env: {
      ...process.env,
      HOTPATH_CACHE_DIR: path.join(state.folder, ".none"),
      NO_COLOR: "1",
      XDG_RUNTIME_DIR: state.folder,
    },
    encoding: "utf8",
  });
  expect(stdout).toContain("src/app.ts:5:");
  expect(status).toBe(1);
});
