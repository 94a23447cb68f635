/** How alike two texts are: by a model where there is one, else by the letters they share. */

export interface Similarity {
  /** Stands for what measures in cache keys and reports. */
  readonly name: string;
  /** 0 to 1. */
  compare(a: string, b: string, signal: AbortSignal): Promise<number>;
}

/** Cosine of the counts of three-letter pieces: understands typing and word order, not meaning. */
export const letterSimilarity: Similarity = {
  name: "letters",
  compare: (a, b) => Promise.resolve(cosine(pieces(a), pieces(b))),
};

function pieces(text: string): Map<string, number> {
  const clean = ` ${text.toLowerCase().replaceAll(/\s+/g, " ").trim()} `;
  const counts = new Map<string, number>();
  for (let i = 0; i + 3 <= clean.length; i++) {
    const piece = clean.slice(i, i + 3);
    counts.set(piece, (counts.get(piece) ?? 0) + 1);
  }
  return counts;
}

function cosine(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let dot = 0;
  for (const [piece, count] of a) dot += count * (b.get(piece) ?? 0);
  const length = (counts: ReadonlyMap<string, number>): number =>
    Math.sqrt([...counts.values()].reduce((sum, count) => sum + count * count, 0));
  const both = length(a) * length(b);
  return both === 0 ? 0 : dot / both;
}
