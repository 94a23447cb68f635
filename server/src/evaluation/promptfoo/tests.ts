/** Tests of promptfoo: in the configuration, in files of tests, and in tables whose columns say what is expected. */
import { resolve } from "node:path/posix";
import { readCsv } from "../prompt/csv.js";
import type { Variables } from "../prompt/template.js";
import { isRecord, type ValuePath } from "../shape.js";
import type { Assertion, SuitePlace, SuiteProblem } from "../suite.js";
import { readYaml } from "../yaml-source.js";
import { importAssertion } from "./assertions.js";
import { assertionOfText } from "./expected.js";
import type { ImportedProvider } from "./providers.js";
import { extensionOf, importSource, listOf, type ImportSource } from "./source.js";
import { importVariables } from "./variables.js";

export interface ImportedTest {
  readonly title: string | undefined;
  readonly place: SuitePlace;
  readonly variables: readonly Variables[];
  readonly assertions: readonly Assertion[];
  readonly threshold: number | undefined;
  /** What stands before and after each prompt. */
  readonly prefix: string;
  readonly suffix: string;
}

type Raw = Readonly<Record<string, unknown>>;

interface Reading {
  readonly defaults: Raw;
  readonly templates: Raw;
  readonly providers: readonly string[];
  /** The configuration; `defaults` stand in it. */
  readonly config: ImportSource;
  readonly problems: SuiteProblem[];
}

const KNOWN_KEYS = new Set(["vars", "assert", "description", "threshold"]);

export async function importTests(
  config: Raw,
  providers: readonly ImportedProvider[],
  source: ImportSource,
  problems: SuiteProblem[],
): Promise<ImportedTest[]> {
  const defaults = isRecord(config["defaultTest"]) ? config["defaultTest"] : {};
  if (config["defaultTest"] !== undefined && !isRecord(config["defaultTest"]))
    source.warn(["defaultTest"], "`defaultTest` of promptfoo is not understood and left out");
  warnOfKeys(defaults, ["defaultTest"], source);
  const reading: Reading = {
    defaults,
    templates: isRecord(config["assertionTemplates"]) ? config["assertionTemplates"] : {},
    providers: providers.map(({ definition }) => definition.id),
    config: source,
    problems,
  };
  const tests: ImportedTest[] = [];
  const single = !Array.isArray(config["tests"]);
  for (const [index, given] of listOf(config["tests"] ?? [{}]).entries()) {
    const at = single ? ["tests"] : ["tests", index];
    if (typeof given === "string") tests.push(...(await testsOfFiles(given, at, reading)));
    else tests.push(...(await testOf(given, at, source, reading)));
  }
  return tests;
}

async function testOf(given: unknown, at: ValuePath, source: ImportSource, reading: Reading): Promise<ImportedTest[]> {
  if (!isRecord(given)) {
    source.warn(at, "this test is not understood and left out");
    return [];
  }
  warnOfKeys(given, at, source);
  const { defaults, config } = reading;
  const threshold = given["threshold"] ?? defaults["threshold"];
  return [
    {
      title: typeof given["description"] === "string" ? given["description"] : undefined,
      place: source.place(at),
      variables: await importVariables(defaults["vars"], given["vars"], [...at, "vars"], source),
      assertions: [
        ...assertionsOf(defaults["assert"], ["defaultTest", "assert"], config, reading),
        ...assertionsOf(given["assert"], [...at, "assert"], source, reading),
      ],
      threshold: typeof threshold === "number" && 0 <= threshold && threshold <= 1 ? threshold : undefined,
      prefix: "",
      suffix: "",
    },
  ];
}

function warnOfKeys(given: Raw, at: ValuePath, source: ImportSource): void {
  for (const key of Object.keys(given)) {
    if (!KNOWN_KEYS.has(key)) source.warn([...at, key], `\`${key}\` of promptfoo is not understood and left out`);
  }
}

function assertionsOf(value: unknown, at: ValuePath, source: ImportSource, reading: Reading): Assertion[] {
  return listOf(value).flatMap((one, index) =>
    importAssertion(one, {
      templates: reading.templates,
      providers: reading.providers,
      warn: (message) => source.warn([...at, index], message),
    }),
  );
}

/** A path, or a pattern of paths, of files that hold tests. */
async function testsOfFiles(given: string, at: ValuePath, reading: Reading): Promise<ImportedTest[]> {
  const { config } = reading;
  const path = given.replace(/^file:\/\//, "");
  if (/^[a-z]+:\/\//.test(path)) {
    config.warn(at, `\`${path}\` is not understood: tests are read from files of this project`);
    return [];
  }
  const found = await config.files.match(resolve(config.folder, path));
  if (found.length === 0) config.fail(at, `the tests \`${path}\` cannot be read: there is no such file`);
  const tests: ImportedTest[] = [];
  for (const file of found) {
    const kind = extensionOf(file);
    const name = file.slice(file.lastIndexOf("/") + 1);
    if (!["csv", "json", "jsonl", "yaml", "yml"].includes(kind)) {
      config.warn(at, `\`${name}\` is not understood: tests are read from CSV, JSONL, JSON and YAML files`);
      continue;
    }
    const read = await config.files.read(file);
    if (read.kind === "unreadable") config.fail(at, `the tests \`${name}\` cannot be read: ${read.reason}`);
    else if (kind === "csv") tests.push(...(await testsOfTable(read.text, at, reading)));
    else tests.push(...(await testsOfData(file, read.text, reading)));
  }
  return tests;
}

async function testsOfData(file: string, text: string, reading: Reading): Promise<ImportedTest[]> {
  // A line of JSON is an entry of a YAML list.
  const lines = file.endsWith("l") && !file.endsWith(".yaml") && !file.endsWith(".yml");
  const whole = lines ? text.replaceAll(/^(?=[^\r\n])/gm, "- ") : text;
  const yaml = readYaml(file, whole);
  reading.problems.push(...yaml.problems);
  const source = importSource(file, yaml, reading.config, reading.problems);
  const tests: ImportedTest[] = [];
  const single = !Array.isArray(yaml.value);
  for (const [index, given] of listOf(yaml.value).entries())
    tests.push(...(await testOf(given, single ? [] : [index], source, reading)));
  return tests;
}

/** Columns with two underscores say what is expected; the others are variables. */
async function testsOfTable(text: string, at: ValuePath, reading: Reading): Promise<ImportedTest[]> {
  const { config } = reading;
  const tests: ImportedTest[] = [];
  for (const row of readCsv(text)) {
    const special = Object.entries(row).filter(([name]) => name.startsWith("__"));
    for (const [name] of special) {
      if (!/^__(?:expected\d*|description|threshold|prefix|suffix)$/.test(name))
        config.warn(at, `the column \`${name}\` of promptfoo is not understood and left out`);
    }
    const expected = special.flatMap(([name, cell]) => (/^__expected\d*$/.test(name) ? [assertionOfText(cell)] : []));
    const given = {
      vars: Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith("__"))),
      ...(row["__description"] === undefined || row["__description"] === ""
        ? {}
        : { description: row["__description"] }),
      ...(row["__threshold"] === undefined || row["__threshold"] === ""
        ? {}
        : { threshold: Number(row["__threshold"]) }),
    };
    for (const test of await testOf(given, at, config, reading)) {
      const own = assertionsOf(
        expected.filter((one) => one !== undefined),
        at,
        config,
        reading,
      );
      tests.push({
        ...test,
        assertions: [...test.assertions, ...own],
        prefix: row["__prefix"] ?? "",
        suffix: row["__suffix"] ?? "",
      });
    }
  }
  return tests;
}
