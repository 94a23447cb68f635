/** Text of one suite file → the suite it states, and what is wrong with it. Includes are named, not followed; see `load-suite.ts`. */
import { basename } from "node:path/posix";
import { faultsOf, isRecord, type ValuePath } from "./shape.js";
import { suiteShape } from "./suite-shape.js";
import type {
  CaseDefinition,
  ProviderDefinition,
  ChoiceLimits,
  SuiteProblem,
  SuiteSettings,
  Thresholds,
} from "./suite.js";
import { readCase } from "./read-case.js";
import { readYaml, type YamlSource } from "./yaml-source.js";

export interface ParsedSuite {
  readonly path: string;
  readonly name: string;
  readonly description?: string;
  readonly includes: readonly { readonly path: string; readonly line: number; readonly column: number }[];
  readonly settings: SuiteSettings;
  readonly providers: readonly ProviderDefinition[];
  readonly thresholds: Thresholds;
  readonly choose: ChoiceLimits;
  readonly cases: readonly CaseDefinition[];
  readonly problems: readonly SuiteProblem[];
}

/** More than this many mistakes are one mistake made often. */
const MAX_FAULTS = 100;

/** @param path Absolute path of the file, `/` separators. Never throws. */
export function parseSuite(path: string, text: string): ParsedSuite {
  const source = readYaml(path, text);
  const empty: ParsedSuite = {
    path,
    name: suiteName(path),
    includes: [],
    settings: {},
    providers: [],
    thresholds: {},
    choose: {},
    cases: [],
    problems: source.problems,
  };
  if (0 < source.problems.length) return empty;
  if (!isRecord(source.value)) {
    return { ...empty, problems: [fault(path, source, [], "a suite is a mapping with `cases`")] };
  }
  const faults = faultsOf(source.value, suiteShape).slice(0, MAX_FAULTS);
  const problems = faults.map((one) => fault(path, source, one.path, one.message, one.atKey));
  if (!("cases" in source.value) && !("include" in source.value)) {
    problems.push(fault(path, source, [], "the suite has neither `cases` nor `include`"));
  }
  // Parts that are wrong are left out, so that the rest can still be listed.
  const broken = new Set(faults.map(({ path: [first, second] }) => `${String(first)}.${String(second)}`));
  return { ...readParts(path, source, source.value, broken, problems), problems };
}

function readParts(
  path: string,
  source: YamlSource,
  value: Readonly<Record<string, unknown>>,
  broken: ReadonlySet<string>,
  problems: SuiteProblem[],
): Omit<ParsedSuite, "problems"> {
  const entries = (key: string): { readonly item: Readonly<Record<string, unknown>>; readonly at: ValuePath }[] => {
    const list = value[key];
    if (!Array.isArray(list)) return [];
    return list.flatMap((item: unknown, index) =>
      isRecord(item) && !broken.has(`${key}.${index}`) ? [{ item, at: [key, index] }] : [],
    );
  };
  const includes = Array.isArray(value["include"]) ? value["include"].filter((item) => typeof item === "string") : [];
  const whole = (key: string): object => {
    const damaged = [...broken].some((name) => name.startsWith(`${key}.`));
    return isRecord(value[key]) && !damaged ? value[key] : {};
  };
  return {
    path,
    name: typeof value["name"] === "string" ? value["name"] : suiteName(path),
    ...(typeof value["description"] === "string" ? { description: value["description"] } : {}),
    includes: includes.map((item, index) => ({ path: item, ...source.place(["include", index]) })),
    settings: whole("settings"),
    thresholds: whole("thresholds"),
    choose: whole("choose"),
    providers: entries("providers").map(({ item, at }) => ({
      ...(item as unknown as Omit<ProviderDefinition, "place">),
      place: { file: path, ...source.place(at) },
    })),
    cases: entries("cases").flatMap(({ item, at }) => {
      const place = { file: path, ...source.place(at) };
      const read = readCase(item, place);
      for (const { key, message } of read.faults) problems.push(fault(path, source, [...at, key], message, true));
      return read.definition === undefined ? [] : [read.definition];
    }),
  };
}

function fault(file: string, source: YamlSource, path: ValuePath, message: string, atKey?: boolean): SuiteProblem {
  return { file, ...source.place(path, atKey), severity: "error", message };
}

/** `orders.hotpath-eval.yaml` → `orders` */
export function suiteName(path: string): string {
  return basename(path).replace(/(?:\.hotpath-eval)?\.ya?ml$/, "");
}
