/** Files larger than anybody writes: what is looked up in them once, and what a report leaves out. */
import { expect, test } from "vitest";
import { evidenceByFingerprint } from "../server/src/analysis/evidence-by-fingerprint.js";
import type { Finding } from "../server/src/analysis/finding.js";
import { anyBetween, spansBy } from "../server/src/facts/spans-between.js";
import { createDependencySets } from "../server/src/project/dependency-sets.js";
import { unnamedFixes, withFixes } from "../server/src/service/fixes.js";
import { prismaBlockAt, parsePrismaSchema } from "../server/src/syntax/prisma-schema.js";

const LONG = " ".repeat(2_500_000);

function findingsIn(path: string, count: number): readonly Finding[] {
  return Array.from({ length: count }, (_, i) => ({ path, fingerprint: `${path} ${i}` }) as Finding);
}

test("a rule runs once for all its findings, and no further than it is asked", () => {
  const told: number[] = [];
  function* evidence(): Generator<number> {
    for (const one of [1, 2, 3, 4]) {
      told.push(one);
      yield one;
    }
  }
  const find = evidenceByFingerprint(evidence(), (one) => `f${one}`);
  expect([find("f2"), find("f1"), find("f2")]).toEqual([2, 1, 2]);
  expect(told).toEqual([1, 2]);
  expect(find("gone")).toBeUndefined();
  expect(find("f4")).toBe(4);
  expect(told).toEqual([1, 2, 3, 4]);
});

test("a report names the fixes of a file up to a limit of text, and says how many it leaves out", () => {
  const findings = [
    ...findingsIn("/w/giant.ts", 50),
    ...findingsIn("/w/small.ts", 500),
    ...findingsIn("/w/schema.sql", 60),
  ];
  const asked = new Set<string>();
  const inspection = {
    fixesOf: (_path: string, fingerprint: string) => {
      asked.add(fingerprint);
      return [{ id: "one", title: "A fix", safety: "safe", edits: [] }];
    },
  };
  const textOf = (path: string): string => (path === "/w/small.ts" ? "short" : LONG);
  const service = {
    allFindings: () => findings,
    textOf,
    ask: (question: (one: unknown) => unknown) => question(inspection),
  };
  const named = withFixes(service as unknown as Parameters<typeof withFixes>[0]);
  expect(named).toHaveLength(610);
  expect([...asked].filter((one) => one.startsWith("/w/giant.ts"))).toHaveLength(40);
  expect([...asked].filter((one) => one.startsWith("/w/small.ts"))).toHaveLength(500);
  expect([...asked].filter((one) => one.startsWith("/w/schema.sql"))).toHaveLength(60);
  const [problem, ...more] = unnamedFixes(findings, textOf);
  expect(more).toEqual([]);
  expect(problem).toMatchObject({ path: "/w/giant.ts" });
  expect(problem?.message).toContain("last 10 findings");
});

test("spans between two places", () => {
  const all = [
    { in: "a", start: 10, end: 40 },
    { in: "a", start: 12, end: 14 },
    { in: "b", start: 30, end: 35 },
    { in: "a", start: 50, end: 60 },
    { in: undefined, start: 41, end: 42 },
  ];
  const lists = spansBy(
    all,
    (one) => one.in,
    (one) => one,
  );
  for (let start = 0; start < 65; start++)
    for (let end = start; end < 65; end++)
      for (const key of ["a", "b"])
        expect(anyBetween(lists.get(key), start, end)).toBe(
          all.some((one) => one.in === key && start <= one.start && one.end <= end),
        );
  expect(anyBetween(undefined, 0, 100)).toBe(false);
});

test("sets of dependencies are the same for the same members, however they were joined", () => {
  const sets = createDependencySets();
  const join = (...tokens: readonly number[]): number =>
    tokens.map((token) => sets.single(token)).reduce((a, b) => sets.union(a, b), 0);
  expect(join(3, 1, 2)).toBe(join(2, 3, 1));
  expect(sets.members(join(3, 1, 2))).toEqual([1, 2, 3]);
  expect(sets.union(join(1, 2, 3), join(2, 3))).toBe(join(1, 2, 3));
  expect(sets.union(join(2, 3), join(1, 2, 3))).toBe(join(1, 2, 3));
  expect(join(1, 32)).not.toBe(join(2, 1));
  expect(sets.holding(32)).toContain(join(1, 32));
});

test("one block of a Prisma schema is read as in the whole schema", () => {
  const text = `// model Old {\nmodel User {\n  id Int @id\n  name String // } \n  @@index([name])\n}\n\nenum Role {\n  A\n}\n  model  Post{ id Int @id }\n`;
  for (const block of parsePrismaSchema(text).blocks) expect(prismaBlockAt(text, block.nameSpan.start)).toEqual(block);
  expect(parsePrismaSchema(text).blocks).toHaveLength(3);
  expect(prismaBlockAt(text, text.indexOf("name String"))).toBeUndefined();
});
