/**
 * The port of the tiered cache: values of a kind, by an id that stands for everything they were made from. Memory comes first, then a shared Redis where the
 * user has one, then the disk. A tier that is absent, slow, full or damaged makes misses, never errors.
 *
 * An id must determine the value (a hash of all that goes in). Kinds whose values age say after how long.
 */

export interface CacheKind<T> {
  /** A word: `facts`, `plans`. */
  readonly name: string;
  /** Changes whenever equal ids may stand for other values: version of the extractor, of the model. Letters, digits, `.`, `_` and `-`. */
  readonly version: string;
  readonly encode: (value: T) => Uint8Array;
  /**
   * Undefined for anything `encode` did not make. `own`: written by this user on this machine, and intact. `shared`: anybody who may write to the Redis has
   * written it, so everything in it must be checked.
   */
  readonly decode: (bytes: Uint8Array, origin: Origin) => T | undefined;
  /** Never leaves this machine. */
  readonly local?: true;
  /** Not worth a place in memory: whoever asks keeps the value. */
  readonly unheld?: true;
  /** Many small values: this machine's disk, which answers within microseconds, is asked before the Redis, which takes a round trip. */
  readonly nearFirst?: true;
  /** Seconds for which a value is believed; undefined: as long as it is kept. */
  readonly ttlSeconds?: number;
  /** Seconds for which "there is none" is believed; undefined: not at all. */
  readonly absentSeconds?: number;
  /** Values older than this many seconds, and within `ttlSeconds`, are handed out still while a new one is made behind them. */
  readonly staleAfterSeconds?: number;
}

export type Origin = "own" | "shared";

export interface TieredCache {
  /** What memory or the disk has. Waits for nobody: the one call for a path that a keystroke waits for. */
  peek<T>(kind: CacheKind<T>, id: string): T | undefined;
  /**
   * Many values at once, in the order of the ids.
   *
   * @param budgetMs How long a tier may take before it is left out; see `REQUEST_BUDGET_MS`.
   */
  getMany<T>(kind: CacheKind<T>, ids: readonly string[], budgetMs?: number): Promise<readonly (T | undefined)[]>;
  /** Keeps a value in all tiers; slow ones are written behind. */
  put<T>(kind: CacheKind<T>, id: string, value: T): void;
  /** The same for what `kind.encode` made already. */
  putBytes<T>(kind: CacheKind<T>, id: string, bytes: Uint8Array): void;
  /** The value, made by `make` where no tier has it, once for all who ask at the same time. A `make` that rejects rejects for all of them, and nothing is kept. */
  obtain<T>(kind: CacheKind<T>, id: string, make: () => Promise<T | undefined>): Promise<T | undefined>;
  figures(): CacheFigures;
  /** Gives back the memory it can do without. */
  shed(): void;
  /** Waits until what was put is written, for this long at most. */
  flush(limitMs: number): Promise<void>;
  close(): Promise<void>;
}

/** How long a request may wait for one tier. */
export const REQUEST_BUDGET_MS = 50;

export type TierName = "memory" | "redis" | "disk";

export interface TierFigures {
  readonly tier: TierName;
  readonly state: "working" | "left-out";
  /** Why it is left out. */
  readonly reason?: string;
  readonly hits: number;
  readonly misses: number;
  readonly writes: number;
  /** Writes given up because the tier was away, full, or could not keep up. */
  readonly dropped: number;
  /** Undefined where the tier does not know. */
  readonly entries?: number;
  readonly bytes?: number;
  /** What it may hold. */
  readonly maxBytes?: number;
  /** Writes under way. */
  readonly queued: number;
}

export interface CacheFigures {
  readonly tiers: readonly TierFigures[];
  /** Values asked for. */
  readonly asked: number;
  /** Of these, found in any tier. */
  readonly found: number;
}

/** A cache that always misses. */
export const noCache: TieredCache = {
  peek: () => undefined,
  getMany: (_kind, ids) => Promise.resolve(ids.map(() => undefined)),
  put: () => undefined,
  putBytes: () => undefined,
  obtain: (_kind, _id, make) => make(),
  figures: () => ({ tiers: [], asked: 0, found: 0 }),
  shed: () => undefined,
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
