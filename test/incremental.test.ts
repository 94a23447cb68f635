/** What an edit recomputes, and above all what it does not. */
import { expect, test } from "vitest";
import { createHost } from "../server/src/analysis/create-host.js";
import type { AnalysisHost, RefreshResult } from "../server/src/analysis/host.js";
import { Cancelled } from "../server/src/base/cancellation.js";

const QUERY = `import { Pool } from "pg";
const pool = new Pool();
export async function load(id: string) {
  return pool.query("select * from users where id = $1", [id]);
}
`;
const PLAIN = `export async function load(id: string) {
  return id;
}
`;
const MIDDLE = `import { load } from "./data";
export async function describe(id: string) {
  return { user: await load(id) };
}
`;
const TOP = `import { describe } from "./middle";
export async function all(ids: string[]) {
  const out = [];
  for (const id of ids) out.push(await describe(id));
  return out;
}
`;
const OTHER = `export function unrelated(a: number) {
  return a + 1;
}
`;

/** Callers linked after what they call, or before it: nobody promises an order. */
type Order = "callees first" | "callers first";

function start(data: string, order: Order = "callees first"): { host: AnalysisHost; first: RefreshResult } {
  const host = createHost();
  host.configure({ roots: ["/w"], rules: [], severities: {}, quietPaths: [], smallLoopBound: 10, queryFunctions: [] });
  host.setManifests([{ path: "/w/package.json", text: '{ "name": "w", "dependencies": { "pg": "8" } }' }]);
  const files = [
    { path: "/w/data.ts", text: data },
    { path: "/w/middle.ts", text: MIDDLE },
    { path: "/w/top.ts", text: TOP },
    { path: "/w/other.ts", text: OTHER },
  ];
  host.apply(order === "callees first" ? files : files.reverse());
  return { host, first: host.refresh() };
}

const rulesAt = (host: AnalysisHost, path: string): string[] => host.findings(path).map((finding) => finding.rule);

test("the first refresh does everything once", () => {
  const { host, first } = start(QUERY);
  expect([...first.work.linked].sort()).toEqual(["/w/data.ts", "/w/middle.ts", "/w/other.ts", "/w/top.ts"]);
  expect(first.changed).toEqual(["/w/top.ts"]);
  expect(rulesAt(host, "/w/top.ts")).toEqual(["query-in-loop"]);
});

test("a refresh without changes does nothing", () => {
  const { host } = start(QUERY);
  const { work, changed } = host.refresh();
  expect([work.extracted, work.linked, work.checked, changed]).toEqual([[], [], [], []]);
  expect(work.summarized).toBe(0);
});

test("an edit inside an unrelated body touches that file alone", () => {
  const { host } = start(QUERY);
  host.apply([{ path: "/w/other.ts", text: OTHER.replace("a + 1", "a * 2 + 1") }]);
  const { work, changed } = host.refresh();
  expect(work.extracted).toEqual(["/w/other.ts"]);
  expect(work.linked).toEqual(["/w/other.ts"]);
  expect(work.checked).toEqual(["/w/other.ts"]);
  expect(work.summarized).toBe(0);
  expect(changed).toEqual([]);
});

test("a body edit below a query leaves its callers' rules alone", () => {
  const { host } = start(QUERY);
  host.apply([{ path: "/w/data.ts", text: `${QUERY}\nexport function later() {\n  return 2;\n}\n` }]);
  const { work, changed } = host.refresh();
  expect(work.checked).not.toContain("/w/top.ts");
  expect(work.checked).not.toContain("/w/other.ts");
  expect(changed).toEqual([]);
});

test.each<Order>(["callees first", "callers first"])(
  "a helper that begins to query is felt two calls away, and nowhere else (%s)",
  (order) => {
    const { host } = start(PLAIN, order);
    expect(rulesAt(host, "/w/top.ts")).toEqual([]);
    host.apply([{ path: "/w/data.ts", text: QUERY }]);
    const { work, changed } = host.refresh();
    expect(changed).toEqual(["/w/top.ts"]);
    expect(work.checked).not.toContain("/w/other.ts");
    host.apply([{ path: "/w/data.ts", text: PLAIN }]);
    expect(host.refresh().changed).toEqual(["/w/top.ts"]);
    expect(rulesAt(host, "/w/top.ts")).toEqual([]);
  },
);

test("lines added above a query move the path of its callers' findings", () => {
  const { host } = start(QUERY);
  host.apply([{ path: "/w/data.ts", text: `\n\n\n${QUERY}` }]);
  host.refresh();
  const related = host.findings("/w/top.ts")[0]!.related;
  expect(related.find((place) => place.path === "/w/data.ts")!.range.start.line).toBe(7);
});

test("a file that appears satisfies an import, one that goes breaks it", () => {
  const { host } = start(QUERY);
  host.apply([{ path: "/w/middle.ts", removed: true }]);
  host.refresh();
  expect(rulesAt(host, "/w/top.ts")).toEqual([]);
  host.apply([{ path: "/w/middle.ts", text: MIDDLE }]);
  host.refresh();
  expect(rulesAt(host, "/w/top.ts")).toEqual(["query-in-loop"]);
});

test.each<Order>(["callees first", "callers first"])(
  "a cancelled refresh loses nothing, not even the news of what changed (%s)",
  (order) => {
    const { host } = start(PLAIN, order);
    const told = new Set<string>();
    host.apply([{ path: "/w/data.ts", text: QUERY }]);
    for (let attempt = 0; attempt < 20; attempt++) {
      // One step at a time: whatever is done in it must not be done, or told, in vain.
      const left = { checks: 1 };
      try {
        const { changed } = host.refresh({
          throwIfCancelled() {
            if (left.checks-- === 0) throw new Cancelled();
          },
        });
        for (const path of changed) told.add(path);
        break;
      } catch (error) {
        expect(error).toBeInstanceOf(Cancelled);
      }
    }
    for (const path of host.refresh().changed) told.add(path);
    expect(rulesAt(host, "/w/top.ts")).toEqual(["query-in-loop"]);
    expect([...told]).toEqual(["/w/top.ts"]);
  },
);

test.each<Order>(["callees first", "callers first"])(
  "any order of edits ends where a fresh start with the same texts begins (%s)",
  (order) => {
    const texts = [
      QUERY,
      PLAIN,
      `${PLAIN}// `,
      "export const load = 1",
      "export async function load(id: string) { return import('./missing'",
      QUERY,
    ];
    const { host } = start(PLAIN, order);
    for (const text of texts) {
      host.apply([{ path: "/w/data.ts", text }]);
      host.refresh();
      const fresh = start(text).host;
      expect(host.allFindings()).toEqual(fresh.allFindings());
    }
  },
);
