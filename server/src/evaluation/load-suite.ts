/** A suite with everything it includes: one list of cases with unique ids, providers that exist, and every mistake at its line. */
import { dirname, resolve } from "node:path/posix";
import { nearest } from "../base/nearest.js";
import { parseSuite, type ParsedSuite } from "./parse-suite.js";
import { importPromptfoo, looksLikePromptfoo } from "./promptfoo/import-promptfoo.js";
import type { SuiteFiles } from "./suite-files.js";
import type { CaseDefinition, ProviderDefinition, Suite, SuitePlace, SuiteProblem } from "./suite.js";

export interface LoadedSuite {
  readonly suite: Suite;
  /** Errors among them keep the suite from running. */
  readonly problems: readonly SuiteProblem[];
}

/** Includes nested deeper than this are a mistake. */
const MAX_DEPTH = 20;

/** @param path Absolute, `/` separators. Never rejects. */
export async function loadSuite(path: string, files: SuiteFiles): Promise<LoadedSuite> {
  const read = await files.read(path);
  if (read.kind === "unreadable") {
    const problem: SuiteProblem = {
      file: path,
      line: 1,
      column: 1,
      severity: "error",
      message: `the suite cannot be read: ${read.reason}`,
    };
    return { suite: emptySuite(path), problems: [problem] };
  }
  return await loadSuiteText(path, read.text, files);
}

/** As `loadSuite`, for text that may not be saved yet. */
export async function loadSuiteText(path: string, text: string, files: SuiteFiles): Promise<LoadedSuite> {
  const root = looksLikePromptfoo(path) ? await importPromptfoo(path, text, files) : parseSuite(path, text);
  const parts: ParsedSuite[] = [];
  const problems: SuiteProblem[] = [];
  await collect(root, [path], files, parts, problems);
  const cases = uniqueById(
    parts.flatMap((part) => part.cases),
    "case",
    problems,
  );
  const providers = uniqueById(
    parts.flatMap((part) => part.providers),
    "provider",
    problems,
  );
  checkProviders(cases, providers, problems);
  const suite: Suite = {
    path,
    name: root.name,
    ...(root.description === undefined ? {} : { description: root.description }),
    settings: root.settings,
    thresholds: root.thresholds,
    choose: root.choose,
    providers,
    cases,
  };
  return { suite, problems: problems.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line) };
}

function emptySuite(path: string): Suite {
  return {
    path,
    name: path.slice(path.lastIndexOf("/") + 1),
    settings: {},
    providers: [],
    thresholds: {},
    choose: {},
    cases: [],
  };
}

/** @param trail Files that are being included, outermost first. */
async function collect(
  part: ParsedSuite,
  trail: readonly string[],
  files: SuiteFiles,
  parts: ParsedSuite[],
  problems: SuiteProblem[],
): Promise<void> {
  problems.push(...part.problems);
  for (const include of part.includes) {
    const target = resolve(dirname(part.path), include.path);
    const say = (message: string): void =>
      void problems.push({ file: part.path, line: include.line, column: include.column, severity: "error", message });
    if (trail.includes(target)) {
      say(
        `\`${include.path}\` includes this suite again: ${[...trail.slice(trail.indexOf(target)), target].map(fileName).join(" → ")}`,
      );
      continue;
    }
    if (parts.some(({ path }) => path === target)) continue;
    if (MAX_DEPTH <= trail.length) {
      say(`includes are nested more than ${MAX_DEPTH} deep`);
      continue;
    }
    const read = await files.read(target);
    if (read.kind === "unreadable") say(`\`${include.path}\` cannot be read: ${read.reason}`);
    else await collect(parseSuite(target, read.text), [...trail, target], files, parts, problems);
  }
  parts.push(part);
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function uniqueById<T extends { readonly id: string; readonly place: SuitePlace }>(
  items: readonly T[],
  what: string,
  problems: SuiteProblem[],
): T[] {
  const first = new Map<string, T>();
  for (const item of items) {
    const earlier = first.get(item.id);
    if (earlier === undefined) {
      first.set(item.id, item);
      continue;
    }
    const where =
      earlier.place.file === item.place.file
        ? `line ${earlier.place.line}`
        : `${fileName(earlier.place.file)}:${earlier.place.line}`;
    problems.push({
      ...item.place,
      severity: "error",
      message: `there is a ${what} \`${item.id}\` already, in ${where}: give this one another id`,
    });
  }
  return [...first.values()];
}

function checkProviders(
  cases: readonly CaseDefinition[],
  providers: readonly ProviderDefinition[],
  problems: SuiteProblem[],
): void {
  const known = providers.map(({ id }) => id);
  const check = (id: string, place: SuitePlace): void => {
    if (known.includes(id)) return;
    const guess = nearest(id, known);
    const hint = guess === undefined ? "add it under `providers`" : `did you mean \`${guess}\`?`;
    problems.push({ ...place, severity: "error", message: `there is no provider \`${id}\`: ${hint}` });
  };
  for (const provider of providers) {
    if (provider.fallback !== undefined) check(provider.fallback, provider.place);
    if (fallsBackOnItself(provider, providers)) {
      problems.push({ ...provider.place, severity: "error", message: "its `fallback` leads back to itself" });
    }
    if (provider.type === "replay" && provider.recording === undefined) {
      problems.push({
        ...provider.place,
        severity: "error",
        message: "`replay` needs a `recording`: the file with the recorded replies",
      });
    }
  }
  for (const one of cases) {
    if (one.kind !== "prompt") continue;
    for (const id of one.providers) check(id, one.place);
    for (const { provider } of one.assertions) if (provider !== undefined) check(provider, one.place);
    if (known.length === 0) {
      problems.push({
        ...one.place,
        severity: "error",
        message: "a `prompt` case needs a provider: add one under `providers`",
      });
    }
  }
}

function fallsBackOnItself(provider: ProviderDefinition, providers: readonly ProviderDefinition[]): boolean {
  const seen = new Set<string>();
  for (let id = provider.fallback; id !== undefined && !seen.has(id);) {
    if (id === provider.id) return true;
    seen.add(id);
    id = providers.find((one) => one.id === id)?.fallback;
  }
  return false;
}
