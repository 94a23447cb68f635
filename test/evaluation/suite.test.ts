/** Suite files: what is read of them, and a diagnostic at the line for everything that is wrong. */
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadSuiteText } from "../../server/src/evaluation/load-suite.js";
import { parseSuite } from "../../server/src/evaluation/parse-suite.js";
import type { SuiteFiles } from "../../server/src/evaluation/suite-files.js";
import { repositoryRoot } from "../harness/repository.js";

const PATH = "/project/a.hotpath-eval.yaml";

/** `line:column message` of everything that is wrong. */
function faults(text: string): string[] {
  return parseSuite(PATH, text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

function inMemory(texts: Readonly<Record<string, string>>): SuiteFiles {
  return {
    read: async (path) =>
      texts[path] === undefined
        ? { kind: "unreadable", reason: "there is no such file" }
        : { kind: "text", text: texts[path] },
    match: async (pattern) => Object.keys(texts).filter((path) => path === pattern),
    async *sources() {
      yield* [];
    },
  };
}

async function loaded(text: string, others: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const { problems } = await loadSuiteText(PATH, text, inMemory({ [PATH]: text, ...others }));
  return problems.map(({ file, line, message }) => `${file.replace("/project/", "")}:${line} ${message}`);
}

test("a suite with every kind of case is read with its defaults", () => {
  const { problems, cases, settings } = parseSuite(
    PATH,
    `settings: { concurrency: 3 }
providers:
  - { id: me, type: echo }
cases:
  - { id: a, kind: detect, files: ["*.md"] }
  - { id: b, kind: prompt, prompt: "Say {{word}}", variables: { word: hi }, assert: [{ type: contains, value: hi }] }
  - { id: c, kind: http, url: "http://localhost:1/x" }
  - { id: d, kind: sql, query: select 1 }
  - { id: e, kind: command, run: [node, --version] }
`,
  );
  expect(problems).toEqual([]);
  expect(settings).toEqual({ concurrency: 3 });
  expect(cases.map(({ id, kind, weight, place }) => [id, kind, weight, place.line])).toEqual([
    ["a", "detect", 1, 5],
    ["b", "prompt", 1, 6],
    ["c", "http", 1, 7],
    ["d", "sql", 1, 8],
    ["e", "command", 1, 9],
  ]);
  expect(cases[2]).toMatchObject({ method: "GET", load: { users: 1, seconds: 10, warmupSeconds: 0 } });
});

describe("what is wrong stands at its line", () => {
  test("wrong types", () => {
    expect(faults("cases:\n  - id: a\n    kind: detect\n    files: 7\n")).toEqual(["4:12 must be a list, not `7`"]);
    expect(faults("settings:\n  concurrency: many\ncases: []\n")).toEqual([
      "2:16 must be a number, not the text `many`",
    ]);
    expect(faults("- a\n")).toEqual(["1:1 a suite is a mapping with `cases`"]);
    expect(faults("")).toEqual(["1:1 a suite is a mapping with `cases`"]);
    expect(faults("name: a\n")).toEqual(["1:1 the suite has neither `cases` nor `include`"]);
  });

  test("unknown keys name the nearest right one", () => {
    expect(faults("cases:\n  - id: a\n    kind: detect\n    fils: [x.md]\n")).toContain(
      "4:5 `fils` is not known here: did you mean `files`?",
    );
    expect(faults("cases:\n  - id: a\n    kind: detekt\n    files: [x.md]\n")).toEqual([
      "3:11 `detekt` is not known here: did you mean `detect`?",
    ]);
  });

  test("what belongs together", () => {
    expect(faults("cases:\n  - id: a\n    kind: detect\n    folder: src\n")).toEqual([
      "4:5 a folder needs `labels`: what should be found in it",
    ]);
    expect(
      faults('cases:\n  - id: a\n    kind: prompt\n    prompt: x\n    assert: [{ type: regex, value: "(" }]\n'),
    ).toEqual([expect.stringMatching(/^5:5 `\(` is no regular expression/)]);
  });

  test("broken YAML and duplicate keys", () => {
    expect(faults("cases:\n  - id: [a\n")).toEqual([expect.stringMatching(/^[23]:\d+ not valid YAML/)]);
    expect(faults("name: a\nname: b\ncases: []\n")).toEqual([expect.stringMatching(/^2:1 not valid YAML: .*unique/)]);
  });

  test("aliases that stand for gigabytes", () => {
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 12; i++) {
      const before = String.fromCharCode(96 + i);
      const name = String.fromCharCode(97 + i);
      bomb.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(", ")}]`);
    }
    const started = performance.now();
    expect(faults(bomb.join("\n"))).toEqual([
      "2:1 its aliases stand for far more than is written: write the values out",
    ]);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  test("nesting that would overflow the stack", () => {
    expect(faults(`cases: ${"[".repeat(100_000)}`).length).toBeGreaterThan(0);
  });

  test("ten thousand lines, one of them wrong", () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `  - id: c${i}\n    kind: detect\n    files: [a.md]`);
    lines[2500] = "  - id: c2500\n    kind: detect\n    files: {}";
    expect(faults(`cases:\n${lines.join("\n")}\n`)).toEqual(["7504:5 must be a list, not a mapping"]);
  });
});

describe("includes", () => {
  const one = (id: string): string => `cases:\n  - { id: ${id}, kind: detect, files: [x.md] }\n`;

  test("cases of included suites come first, each file once", async () => {
    const texts = {
      "/project/b.hotpath-eval.yaml": `include: [c.hotpath-eval.yaml]\n${one("b")}`,
      "/project/c.hotpath-eval.yaml": one("c"),
    };
    const text = `include: [b.hotpath-eval.yaml, c.hotpath-eval.yaml]\n${one("a")}`;
    const { suite, problems } = await loadSuiteText(PATH, text, inMemory(texts));
    expect(problems).toEqual([]);
    expect(suite.cases.map(({ id }) => id)).toEqual(["c", "b", "a"]);
  });

  test("a cycle, a missing file and a duplicate id are told where they are", async () => {
    const texts = { "/project/b.hotpath-eval.yaml": `include:\n  - a.hotpath-eval.yaml\n${one("a")}` };
    const problems = await loaded(`include:\n  - b.hotpath-eval.yaml\n  - gone.yaml\n${one("a")}`, texts);
    expect(problems).toEqual([
      "a.hotpath-eval.yaml:3 `gone.yaml` cannot be read: there is no such file",
      "a.hotpath-eval.yaml:5 there is a case `a` already, in b.hotpath-eval.yaml:4: give this one another id",
      "b.hotpath-eval.yaml:2 `a.hotpath-eval.yaml` includes this suite again: a.hotpath-eval.yaml → b.hotpath-eval.yaml → a.hotpath-eval.yaml",
    ]);
  });

  test("a provider that does not exist", async () => {
    const text =
      "providers:\n  - { id: local, type: echo }\ncases:\n  - { id: a, kind: prompt, prompt: x, providers: [locl] }\n";
    expect(await loaded(text)).toEqual(["a.hotpath-eval.yaml:4 there is no provider `locl`: did you mean `local`?"]);
  });
});

test("no text makes the parser throw, and every problem stands inside the file", () => {
  const whole =
    "include: [b]\nsettings: { concurrency: 3 }\nproviders: [{ id: x, type: echo }]\ncases:\n  - { id: a, kind: prompt, prompt: { text: y }, assert: [{ type: cost }] }\n";
  fc.assert(
    fc.property(
      fc.nat(whole.length),
      fc.nat(whole.length),
      fc.constantFrom("", "x", "[", "}", ": ", "\n", "&a ", "*a", "!!js/function x", "? ", "- ", "\u0000", "<<: "),
      (start, length, put) => {
        const text = whole.slice(0, start) + put + whole.slice(start + (length % 7));
        const lineCount = text.split("\n").length;
        for (const { line } of parseSuite(PATH, text).problems) {
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(lineCount);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("every suite in the documentation is one", () => {
  const text = readFileSync(path.join(repositoryRoot, "docs/evaluation.md"), "utf8");
  const blocks = [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, block]) => block ?? "");
  expect(blocks.length).toBeGreaterThan(4);
  for (const block of blocks) {
    const suite = block.startsWith("-") ? `cases:\n${block.replaceAll(/^/gm, "  ")}` : block;
    expect(parseSuite("/docs/evaluation.hotpath-eval.yaml", suite).problems, block).toEqual([]);
  }
});
