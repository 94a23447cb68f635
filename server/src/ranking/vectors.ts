/** Vectors of length one, many of them in one block: exact search, and the half-size form they are stored in. */

import { top } from "./top.js";

/** Cosine of two vectors of length one. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

const INITIAL_ROWS = 256;

/** Rows of one width that can be replaced and searched. A class because it owns memory that only it may grow. */
export class VectorTable {
  readonly dimensions: number;
  #data: Float32Array;
  #alive: Uint8Array;
  #rows = 0;

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.#data = new Float32Array(INITIAL_ROWS * dimensions);
    this.#alive = new Uint8Array(INITIAL_ROWS);
  }

  get rows(): number {
    return this.#rows;
  }

  /** @param row Any number not in use; tables stay small when they are counted up from 0. */
  set(row: number, vector: Float32Array): void {
    while (this.#alive.length <= row) this.#grow();
    this.#data.set(vector.subarray(0, this.dimensions), row * this.dimensions);
    this.#alive[row] = 1;
    this.#rows = Math.max(this.#rows, row + 1);
  }

  remove(row: number): void {
    if (row < this.#rows) this.#alive[row] = 0;
  }

  get(row: number): Float32Array | undefined {
    if (this.#alive[row] !== 1) return undefined;
    return this.#data.subarray(row * this.dimensions, (row + 1) * this.dimensions);
  }

  /** Rows nearest to a vector of length one, best first, ties by row. */
  nearest(query: Float32Array, limit: number): readonly number[] {
    const scores = new Float64Array(this.#rows);
    const rows: number[] = [];
    for (let row = 0; row < this.#rows; row++) {
      if (this.#alive[row] !== 1) continue;
      scores[row] = dotAt(this.#data, row * this.dimensions, query);
      rows.push(row);
    }
    return top(rows, scores, limit);
  }

  #grow(): void {
    const data = new Float32Array(this.#data.length * 2);
    data.set(this.#data);
    this.#data = data;
    const alive = new Uint8Array(this.#alive.length * 2);
    alive.set(this.#alive);
    this.#alive = alive;
  }
}

/**
 * Product of a vector with the one that begins at an offset. Four sums at once: each by itself would wait for the one before.
 *
 * Indexes are within both by construction; asking of each number whether it is there would take twice as long, and this is where a search spends its time.
 */
/* eslint-disable @typescript-eslint/no-non-null-assertion */
function dotAt(data: Float32Array, from: number, vector: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = vector.length - (vector.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += data[from + i]! * vector[i]!;
    b += data[from + i + 1]! * vector[i + 1]!;
    c += data[from + i + 2]! * vector[i + 2]!;
    d += data[from + i + 3]! * vector[i + 3]!;
  }
  for (let i = whole; i < vector.length; i++) a += data[from + i]! * vector[i]!;
  return a + b + c + d;
}
/* eslint-enable @typescript-eslint/no-non-null-assertion */

/** A vector as half-precision numbers: half the room, and a cosine that differs by less than 0.001. */
export function toHalf(vector: Float32Array): Uint16Array {
  const bits = new Uint32Array(vector.buffer, vector.byteOffset, vector.length);
  const half = new Uint16Array(vector.length);
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i] ?? 0;
    const sign = (value >>> 16) & 0x8000;
    const exponent = ((value >>> 23) & 0xff) - 127;
    const mantissa = value & 0x7fffff;
    // Numbers of a vector of length one are at most 1; the smallest ones become 0.
    half[i] = exponent < -14 ? sign : sign | Math.min(0x7bff, ((exponent + 15) << 10) + ((mantissa + 0x1000) >>> 13));
  }
  return half;
}

export function fromHalf(half: Uint16Array): Float32Array {
  const bits = new Uint32Array(half.length);
  for (let i = 0; i < half.length; i++) {
    const value = half[i] ?? 0;
    const exponent = (value >>> 10) & 0x1f;
    if (exponent === 0) bits[i] = (value & 0x8000) << 16;
    else bits[i] = ((value & 0x8000) << 16) | ((exponent + 112) << 23) | ((value & 0x3ff) << 13);
  }
  return new Float32Array(bits.buffer);
}
