/** Remembered observations that colleagues and CI share: what this machine does not have is asked of the Redis the user named. */
import type { CacheKind } from "../cache/cache.js";
import { openCache, type SharedCache } from "../cache/open-cache.js";
import type { ResultCache } from "../evaluation/attempt.js";
import type { ResultStore } from "./result-store.js";

export interface SharedResults extends ResultCache {
  close(): Promise<void>;
}

/** A case that is not remembered takes far longer than this. */
const BUDGET_MS = 300;

/** JSON by the hash of everything that goes into a case. The store keeps its own on disk. */
const observations: CacheKind<string> = {
  name: "observations",
  version: "1",
  unheld: true,
  encode: (json) => Buffer.from(json),
  decode: (bytes) => {
    const json = Buffer.from(bytes).toString("utf8");
    try {
      const value: unknown = JSON.parse(json);
      return typeof value === "object" && value !== null ? json : undefined;
    } catch {
      return undefined;
    }
  },
};

/** @param log Takes one line when the Redis is left out, and one when it is back. */
export function sharedResults(store: ResultStore, shared: SharedCache, log: (line: string) => void): SharedResults {
  const cache = openCache({ folder: undefined, shared, log });
  return {
    get: (key) => store.get(key),
    async fetch(key) {
      const [json] = await cache.getMany(observations, [key], BUDGET_MS);
      if (json !== undefined) store.put(key, json);
      return json;
    },
    put(key, json) {
      store.put(key, json);
      cache.put(observations, key, json);
    },
    close: async () => {
      await cache.close();
      store.close();
    },
  };
}
