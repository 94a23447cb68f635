/**
 * The cache of one process or thread: looks into its tiers in their order, moves what it finds upwards, and keeps equal questions from being worked out twice.
 */
import { LRUCache } from "lru-cache";
import { REQUEST_BUDGET_MS, type CacheFigures, type CacheKind, type Origin, type TieredCache } from "./cache.js";
import { MAX_PAYLOAD_BYTES, openEntry, sealEntry, type Entry } from "./entry.js";
import { GuardedTier } from "./guarded-tier.js";
import { MEMORY_LIMITS, MemoryTier, type MemoryLimits } from "./memory-tier.js";
import type { Tier } from "./tier.js";

export interface CacheOptions {
  readonly memory?: MemoryLimits;
  /** Below memory, the first asked first. */
  readonly tiers: readonly Tier[];
  readonly log: (line: string) => void;
  /** Milliseconds; tests have their own. */
  readonly now?: () => number;
}

/** What was written last under this many keys of ageing kinds is remembered, so that a tier that missed a write does not bring back what was before. */
const REMEMBERED_WRITES = 10_000;
/** Clocks of machines that share a Redis may differ by this much. */
const CLOCK_SKEW_MS = 3_600_000;
/** Closing waits this long for what is still to be written. */
const CLOSE_LIMIT_MS = 10_000;

export function createCache(options: CacheOptions): TieredCache {
  return new Cache(options);
}

interface Found<T> {
  readonly entry: Entry;
  /** Undefined for an entry that says there is none. */
  readonly value: T | undefined;
}

/** A class because it has a lifetime and owns its tiers. */
class Cache implements TieredCache {
  readonly #memory: MemoryTier;
  readonly #tiers: readonly GuardedTier[];
  readonly #nearFirst: readonly GuardedTier[];
  readonly #now: () => number;
  readonly #flights = new Map<string, Promise<unknown>>();
  readonly #written = new LRUCache<string, number>({ max: REMEMBERED_WRITES });
  readonly #counts = { asked: 0, found: 0 };

  constructor({ memory, tiers, log, now }: CacheOptions) {
    this.#now = now ?? Date.now;
    this.#memory = new MemoryTier(memory ?? MEMORY_LIMITS);
    this.#tiers = tiers.map((tier) => new GuardedTier(tier, { log, now: this.#now }));
    this.#nearFirst = [...this.#tiers].sort((a, b) => Number(b.answersAtOnce) - Number(a.answersAtOnce));
  }

  peek<T>(kind: CacheKind<T>, id: string): T | undefined {
    this.#counts.asked++;
    const key = keyOf(kind, id);
    const held = this.#held(kind, key);
    if (held !== undefined) return this.#tell(held)?.value;
    for (const tier of this.#tiers) {
      if (!tier.answersAtOnce) continue;
      const found = this.#opened(kind, key, tier, tier.getNow(key));
      if (found === undefined) continue;
      this.#hold(kind, key, found.entry);
      return this.#tell(found)?.value;
    }
    return undefined;
  }

  async getMany<T>(
    kind: CacheKind<T>,
    ids: readonly string[],
    budgetMs = REQUEST_BUDGET_MS,
  ): Promise<readonly (T | undefined)[]> {
    this.#counts.asked += ids.length;
    const found = await this.#look(kind, ids, budgetMs);
    return ids.map((id) => this.#tell(found.get(id))?.value);
  }

  put<T>(kind: CacheKind<T>, id: string, value: T): void {
    this.putBytes(kind, id, kind.encode(value));
  }

  putBytes<T>(kind: CacheKind<T>, id: string, payload: Uint8Array): void {
    this.#keep(kind, keyOf(kind, id), { payload, writtenAtMs: this.#now(), absent: false });
  }

  obtain<T>(kind: CacheKind<T>, id: string, make: () => Promise<T | undefined>): Promise<T | undefined> {
    const key = keyOf(kind, id);
    return this.#once(key, async () => {
      this.#counts.asked++;
      const found = this.#tell((await this.#look(kind, [id], REQUEST_BUDGET_MS)).get(id));
      if (found === undefined) return await this.#make(kind, key, make);
      if (this.#isStale(kind, found.entry))
        void this.#once(`${key} anew`, () => this.#make(kind, key, make)).catch(() => undefined);
      return found.value;
    });
  }

