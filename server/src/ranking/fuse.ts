/** Two ways to search, one order: what words and what vectors say of the same documents is brought to one scale and added. */

export interface Candidate {
  readonly document: number;
  /** BM25; 0 for a document that holds none of the words. */
  readonly words: number;
  /** Cosine; undefined for a text that has no vector yet, which then neither helps nor harms it. */
  readonly vector: number | undefined;
}

export interface Hit {
  readonly document: number;
  readonly score: number;
}

/** Documents that each side proposes; more make no difference to the first ten (measured in docs/model.md). */
export const CANDIDATES = 200;
/** Share of the vectors. Chosen on the development packages of `scripts/model/measure-retrieval.ts`. */
export const VECTOR_WEIGHT = 0.7;

/** Each side is measured in its own standard deviations among the candidates. Best first; ties keep the order given. */
export function fuse(candidates: readonly Candidate[], weight = VECTOR_WEIGHT): Hit[] {
  const words = scale(candidates.map((one) => one.words));
  const known = candidates.flatMap((one) => one.vector ?? []);
  const vectors = scale(known);
  const share = known.length === 0 ? 0 : weight;
  return candidates
    .map(({ document, words: byWords, vector }) => ({
      document,
      score: (1 - share) * words(byWords) + share * (vector === undefined ? 0 : vectors(vector)),
    }))
    .sort((a, b) => b.score - a.score);
}

/** The best documents of a table of scores, best first, ties by document. */
export function best(scores: Iterable<readonly [number, number]>, limit: number): Hit[] {
  const hits: Hit[] = [];
  let least = -Infinity;
  for (const [document, score] of scores) {
    if (limit <= hits.length && score <= least) continue;
    hits.push({ document, score });
    // Sorting now and then is cheaper than keeping the list in order.
    if (limit * 4 <= hits.length) {
      hits.sort(byScore).length = limit;
      least = hits[limit - 1]?.score ?? -Infinity;
    }
  }
  return hits.sort(byScore).slice(0, limit);
}

function byScore(a: Hit, b: Hit): number {
  return b.score - a.score || a.document - b.document;
}

function scale(values: readonly number[]): (value: number) => number {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length);
  const deviation = Math.sqrt(variance);
  return (value) => (deviation === 0 ? 0 : (value - mean) / deviation);
}
