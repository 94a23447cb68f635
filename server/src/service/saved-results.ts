/**
 * Results of a whole analysis, kept from one run to the next: when nothing they depend on has changed, they are the answer, and no file has to be parsed or
 * linked. The key is a hash over everything that goes in, so there is nothing to invalidate.
 */
import type { AnalysisOptions, RefreshResult } from "../analysis/host.js";
import type { Finding, Problem } from "../analysis/finding.js";
import { contentHash } from "../base/content-hash.js";
import type { FactStore } from "../workspace/fact-store.js";

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
  const sorted = (map: ReadonlyMap<string, string>): string =>
    [...map]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, value]) => `${path}\0${value}`)
      .join("\0");
  return contentHash([build, JSON.stringify(options), sorted(manifests), sorted(hashes)].join("\0\0"));
}

/** One place per set of folders, so that results do not pile up. */
function placeOf(roots: readonly string[]): string {
  return `results ${contentHash(roots.join("\0"))}`;
}

export function saveResults(store: FactStore, roots: readonly string[], key: string, results: SavedResults): void {
  store.remember(placeOf(roots), JSON.stringify({ key, ...results }));
}

export function recallResults(store: FactStore, roots: readonly string[], key: string): SavedResults | undefined {
  const text = store.recall(placeOf(roots));
  if (text === undefined) return undefined;
  const saved = parsed(text);
  if (saved === undefined || saved["key"] !== key) return undefined;
  const { findings, problems } = saved;
  if (!Array.isArray(findings) || !Array.isArray(problems)) return undefined;
  return findings.every(isFinding) && problems.every(isProblem) ? { findings, problems } : undefined;
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
