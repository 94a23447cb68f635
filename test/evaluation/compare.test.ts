/** Comparisons that say when they cannot tell, and choices with their reason. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { comparePairs, describeComparison } from "../../server/src/evaluation/compare.js";
import { createVariantTally } from "../../server/src/evaluation/variants.js";
import type { CaseResult } from "../../protocol/src/evaluation.js";
import type { ChoiceLimits } from "../../server/src/evaluation/suite.js";
import { runSuite } from "../harness/run-suite.js";
import { temporaryWorkspace, type TemporaryWorkspace } from "../harness/temporary-workspace.js";

/** Noise with a seed, between -1 and 1. */
function noise(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return (2 * state) / 2 ** 31 - 1;
  });
}

const pairs = (count: number, shift: number, spread: number, seed = 1): [number, number][] => {
  const own = noise(count, seed);
  const shared = noise(count, seed + 7);
  return own.map((value, i) => [0.5 + 0.4 * (shared[i] ?? 0), 0.5 + 0.4 * (shared[i] ?? 0) + shift + spread * value]);
};

describe("pairs", () => {
  test("a difference that is there is told, even when cases vary far more", () => {
    const { verdict, difference, low, high } = comparePairs(pairs(60, 0.05, 0.1), "higher is better");
    expect(verdict).toBe("better");
    expect(difference).toBeGreaterThan(low);
    expect(difference).toBeLessThan(high);
    expect(comparePairs(pairs(60, 0.05, 0.1), "lower is better").verdict).toBe("worse");
  });

  test("one that may be chance is not, and how many cases would tell is said", () => {
    const comparison = comparePairs(pairs(12, 0.03, 0.3), "higher is better");
    expect(comparison.verdict).toBe("cannot tell");
    expect(comparison.enough).toBeGreaterThan(12);
    expect(describeComparison("score", comparison)).toMatch(/^score: cannot tell, .*; about \d+ cases would tell$/);
  });

  test("false alarms are as rare as the interval promises", () => {
    const alarms = Array.from({ length: 300 }, (_, i) =>
      comparePairs(pairs(40, 0, 0.2, 100 + i * 31), "higher is better", i),
    );
    const told = alarms.filter(({ verdict }) => verdict !== "cannot tell").length;
    expect(told / alarms.length).toBeLessThan(0.1);
  });

  test("nothing, too little, and all the same", () => {
    expect(comparePairs([], "higher is better")).toMatchObject({ pairs: 0, verdict: "cannot tell", enough: undefined });
    expect(
      comparePairs(
        [
          [0, 1],
          [0, 1],
        ],
        "higher is better",
      ).verdict,
    ).toBe("cannot tell");
    expect(comparePairs(pairs(50, 0, 0), "higher is better")).toMatchObject({ difference: 0, verdict: "cannot tell" });
  });
});

interface Figures {
  readonly score: number;
  readonly ms: number;
  readonly cost?: number;
}

function choiceOf(variants: Readonly<Record<string, Figures>>, limits: ChoiceLimits = {}) {
  const tally = createVariantTally();
  for (const [variant, { score, ms, cost }] of Object.entries(variants)) {
    for (let i = 0; i < 30; i++) {
      const result: CaseResult = {
        id: `${variant} ${i}`,
        caseId: "a",
        kind: "prompt",
        status: "passed",
        score,
        weight: 1,
        durationMs: ms,
        attempts: 1,
        cached: false,
        messages: [],
        metrics: { latencyMs: ms, ...(cost === undefined ? {} : { cost }) },
        file: "/a.yaml",
        line: 1,
        variant,
        pair: `row ${i}`,
      };
      tally.add(result);
    }
  }
  return tally.finish(limits)!.choice;
}

describe("choice", () => {
  test("the better one, unless it breaks a limit", () => {
    const variants = { good: { score: 0.9, ms: 900 }, fair: { score: 0.7, ms: 100 } };
    expect(choiceOf(variants)).toEqual({ name: "good", reason: "the best score, 0.900" });
    expect(choiceOf(variants, { maxP95Ms: 500 })).toEqual({
      name: "fair",
      reason: expect.stringMatching(/^the best score, 0\.700; good is out: p95 90\d ms is over 500$/) as string,
    });
    expect(choiceOf(variants, { maxP95Ms: 10 }).name).toBeUndefined();
    expect(choiceOf(variants, { maxCost: 10 }).reason).toContain("its cost is not known");
  });

  test("among equals the cheaper, then the faster", () => {
    const dear = { score: 0.9, ms: 100, cost: 2 };
    expect(choiceOf({ dear, cheap: { score: 0.9, ms: 300, cost: 1 } })).toEqual({
      name: "cheap",
      reason: "score 0.900, not told apart from dear with 0.900, but cheaper (30.0 against 60.0)",
    });
    expect(choiceOf({ slow: { score: 0.9, ms: 300 }, quick: { score: 0.9, ms: 100 } })).toMatchObject({
      name: "quick",
    });
  });
});

const state: { workspace: TemporaryWorkspace } = {} as never;
beforeEach(() => {
  state.workspace = temporaryWorkspace();
});
afterEach(() => state.workspace.dispose());

test("two prompts of a suite are compared row by row", async () => {
  const rows = JSON.stringify(Array.from({ length: 20 }, (_, n) => ({ n })));
  const { report } = await runSuite(
    state.workspace,
    `providers: [{ id: e, type: echo }]
thresholds: { passRate: 0 }
cases:
  - id: a
    kind: prompt
    prompts: [{ id: polite, text: "please {{n}}" }, { id: rude, text: "{{n}}!" }]
    variables: ${rows}
    assert: [{ type: contains, value: please }, { type: contains, value: "{{n}}" }]
`,
  );
  expect(report.variants?.variants.map(({ name, score }) => [name, score])).toEqual([
    ["polite", 1],
    ["rude", 0.5],
  ]);
  expect(report.variants?.comparisons[0]).toMatchObject({
    other: "rude",
    comparison: { pairs: 20, verdict: "better" },
  });
  expect(report.variants?.choice.name).toBe("polite");
});
