/** The cache as a user has set it up: memory, their Redis if they named one, their disk. */
import { noCache, type TieredCache } from "./cache.js";
import { createCache } from "./create-cache.js";
import { DISK_BYTES, openDiskTier } from "./disk-tier.js";
import type { MemoryLimits } from "./memory-tier.js";
import { lazyTier } from "./lazy-tier.js";
import type { Tier } from "./tier.js";

/** Where shared values lie. Never taken from a workspace: it would choose whom this machine talks to. */
export interface SharedCache {
  readonly url: string;
  readonly prefix: string;
  /** The workspace key; empty authenticates nothing. */
  readonly key: string;
  readonly ttlDays: number;
}

export interface OpenCacheOptions {
  /** Undefined: nothing on disk. */
  readonly folder: string | undefined;
  readonly shared?: SharedCache | undefined;
  readonly memory?: MemoryLimits;
  readonly diskBytes?: number;
  readonly log: (line: string) => void;
}

/** Never throws: where nothing can be kept, everything is a miss. */
export function openCache({ folder, shared, memory, diskBytes, log }: OpenCacheOptions): TieredCache {
  const redis = shared === undefined ? undefined : sharedTier(shared);
  const disk = folder === undefined ? undefined : openDiskTier({ folder, maxBytes: diskBytes ?? DISK_BYTES, log });
  const tiers = [redis, disk].filter((tier) => tier !== undefined);
  if (tiers.length === 0) return noCache;
  return createCache({ tiers, log, ...(memory === undefined ? {} : { memory }) });
}

/** The client is loaded when the first key is asked for: most users have no Redis. */
function sharedTier({ url, prefix, key, ttlDays }: SharedCache): Tier {
  const secret = key === "" ? undefined : key;
  return lazyTier({ name: "redis", compresses: true, secret, batch: 64 }, async () => {
    const { createRedisTier } = await import("./redis-tier.js");
    return createRedisTier({ url, prefix, secret, ttlDays });
  });
}
