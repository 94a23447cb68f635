/** The user's answers, in one file of their own folder: on this machine, in no cache, sent nowhere. */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { defaultCacheFolder } from "../workspace/cache-folder.js";
import type { Feedback, Verdict } from "../ranking/neighbours.js";
import { fromHalf, toHalf } from "../ranking/vectors.js";

/** Beside the caches, in a folder of its own: what is learned is no cache. */
export function feedbackFile(): string {
  return join(defaultCacheFolder(), "learning", "feedback.jsonl");
}

export interface FeedbackStore {
  all(): readonly Feedback[];
  /** A new answer replaces an earlier one about the same finding. Rejects with a sentence when it cannot be kept. */
  add(feedback: Feedback): void;
  /** Takes an answer back, if there is one. */
  remove(rule: string, fingerprint: string): void;
  /** Forgets everything. Returns how many answers there were. */
  reset(): number;
}

interface Written {
  readonly rule: string;
  readonly fingerprint: string;
  readonly verdict: Verdict;
  readonly words: readonly string[];
  readonly identity?: string;
  /** Half-precision numbers in base 64. */
  readonly vector?: string;
}

/** Answers kept; the oldest go first. */
const MAX_ANSWERS = 2_000;
const VERDICTS: readonly string[] = ["accepted", "dismissed", "ignored"] satisfies readonly Verdict[];

/** A file that cannot be read is an empty one: learning begins anew. */
export function openFeedback(file: string): FeedbackStore {
  const state: { known: readonly Feedback[] | undefined } = { known: undefined };
  const all = (): readonly Feedback[] => (state.known ??= read(file));
  return {
    all,
    add(feedback) {
      // Another window may have written meanwhile.
      const others = read(file).filter((one) => !isAbout(one, feedback.rule, feedback.fingerprint));
      state.known = [...others, feedback].slice(-MAX_ANSWERS);
      write(file, state.known);
    },
    remove(rule, fingerprint) {
      state.known = read(file).filter((one) => !isAbout(one, rule, fingerprint));
      write(file, state.known);
    },
    reset() {
      const count = read(file).length;
      rmSync(file, { force: true });
      state.known = [];
      return count;
    },
  };
}

function isAbout(one: Feedback, rule: string, fingerprint: string): boolean {
  return one.rule === rule && one.fingerprint === fingerprint;
}

function read(file: string): readonly Feedback[] {
  try {
    const lines = readFileSync(file, "utf8").split("\n");
    return lines.flatMap((line) => {
      const one = line === "" ? undefined : (JSON.parse(line) as Partial<Written>);
      return one === undefined ? [] : (toFeedback(one) ?? []);
    });
  } catch {
    return [];
  }
}

function toFeedback({ rule, fingerprint, verdict, words, identity, vector }: Partial<Written>): Feedback | undefined {
  if (typeof rule !== "string" || typeof fingerprint !== "string" || !Array.isArray(words)) return undefined;
  if (verdict === undefined || !VERDICTS.includes(verdict)) return undefined;
  const base = { rule, fingerprint, verdict, words: words.filter((word) => typeof word === "string") };
  if (typeof identity !== "string" || typeof vector !== "string") return base;
  const bytes = new Uint8Array(Buffer.from(vector, "base64"));
  return bytes.length % 2 === 1
    ? base
    : { ...base, vector: { identity, values: fromHalf(new Uint16Array(bytes.buffer)) } };
}

/** Written beside and renamed, so that nobody reads half of it. */
function write(file: string, feedback: readonly Feedback[]): void {
  const lines = feedback.map(({ rule, fingerprint, verdict, words, vector }) => {
    const base: Written = { rule, fingerprint, verdict, words };
    if (vector === undefined) return JSON.stringify(base);
    const half = Buffer.from(toHalf(vector.values).buffer).toString("base64");
    return JSON.stringify({ ...base, identity: vector.identity, vector: half });
  });
  const unfinished = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(unfinished, lines.map((line) => `${line}\n`).join(""), { mode: 0o600 });
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, file);
}
