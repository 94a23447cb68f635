/**
 * Every planted endpoint before and after the fix the analyzer offers for it, on the stand-ins of a proof: the same results on generated rows, and a number of
 * queries that no longer grows. `HOTPATH_PLANTED=1` prints the table of docs/fixes.md.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { bundledProver } from "./harness/bundled-prover.js";
import { proofOf } from "./harness/prover.js";
import { libraries, plantedIn } from "./harness/planted.js";

const ready = bundledProver({ limitMs: 120_000 });
/** Sizes and seeds: few rows show what empty and single lists do, more rows show keys that repeat and lead nowhere. */
const generated = fc.sample(fc.record({ rows: fc.integer({ min: 0, max: 40 }), seed: fc.integer() }), {
  numRuns: 8,
  seed: 7,
});
/** The largest takes seconds of a busy machine. */
const sizes = (process.env["HOTPATH_PLANTED"] === undefined ? [10, 100] : [10, 100, 1_000]).map((rows) => ({
  rows,
  seed: 1,
}));

for (const library of libraries) {
  for (const planted of plantedIn(library)) {
    test(planted.route, { timeout: 120_000 }, async () => {
      const prover = await ready;
      const question = { path: planted.finding.path, offset: planted.offset, edits: planted.fix.edits };
      const many = proofOf(planted.files, { ...question, trials: [...generated, ...sizes] });
      expect(many).not.toHaveProperty("reason");
      if ("reason" in many) return;
      const report = await prover.prove(many.request);
      expect(report).toMatchObject({ kind: "proved" });
      if (report.kind !== "proved") return;
      const runs = report.runs.slice(-sizes.length);
      expect(runs.map(({ after }) => after.queryCount)).toEqual(sizes.map(() => 2));
      expect(runs.every(({ before, rows }) => before.queryCount > rows / 2)).toBe(true);
      if (process.env["HOTPATH_PLANTED"] === undefined) return;
      const cells = runs.flatMap(({ before, after }) => [
        `${before.queryCount} → ${after.queryCount}`,
        `${Math.round(before.ms)} → ${Math.round(after.ms)}`,
      ]);
      process.stdout.write(`| \`${planted.route}\` | ${cells.join(" | ")} |\n`);
    });
  }
}

test("there are endpoints enough", () => {
  expect(libraries.flatMap(plantedIn).length).toBeGreaterThanOrEqual(10);
});