  figures(): CacheFigures {
    return { ...this.#counts, tiers: [this.#memory.figures(), ...this.#tiers.map((tier) => tier.figures())] };
  }

  shed(): void {
    this.#memory.clear();
  }

  async flush(limitMs: number): Promise<void> {
    const timer: { id?: NodeJS.Timeout } = {};
    const limit = new Promise<void>((resolve) => (timer.id = setTimeout(resolve, limitMs)));
    await Promise.race([limit, Promise.all(this.#tiers.map((tier) => tier.flushed()))]);
    clearTimeout(timer.id);
  }

  async close(): Promise<void> {
    await this.flush(CLOSE_LIMIT_MS);
    this.#memory.clear();
    await Promise.all(this.#tiers.map((tier) => tier.close()));
  }

  /** What the tiers have, by id. */
  async #look<T>(kind: CacheKind<T>, ids: readonly string[], budgetMs: number): Promise<Map<string, Found<T>>> {
    const found = new Map<string, Found<T>>();
    let missing: readonly string[] = [...new Set(ids)].filter((id) => {
      const held = this.#held(kind, keyOf(kind, id));
      if (held !== undefined) found.set(id, held);
      return held === undefined;
    });
    for (const tier of kind.nearFirst === true ? this.#nearFirst : this.#tiers) {
      if (missing.length === 0) break;
      if (kind.local === true && tier.tier.name === "redis") continue;
      const keys = missing.map((id) => keyOf(kind, id));
      const sealed = await tier.getMany(keys, budgetMs);
      missing = missing.filter((id, i) => {
        const one = this.#opened(kind, keys[i] ?? "", tier, sealed[i]);
        if (one === undefined) return true;
        found.set(id, one);
        this.#promote(kind, keys[i] ?? "", one.entry, tier);
        return false;
      });
    }
    return found;
  }

  /** An entry of memory that still holds. */
  #held<T>(kind: CacheKind<T>, key: string): Found<T> | undefined {
    if (kind.unheld === true) return undefined;
    const entry = this.#memory.get(key);
    const found = entry === undefined ? undefined : this.#read(kind, key, entry, "own");
    this.#memory.count(found === undefined ? "misses" : "hits");
    if (entry !== undefined && found === undefined) this.#memory.drop(key);
    return found;
  }

  #opened<T>(kind: CacheKind<T>, key: string, tier: GuardedTier, sealed: Uint8Array | undefined): Found<T> | undefined {
    const entry = sealed === undefined ? undefined : openEntry(sealed, { key, secret: tier.tier.secret });
    const origin = tier.tier.name === "redis" ? "shared" : "own";
    const found = entry === undefined ? undefined : this.#read(kind, key, entry, origin);
    tier.count(found === undefined ? "misses" : "hits");
    return found;
  }

  #read<T>(kind: CacheKind<T>, key: string, entry: Entry, origin: Origin): Found<T> | undefined {
    const age = this.#now() - entry.writtenAtMs;
    const limit = entry.absent ? (kind.absentSeconds ?? 0) : (kind.ttlSeconds ?? Number.POSITIVE_INFINITY);
    if (!(-CLOCK_SKEW_MS <= age && age <= limit * 1000)) return undefined;
    if (entry.writtenAtMs < (this.#written.get(key) ?? Number.NEGATIVE_INFINITY)) return undefined;
    if (entry.absent) return { entry, value: undefined };
    const value = kind.decode(entry.payload, origin);
    return value === undefined ? undefined : { entry, value };
  }

  #tell<T>(found: Found<T> | undefined): Found<T> | undefined {
    if (found !== undefined) this.#counts.found++;
    return found;
  }

  #isStale<T>({ staleAfterSeconds }: CacheKind<T>, { writtenAtMs }: Entry): boolean {
    return staleAfterSeconds !== undefined && staleAfterSeconds * 1000 < this.#now() - writtenAtMs;
  }

  async #make<T>(kind: CacheKind<T>, key: string, make: () => Promise<T | undefined>): Promise<T | undefined> {
    const value = await make();
    const writtenAtMs = this.#now();
    if (value !== undefined) this.#keep(kind, key, { payload: kind.encode(value), writtenAtMs, absent: false });
    else if (kind.absentSeconds !== undefined)
      this.#keep(kind, key, { payload: new Uint8Array(0), writtenAtMs, absent: true });
    return value;
  }

  #keep<T>(kind: CacheKind<T>, key: string, entry: Entry): void {
    if (MAX_PAYLOAD_BYTES < entry.payload.length) return;
    if (kind.ttlSeconds !== undefined || kind.absentSeconds !== undefined) this.#written.set(key, entry.writtenAtMs);
    this.#hold(kind, key, entry);
    for (const tier of this.#tiers) this.#write(kind, key, entry, tier);
  }

  /** Into memory, into the tiers that were asked before the one it was found in, and from another machine onto this one's disk. */
  #promote<T>(kind: CacheKind<T>, key: string, entry: Entry, foundIn: GuardedTier): void {
    this.#hold(kind, key, entry);
    const order = kind.nearFirst === true ? this.#nearFirst : this.#tiers;
    const above = order.slice(0, order.indexOf(foundIn));
    for (const tier of order)
      if (above.includes(tier) || (tier.answersAtOnce && tier !== foundIn)) this.#write(kind, key, entry, tier);
  }

  #hold<T>(kind: CacheKind<T>, key: string, entry: Entry): void {
    if (kind.unheld !== true) this.#memory.put(key, entry);
  }

  #write<T>(kind: CacheKind<T>, key: string, entry: Entry, guarded: GuardedTier): void {
    const { tier } = guarded;
    if (kind.local === true && tier.name === "redis") return;
    const sealed = sealEntry(entry, { key, secret: tier.secret }, tier.compresses ? "compress" : "plain");
    guarded.put({ key, sealed, ttlSeconds: entry.absent ? kind.absentSeconds : kind.ttlSeconds });
  }

  /** Work under a name runs once at a time; all who ask meanwhile get what it gives. */
  #once<T>(name: string, work: () => Promise<T>): Promise<T> {
    const running = this.#flights.get(name) as Promise<T> | undefined;
    if (running !== undefined) return running;
    const flight = work().finally(() => this.#flights.delete(name));
    this.#flights.set(name, flight);
    return flight;
  }
}

/** Versioned: another extractor, model or schema never sees it. */
function keyOf<T>({ name, version }: CacheKind<T>, id: string): string {
  return `${name}:${version}:${id}`;
}
