/** Configurations of promptfoo as suites. The forms are those of its own examples. */
import { expect, test } from "vitest";
import { assertionOfText } from "../../server/src/evaluation/promptfoo/expected.js";
import { importPromptfoo, looksLikePromptfoo } from "../../server/src/evaluation/promptfoo/import-promptfoo.js";
import { expressionOfJavaScript } from "../../server/src/evaluation/promptfoo/javascript.js";
import type { SuiteFiles } from "../../server/src/evaluation/suite-files.js";
import type { PromptCase } from "../../server/src/evaluation/suite.js";

async function* unused(): AsyncGenerator<never> {
  await Promise.reject(new Error("no source is asked for"));
  yield* [];
}

/** Files by their path under `/p`; a star stands for any part of a name. */
function filesOf(texts: Readonly<Record<string, string>>): SuiteFiles {
  const paths = Object.keys(texts).map((name) => `/p/${name}`);
  return {
    read: (path) => {
      const text = texts[path.slice("/p/".length)];
      return Promise.resolve(
        text === undefined ? { kind: "unreadable", reason: "there is no such file" } : { kind: "text", text },
      );
    },
    match: (pattern) => {
      const shape = new RegExp(`^${pattern.replaceAll(/[.]/g, "\\.").replaceAll("*", "[^/]*")}$`);
      return Promise.resolve(paths.filter((path) => shape.test(path)).sort());
    },
    sources: () => unused(),
  };
}

async function load(text: string, files: Readonly<Record<string, string>> = {}) {
  const suite = await importPromptfoo("/p/promptfooconfig.yaml", text, filesOf(files));
  const cases = suite.cases.filter((one): one is PromptCase => one.kind === "prompt");
  const problems = suite.problems.map(
    ({ file, line, severity, message }) => `${file.slice(3)}:${line} ${severity} ${message}`,
  );
  return { suite, cases, problems };
}

test("loads as far as it is understood, and says what is not", async () => {
  const { suite, cases, problems } = await load(
    `description: Greetings
prompts:
  - "Greet {{name}} in {{language}}"
  - file://greet.txt
  - file://greet.py
providers:
  - openai:gpt-4o-mini
  - id: anthropic:messages:claude-3-5-haiku
    label: haiku
    config: { temperature: 0.2, apiKey: secret }
  - ollama:chat:llama3.2:1b
  - bedrock:something
evaluateOptions: { maxConcurrency: 3, repeat: 2, delay: 100 }
defaultTest:
  assert:
    - type: latency
      threshold: 3000
  options: { provider: x }
tests:
  - description: greets
    vars: { name: [Ann, Bob], language: French }
    assert:
      - type: icontains
        value: bonjour
      - type: not-contains
        value: hello
        weight: 2
      - type: javascript
        value: (await import("node:fs")).rmSync("x")
    options: { provider: x }
redteam: {}
`,
    { "greet.txt": "Say hello to {{name}}", "greet.py": "" },
  );
  expect(suite.settings).toEqual({ concurrency: 3, repeat: 2 });
  expect(suite.providers.map(({ id, type, model, url, parameters }) => [id, type, model, url, parameters])).toEqual([
    ["openai:gpt-4o-mini", "openai", "gpt-4o-mini", undefined, {}],
    ["haiku", "anthropic", "claude-3-5-haiku", undefined, { temperature: 0.2 }],
    ["ollama:chat:llama3.2:1b", "openai", "llama3.2:1b", "http://127.0.0.1:11434/v1", {}],
  ]);
  expect(cases).toMatchObject([
    {
      id: "test 1",
      title: "greets",
      place: { line: 20 },
      prompts: [{ text: "Greet {{name}} in {{language}}" }, { text: "Say hello to {{name}}" }],
      variables: [
        { name: "Ann", language: "French" },
        { name: "Bob", language: "French" },
      ],
      assertions: [
        { type: "latency", threshold: 3000 },
        { type: "contains", value: "bonjour", ignoreCase: true },
        { type: "contains", value: "hello", not: true, weight: 2 },
      ],
    },
  ]);
  const left = "of promptfoo is not understood and left out";
  expect(problems.sort((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)))).toEqual(
    [
      "5 warning `greet.py` is not understood: prompts are read from .txt, .md, .json and .yaml files",
      "8 warning a key in the configuration is not used: set it as an environment variable",
      `12 warning the provider \`bedrock:something\` ${left}: known are openai, anthropic, ollama, localai, groq, openrouter, mistral, deepseek, echo`,
      `13 warning \`delay\` ${left}`,
      `18 warning \`options\` ${left}`,
      "28 warning the assertion `javascript` of promptfoo is not understood: code of a suite is never run here; `expression` may do",
      `30 warning \`options\` ${left}`,
      `31 warning \`redteam\` ${left}`,
    ].map((problem) => `promptfooconfig.yaml:${problem}`),
  );
});

