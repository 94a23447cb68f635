/**
 * Results of a whole analysis, kept from one run to the next: when nothing they depend on has changed, they are the answer, and no file has to be parsed or
 * linked. The key is a hash over everything that goes in, so there is nothing to invalidate; paths in it are relative, so a colleague's clone or CI's of the same
 * texts has the same key.
 */
import type { AnalysisOptions, RefreshResult } from "../analysis/host.js";
import type { Finding, Problem } from "../analysis/finding.js";
import { contentHash } from "../base/content-hash.js";
import type { CacheKind, TieredCache } from "../cache/cache.js";
import { mapPaths, placed, portable } from "./portable-paths.js";

export interface SavedResults {
  readonly findings: readonly Finding[];
  /** Of the files' contents; what kept files from being read is found out anew each time. */
  readonly problems: readonly Problem[];
}

export interface ResultInputs {
  /** Stands for the program that computes the results. */
  readonly build: string;
  readonly options: AnalysisOptions;
  readonly manifests: ReadonlyMap<string, string>;
  /** Hash of each file's text, by path. */
  readonly hashes: ReadonlyMap<string, string>;
}

export function resultKey({ build, options, manifests, hashes }: ResultInputs): string {
  const { roots } = options;
  const sorted = (map: ReadonlyMap<string, string>): string =>
    [...map]
      .map(([path, value]) => [portable(path, roots), value] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, value]) => `${path}\0${value}`)
      .join("\0");
  const chosen = JSON.stringify({ ...options, roots: roots.length });
  return contentHash([build, chosen, sorted(manifests), sorted(hashes)].join("\0\0"));
}

/** Nobody types while a scan asks for its results. */
const BUDGET_MS = 2_000;

/** With portable paths. */
const resultsKind: CacheKind<SavedResults> = {
  name: "results",
  version: "1",
  nearFirst: true,
  unheld: true,
  encode: (results) => Buffer.from(JSON.stringify(results)),
  decode: (bytes) => {
    const saved = parsed(Buffer.from(bytes).toString("utf8"));
    if (saved === undefined) return undefined;
    const { findings, problems } = saved;
    if (!Array.isArray(findings) || !Array.isArray(problems)) return undefined;
    return findings.every(isFinding) && problems.every(isProblem) ? { findings, problems } : undefined;
  },
};

export function saveResults(cache: TieredCache, roots: readonly string[], key: string, results: SavedResults): void {
  cache.put(
    resultsKind,
    key,
    mapPaths(results, (path) => portable(path, roots)),
  );
}

export async function recallResults(
  cache: TieredCache,
  roots: readonly string[],
  key: string,
): Promise<SavedResults | undefined> {
  const saved = (await cache.getMany(resultsKind, [key], BUDGET_MS))[0];
  if (saved === undefined) return undefined;
  const here = mapPaths(saved, (path) => placed(path, roots) ?? "");
  // A path that leads out of the workspace was not written by us.
  const all = [...here.findings.flatMap(({ path, related }) => [path, ...related.map((place) => place.path)])];
  return all.includes("") || here.problems.some(({ path }) => path === "") ? undefined : here;
}

/** What a refresh says that had nothing to do. */
export function noWork(changed: readonly string[]): RefreshResult {
  return {
    revision: 0,
    changed,
    work: {
      extracted: [],
      linked: [],
      summarized: 0,
      checked: [],
      ruleMs: {},
      stageMs: { extract: 0, link: 0, summarize: 0, check: 0 },
    },
  };
}

/** Other processes write the store, so what comes out is checked before it is believed. */
function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

const TEXTS = ["rule", "family", "severity", "message", "path", "cost", "fingerprint"];

function isFinding(value: unknown): value is Finding {
  if (!isRecord(value)) return false;
  const { confidence, range, related, fixes } = value;
  return (
    TEXTS.every((name) => typeof value[name] === "string") &&
    typeof confidence === "number" &&
    isRange(range) &&
    Array.isArray(related) &&
    related.every((place: unknown) => isProblem(place) && isRange((place as { readonly range?: unknown }).range)) &&
    Array.isArray(fixes)
  );
}

function isProblem(value: unknown): value is Problem {
  return isRecord(value) && typeof value["path"] === "string" && typeof value["message"] === "string";
}

function isRange(value: unknown): boolean {
  return isRecord(value) && isPosition(value["start"]) && isPosition(value["end"]);
}

function isPosition(value: unknown): boolean {
  return isRecord(value) && Number.isInteger(value["line"]) && Number.isInteger(value["column"]);
}
