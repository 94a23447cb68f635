/** What an editor offers while a suite is written. `|` is the cursor. */
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { completeSuite, hoverSuite } from "../../server/src/evaluation/suite-assist.js";

function offered(marked: string): readonly string[] {
  const offset = marked.indexOf("|");
  return completeSuite(marked.replace("|", ""), offset).map(({ label }) => label);
}

/** The text after the named completion is taken. */
function taken(marked: string, label: string): string {
  const offset = marked.indexOf("|");
  const text = marked.replace("|", "");
  const item = completeSuite(text, offset).find((one) => one.label === label);
  if (item === undefined) throw new Error(`${label} is not offered`);
  return text.slice(0, item.start) + item.insert + text.slice(item.end);
}

describe("completion", () => {
  it("offers the keys of a suite that are not there yet", () => {
    expect(offered("name: Shop\n|")).toEqual([
      "$schema",
      "description",
      "include",
      "settings",
      "providers",
      "thresholds",
      "choose",
      "cases",
    ]);
  });

  it("offers the keys of a mapping under a half-written word", () => {
    expect(offered("settings:\n  concurrency: 5\n  re|\ncases: []\n")).toEqual([
      "timeoutSeconds",
      "retries",
      "repeat",
      "cache",
    ]);
  });

  it("asks for what a case needs first, and knows the kind", () => {
    const all = offered("cases:\n  - |");
    expect(all.slice(0, 2).sort()).toEqual(["id", "kind"]);
    const sql = offered("cases:\n  - id: a\n    kind: sql\n    |");
    expect(sql[0]).toBe("query");
    expect(sql).toContain("seed");
    expect(sql).not.toContain("url");
  });

  it("offers values", () => {
    expect(offered("cases:\n  - id: a\n    kind: |")).toEqual(["detect", "prompt", "http", "sql", "command"]);
    expect(offered("cases:\n  - kind: command\n    reads: v|")).toContain("vitest");
    expect(offered("settings:\n  cache: |")).toEqual(["true", "false"]);
    expect(offered("providers:\n  - { id: local, type: | }")).toEqual(["openai", "anthropic", "replay", "echo"]);
  });

  it("works between braces", () => {
    expect(offered("providers:\n  - { id: local, m| }")).toContain("model");
    expect(taken("providers:\n  - { id: local, m| }", "model")).toBe("providers:\n  - { id: local, model:  }");
  });

  it("offers the suite's own providers", () => {
    const suite = "providers:\n  - { id: local, type: echo }\n  - { id: big, type: echo }\n";
    expect(offered(`${suite}cases:\n  - kind: prompt\n    providers:\n      - |`)).toEqual(["local", "big"]);
    expect(offered(`${suite}cases:\n  - kind: prompt\n    assert:\n      - { type: rubric, provider: | }`)).toEqual([
      "local",
      "big",
    ]);
  });

  it("writes what follows a key", () => {
    expect(taken("settings:\n  con|", "concurrency")).toBe("settings:\n  concurrency: ");
    expect(taken("ca|", "cases")).toBe("cases:\n  - ");
    expect(taken("settings:\n  con|: 5", "concurrency")).toBe("settings:\n  concurrency: 5");
  });

  it("stays silent in comments and free values", () => {
    expect(offered("# se|")).toEqual([]);
    expect(offered("name: Sh|")).toEqual([]);
    expect(offered("cases:\n  - kind: prompt\n    prompt: Say |")).toEqual([]);
  });

  it("never throws, wherever the cursor stands", () => {
    const suite = readFileSync("evaluation/suites/detection.hotpath-eval.yaml", "utf8");
    fc.assert(
      fc.property(fc.nat(suite.length), fc.nat(suite.length), fc.string({ maxLength: 8 }), (from, at, noise) => {
        const text = suite.slice(0, from) + noise + suite.slice(Math.min(suite.length, from + 3));
        completeSuite(text, Math.min(at, text.length));
        hoverSuite(text, Math.min(at, text.length));
      }),
      { numRuns: 200 },
    );
    expect(completeSuite("[".repeat(20_000), 20_000)).toEqual([]);
  });
});

describe("hover", () => {
  it("says what a key means, and what it takes", () => {
    const text = "settings:\n  concurrency: 5\n";
    expect(hoverSuite(text, 14)?.markdown).toBe(
      "**concurrency**: whole number from 1 to 1000\n\nHow many cases run at once; 5 by default.",
    );
    expect(hoverSuite("cases:\n  - kind: sql\n    query: select 1\n", 27)?.markdown).toContain("required");
  });

  it("says nothing of values and unknown keys", () => {
    expect(hoverSuite("settings:\n  concurrency: 5\n", 25)).toBeUndefined();
    expect(hoverSuite("sezzings: 1\n", 2)).toBeUndefined();
  });
});