test("a table says what is expected; a file of text holds several prompts", async () => {
  const { cases, problems } = await load(
    "prompts: [file://prompts.txt]\nproviders: [openai:gpt-4.1]\ndefaultTest: { vars: { tone: kind } }\ntests: file://tests.csv\n",
    {
      "prompts.txt": "Translate {{input}}\nto {{language}}\n---\nSay {{input}}\n  ---  \n",
      "tests.csv":
        'language,input,__expected,__expected2,__description,__metric,__threshold,__prefix\nFrench,Hello,"contains-any: Bonjour, Salut",similar(0.9): bonjour,greets,x,0.5,Please. \nGerman,Bye,Auf Wiedersehen,,,,,\n',
    },
  );
  expect(cases[0]).toMatchObject({
    title: "greets",
    threshold: 0.5,
    prompts: [{ text: "Please. Translate {{input}}\nto {{language}}" }, { text: "Please. Say {{input}}" }],
    variables: [{ tone: "kind", language: "French", input: "Hello" }],
    assertions: [
      { type: "contains-any", value: ["Bonjour", "Salut"] },
      { type: "similar", value: "bonjour", threshold: 0.9 },
    ],
  });
  expect(cases[1]).toMatchObject({
    id: "test 2",
    variables: [{ language: "German" }],
    assertions: [{ type: "equals", value: "Auf Wiedersehen" }],
  });
  expect(cases[1]).not.toHaveProperty("threshold");
  expect(problems).toEqual([
    "promptfooconfig.yaml:4 warning the column `__metric` of promptfoo is not understood and left out",
  ]);
});

test("files of tests, patterns, files as variables and templates of assertions", async () => {
  const { cases, problems } = await load(
    `prompts: [file://prompt*.txt]
targets: echo
assertionTemplates:
  short: { type: javascript, value: output.length < 20, weight: 3 }
tests:
  - file://tests/*.yaml
  - file://more.jsonl
  - vars: { topic: file://topic.txt, kind: [{ a: 1 }] }
    assert: [{ $ref: "#/assertionTemplates/short" }, { $ref: "#/assertionTemplates/gone" }]
  - file://missing.yaml
  - https://example.com/tests.csv
`,
    {
      "prompt1.txt": "One {{topic}}",
      "prompt2.txt": "Two {{topic}}",
      "tests/a.yaml":
        "- vars: { topic: bananas }\n  assert:\n    - { type: contains, value: bananas }\n    - { type: bleu }\n",
      "tests/b.yaml": "vars: { topic: kiwis }\n",
      "more.jsonl": '{"vars": {"topic": "figs"}}\n{"vars": {"topic": "dates"}, "scoring": 1}\n',
      "topic.txt": "trees\n",
    },
  );
  expect(cases.map(({ variables, place }) => [variables, `${place.file.slice(3)}:${place.line}`])).toEqual([
    [[{ topic: "bananas" }], "tests/a.yaml:1"],
    [[{ topic: "kiwis" }], "tests/b.yaml:1"],
    [[{ topic: "figs" }], "more.jsonl:1"],
    [[{ topic: "dates" }], "more.jsonl:2"],
    [[{ topic: "trees", kind: [{ a: 1 }] }], "promptfooconfig.yaml:8"],
  ]);
  expect(cases[4]?.assertions).toEqual([{ type: "expression", value: "(length(output) < 20)", weight: 3 }]);
  expect(cases[0]?.prompts).toHaveLength(2);
  expect(problems).toEqual([
    "tests/a.yaml:4 warning the assertion `bleu` of promptfoo is not understood: it is left out",
    "more.jsonl:2 warning `scoring` of promptfoo is not understood and left out",
    "promptfooconfig.yaml:9 warning this assertion is not understood and left out",
    "promptfooconfig.yaml:10 error the tests `missing.yaml` cannot be read: there is no such file",
    "promptfooconfig.yaml:11 warning `https://example.com/tests.csv` is not understood: tests are read from files of this project",
  ]);
});

