/** Progress of a scan. */
import { expect, test } from "vitest";
import { percentOf } from "../../server/src/lsp/progress.js";
import type { Progress } from "../../server/src/service/workspace-service.js";

test("the share of a scan never goes back from one stage to the next", () => {
  const steps: readonly Progress[] = [
    { label: "discovering", done: 0, total: 40 },
    { label: "discovering", done: 40, total: 40 },
    { label: "reading", done: 0, total: 0 },
    { label: "reading", done: 20, total: 40 },
    { label: "reading", done: 40, total: 40 },
    { label: "linking", done: 0, total: 1 },
    { label: "checking", done: 40, total: 40 },
  ];
  const shares = steps.map(percentOf);
  expect(shares).toEqual([0, 10, 10, 37, 65, 65, 100]);
  expect(shares.toSorted((a, b) => a - b)).toEqual(shares);
});
