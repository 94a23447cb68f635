/** SARIF output against the published 2.1.0 schema: the example workspace, and a folder whose names need escaping. */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "./harness/repository.js";
import { FLAWED, PACKAGE, temporaryWorkspace, type TemporaryWorkspace } from "./harness/temporary-workspace.js";

interface Problem {
  readonly instancePath: string;
  readonly message?: string;
}
type Validate = ((data: unknown) => boolean) & { readonly errors?: readonly Problem[] | null };
interface Sarif {
  readonly runs: readonly {
    readonly results: readonly {
      readonly ruleId: string;
      readonly codeFlows?: unknown[];
      readonly locations: readonly {
        readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
      }[];
    }[];
  }[];
}

const load = createRequire(__filename);
const state: { validate?: Validate; workspace?: TemporaryWorkspace } = {};

beforeAll(() => {
  const { default: Ajv } = load("ajv-draft-04") as {
    readonly default: new (options: object) => { compile(schema: unknown): Validate };
  };
  const schema: unknown = load("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
  state.validate = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, validateFormats: false }).compile(
    schema,
  );
  state.workspace = temporaryWorkspace();
});
afterAll(() => state.workspace?.dispose());

function sarifOf(folder: string): Sarif {
  const args = ["check", folder, "--format", "sarif", "--fail-on", "never", "--no-daemon", "--no-cache"];
  const { stdout } = spawnSync(process.execPath, [path.join(repositoryRoot, "dist/cli.js"), ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout) as Sarif;
}

function problemsOf(sarif: unknown): readonly string[] {
  return state.validate?.(sarif) === true
    ? []
    : (state.validate?.errors ?? []).map((one) => `${one.instancePath} ${one.message ?? ""}`);
}

test("the schema turns down what is no SARIF", () => {
  expect(problemsOf({ version: "2.1.0", runs: [{ results: [{ ruleId: 1 }] }] })).not.toEqual([]);
});

test("the example workspace's report is valid, and its code flows carry the path", () => {
  const sarif = sarifOf(path.join(repositoryRoot, "test/workspaces/shop"));
  expect(problemsOf(sarif)).toEqual([]);
  const results = sarif.runs.flatMap((run) => run.results);
  expect(new Set(results.map((one) => one.ruleId)).size).toBeGreaterThan(3);
  expect(results.some((one) => 0 < (one.codeFlows ?? []).length)).toBe(true);
});

test("names with blanks, percent signs and letters of other scripts become URIs", () => {
  const { root, write } = state.workspace ?? temporaryWorkspace();
  write({ "package.json": PACKAGE, "src/größe 100% (neu)/läden.ts": FLAWED });
  const sarif = sarifOf(root);
  expect(problemsOf(sarif)).toEqual([]);
  const [result] = sarif.runs.flatMap((run) => run.results);
  const uri = result?.locations[0]?.physicalLocation.artifactLocation.uri ?? "";
  expect(decodeURIComponent(uri)).toBe("src/größe 100% (neu)/läden.ts");
  expect(uri).not.toMatch(/[ ö]/);
});
