/** `hotpath eval --compare-to`: a commit, another suite, an earlier run. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { repositoryRoot } from "../harness/repository.js";
import { temporaryWorkspace, type TemporaryWorkspace } from "../harness/temporary-workspace.js";

const cli = path.join(repositoryRoot, "dist/cli.js");
const state: { workspace: TemporaryWorkspace } = {} as never;
beforeEach(() => {
  state.workspace = temporaryWorkspace();
});
afterEach(() => state.workspace.dispose());

function run(...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, [cli, "eval", ...args], {
    cwd: state.workspace.root,
    env: { ...process.env, HOTPATH_CACHE_DIR: state.workspace.cache, NO_COLOR: "1" },
    encoding: "utf8",
  });
}

function git(...args: string[]): void {
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@localhost", ...args], {
    cwd: state.workspace.root,
    stdio: "ignore",
  });
}

interface Compared {
  readonly suites: readonly {
    readonly session: string;
    readonly baseline?: { readonly broken: readonly string[]; readonly mended: readonly string[] };
  }[];
}

const compared = (...args: string[]): Compared["suites"][number] =>
  (JSON.parse(run("--format", "json", ...args).stdout) as Compared).suites[0]!;

const suite = (wanted: string): string => `name: Drinks
providers: [{ id: e, type: echo }]
cases:
  - { id: first, kind: prompt, prompt: { file: prompts/first.txt }, assert: [{ type: equals, value: ${wanted} }] }
  - { id: second, kind: prompt, prompt: { file: prompts/second.txt }, assert: [{ type: equals, value: water }] }
`;

function commitTea(): void {
  state.workspace.write({
    "drinks.hotpath-eval.yaml": suite("coffee"),
    "prompts/first.txt": "tea",
    "prompts/second.txt": "water",
    ".gitattributes": "*.txt filter=evil\n",
  });
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "tea");
}

test("a commit: its files under the present suite", () => {
  commitTea();
  // Neither side of a comparison starts what a repository configures.
  git("config", "filter.evil.smudge", `touch ${state.workspace.at("started")}`);
  state.workspace.write({ "prompts/first.txt": "coffee", "prompts/second.txt": "wine" });
  const { baseline } = compared("--compare-to", "HEAD");
  expect(baseline).toMatchObject({ broken: ["second"], mended: ["first"] });
  const { status, stderr } = run("--compare-to", "HEAD");
  expect(status).toBe(1);
  expect(stderr).toMatch(/comparing with commit [0-9a-f]{9}/);
  expect(existsSync(state.workspace.at("started"))).toBe(false);
  // One folder of runs: the commit's own are not kept.
  expect(readdirSync(path.join(state.workspace.cache, "evaluations/runs"))).toHaveLength(1);
});

test("another suite, and an earlier run", () => {
  state.workspace.write({
    "drinks.hotpath-eval.yaml": suite("coffee"),
    "other/drinks.hotpath-eval.yaml": suite("tea").replaceAll("prompts/", "../prompts/"),
    "prompts/first.txt": "tea",
    "prompts/second.txt": "water",
  });
  const other = compared("drinks.hotpath-eval.yaml", "--compare-to", "other/drinks.hotpath-eval.yaml");
  expect(other.baseline).toMatchObject({ broken: ["first"], mended: [] });
  state.workspace.write({ "prompts/first.txt": "coffee" });
  const earlier = compared("drinks.hotpath-eval.yaml", "--compare-to", other.session);
  expect(earlier.baseline).toMatchObject({ broken: [], mended: ["first"] });
});

test("what cannot be compared with is said in a sentence", () => {
  commitTea();
  expect(run("--compare-to", "nowhere").stderr).toContain("git does not know the revision nowhere");
  expect(run("--compare-to", "20200101-000000-abcdef").stderr).toContain("there is no run");
  expect(run("--compare-to", "HEAD", "--baseline", "b.json").stderr).toContain("exclude each other");
  expect(run("--compare-to", "HEAD", path.join(repositoryRoot, "evaluation/suites")).status).toBe(2);
});
