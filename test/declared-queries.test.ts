/** Functions that a project's configuration says run a query. */
import { expect, test } from "vitest";
import type { DeclaredQuery } from "../server/src/project/declared-queries.js";
import { analyzeFiles, ROOT } from "./harness/check-case.js";
import { temporaryWorkspace } from "./harness/temporary-workspace.js";

const loop = (imports: string, call: string): string =>
  `${imports}\nexport async function load(ids: string[]) {\n  for (const id of ids) await ${call};\n}\n`;

/** Findings of `src/use.ts`: `rule severity message`. */
function findings(files: Readonly<Record<string, string>>, ...queries: readonly DeclaredQuery[]): readonly string[] {
  const host = analyzeFiles(files, { rules: ["n-plus-one"], queries });
  return host
    .findings(`${ROOT}/src/use.ts`)
    .map(({ rule, severity, message }) => `${rule} ${severity} ${message.slice(0, message.indexOf(" for "))}`);
}

test("a function of the workspace, by the module that declares it and by one that hands it on", () => {
  const files = {
    "src/db/run.ts": `declare const native: { call(text: string): Promise<unknown> };
      export const runQuery = (text: string) => native.call(text);
      export class Db { query(text: string) { return native.call(text); } }
      export const helpers = { all(text: string) { return native.call(text); } };`,
    "src/db/index.ts": `export * from "./run";`,
    "src/use.ts": loop(`import { runQuery } from "./db";`, "runQuery(id)"),
  };
  expect(findings(files)).toEqual([]);
  const read = { export: "runQuery", access: "read" } as const;
  expect(findings(files, { module: "src/db", ...read })).toEqual(["query-in-loop warning one query"]);
  expect(findings(files, { module: "./src/db/run.ts", ...read })).toEqual(["query-in-loop warning one query"]);
  expect(findings(files, { module: "src/db", export: "other" })).toEqual([]);
  expect(findings(files, { module: "src/database", ...read })).toEqual([]);
  const method = { ...files, "src/use.ts": loop(`import { Db } from "./db"; const db = new Db();`, "db.query(id)") };
  expect(findings(method, { module: "src/db", export: "Db.query", access: "write" })).toEqual([
    "write-in-loop warning one write",
  ]);
  const object = { ...files, "src/use.ts": loop(`import { helpers } from "./db";`, "helpers.all(id)") };
  expect(findings(object, { module: "src/db/run", export: "helpers.all", kind: "cache" })).toEqual([
    "remote-call-in-loop hint one cache round trip",
  ]);
});

test("a function or a method of a package; through a function that calls it", () => {
  const direct = { "src/use.ts": loop(`import { run } from "@acme/db";`, "run(id)") };
  expect(findings(direct, { module: "@acme/db", export: "run" })).toEqual(["query-in-loop warning one query"]);
  expect(findings(direct, { module: "@acme/other", export: "run" })).toEqual([]);
  const method = { "src/use.ts": loop(`import { Db } from "@acme/db"; const db = new Db();`, "db.find(id)") };
  expect(findings(method, { module: "@acme/db", export: "Db.find", kind: "http" })).toEqual([
    "remote-call-in-loop information one HTTP request",
  ]);
  const wrapped = {
    "src/wrap.ts": `import { run } from "@acme/db"; export const user = (id: string) => run("select", id);`,
    "src/use.ts": loop(`import { user } from "./wrap";`, "user(id)"),
  };
  expect(findings(wrapped, { module: "@acme/db", export: "run" })).toEqual([
    "query-in-loop warning `user` runs one query",
  ]);
});

test("declared in hotpath.config.json", async () => {
  const config = { queries: [{ module: "src/db", export: "runQuery", kind: "sql", access: "read" }] };
  const workspace = temporaryWorkspace({
    "package.json": "{}",
    "src/db.ts": "export const runQuery = (id: string) => globalThis.db(id);",
    "src/use.ts": loop(`import { runQuery } from "./db";`, "runQuery(id)"),
  });
  const rules = async (): Promise<readonly string[]> => {
    const { service } = await workspace.open();
    return service.allFindings().map(({ rule }) => rule);
  };
  expect(await rules()).not.toContain("query-in-loop");
  workspace.write({ "hotpath.config.json": JSON.stringify(config) });
  expect(await rules()).toContain("query-in-loop");
  await workspace.dispose();
});
