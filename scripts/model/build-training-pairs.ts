/**
 * Collects what a model is fine-tuned on, from npm packages under permissive licences that the held-out set has nothing of:
 *
 *     npm install --ignore-scripts --prefix build/training $(cat scripts/model/training-packages.txt)
 *     npx tsx scripts/model/build-training-pairs.ts build/pairs.jsonl build/training/node_modules > build/training.jsonl
 *
 * One line per pair, in a fixed order: `{ kind, package, text, code, hard }`. `described`: a sentence and its function; `clone`: two functions that are nearly
 * the same. Identifiers are taken apart as they are when code is indexed. `hard` is the line, from 0, of the pair whose function looks most like the answer by
 * words and is not: whoever learns the two together has to tell them apart. A package of the held-out set gives nothing, nor does a function that has a third of
 * its word sequences in common with one of that set, whatever package it is copied into.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { passageText } from "../../server/src/ranking/passage-text.js";
import { wordsOf } from "../../server/src/ranking/split-identifiers.js";
import { WordIndex } from "../../server/src/ranking/word-index.js";
import { normalized, packagesIn, pairsOf, sourcesOf, type Pair } from "./code-pairs.js";

const PER_PACKAGE = 400;
const PERMISSIVE =
  /^\(?(?:MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|CC0-1\.0|Unlicense|BlueOak-1\.0\.0)(?: (?:OR|AND) |\)|$)/;
/** Words in a sequence; two functions that share one by chance are rare. */
const SEQUENCE = 6;
/** Share of a function's sequences that make it a copy of a held-out one, and the shares that make two functions clones but not copies. */
const COPY_SHARE = 0.33;
const CLONE_SHARE = { least: 0.4, most: 0.9 } as const;
/** Sequences that more functions than this have in common are boilerplate. */
const USUAL = 40;
const CLONES_PER_FUNCTION = 1;

interface TrainingPair {
  readonly kind: "described" | "clone";
  readonly package: string;
  readonly text: string;
  readonly code: string;
}

function main([heldOutFile = "build/pairs.jsonl", ...folders]: readonly string[]): void {
  const heldOut = readFileSync(heldOutFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Pair);
  const described = freshPairs(folders, heldOut);
  const pairs: readonly TrainingPair[] = [
    ...described.map(({ package: from, text, code }) => ({
      kind: "described" as const,
      package: from,
      text,
      code: passageText(code),
    })),
    ...clonesAmong(described),
  ];
  const index = new WordIndex();
  for (const { code } of pairs) index.add(wordsOf(code));
  for (const [at, pair] of pairs.entries())
    process.stdout.write(`${JSON.stringify({ ...pair, hard: hardestFor(at, pairs, index) })}\n`);
}

/** Documented functions of permissive packages, none of them known from the held-out set or seen before. */
function freshPairs(folders: readonly string[], heldOut: readonly Pair[]): readonly Pair[] {
  const known = new Set(heldOut.map((pair) => pair.package));
  const taken = new Set(heldOut.flatMap(({ text, code }) => [hash(normalized(text)), hash(normalized(code))]));
  const heldOutSequences = new Set(heldOut.flatMap(({ code }) => sequencesOf(code)));
  const found: Pair[] = [];
  for (const [name, folder] of [...packagesIn(folders.map((one) => path.resolve(one)))].sort()) {
    if (known.has(name) || !PERMISSIVE.test(licenceOf(folder))) continue;
    const fresh = [...sourcesOf(folder)]
      .flatMap((file) => pairsOf(name, file))
      .filter(({ text, code }) => {
        const keys = [hash(normalized(text)), hash(normalized(code))];
        const isNew = keys.every((key) => !taken.has(key)) && !isCopy(code, heldOutSequences);
        for (const key of keys) taken.add(key);
        return isNew;
      });
    const wanted = Math.min(fresh.length, PER_PACKAGE);
    for (let i = 0; i < wanted; i++) {
      const pair = fresh[Math.floor((i * fresh.length) / wanted)];
      if (pair !== undefined) found.push(pair);
    }
  }
  return found;
}

function licenceOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
    readonly license?: unknown;
  };
  return typeof manifest.license === "string" ? manifest.license : "";
}

function isCopy(code: string, known: ReadonlySet<string>): boolean {
  const own = sequencesOf(code);
  return own.length > 0 && own.filter((one) => known.has(one)).length / own.length > COPY_SHARE;
}

/** Functions that share much of what they say and not all of it: copies that went their own ways, siblings of one pattern. */
function clonesAmong(pairs: readonly Pair[]): TrainingPair[] {
  const sequences = pairs.map(({ code }) => new Set(sequencesOf(code)));
  const holders = new Map<string, number[]>();
  for (const [at, own] of sequences.entries())
    for (const one of own) {
      const list = holders.get(one) ?? [];
      list.push(at);
      holders.set(one, list);
    }
  return pairs.flatMap((pair, at) => {
    const shared = new Map<number, number>();
    for (const one of sequences[at] ?? []) {
      const list = holders.get(one) ?? [];
      if (list.length > USUAL) continue;
      for (const other of list) if (at < other) shared.set(other, (shared.get(other) ?? 0) + 1);
    }
    return [...shared]
      .map(([other, count]) => ({ other, share: count / union(sequences[at], sequences[other], count) }))
      .filter(({ share }) => CLONE_SHARE.least <= share && share <= CLONE_SHARE.most)
      .sort((a, b) => b.share - a.share || a.other - b.other)
      .slice(0, CLONES_PER_FUNCTION)
      .map(({ other }) => ({
        kind: "clone" as const,
        package: pair.package,
        text: passageText(pair.code),
        code: passageText(pairs[other]?.code ?? ""),
      }));
  });
}

function union(a: ReadonlySet<string> = new Set(), b: ReadonlySet<string> = new Set(), shared: number): number {
  return Math.max(1, a.size + b.size - shared);
}

function hardestFor(at: number, pairs: readonly TrainingPair[], index: WordIndex): number {
  const own = pairs[at];
  if (own === undefined) return at;
  let best = { at, score: 0 };
  for (const [other, score] of index.search(wordsOf(own.text)))
    if (other !== at && pairs[other]?.code !== own.code && best.score < score) best = { at: other, score };
  return best.at;
}

function sequencesOf(code: string): string[] {
  const words = wordsOf(code);
  return words.slice(SEQUENCE - 1).map((_, from) => words.slice(from, from + SEQUENCE).join(" "));
}

function hash(text: string): string {
  return createHash("sha1").update(text).digest("base64");
}

main(process.argv.slice(2));
