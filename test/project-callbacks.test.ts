/** What becomes of functions given to calls. */
import { expect, test } from "vitest";
import { linkFiles } from "./harness/link-files.js";

const inRun = (body: string, head = ""): ReturnType<typeof linkFiles> =>
  linkFiles({ "a.ts": `${head}; function work() {} export async function run(items, emitter, other) { ${body} }` });

test.each([
  ["items.map(work)", "per-element of items: a.ts#work"],
  ["items.filter(Boolean).forEach(work)", "per-element of items.filter(Boolean): a.ts#work"],
  ["items.reduce(work, 0)", "per-element of items: a.ts#work"],
  ["Promise.all(items.map(work))", "per-element of items: a.ts#work"],
  ["_.each(items, work)", "per-element of items: a.ts#work"],
  ["pMap(items, work)", "per-element of items: a.ts#work"],
  ["async.eachLimit(items, 5, work)", "per-element of items: a.ts#work"],
  ["Array.from(items, work)", "per-element of items: a.ts#work"],
  ["emitter.on('x', work)", "deferred: a.ts#work"],
  ["setTimeout(work, 5)", "deferred: a.ts#work"],
  ["process.nextTick(work)", "deferred: a.ts#work"],
  ["app.get('/x', work)", "deferred: a.ts#work"],
  ["new Worker('q', work)", "deferred: a.ts#work"],
  ["cache.get('key', work)", "once: a.ts#work"],
  ["other.then(work)", "once: a.ts#work"],
  ["pRetry(work)", "once: a.ts#work"],
  ["new Promise(work)", "once: a.ts#work"],
])("%s", (code, expected) => {
  const project = inRun(
    code,
    `import _ from "lodash"; import pMap from "p-map"; import async from "async"; import pRetry from "p-retry"; import { app, cache } from "elsewhere"; import { Worker } from "bullmq"`,
  );
  const found = project.linker.link("/case/a.ts").length;
  expect(found).toBeGreaterThan(0);
  const callees = [
    "items.map",
    "items.filter(Boolean).forEach",
    "items.reduce",
    "_.each",
    "pMap",
    "async.eachLimit",
    "Array.from",
    "emitter.on",
    "setTimeout",
    "process.nextTick",
    "app.get",
    "new Worker",
    "cache.get",
    "other.then",
    "pRetry",
    "new Promise",
  ];
  const lines = callees.flatMap((callee) => project.calls(callee));
  expect(lines.join("; ")).toContain(expected);
});

test("results and streams are mapped once, not per element", () => {
  const project = linkFiles({
    "a.ts": `import { ok, ResultAsync } from "neverthrow"; import { Observable } from "rxjs"; function work() {}
      export function run(result: ResultAsync<number, Error>, events: Observable<number>) { ok(1).map(work); result.map(work); events.forEach(work); }`,
  });
  for (const callee of ["ok(1).map", "result.map", "events.forEach"])
    expect(project.call(callee)).toContain("once: a.ts#work");
});

test("at module level a call that nothing is known about registers; arrays and promises still run", () => {
  const project = linkFiles({
    "a.ts": `import { define, thing } from "elsewhere"; function work() {} define(work); thing.do(work); [1].map(work); work().then(work); (() => work())();`,
  });
  expect(project.call("define")).toContain("deferred");
  expect(project.call("thing.do")).toContain("deferred");
  expect(project.call("[1].map")).toContain("per-element of [1]");
  expect(project.call("work().then")).toContain("once");
});

test("workspace functions are looked at: called, called in a loop, stored, handed on, wrapped", () => {
  const project = linkFiles({
    "helpers.ts": `const list = [];
      export async function withLock(key, fn) { try { return await fn(); } finally { key; } }
      export async function eachOf(items, fn) { for (const item of items) await fn(item); }
      export function allOf(fn, items) { return Promise.all(items.map((item, i) => fn(i, item))); }
      export function retry(fn) { for (let i = 0; i < 3; i++) { try { return fn(); } catch {} } }
      export function register(fn) { list.push(fn); }
      export function onReady(fn) { setTimeout(() => fn(), 5); }
      export function forward(items, fn) { return eachOf(items, fn); }
      export function direct(items, fn) { return items.map(fn); }
      export const wrap = (fn) => (...args) => fn(...args);
      export function ignore(fn) {}`,
    "use.ts": `import { withLock, eachOf, allOf, retry, register, onReady, direct, forward, wrap, ignore } from "./helpers"; function work() {}
      export function run(rows) { withLock("k", work); eachOf(rows, work); allOf(work, rows); retry(work); register(work); onReady(work); direct(rows, work); forward(rows, work); wrap(work); ignore(work); }`,
  });
  const use = (callee: string): string => project.call(callee, "use.ts").split(", ").slice(1).join(", ");
  expect(use("withLock")).toBe("once: use.ts#work");
  expect(use("eachOf")).toBe("per-element of rows: use.ts#work");
  expect(use("allOf")).toBe("per-element of rows: use.ts#work");
  expect(use("retry")).toBe("once: use.ts#work");
  expect(use("register")).toBe("deferred: use.ts#work");
  expect(use("onReady")).toBe("deferred: use.ts#work");
  expect(use("direct")).toBe("per-element of rows: use.ts#work");
  expect(use("forward")).toBe("per-element of rows: use.ts#work");
  expect(use("wrap")).toBe("deferred: use.ts#work");
  expect(use("ignore")).toBe("");
});

test("calling what a workspace wrapper made runs the function inside", () => {
  const project = linkFiles({
    "wrap.ts":
      "export function memo(fn) { const cache = new Map(); return (...args) => cache.get(args[0]) ?? fn(...args); }",
    "use.ts": `import { memo } from "./wrap"; async function load() {} const cached = memo(load); const inline = memo(async (id) => load()); export function run() { cached(1); inline(2); }`,
  });
  expect(project.call("cached")).toBe("use.ts#load, wrap.ts#anonymous");
  expect(project.call("inline")).toContain("use.ts#anonymous");
});

test("functions in an object are followed into the workspace function that calls them", () => {
  const project = linkFiles({
    "limit.ts": `export async function within({ count, create }) { if ((await count()) < 5) return create(); }
      export function each(options) { const { done } = options; for (const row of options.rows) options.onRow(row); setTimeout(() => done(), 1); }`,
    "use.ts": `import { within, each } from "./limit"; export function run(rows) { within({ count: () => 1, create: async () => 2, unused() {} }); each({ rows, onRow: (row) => row, done: () => 1 }); }`,
  });
  expect(project.call("within", "use.ts")).toBe("limit.ts#within, once: use.ts#count, once: use.ts#create");
  expect(project.call("each", "use.ts")).toBe("limit.ts#each, per-element: use.ts#onRow, deferred: use.ts#done");
});
