/** BM25 over documents given as words, kept up to date one document at a time. */

/** The usual parameters: how fast repeated words count less, and how much long documents are held back. */
const K1 = 1.2;
const B = 0.75;

interface Posting {
  readonly documents: number[];
  readonly counts: number[];
  /** Of the documents, those that are not gone. */
  alive: number;
}

/** A class because it has a lifetime and owns tables that only it may change. */
export class WordIndex {
  readonly #postings = new Map<string, Posting>();
  /** Number of words by document; -1 for one that is gone. */
  readonly #lengths: number[] = [];
  #alive = 0;
  #totalLength = 0;

  get size(): number {
    return this.#alive;
  }

  /** Documents ever added, those that are gone included: a sign that it is time to build the index anew. */
  get slots(): number {
    return this.#lengths.length;
  }

  /** Returns the number the document is known by. */
  add(words: readonly string[]): number {
    const document = this.#lengths.length;
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const [word, count] of counts) {
      let posting = this.#postings.get(word);
      if (posting === undefined) this.#postings.set(word, (posting = { documents: [], counts: [], alive: 0 }));
      posting.documents.push(document);
      posting.counts.push(count);
      posting.alive++;
    }
    this.#lengths.push(words.length);
    this.#alive++;
    this.#totalLength += words.length;
    return document;
  }

  /** @param words Those it was added with. */
  remove(document: number, words: readonly string[]): void {
    const length = this.#lengths[document];
    if (length === undefined || length < 0) return;
    this.#lengths[document] = -1;
    this.#alive--;
    this.#totalLength -= length;
    for (const word of new Set(words)) {
      const posting = this.#postings.get(word);
      if (posting !== undefined) posting.alive--;
    }
  }

  /** Scores of the documents that hold any of the words. */
  search(words: readonly string[]): Map<number, number> {
    const { documents, scores } = this.scoresOf(words);
    return new Map(documents.map((document) => [document, scores[document] ?? 0]));
  }

  /** The same without a table of it: scores by document, and the documents that have one. */
  scoresOf(words: readonly string[]): { readonly documents: readonly number[]; readonly scores: Float64Array } {
    const scores = new Float64Array(this.#lengths.length);
    const found: number[] = [];
    const average = this.#totalLength / Math.max(1, this.#alive);
    for (const word of new Set(words)) {
      const posting = this.#postings.get(word);
      if (posting === undefined) continue;
      const { documents, counts, alive } = posting;
      const rarity = Math.log(1 + (this.#alive - alive + 0.5) / (alive + 0.5));
      if (!(0 < rarity)) continue;
      for (let i = 0; i < documents.length; i++) {
        const document = documents[i] ?? 0;
        const length = this.#lengths[document] ?? -1;
        if (length < 0) continue;
        const count = counts[i] ?? 0;
        const weight = (count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / average));
        const before = scores[document] ?? 0;
        if (before === 0) found.push(document);
        scores[document] = before + rarity * weight;
      }
    }
    return { documents: found, scores };
  }
}
