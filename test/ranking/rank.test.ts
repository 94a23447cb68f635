import { appendFileSync, existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openFeedback } from "../../server/src/model/feedback-store.js";
import { evidenceOf } from "../../server/src/ranking/evidence.js";
import { groupAlike } from "../../server/src/ranking/group-alike.js";
import { opinionOn, type Feedback } from "../../server/src/ranking/neighbours.js";
import { rank, type Rankable } from "../../server/src/ranking/rank.js";
import { temporaryFolder } from "../harness/planner-image.js";

function finding(more: Partial<Rankable> = {}): Rankable {
  return {
    rule: "query-in-loop",
    family: "n-plus-one",
    severity: "warning",
    confidence: 1,
    cost: "1 + N queries per request",
    related: [],
    fixes: [],
    path: "/a.ts",
    range: { start: { line: 1, column: 1 } },
    ...more,
  };
}

function judged(verdict: Feedback["verdict"], fingerprint: string, ...words: readonly string[]): Feedback {
  return { rule: "query-in-loop", fingerprint, verdict, words };
}

test("evidence is read from the finding alone", () => {
  const known = { severity: 2, confidence: 1, degree: 1, perRequest: 1, steps: 0, fixable: 0 };
  expect(evidenceOf(finding())).toEqual({ ...known, measured: 0, size: 0 });
  expect(evidenceOf(finding({ cost: "1 + N × M queries per job", severity: "error" }))).toMatchObject({
    severity: 3,
    degree: 2,
    perRequest: 0,
  });
  expect(evidenceOf(finding({ severity: "strange", confidence: 0, cost: "" }))).toMatchObject({
    severity: 0,
    confidence: 0,
    degree: 0,
  });
});

test("severity leads, confidence and cost decide within it, and ties go by place", () => {
  const findings = [
    finding({ path: "/b.ts" }),
    finding({ path: "/c.ts", severity: "error", confidence: 0.2 }),
    finding({ path: "/a.ts", range: { start: { line: 9, column: 1 } } }),
    finding({ path: "/a.ts", range: { start: { line: 2, column: 1 } } }),
    finding({ path: "/d.ts", confidence: 0.2 }),
    finding({ path: "/e.ts", severity: "information", cost: "N × M × K queries per request" }),
  ];
  const order = rank(findings).map(({ finding: { path, range } }) => `${path}:${range.start.line}`);
  expect(order).toEqual(["/c.ts:1", "/a.ts:2", "/a.ts:9", "/b.ts:1", "/d.ts:1", "/e.ts:1"]);
});

test("what was measured and how large a table is decide within a severity, and are named", () => {
  const share = (value: number): Partial<Rankable> => ({ measured: { share: value } });
  const rows = new Map([
    ["/large.ts", 20_000_000],
    ["/small.ts", 12],
  ]);
  const findings = [
    finding({ path: "/small.ts" }),
    finding({ path: "/unknown.ts" }),
    finding({ path: "/large.ts" }),
    finding({ path: "/cold.ts", ...share(0.01) }),
    finding({ path: "/stale.ts", measured: { share: 0.9, stale: true } }),
    finding({ path: "/hot.ts", ...share(0.4) }),
    finding({ path: "/error.ts", severity: "error", confidence: 0 }),
  ];
  const order = rank(findings, undefined, ({ path }) => ({ rows: rows.get(path) }));
  expect(order.map((one) => one.finding.path)).toEqual([
    "/error.ts",
    "/hot.ts",
    "/large.ts",
    "/cold.ts",
    "/stale.ts",
    "/unknown.ts",
    "/small.ts",
  ]);
  expect(order[1]?.reasons).toContain("measured: 40 % of the time of requests");
  expect(order[2]?.reasons).toContain("its table has 20,000,000 rows");
  expect(order[5]?.reasons.join()).not.toMatch(/measured|rows/);
});

