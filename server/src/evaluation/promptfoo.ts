/**
 * `promptfoo` configurations as suites: prompts, providers that have a counterpart here, tests with variables and the assertions both know. Everything
 * else is named at its line, as a warning, so that nobody takes a case for checked that is not.
 */
import { isRecord } from "./shape.js";
import { suiteName, type ParsedSuite } from "./parse-suite.js";
import { importAssertion } from "./promptfoo-assertions.js";
import { importProvider } from "./promptfoo-providers.js";
import type { Assertion, PromptCase, PromptDefinition, ProviderDefinition, SuiteProblem } from "./suite.js";
import { readYaml, type YamlSource } from "./yaml-source.js";
import type { ValuePath } from "./shape.js";

export function looksLikePromptfoo(path: string): boolean {
  return /(?:^|\/)promptfooconfig\.ya?ml$/.test(path);
}

const KNOWN_KEYS = new Set([
  "description",
  "prompts",
  "providers",
  "tests",
  "defaultTest",
  "evaluateOptions",
  "$schema",
]);
const KNOWN_TEST_KEYS = new Set(["vars", "assert", "description"]);

export function importPromptfoo(path: string, text: string): ParsedSuite {
  const source = readYaml(path, text);
  const problems: SuiteProblem[] = [...source.problems];
  const warn = (at: ValuePath, message: string): void =>
    void problems.push({ file: path, ...source.place(at, true), severity: "warning", message });
  const empty = {
    path,
    name: "promptfoo",
    includes: [],
    settings: {},
    thresholds: {},
    choose: {},
    providers: [],
    cases: [],
    problems,
  };
  if (!isRecord(source.value)) return empty;
  const config = source.value;
  for (const key of Object.keys(config)) {
    if (!KNOWN_KEYS.has(key)) warn([key], `\`${key}\` of promptfoo is not understood and left out`);
  }
  const providers = listOf(config["providers"]).flatMap((value, index) =>
    importProvider(value, { file: path, ...source.place(["providers", index]) }, (message) =>
      warn(["providers", index], message),
    ),
  );
  const defaults = isRecord(config["defaultTest"]) ? config["defaultTest"] : {};
  const cases = casesOf(path, source, config, defaults, providers, warn);
  const options = isRecord(config["evaluateOptions"]) ? config["evaluateOptions"] : {};
  const concurrency = options["maxConcurrency"];
  return {
    ...empty,
    name: typeof config["description"] === "string" ? config["description"] : suiteName(path),
    settings: typeof concurrency === "number" ? { concurrency } : {},
    providers,
    cases,
  };
}

function casesOf(
  path: string,
  source: YamlSource,
  config: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
  providers: readonly ProviderDefinition[],
  warn: (at: ValuePath, message: string) => void,
): PromptCase[] {
  const prompts = listOf(config["prompts"]).flatMap((value, index) =>
    promptOf(value, index, (message) => warn(["prompts", index], message)),
  );
  const tests = typeof config["tests"] === "string" ? fileTest(config["tests"], warn) : listOf(config["tests"] ?? [{}]);
  if (prompts.length === 0) return [];
  return tests.flatMap((test, index): PromptCase[] => {
    if (!isRecord(test)) {
      warn(["tests", index], "this test is not understood and left out");
      return [];
    }
    for (const key of Object.keys(test)) {
      if (!KNOWN_TEST_KEYS.has(key))
        warn(["tests", index, key], `\`${key}\` of promptfoo is not understood and left out`);
    }
    const own = assertionsOf(test["assert"], ["tests", index, "assert"], warn);
    const shared = assertionsOf(defaults["assert"], ["defaultTest", "assert"], index === 0 ? warn : () => undefined);
    return [
      {
        id: `test ${index + 1}`,
        kind: "prompt",
        ...(typeof test["description"] === "string" ? { title: test["description"] } : {}),
        weight: 1,
        place: { file: path, ...source.place(["tests", index]) },
        prompts,
        variables: variablesOf({ ...recordOf(defaults["vars"]), ...recordOf(test["vars"]) }, test["vars"]),
        providers: providers.map(({ id }) => id),
        assertions: [...shared, ...own],
        parameters: {},
      },
    ];
  });
}

/** A file of tests is a table of variables. */
function fileTest(file: string, warn: (at: ValuePath, message: string) => void): readonly unknown[] {
  if (!/\.(?:csv|jsonl|json|ya?ml)$/.test(file)) {
    warn(["tests"], `\`${file}\` is not understood: tests are read from CSV, JSONL, JSON and YAML files`);
    return [];
  }
  return [{ vars: file.replace(/^file:\/\//, "") }];
}

function promptOf(value: unknown, index: number, warn: (message: string) => void): PromptDefinition[] {
  const id = `prompt ${index + 1}`;
  const text = isRecord(value) ? (value["raw"] ?? value["id"]) : value;
  if (typeof text !== "string") {
    warn("this prompt is not understood and left out");
    return [];
  }
  const file = /^file:\/\/(.+)$/.exec(text)?.[1] ?? (/^\S+\.txt$/.test(text) ? text : undefined);
  if (/\{%|\{\{[^}]*[|(]/.test(text))
    warn("templates with filters, functions or loops are not understood: they are sent as they are");
  if (file === undefined) return [{ id, text }];
  if (/\.txt$|\.md$/.test(file)) return [{ id, file }];
  warn(`\`${file}\` is not understood: prompts are read from .txt and .md files`);
  return [];
}

/** Lists among the values stand for one row each, in all combinations. */
function variablesOf(vars: Readonly<Record<string, unknown>>, given: unknown): PromptCase["variables"] {
  if (typeof given === "string") return given;
  return Object.entries(vars).reduce<Readonly<Record<string, unknown>>[]>(
    (rows, [name, value]) =>
      rows.flatMap((row) => (Array.isArray(value) ? value : [value]).map((one: unknown) => ({ ...row, [name]: one }))),
    [{}],
  );
}

function assertionsOf(value: unknown, at: ValuePath, warn: (at: ValuePath, message: string) => void): Assertion[] {
  return listOf(value ?? []).flatMap((one, index) => importAssertion(one, (message) => warn([...at, index], message)));
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
