/** Edits right after remembered results: what is told at once, what is told when the analyzer is ready, and that nothing waits in between. */
import { rmSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import type { Finding } from "../server/src/analysis/finding.js";
import { inThisThread } from "../server/src/lsp/service-thread.js";
import { createService } from "../server/src/service/create-service.js";
import { moveFindings } from "../server/src/service/moved-findings.js";
import { drain, untilCancelled } from "../server/src/service/slices.js";
import type { ServiceOptions, WorkspaceService } from "../server/src/service/workspace-service.js";
import { FLAWED, HELPER, temporaryWorkspace, type TemporaryWorkspace } from "./harness/temporary-workspace.js";

const CALLER = `import { loadUser } from "./helper";
export async function all(ids: string[]) {
  for (const id of ids) await loadUser(id);
}
`;
const FILES = { "src/a.ts": FLAWED, "src/caller.ts": CALLER, "src/helper.ts": HELPER };

const made: TemporaryWorkspace[] = [];
afterEach(async () => {
  for (const workspace of made.splice(0)) await workspace.dispose();
});

const kept = (workspace: TemporaryWorkspace): Partial<ServiceOptions> => ({ cacheFolder: workspace.cache, build: "1" });

/** A workspace whose results are remembered. */
async function remembering(): Promise<TemporaryWorkspace> {
  const workspace = temporaryWorkspace(FILES);
  made.push(workspace);
  await (await workspace.open(kept(workspace))).service.close();
  return workspace;
}

const lineOf = (findings: readonly Finding[]): readonly number[] => findings.map(({ range }) => range.start.line);

// ------------------------------------------------------------------------------------------------ moving

const finding = (line: number, related: readonly number[] = []): Finding => ({
  rule: "query-in-loop",
  family: "n-plus-one",
  severity: "warning",
  confidence: 1,
  message: "",
  path: "/a.ts",
  range: { start: { line, column: 3 }, end: { line, column: 9 } },
  related: related.map((at) => ({
    path: "/a.ts",
    range: { start: { line: at, column: 1 }, end: { line: at, column: 2 } },
    message: "",
  })),
  cost: "",
  fixes: [],
  fingerprint: String(line),
});

test.each([
  ["nothing", "a\nb\nc\nd", [1, 3]],
  ["a line above", "x\na\nb\nc\nd", [2, 4]],
  ["a line between", "a\nx\nb\nc\nd", [1, 4]],
  ["a line below", "a\nb\nc\nd\nx", [1, 3]],
  ["the line of the first", "A\nb\nc\nd", [3]],
  ["the line of the second, and what follows", "a\nb\n", [1]],
  ["a line taken away between", "a\nc\nd", [1, 2]],
  ["everything", "", []],
])("an edit of %s", (_what, after, lines) => {
  expect(lineOf(moveFindings([finding(1), finding(3)], "a\nb\nc\nd", after))).toEqual(lines);
});

test("a finding whose loop is edited is left out, one whose loop moves moves along", () => {
  const one = finding(4, [2]);
  expect(moveFindings([one], "a\nb\nc\nd", "a\nB\nc\nd")).toEqual([]);
  const [moved] = moveFindings([one], "a\nb\nc\nd", "x\na\nb\nc\nd");
  expect(moved?.range.start.line).toBe(5);
  expect(moved?.related[0]?.range.start.line).toBe(3);
});

// ------------------------------------------------------------------------------------------------ a service

test("an edit is answered at once, and completely when the analyzer is ready", async () => {
  const workspace = await remembering();
  const { service } = await workspace.open(kept(workspace));
  const [a, caller, helper] = ["src/a.ts", "src/caller.ts", "src/helper.ts"].map((name) => workspace.at(name));
  if (a === undefined || caller === undefined || helper === undefined) throw new Error("three files are opened");
  service.setOverlay(a, `// one more line\n${FLAWED}`);
  service.setOverlay(helper, HELPER.replace("return pool.query", "return String"));
  expect([...service.atHand()].sort()).toEqual([a, helper].sort());
  expect(service.isWarm()).toBe(false);
  expect(lineOf(service.findings(a))).toEqual([5]);
  // That the helper runs no query any more shows in another file: not yet.
  expect(lineOf(service.findings(caller))).toEqual([3]);

  await service.warmed();
  expect(service.isWarm()).toBe(true);
  expect(service.refresh().changed).toEqual([caller]);
  expect(service.findings(caller)).toEqual([]);
  expect(lineOf(service.findings(a))).toEqual([5]);
});

test("an open editor with the text on disk, or with another, takes nothing from what is remembered", async () => {
  const workspace = await remembering();
  const open = async (text: string): Promise<WorkspaceService> => {
    const service = await createService({
      ...{ roots: [workspace.root], overrides: {}, workers: 0, cacheFolder: undefined },
      ...kept(workspace),
    });
    service.setOverlay(workspace.at("src/a.ts"), text);
    await drain(service.scan());
    return service;
  };
  const same = await open(FLAWED);
  expect(same.isWarm()).toBe(false);
  expect(same.resultKey()).toBeDefined();
  expect(same.allFindings()).toHaveLength(2);
  await same.close();

  const other = await open(`\n\n${FLAWED}`);
  expect(other.isWarm()).toBe(false);
  expect(other.resultKey()).toBeUndefined();
  expect(lineOf(other.findings(workspace.at("src/a.ts")))).toEqual([6]);
  other.atHand();
  await other.warmed();
  other.refresh();
  expect(lineOf(other.findings(workspace.at("src/a.ts")))).toEqual([6]);
  await other.close();
  // Unsaved text has gone into nothing that is kept.
  expect((await workspace.open(kept(workspace))).lines()).toEqual([
    "src/a.ts:4 query-in-loop",
    "src/caller.ts:3 query-in-loop",
  ]);
});

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  "src/helper.ts": [HELPER, HELPER.replace("return pool.query", "return String"), "export {};\n", "export const = ;\n"],
  "src/caller.ts": [CALLER, `\n${CALLER}`, CALLER.replace("./helper", "./middle"), FLAWED],
  "src/middle.ts": ['export * from "./helper";\n', HELPER],
  "src/a.ts": [FLAWED, `// above\n${FLAWED}`, `${FLAWED}// below\n`, "export const a = 1;\n"],
  "scripts/run.ts": ['import { all } from "../src/caller";\nvoid all([]);\n', "export const run = 1;\n"],
  "tsconfig.json": ["{}", '{ "compilerOptions": { "baseUrl": "src" } }'],
};