test("everything that decides within a severity is less than a step of it, whatever the numbers are", () => {
  const wild = fc.record({
    share: fc.double(),
    rows: fc.option(fc.double(), { nil: undefined }),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(wild, wild, (a, b) => {
      const low = finding({ path: "/a.ts", confidence: a.confidence, measured: { share: a.share } });
      const high = finding({
        path: "/b.ts",
        severity: "error",
        confidence: b.confidence,
        measured: { share: b.share },
      });
      const order = rank([low, high], undefined, ({ path }) => (path === "/a.ts" ? a : b));
      expect(order[0]?.finding.severity).toBe("error");
    }),
  );
});

test("the order does not depend on the order the findings come in", () => {
  const findings = ["error", "warning", "information", "hint"].flatMap((severity) =>
    ["/a.ts", "/b.ts"].flatMap((path) => [1, 0.2].map((confidence) => finding({ severity, path, confidence }))),
  );
  const expected = rank(findings).map((one) => one.finding);
  fc.assert(
    fc.property(fc.shuffledSubarray(findings, { minLength: findings.length }), (shuffled) => {
      expect(rank(shuffled).map((one) => one.finding)).toEqual(expected);
    }),
  );
});

test("what the user dismissed sinks with what is like it; other rules and other code stay", () => {
  const given = [judged("dismissed", "1", "retry", "poll", "job"), judged("dismissed", "2", "retry", "poll", "task")];
  const like = opinionOn({ rule: "query-in-loop", words: ["retry", "poll", "job", "wait"] }, given);
  expect(like).toMatchObject({ accepted: 0, rejected: 2 });
  expect(like?.leaning).toBeLessThan(-0.4);
  expect(opinionOn({ rule: "query-in-loop", words: ["order", "invoice"] }, given)).toBe(undefined);
  expect(opinionOn({ rule: "sync-io-in-request", words: ["retry", "poll", "job"] }, given)).toBe(undefined);
  const findings = [finding({ path: "/poll.ts" }), finding({ path: "/z.ts" })];
  const ranked = rank(findings, ({ path }) => (path === "/poll.ts" ? like : undefined));
  expect(ranked.map((one) => one.finding.path)).toEqual(["/z.ts", "/poll.ts"]);
  expect(ranked[1]?.reasons).toContain("moved down: of 2 similar findings you judged, 0 were useful to you");
});

test("vectors of one model decide where both have one, words otherwise", () => {
  const vector = (identity: string, ...values: readonly number[]): { identity: string; values: Float32Array } => ({
    identity,
    values: Float32Array.from(values),
  });
  const given: Feedback[] = [{ ...judged("accepted", "1", "order"), vector: vector("m", 1, 0) }];
  expect(opinionOn({ rule: "query-in-loop", words: [], vector: vector("m", 1, 0) }, given)?.leaning).toBeGreaterThan(
    0.3,
  );
  expect(opinionOn({ rule: "query-in-loop", words: ["order"], vector: vector("m", 0, 1) }, given)).toBe(undefined);
  expect(opinionOn({ rule: "query-in-loop", words: ["order"], vector: vector("other", 0, 1) }, given)).toBeDefined();
});

test("answers are kept in a file of the user's own, replaced, and forgotten on request", () => {
  const file = temporaryFolder(`feedback-${process.pid}.jsonl`);
  rmSync(file, { force: true });
  const store = openFeedback(file);
  expect(store.all()).toEqual([]);
  store.add({ ...judged("dismissed", "1", "order"), vector: { identity: "m", values: Float32Array.from([0.6, 0.8]) } });
  store.add(judged("accepted", "2", "user"));
  store.add(judged("accepted", "1", "order"));
  expect(openFeedback(file).all()).toEqual([judged("accepted", "2", "user"), judged("accepted", "1", "order")]);
  expect(statSync(file).mode & 0o77).toBe(0);
  expect(store.reset()).toBe(2);
  expect(existsSync(file)).toBe(false);
  expect(openFeedback(file).all()).toEqual([]);
});

test("a damaged file of answers is an empty one", () => {
  const file = temporaryFolder(`feedback-damaged-${process.pid}.jsonl`);
  writeFileSync(file, '{"rule": 1}\n{"rule":"a","fingerprint":"b","verdict":"loved","words":[]}\n');
  expect(openFeedback(file).all()).toEqual([]);
  appendFileSync(file, "not json\n");
  expect(openFeedback(file).all()).toEqual([]);
  openFeedback(file).add(judged("accepted", "2", "user"));
  expect(openFeedback(file).all()).toHaveLength(1);
});

test("near copies of one rule stand behind the first of them", () => {
  const code = (rule: string, ...words: readonly string[]): { rule: string; words: readonly string[] } => ({
    rule,
    words,
  });
  const groups = groupAlike([
    code("query-in-loop", "load", "order", "item", "user", "cart"),
    code("query-in-loop", "send", "mail"),
    code("query-in-loop", "load", "order", "item", "user", "cart"),
    code("sync-io-in-request", "load", "order", "item", "user", "cart"),
    code("query-in-loop"),
    code("query-in-loop"),
  ]);
  expect(groups).toEqual([0, 1, 0, 3, 4, 5]);
});
