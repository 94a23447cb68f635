/**
 * Everything of a workspace that can be found by words or by likeness. Files come and go one at a time; vectors arrive when they are ready, and until then
 * words alone decide.
 */
import { CANDIDATES, fuse, type Candidate, type Hit } from "./fuse.js";
import { VectorShelf, type CreateNearest } from "./vector-shelf.js";
import { top } from "./top.js";
import { cosine } from "./vectors.js";
import { WordIndex } from "./word-index.js";

/** A piece of code and where it stands. */
export interface IndexedUnit {
  readonly path: string;
  readonly kind: "function" | "query";
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Where a reader is sent. */
  readonly at: number;
  /** Stands for the text that is embedded: equal texts share a vector. */
  readonly key: string;
  readonly words: readonly string[];
}

export interface CodeQuestion {
  readonly words: readonly string[];
  /** Undefined: by words alone. */
  readonly vector: Float32Array | undefined;
  readonly limit: number;
  readonly accept: (unit: IndexedUnit) => boolean;
}

export interface CodeHit {
  readonly unit: IndexedUnit;
  readonly score: number;
  /** Cosine with what was asked for, where both have a vector. */
  readonly similarity: number | undefined;
}

/** A filter that leaves nothing among so many neighbours leaves words to decide. */
const MOST_LOOKED_AT = 10_000;
/** Room that units which are gone may take before the tables are made anew. */
const SLACK = 10_000;

/** A class because it has a lifetime and owns tables that only it may change. */
export class CodeIndex {
  readonly #documents = new Map<string, readonly number[]>();
  readonly #shelf: VectorShelf;
  #units: (IndexedUnit | undefined)[] = [];
  #words = new WordIndex();
  /** Documents by the key of their text. */
  #users = new Map<string, Set<number>>();

  constructor(createNearest?: CreateNearest, exactUpTo?: number) {
    this.#shelf = new VectorShelf(createNearest, exactUpTo);
  }

  get size(): number {
    return this.#words.size;
  }

  /** How many texts have a vector, and how many there are. */
  get coverage(): { readonly embedded: number; readonly texts: number } {
    return { embedded: this.#shelf.size, texts: this.#users.size };
  }

  paths(): readonly string[] {
    return [...this.#documents.keys()];
  }

  unitsOf(path: string): readonly IndexedUnit[] {
    return (this.#documents.get(path) ?? []).flatMap((document) => this.#units[document] ?? []);
  }

  setFile(path: string, units: readonly IndexedUnit[]): void {
    const before = this.unitsOf(path);
    this.#forget(path);
    this.#documents.set(
      path,
      units.map((unit) => this.#add(unit)),
    );
    for (const { key } of before) if (!this.#users.has(key)) this.#shelf.delete(key);
    if (SLACK + this.#words.size * 2 < this.#words.slots) this.#compact();
  }

  removeFile(path: string): void {
    this.setFile(path, []);
    this.#documents.delete(path);
  }

  #add(unit: IndexedUnit): number {
    const document = this.#words.add(unit.words);
    this.#units[document] = unit;
    this.#users.set(unit.key, (this.#users.get(unit.key) ?? new Set()).add(document));
    return document;
  }

  #forget(path: string): void {
    for (const document of this.#documents.get(path) ?? []) {
      const unit = this.#units[document];
      this.#units[document] = undefined;
      this.#words.remove(document, unit?.words ?? []);
      const users = this.#users.get(unit?.key ?? "");
      users?.delete(document);
      if (unit !== undefined && users?.size === 0) this.#users.delete(unit.key);
    }
  }

  #compact(): void {
    const files = this.paths().map((path) => [path, this.unitsOf(path)] as const);
    this.#units = [];
    this.#words = new WordIndex();
    this.#users = new Map();
    for (const [path, units] of files)
      this.#documents.set(
        path,
        units.map((unit) => this.#add(unit)),
      );
  }

  /** Keys of the texts without a vector. */
  missing(): readonly string[] {
    return [...this.#users.keys()].filter((key) => !this.#shelf.has(key));
  }

  /** Somewhere this text stands. */
  placeOf(key: string): IndexedUnit | undefined {
    const [document] = this.#users.get(key) ?? [];
    return document === undefined ? undefined : this.#units[document];
  }

  vectorOf(key: string): Float32Array | undefined {
    return this.#shelf.get(key);
  }

  /** A vector that arrives after its text is gone is not kept. */
  setVector(key: string, vector: Float32Array): void {
    if (this.#users.has(key)) this.#shelf.set(key, vector);
  }

  /** Best first; ties by place. */
  search({ words, vector, limit, accept }: CodeQuestion): readonly CodeHit[] {
    const accepted = (document: number): boolean => {
      const unit = this.#units[document];
      return unit !== undefined && accept(unit);
    };
    const { documents, scores } = this.#words.scoresOf(words);
    const proposed = new Set(top(documents.filter(accepted), scores, CANDIDATES));
    if (vector !== undefined) for (const document of this.#nearest(vector, accepted)) proposed.add(document);
    const candidates = [...proposed]
      .sort((a, b) => this.#byPlace(a, b))
      .map((document): Candidate => {
        const own = vector === undefined ? undefined : this.#shelf.get(this.#units[document]?.key ?? "");
        const similarity = vector === undefined || own === undefined ? undefined : cosine(vector, own);
        return { document, words: scores[document] ?? 0, vector: similarity };
      });
    const similarities = new Map(candidates.map((one) => [one.document, one.vector]));
    return fuse(candidates)
      .slice(0, limit)
      .flatMap(({ document, score }: Hit): CodeHit[] => {
        const unit = this.#units[document];
        return unit === undefined ? [] : [{ unit, score, similarity: similarities.get(document) }];
      });
  }

  /** Filters may leave little of what is nearest; then more is asked for. */
  #nearest(vector: Float32Array, accepted: (document: number) => boolean): readonly number[] {
    for (let limit = CANDIDATES; ; limit *= 8) {
      const keys = this.#shelf.nearest(vector, limit);
      const wanted = keys.flatMap((key) => [...(this.#users.get(key) ?? [])].filter(accepted));
      if (CANDIDATES <= wanted.length || keys.length < limit || MOST_LOOKED_AT < limit)
        return wanted.slice(0, CANDIDATES);
    }
  }

  #byPlace(a: number, b: number): number {
    const [one, other] = [this.#units[a], this.#units[b]];
    if (one === undefined || other === undefined) return a - b;
    if (one.path !== other.path) return one.path < other.path ? -1 : 1;
    return one.start - other.start || one.end - other.end;
  }
}
