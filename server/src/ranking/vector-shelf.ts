/** Vectors by the key of the text they stand for, and the nearest of them. */
import { VectorTable } from "./vectors.js";

/** Finds the nearest of very many vectors without looking at all of them. */
export interface NearestRows {
  add(row: number, vector: Float32Array): void;
  remove(row: number): void;
  /** Rows and their cosine, best first. */
  search(query: Float32Array, limit: number): readonly (readonly [number, number])[];
}

/** Undefined where the approximate search cannot be used. */
export type CreateNearest = (dimensions: number) => NearestRows | undefined;

/** Over this many vectors the approximate search is used: the exact one would take more than 20 ms. */
const MANY_ROWS = 50_000;
/** Earlier rows that join the approximate search with each new one. */
const ROWS_PER_STEP = 3;

/** A class because it has a lifetime and owns memory. */
export class VectorShelf {
  readonly #create: CreateNearest;
  readonly #limit: number;
  readonly #rows = new Map<string, number>();
  readonly #keys: (string | undefined)[] = [];
  readonly #free: number[] = [];
  #table: VectorTable | undefined;
  #nearest: NearestRows | undefined;
  /** Rows below this are in `#nearest`, which answers once it has them all. */
  #taken = 0;

  /** @param limit Vectors from which on the search is approximate. */
  constructor(create: CreateNearest = () => undefined, limit = MANY_ROWS) {
    this.#create = create;
    this.#limit = limit;
  }

  get size(): number {
    return this.#rows.size;
  }

  has(key: string): boolean {
    return this.#rows.has(key);
  }

  get(key: string): Float32Array | undefined {
    const row = this.#rows.get(key);
    return row === undefined ? undefined : this.#table?.get(row);
  }

  set(key: string, vector: Float32Array): void {
    if (this.#rows.has(key)) return;
    const table = (this.#table ??= new VectorTable(vector.length));
    const row = this.#free.pop() ?? this.#keys.length;
    table.set(row, vector);
    this.#rows.set(key, row);
    this.#keys[row] = key;
    if (this.#limit < this.#rows.size) this.#nearest ??= this.#create(table.dimensions);
    if (row < this.#taken) this.#nearest?.add(row, vector);
    this.#takeMore(table);
  }

  delete(key: string): void {
    const row = this.#rows.get(key);
    if (row === undefined) return;
    this.#rows.delete(key);
    this.#keys[row] = undefined;
    this.#table?.remove(row);
    if (row < this.#taken) this.#nearest?.remove(row);
    this.#free.push(row);
  }

  /** Keys of the nearest vectors, best first. */
  nearest(query: Float32Array, limit: number): readonly string[] {
    const approximate = this.#taken === this.#keys.length ? this.#nearest : undefined;
    const found = approximate?.search(query, limit).map(([row]) => row) ?? this.#table?.nearest(query, limit) ?? [];
    return found.flatMap((row) => this.#keys[row] ?? []);
  }

  /** Tens of thousands of rows at once would take seconds; a few with each new one catch up soon enough. */
  #takeMore(table: VectorTable): void {
    if (this.#nearest === undefined) return;
    const until = Math.min(this.#keys.length, this.#taken + ROWS_PER_STEP);
    for (; this.#taken < until; this.#taken++) {
      const vector = table.get(this.#taken);
      if (vector !== undefined) this.#nearest.add(this.#taken, vector);
    }
  }
}
