/**
 * `promptfoo` configurations as suites: prompts, providers that have a counterpart here, tests with variables and the assertions both know. Everything
 * else is named at its line, as a warning, so that nobody takes a case for checked that is not.
 */
import { basename, dirname } from "node:path/posix";
import { isRecord } from "../shape.js";
import { suiteFileName } from "../../../../protocol/src/evaluation.js";
import type { ParsedSuite } from "../parse-suite.js";
import type { SuiteFiles } from "../suite-files.js";
import type { PromptCase, SuiteProblem, SuiteSettings } from "../suite.js";
import { readYaml } from "../yaml-source.js";
import { importPrompts, promptsFor, type ImportedPrompts } from "./prompts.js";
import { importProviders, type ImportedProvider } from "./providers.js";
import { importSource, type ImportSource } from "./source.js";
import { importTests, type ImportedTest } from "./tests.js";

export function looksLikePromptfoo(path: string): boolean {
  return suiteFileName.test(path) && !path.includes(".hotpath-eval.");
}

const KNOWN_KEYS = new Set([
  "description",
  "prompts",
  "providers",
  "targets",
  "tests",
  "defaultTest",
  "evaluateOptions",
  "assertionTemplates",
  "$schema",
]);

/** @param path Absolute, `/` separators. Never rejects. */
export async function importPromptfoo(path: string, text: string, files: SuiteFiles): Promise<ParsedSuite> {
  const yaml = readYaml(path, text);
  const problems: SuiteProblem[] = [...yaml.problems];
  const empty: ParsedSuite = {
    path,
    name: nameOf(path),
    includes: [],
    settings: {},
    thresholds: {},
    choose: {},
    providers: [],
    cases: [],
    problems,
  };
  if (!isRecord(yaml.value)) return empty;
  const config = yaml.value;
  const source = importSource(path, yaml, { folder: dirname(path), files }, problems);
  for (const key of Object.keys(config)) {
    if (!KNOWN_KEYS.has(key)) source.warn([key], `\`${key}\` of promptfoo is not understood and left out`);
  }
  const providers = importProviders(config, source);
  const prompts = await importPrompts(config["prompts"], source);
  const tests = prompts.length === 0 ? [] : await importTests(config, providers, source, problems);
  return {
    ...empty,
    name: typeof config["description"] === "string" ? config["description"] : nameOf(path),
    settings: settingsOf(config["evaluateOptions"], source),
    providers: providers.map(({ definition }) => definition),
    cases: tests.flatMap((test, index) => casesOf(test, index + 1, prompts, providers)),
  };
}

/** Its folder, as all these files are called alike, and what tells several in one folder apart. */
function nameOf(path: string): string {
  const part = /promptfooconfig\.(.+)\.ya?ml$/.exec(path)?.[1];
  return [basename(dirname(path)), ...(part === undefined ? [] : [part])].join(" ");
}

const OPTIONS: Readonly<Record<string, keyof SuiteSettings>> = {
  maxConcurrency: "concurrency",
  repeat: "repeat",
  cache: "cache",
};

function settingsOf(given: unknown, source: ImportSource): SuiteSettings {
  if (!isRecord(given)) return {};
  const settings: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    const own = Object.hasOwn(OPTIONS, key) ? OPTIONS[key] : undefined;
    const fits =
      own === "cache" ? typeof value === "boolean" : typeof value === "number" && Number.isInteger(value) && 0 < value;
    if (own !== undefined && fits) settings[own] = value;
    else source.warn(["evaluateOptions", key], `\`${key}\` of promptfoo is not understood and left out`);
  }
  return settings;
}

/** One case, or one for each group of providers that are asked the same prompts. */
function casesOf(
  test: ImportedTest,
  number: number,
  prompts: ImportedPrompts,
  providers: readonly ImportedProvider[],
): PromptCase[] {
  const groups = new Map<string, ImportedProvider[]>();
  for (const provider of providers) {
    const key = provider.prompts?.join("\n") ?? "";
    groups.set(key, [...(groups.get(key) ?? []), provider]);
  }
  const several = 1 < groups.size;
  // Without a provider the case stays, so that what is missing is told at its line.
  return (0 < groups.size ? [...groups.values()] : [[]]).map((group): PromptCase => {
    const names = group.map(({ definition }) => definition.id);
    return {
      id: several ? `test ${number} (${names.join(", ")})` : `test ${number}`,
      kind: "prompt",
      ...(test.title === undefined ? {} : { title: test.title }),
      ...(test.threshold === undefined ? {} : { threshold: test.threshold }),
      weight: 1,
      place: test.place,
      prompts: promptsFor(prompts, group[0]?.prompts, test),
      variables: test.variables,
      providers: names,
      assertions: test.assertions,
      parameters: {},
    };
  });
}
