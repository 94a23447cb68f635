/** Two ways to search, one order: what words and what vectors say is brought to one scale and added. */

export interface FusedHit {
  readonly document: number;
  readonly score: number;
}

/**
 * Each side is measured in its own standard deviations over the union of what both found. A document that one side did not score gets that side's lowest.
 * Measured against reciprocal ranks in docs/model.md. Ties keep the order of the documents.
 *
 * @param weight Share of the vectors, 0 to 1.
 */
export function fuse(
  words: ReadonlyMap<number, number>,
  vectors: ReadonlyMap<number, number>,
  weight = 0.5,
): FusedHit[] {
  const documents = [...new Set([...words.keys(), ...vectors.keys()])].sort((a, b) => a - b);
  const byWords = standardized(documents, words);
  const byVectors = standardized(documents, vectors);
  return documents
    .map((document, i) => ({
      document,
      score: (1 - weight) * (byWords[i] ?? 0) + weight * (byVectors[i] ?? 0),
    }))
    .sort((a, b) => b.score - a.score || a.document - b.document);
}

function standardized(documents: readonly number[], scores: ReadonlyMap<number, number>): number[] {
  if (scores.size === 0) return documents.map(() => 0);
  let least = Infinity;
  for (const score of scores.values()) least = Math.min(least, score);
  const all = documents.map((document) => scores.get(document) ?? least);
  const mean = all.reduce((sum, score) => sum + score, 0) / all.length;
  const variance = all.reduce((sum, score) => sum + (score - mean) ** 2, 0) / all.length;
  const deviation = Math.sqrt(variance);
  return all.map((score) => (deviation === 0 ? 0 : (score - mean) / deviation));
}

/** The best documents of a score table, best first, ties by document. */
export function best(scores: ReadonlyMap<number, number>, limit: number): FusedHit[] {
  return [...scores]
    .map(([document, score]) => ({ document, score }))
    .sort((a, b) => b.score - a.score || a.document - b.document)
    .slice(0, limit);
}