const step = fc.record({
  name: fc.constantFrom(...Object.keys(TEXTS)),
  text: fc.nat(3),
  act: fc.constantFrom("write", "delete", "overlay", "overlay", "overlay", "close"),
  pauses: fc.nat(4),
});

test("whatever is typed before the analyzer is ready, in the end everything is told as it is", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const workspace = temporaryWorkspace(FILES);
      try {
        await (await workspace.open(kept(workspace))).service.close();
        const { service, first } = await workspace.open(kept(workspace));
        const told = new Map<string, readonly Finding[]>();
        const overlays = new Map<string, string>();
        const tell = (paths: readonly string[]): void => {
          for (const one of paths) told.set(one, service.findings(one));
        };
        tell(first.changed);
        for (const { name, text, act, pauses } of steps) {
          const content = TEXTS[name]?.[text] ?? "";
          const file = workspace.at(name);
          if (act === "overlay") overlays.set(name, content);
          if (act === "close") overlays.delete(name);
          if (act === "overlay" || act === "close") service.setOverlay(file, overlays.get(name));
          else {
            if (act === "write") workspace.write({ [name]: content });
            else rmSync(file, { force: true });
            await service.fileEvents([{ path: file, kind: act === "write" ? "changed" : "deleted" }]);
          }
          tell(service.isWarm() ? service.refresh().changed : service.atHand());
          for (let i = 0; i < pauses; i++) await new Promise((resolve) => setImmediate(resolve));
        }
        await service.warmed();
        tell(service.refresh().changed);
        const fresh = await workspace.open();
        for (const [name, text] of overlays) fresh.service.setOverlay(workspace.at(name), text);
        fresh.service.refresh();
        expect(service.allFindings()).toEqual(fresh.service.allFindings());
        const visible = [...told].sort(([x], [y]) => (x < y ? -1 : 1)).flatMap(([, findings]) => findings);
        expect(visible).toEqual(service.allFindings());
      } finally {
        await workspace.dispose();
      }
    }),
    { numRuns: 60 },
  );
}, 240_000);

test("work behind the scenes makes way for somebody who waits, and still comes to its end", () => {
  const did: number[] = [];
  const work = untilCancelled(
    (token) => {
      for (let i = did.length; i < 40; i++) {
        token.throwIfCancelled();
        const until = performance.now() + 4;
        while (performance.now() < until);
        did.push(i);
      }
    },
    () => true,
  );
  let turns = 0;
  while (work.next().done !== true) turns++;
  expect(did).toHaveLength(40);
  expect(turns).toBeGreaterThan(0);
});

// ------------------------------------------------------------------------------------------------ across the thread boundary

test("a hover that has to wait for the analyzer keeps no edit waiting", async () => {
  const workspace = await remembering();
  const service = inThisThread();
  const a = workspace.at("src/a.ts");
  await service.open({ roots: [workspace.root], overrides: {}, workers: 0, cacheFolder: workspace.cache, build: "1" });
  await service.scan(() => undefined);
  const warm = new Promise<void>((resolve) => service.onWarm(resolve));
  const order: string[] = [];
  expect((await service.refresh()).changed.map((file) => path.basename(file)).sort()).toEqual(["a.ts", "caller.ts"]);
  const hover = service.hover(a, FLAWED.indexOf("query(")).then((content) => {
    order.push("hover");
    return content;
  });
  service.supersede();
  service.setOverlay(a, `\n${FLAWED}`);
  const edited = await service.refresh();
  order.push("edit");
  expect(edited.changed).toEqual([a]);
  expect(lineOf(edited.findings[0] ?? [])).toEqual([5]);
  await warm;
  expect((await service.refresh()).cancelled).toBe(false);
  await hover;
  expect(order).toEqual(["edit", "hover"]);
  expect((await service.hover(a, FLAWED.indexOf("query(") + 1))?.markdown).toContain("query");
  await service.close();
});