test("conversations, named prompts, and providers that are asked some of them", async () => {
  const { cases, suite, problems } = await load(
    `prompts:
  chat.json: talk
  plain.txt: plain
providers:
  - id: openai:gpt-4
    prompts: [talk]
    config: { inputCost: 0.000001, outputCost: 0.000004, response_format: file://schema.json }
  - groq:llama-3.3:70b: { prompts: plain }
tests:
  - vars: { message: Hi }
    assert: [{ type: llm-rubric, value: polite, provider: openai:gpt-4 }, { type: contains, value: x, transform: output.x }]
`,
    {
      "chat.json": '[{"role": "system", "content": "Be brief"}, {"role": "user", "content": "{{message}}"}]',
      "plain.txt": "{{message}}",
    },
  );
  expect(cases.map(({ id, providers, prompts }) => ({ id, providers, prompts }))).toEqual([
    {
      id: "test 1 (openai:gpt-4)",
      providers: ["openai:gpt-4"],
      prompts: [
        {
          id: "talk",
          messages: [
            { role: "system", content: "Be brief" },
            { role: "user", content: "{{message}}" },
          ],
        },
      ],
    },
    {
      id: "test 1 (groq:llama-3.3:70b)",
      providers: ["groq:llama-3.3:70b"],
      prompts: [{ id: "plain", text: "{{message}}" }],
    },
  ]);
  expect(suite.providers).toMatchObject([
    { price: { inputPerMillion: 1, outputPerMillion: 4 }, parameters: {} },
    { url: "https://api.groq.com/openai/v1", keyEnv: "GROQ_API_KEY", model: "llama-3.3:70b" },
  ]);
  expect(cases[0]?.assertions).toEqual([{ type: "rubric", value: "polite", provider: "openai:gpt-4" }]);
  expect(problems).toEqual([
    "promptfooconfig.yaml:5 warning `response_format` from a file is not understood and left out",
    "promptfooconfig.yaml:11 warning the assertion `contains` of promptfoo is left out: its `transform` is not understood",
  ]);
});

test.each([
  ["output.startsWith('Ahoy')", 'starts(output, "Ahoy")'],
  ["output.includes('a') || output.includes(\"b\")", '(contains(output, "a") or contains(output, "b"))'],
  ["return !output.toLowerCase().includes('it\\'s');", 'not contains(lower(output), "it\'s")'],
  [
    "JSON.parse(output).color === 'yellow' && JSON.parse(output).countries.includes('Ecuador')",
    '((json.color == "yellow") and contains(json.countries, "Ecuador"))',
  ],
  ["JSON.parse(output)[0].n >= context.vars.least * 2", "(json.0.n >= (vars.least * 2))"],
  [
    "Math.max(0, Math.min(1, 1 - (output.length - 100) / 900));",
    "max(0, min(1, (1 - ((length(output) - 100) / 900))))",
  ],
])("JavaScript %s is the expression %s", (code, expression) => {
  expect(expressionOfJavaScript(code)).toBe(expression);
});

test.each([
  "const x = output.length; return x < 3",
  "output.split(' ').length < 3",
  "output.match(/x/)",
  "JSON.parse(output, x)",
  "output.constructor",
  "`${output}`",
  "process.exit(1)",
  "output.length <",
  "(".repeat(500),
])("JavaScript %s is not translated", (code) => {
  expect(expressionOfJavaScript(code)).toBeUndefined();
});

test.each([
  ["", undefined],
  ["Paris", { type: "equals", value: "Paris" }],
  ["contains: Paris: the city", { type: "contains", value: "Paris: the city" }],
  ["not-icontains:x", { type: "not-icontains", value: "x" }],
  ["is-json", { type: "is-json" }],
  ["latency(1000)", { type: "latency", threshold: 1000 }],
  ["fn: output.length < 3", { type: "javascript", value: "output.length < 3" }],
  ["grade: polite", { type: "llm-rubric", value: "polite" }],
  ["note: this", { type: "equals", value: "note: this" }],
  ["rouge-n(0.7): text", { type: "rouge-n", threshold: 0.7, value: "text" }],
])("the cell %j", (cell, wanted) => {
  expect(assertionOfText(cell)).toEqual(wanted);
});

test("configurations are known by their names", () => {
  const names = [
    "promptfooconfig.yaml",
    "a/promptfooconfig.claude.yml",
    "promptfooconfig.json",
    "my-promptfooconfig.yaml",
  ];
  expect(names.map(looksLikePromptfoo)).toEqual([true, true, false, false]);
});
