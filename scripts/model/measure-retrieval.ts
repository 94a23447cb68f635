/**
 * How well functions are found by what their authors wrote about them: words alone, vectors alone, both.
 *
 *     npx tsx scripts/model/measure-retrieval.ts build/pairs.jsonl [dev|test] [MODEL_FOLDER]
 *
 * Packages are split by a hash of their name: choices were made on `dev`, figures in docs/model.md are of `test`. Every function of the split is a candidate.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createEmbedder } from "../../server/src/model/create-embedder.js";
import { passageText } from "../../server/src/ranking/passage-text.js";
import { best, CANDIDATES, fuse, VECTOR_WEIGHT, type Candidate } from "../../server/src/ranking/fuse.js";
import { wordsOf } from "../../server/src/ranking/split-identifiers.js";
import { cosine } from "../../server/src/ranking/vectors.js";
import { WordIndex } from "../../server/src/ranking/word-index.js";

interface Pair {
  readonly package: string;
  readonly text: string;
  readonly code: string;
}

type Scores = ReadonlyMap<number, number>;

const repository = path.resolve(__dirname, "../..");

/** Packages whose hash begins with one of the first six letters of sixteen. */
function isDev(name: string): boolean {
  return /^[0-5]/.test(createHash("sha1").update(name).digest("hex"));
}

async function main([file = "build/pairs.jsonl", split = "test", model]: readonly string[]): Promise<void> {
  const pairs = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Pair)
    .filter((pair) => isDev(pair.package) === (split === "dev"));
  const index = new WordIndex();
  for (const { code } of pairs) index.add(wordsOf(code));
  const modelFolder = model ?? path.join(repository, "server/model");
  const processFile = path.join(repository, "server/src/embedder-process.ts");
  const embedder = createEmbedder({ processFile, execArgv: ["--import", "tsx"], modelFolder, provider: "cpu" });
  const embed = async (texts: readonly string[], purpose: "query" | "passage"): Promise<readonly Float32Array[]> => {
    const answer = await embedder.embed(texts, purpose, "background");
    if (answer.kind !== "vectors") throw new Error(answer.reason);
    return answer.vectors;
  };
  const codes = await embed(
    pairs.map(({ code }) => passageText(code)),
    "passage",
  );
  const questions = await embed(
    pairs.map(({ text }) => text),
    "query",
  );
  await embedder.close();
  const byWords = pairs.map(({ text }) => index.search(wordsOf(text)));
  const byVectors = questions.map((question) => new Map(codes.map((code, i) => [i, cosine(question, code)])));
  console.log(`${pairs.length} pairs of ${new Set(pairs.map((pair) => pair.package)).size} packages (${split})`);
  report(
    "BM25",
    byWords.map((scores, i) => rankIn(scores, i)),
  );
  report(
    "model",
    byVectors.map((scores, i) => rankIn(scores, i)),
  );
  const weights = split === "dev" ? [0.5, 0.6, 0.7, 0.8, 0.9] : [VECTOR_WEIGHT];
  const candidates = byWords.map((words, i) => candidatesOf(words, byVectors[i] ?? new Map<number, number>()));
  for (const weight of weights)
    report(
      `fused, ${weight}`,
      candidates.map((found, i) => rankIn(scoresOf(fuse(found, weight)), i)),
    );
  report(
    "fused, reciprocal ranks",
    byWords.map((words, i) => rankIn(reciprocal(words, byVectors[i] ?? new Map()), i)),
  );
}

function candidatesOf(words: Scores, vectors: Scores): readonly Candidate[] {
  const documents = new Set([...best(words, CANDIDATES), ...best(vectors, CANDIDATES)].map((hit) => hit.document));
  return [...documents]
    .sort((a, b) => a - b)
    .map((document) => ({ document, words: words.get(document) ?? 0, vector: vectors.get(document) ?? 0 }));
}

function scoresOf(hits: readonly { readonly document: number; readonly score: number }[]): Scores {
  return new Map(hits.map(({ document, score }) => [document, score]));
}

function reciprocal(words: Scores, vectors: Scores): Scores {
  const sum = new Map<number, number>();
  for (const scores of [words, vectors])
    [...scores]
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .forEach(([document], rank) => sum.set(document, (sum.get(document) ?? 0) + 1 / (60 + rank)));
  return sum;
}

/** 1 for the best; what ties with the right answer stands before it. */
function rankIn(scores: Scores, right: number): number {
  const own = scores.get(right);
  if (own === undefined) return Infinity;
  let before = 0;
  for (const [document, score] of scores) if (document !== right && own <= score) before++;
  return before + 1;
}

function report(name: string, ranks: readonly number[]): void {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const mrr = mean(ranks.map((rank) => 1 / rank));
  const error = 1.96 * Math.sqrt(mean(ranks.map((rank) => (1 / rank - mrr) ** 2)) / ranks.length);
  const within = (limit: number): string => mean(ranks.map((rank) => (rank <= limit ? 1 : 0))).toFixed(3);
  console.log(`${name.padEnd(26)} MRR ${mrr.toFixed(3)} ±${error.toFixed(3)}  R@1 ${within(1)}  R@10 ${within(10)}`);
}

void main(process.argv.slice(2));
