/** The approximate search, for workspaces with very many functions: HNSW over half-precision numbers. Loading this module loads a native library. */
import { Index, MetricKind, ScalarKind } from "usearch";
import type { NearestRows } from "../ranking/vector-shelf.js";

/** Neighbours looked at while building and while searching. */
const EXPANSION = 128;

export function createUsearchRows(dimensions: number): NearestRows {
  const index = new Index({
    dimensions,
    metric: MetricKind.IP,
    quantization: ScalarKind.F16,
    connectivity: 16,
    expansion_add: EXPANSION,
    expansion_search: EXPANSION,
    multi: false,
  });
  return {
    add: (row, vector) => {
      index.add(BigInt(row), vector, 1);
    },
    remove: (row) => {
      index.remove(BigInt(row));
    },
    search: (query, limit) => {
      const found = index.search(query, Math.max(1, Math.min(limit, index.size())), 1);
      // One vector asks, so one set of answers comes back.
      const { keys, distances } = found;
      return Array.from(keys, (key, i) => [Number(key), 1 - (distances[i] ?? 1)] as const);
    },
  };
}
