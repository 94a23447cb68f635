/** Opened entries in memory, least recently used ones dropped first. */
import { LRUCache } from "lru-cache";
import type { TierFigures } from "./cache.js";
import type { Entry } from "./entry.js";

export interface MemoryLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** The product's own bound, and 64 KiB for each of that many. */
export const MEMORY_LIMITS: MemoryLimits = { maxEntries: 1_000, maxBytes: 64 * 2 ** 20 };
/** What an entry takes beside its payload: key, header and the list's own links. */
const OVERHEAD_BYTES = 256;

/** A class because it has a lifetime. */
export class MemoryTier {
  readonly #entries: LRUCache<string, Entry>;
  readonly #counts = { hits: 0, misses: 0, writes: 0, dropped: 0 };

  constructor({ maxEntries, maxBytes }: MemoryLimits) {
    this.#entries = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      // One value must not push out everything else.
      maxEntrySize: Math.max(1, Math.floor(maxBytes / 4)),
      sizeCalculation: (entry, key) => entry.payload.length + 2 * key.length + OVERHEAD_BYTES,
    });
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  put(key: string, entry: Entry): void {
    // A view would keep the whole buffer it looks into, which nobody has counted.
    const { payload } = entry;
    const own = payload.byteLength === payload.buffer.byteLength ? payload : payload.slice();
    this.#entries.set(key, { ...entry, payload: own });
    this.#counts.writes++;
  }

  drop(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  count(outcome: "hits" | "misses"): void {
    this.#counts[outcome]++;
  }

  figures(): TierFigures {
    return {
      tier: "memory",
      state: "working",
      ...this.#counts,
      entries: this.#entries.size,
      bytes: this.#entries.calculatedSize,
      queued: 0,
    };
  }
}
