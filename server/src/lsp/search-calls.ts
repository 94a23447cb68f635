/** What of search crosses the thread boundary: questions and answers as plain data. */
import type { SimilarEdits } from "../service/similar-edits.js";
import type { FixPlace, SimilarFixes } from "../service/similar-fixes.js";
import type { NextFile } from "../ranking/next-files.js";
import type { LookAhead } from "../service/look-ahead.js";
import type { FixCalls } from "./fix-calls.js";
import type { EmbedderStatus } from "../ranking/embedder.js";
import type { Verdict } from "../ranking/neighbours.js";
import type { CodeSearch, IndexProgress, SearchAnswer, SearchFilter } from "../service/code-search.js";
import {
  judge,
  topFindings,
  type FindingPlace,
  type OrderedFinding,
  type OrderParts,
} from "../service/finding-order.js";

export interface SearchCalls {
  searchCode(text: string, filter: SearchFilter, limit: number): Promise<SearchAnswer>;
  /** Undefined where there is no code. */
  similarCode(place: SimilarPlace, filter: SearchFilter, limit: number): Promise<SearchAnswer | undefined>;
  /** Embeds what is not yet, beside other calls. Returns why that was not possible, if it was not. */
  updateIndex(onProgress: (progress: IndexProgress) => void): Promise<string | undefined>;
  searchStatus(): Promise<SearchStatus | undefined>;
  orderFindings(limit: number): Promise<readonly OrderedFinding[]>;
  /** False when the finding is not there any more. */
  judgeFinding(place: FindingPlace, verdict: Verdict): Promise<boolean>;
  /** Returns how many answers were forgotten. */
  resetLearning(): Promise<number>;
  /** Findings like one, with the same kind of fix; see `service/similar-fixes.ts`. */
  similarFixes(place: FixPlace): Promise<SimilarFixes>;
  /** Makes what the file opened next will need; see `service/look-ahead.ts`. @param recent Files opened so far, the latest first. */
  lookAhead(recent: readonly string[]): Promise<readonly NextFile[] | undefined>;
  /** Their edits; undefined where this server has no search. */
  similarEdits(places: readonly FixPlace[]): Promise<SimilarEdits | undefined>;
}

export interface SimilarPlace {
  readonly path: string;
  readonly offset: number;
  readonly rule?: string;
}

export interface SearchStatus {
  readonly embedder: EmbedderStatus;
  readonly units: number;
  readonly texts: number;
  readonly embedded: number;
}

export type SearchMethod = keyof SearchCalls;

const METHODS: Readonly<Record<SearchMethod, true>> = {
  searchCode: true,
  similarCode: true,
  updateIndex: true,
  searchStatus: true,
  orderFindings: true,
  judgeFinding: true,
  resetLearning: true,
  similarFixes: true,
  similarEdits: true,
  lookAhead: true,
};

export function isSearchMethod(method: string): method is SearchMethod {
  return Object.hasOwn(METHODS, method);
}

/** What the calls are carried out on; undefined parts: this server has no model. */
export interface SearchTarget {
  readonly search: CodeSearch;
  readonly order: OrderParts;
  readonly fixes: FixCalls;
  readonly ahead: LookAhead;
}

const NOTHING: SearchAnswer = { found: [], note: "this server cannot search code" };
const NO_SIMILAR: SimilarFixes = { kind: "refused", reason: "This server cannot compare code." };

/** Carries out a call on the far side. */
export async function callSearch(
  target: SearchTarget | undefined,
  method: SearchMethod,
  args: readonly unknown[],
  onProgress: (progress: IndexProgress) => void,
): Promise<unknown> {
  const search = target?.search;
  switch (method) {
    case "searchCode":
      return (await search?.search(args[0] as string, args[1] as SearchFilter, args[2] as number)) ?? NOTHING;
    case "similarCode": {
      const { path, offset, rule } = args[0] as SimilarPlace;
      const answer = await search?.similar(path, offset, args[1] as SearchFilter, args[2] as number, rule);
      if (answer === undefined || target === undefined) return answer;
      return { ...answer, found: await target.fixes.withFixes(answer.found, rule) };
    }
    case "updateIndex":
      return await search?.update(onProgress);
    case "searchStatus":
      return await search?.status();
    case "orderFindings":
      return target === undefined ? [] : await topFindings(target.order, args[0] as number);
    case "judgeFinding":
      return target !== undefined && (await judge(target.order, args[0] as FindingPlace, args[1] as Verdict));
    case "resetLearning":
      return target?.order.feedback.reset() ?? 0;
    case "similarFixes":
      return (await target?.fixes.similarFixes(args[0] as FixPlace)) ?? NO_SIMILAR;
    case "lookAhead": {
      const recent = args[0] as readonly string[];
      const guessed = await target?.ahead.prepare(recent);
      if (guessed !== undefined) search?.prefer([...recent.slice(0, 1), ...guessed.map(({ path }) => path)]);
      return guessed;
    }
    case "similarEdits":
      return target?.fixes.similarEdits(args[0] as readonly FixPlace[]);
  }
}
