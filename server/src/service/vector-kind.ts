/** Vectors in the cache: half-precision numbers, by the text they stand for, apart for each model. */
import type { CacheKind } from "../cache/cache.js";
import { fromHalf, toHalf } from "../ranking/vectors.js";

export function vectorKind(identity: string, dimensions: number): CacheKind<Float32Array> {
  return {
    name: "vectors",
    version: identity,
    encode: (vector) => new Uint8Array(toHalf(vector).buffer),
    decode: (bytes) => {
      if (bytes.byteLength !== dimensions * 2) return undefined;
      // Copied: what comes from a disk may begin at an odd place in a larger buffer.
      const vector = fromHalf(new Uint16Array(new Uint8Array(bytes).buffer));
      const length = vector.reduce((sum, value) => sum + value * value, 0);
      // Anything else than a vector of length one was not made by a model.
      return 0.98 < length && length < 1.02 ? vector : undefined;
    },
    // The index holds them.
    unheld: true,
    nearFirst: true,
  };
}
