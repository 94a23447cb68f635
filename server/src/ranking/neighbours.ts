/** What the user said of findings, and what that says of others like them. */
import { cosine } from "./vectors.js";

export type Verdict = "accepted" | "dismissed" | "ignored";

/** One answer of the user. Holds no code: words and a vector to compare with. */
export interface Feedback {
  readonly rule: string;
  readonly fingerprint: string;
  readonly verdict: Verdict;
  /** Words of the code around the finding, each once, in order. */
  readonly words: readonly string[];
  /** With the identity of the model that made it; vectors of two models cannot be compared. */
  readonly vector?: { readonly identity: string; readonly values: Float32Array };
}

/** The code around a finding, to compare with. */
export interface Surroundings {
  readonly rule: string;
  /** Which piece of code it is; undefined where a finding stands in none. */
  readonly unit?: string;
  readonly words: readonly string[];
  readonly vector?: { readonly identity: string; readonly values: Float32Array };
}

export interface Opinion {
  /** -1 (the user wants none like it) to 1 (the user acts on them). */
  readonly leaning: number;
  readonly accepted: number;
  /** Dismissed or ignored. */
  readonly rejected: number;
}

/** Least likeness that counts, by vectors and by words; found on pairs of findings of one rule, see docs/model.md. */
const LEAST = { vectors: 0.6, words: 0.25 } as const;
const MOST_NEIGHBOURS = 8;
/** One answer is an accident; this many about the very same code are half of a habit. */
const HALF_BELIEVED = 1.5;

/** Undefined when nothing like it was judged. */
export function opinionOn(finding: Surroundings, given: readonly Feedback[]): Opinion | undefined {
  const near = given
    .filter((one) => one.rule === finding.rule)
    .map((one) => ({ one, likeness: likeness(finding, one) }))
    .filter(({ likeness: found }) => 0 < found)
    .sort((a, b) => b.likeness - a.likeness || (a.one.fingerprint < b.one.fingerprint ? -1 : 1))
    .slice(0, MOST_NEIGHBOURS);
  if (near.length === 0) return undefined;
  const weight = near.reduce((sum, { likeness: found }) => sum + found, 0);
  const sum = near.reduce((total, { one, likeness: found }) => total + found * valueOf(one.verdict), 0);
  const accepted = near.filter(({ one }) => one.verdict === "accepted").length;
  return {
    leaning: sum / (weight + HALF_BELIEVED),
    accepted,
    rejected: near.length - accepted,
  };
}

function valueOf(verdict: Verdict): number {
  return verdict === "accepted" ? 1 : -1;
}

/** 0 for what is not alike enough to count, else up to 1. */
function likeness(finding: Surroundings, given: Feedback): number {
  if (finding.vector !== undefined && finding.vector.identity === given.vector?.identity)
    return over(cosine(finding.vector.values, given.vector.values), LEAST.vectors);
  return over(overlap(finding.words, given.words), LEAST.words);
}

function over(value: number, least: number): number {
  return value < least ? 0 : value;
}

/** Share of the words of both that both have. */
function overlap(a: readonly string[], b: readonly string[]): number {
  const all = new Set([...a, ...b]);
  if (all.size === 0) return 0;
  const other = new Set(b);
  return new Set(a.filter((word) => other.has(word))).size / all.size;
}
