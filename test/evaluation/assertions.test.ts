/** Assertions, expressions and templates. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { letterSimilarity } from "../../server/src/evaluation/prompt/similarity.js";
import { checkAssertion } from "../../server/src/evaluation/prompt/assertions.js";
import { evaluateExpression } from "../../server/src/evaluation/prompt/expression.js";
import { renderTemplate } from "../../server/src/evaluation/prompt/template.js";
import type { Assertion } from "../../server/src/evaluation/suite.js";
import { matchesInTime } from "../../server/src/evaluation-io/matches-in-time.js";

const ports = {
  matches: matchesInTime,
  similarity: letterSimilarity,
  grade: () => Promise.reject(new Error("nobody grades here")),
};

async function holds(assertion: Assertion, text: string, latencyMs = 100, cost?: number): Promise<boolean> {
  const signal = new AbortController().signal;
  const { holds } = await checkAssertion(assertion, { text, latencyMs }, cost, { who: "Ann" }, ports, signal);
  return holds;
}

test.each<[Assertion, string, boolean]>([
  [{ type: "equals", value: "yes" }, " yes\n", true],
  [{ type: "equals", value: "Yes" }, "yes", false],
  [{ type: "equals", value: "Yes", ignoreCase: true }, "yes", true],
  [{ type: "contains", value: "{{who}}" }, "Hello Ann", true],
  [{ type: "contains", value: ["a", "b"] }, "only a", false],
  [{ type: "contains", value: ["a", "b"], not: true }, "only a", false],
  [{ type: "contains", value: ["a", "b"], not: true }, "neither", true],
  [{ type: "contains-any", value: ["a", "{{who}}"] }, "only Ann", true],
  [{ type: "contains-any", value: ["a", "b"] }, "neither", false],
  [{ type: "contains-any", value: ["A", "b"], ignoreCase: true, not: true }, "only a", false],
  [{ type: "starts-with", value: "Dear" }, "  Dear you", true],
  [{ type: "regex", value: "^\\p{Lu}" }, "Émile", true],
  [{ type: "regex", value: "^x", not: true }, "x", false],
  [{ type: "json" }, '```json\n{"a": 1}\n```', true],
  [{ type: "json" }, "no", false],
  [{ type: "json", value: { b: [1], a: 2 } }, '{"a":2,"b":[1]}', true],
  [{ type: "json-schema", value: { type: "object", required: ["a"] } }, '{"a":1}', true],
  [{ type: "json-schema", value: { type: "object", required: ["a"] } }, "{}", false],
  [{ type: "expression", value: "length(output) < 5 and output != 'no'" }, "yes", true],
  [{ type: "expression", value: "json.items.1 == 4" }, '{"items":[3,4]}', true],
  [{ type: "expression", value: "starts(output, 'Ye') and ends(output, 's') and max(2, min(9, 5)) == 5" }, "Yes", true],
  [{ type: "expression", value: "contains(json.gone, 'null') or starts(json.gone, 'n')" }, '{"a":1}', false],
  [{ type: "similar", value: "the quick brown fox" }, "The quick brown fox!", true],
  [{ type: "similar", value: "the quick brown fox" }, "something else", false],
  [{ type: "latency", threshold: 99 }, "slow", false],
  [{ type: "latency" }, "fast enough", true],
])("%j on %j: %s", async (assertion, text, wanted) => {
  expect(await holds(assertion, text)).toBe(wanted);
});

test("what is not there has no length", async () => {
  await expect(holds({ type: "expression", value: "3 < length(json.items)" }, "no JSON")).rejects.toThrow("nothing");
});

test("cost needs prices; a regular expression that never ends is stopped", async () => {
  await expect(holds({ type: "cost", threshold: 1 }, "x")).rejects.toThrow("give the provider a `price`");
  expect(await holds({ type: "cost", threshold: 1 }, "x", 1, 0.5)).toBe(true);
  const started = performance.now();
  await expect(holds({ type: "regex", value: "^(a+)+$" }, `${"a".repeat(40)}!`)).rejects.toThrow("takes too long");
  expect(performance.now() - started).toBeLessThan(15_000);
});

describe("expressions", () => {
  const valueOf = (source: string): unknown => {
    const result = evaluateExpression(source, { output: "Hello World", n: 4, deep: { list: [1, 2] } });
    return result.kind === "value" ? result.value : result.message;
  };

  test.each<[string, unknown]>([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * -3", -9],
    ["10 - 2 - 3", 5],
    ["n >= 4 and not (n > 4)", true],
    ["false or n == 4", true],
    ["'a' + 1", "a1"],
    ['words(output) == 2 and contains(lower(output), "world")', true],
    ["length(deep.list)", 2],
    ["deep.list.0", 1],
    ["deep.gone", null],
    ["nope", "there is nothing called `nope`: known are output, n, deep"],
    ["output.constructor", null],
    ["eval(1)", expect.stringMatching(/^there is no function `eval`/)],
    ["constructor(1)", expect.stringMatching(/^there is no function/)],
    ["1 +", "a value is missing before `end`"],
    ["1 2", "`2` is not expected there"],
    ["output < 3", "`Hello World` is no number"],
    ["`x`", "``x`` cannot be read"],
    ["(".repeat(500), "the expression is nested too deeply"],
  ])("%s", (source, wanted) => {
    expect(valueOf(source)).toEqual(wanted);
  });

  test("nothing makes it throw", () => {
    const piece = fc.constantFrom(
      "1",
      "output",
      "(",
      ")",
      "and",
      "not",
      "<",
      "+",
      "'a'",
      ",",
      "length",
      ".",
      '"',
      "\\",
      "-",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect(["value", "fault"]).toContain(evaluateExpression(pieces.join(" "), { output: "x" }).kind);
      }),
      { numRuns: 500 },
    );
  });
});

test("templates reach into values, and name what is missing", () => {
  const rendered = renderTemplate("{{a}} {{ b.c }} {{b}} {{gone}} {{__proto__}}", { a: "x", b: { c: 1 } });
  expect(rendered).toEqual({ text: 'x 1 {"c":1} {{gone}} {{__proto__}}', missing: ["gone", "__proto__"] });
});
