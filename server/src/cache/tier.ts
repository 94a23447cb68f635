/** One place where sealed entries lie. A tier may throw, reject and take its time: `guarded-tier.ts` stands before it. */
import type { TierName } from "./cache.js";

export interface TierEntry {
  readonly key: string;
  readonly sealed: Uint8Array;
  /** Seconds after which nobody wants it any more. */
  readonly ttlSeconds: number | undefined;
}

export interface Tier {
  readonly name: TierName;
  /** Worth the time to compress, because every byte travels. */
  readonly compresses: boolean;
  /** Authenticates entries; undefined where nobody else can write. */
  readonly secret: string | undefined;
  /** Entries written at a time. */
  readonly batch: number;
  /** For a tier that answers at once: mapped memory. */
  getNow?(key: string): Uint8Array | undefined;
  getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>;
  putMany(entries: readonly TierEntry[]): Promise<void>;
  /** `maxBytes`: what it may hold, where it keeps to a bound itself. */
  size?(): { readonly entries: number; readonly bytes: number; readonly maxBytes?: number };
  close(): Promise<void>;
}
