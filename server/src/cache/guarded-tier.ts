/**
 * A tier that cannot hurt: what it throws is a miss, what takes too long is not waited for, and after a few failures it is not asked for a while. Reading and
 * writing fail apart, so a full Redis still answers. Counts what it does.
 */
import { createBreaker, type Breaker } from "./breaker.js";
import type { TierFigures } from "./cache.js";
import type { Tier, TierEntry } from "./tier.js";

/** Writes wait in a queue of this many bytes and entries; what does not fit is not written. */
const QUEUE_BYTES = 32 * 2 ** 20;
const QUEUE_ENTRIES = 8_000;
/** A batch of writes nobody waits for may take this long. */
const WRITE_BUDGET_MS = 5_000;

export interface GuardedTierOptions {
  readonly log: (line: string) => void;
  readonly now: () => number;
}

/** A class because it has a lifetime and owns a queue. */
export class GuardedTier {
  readonly #tier: Tier;
  readonly #reads: Breaker;
  readonly #writes: Breaker;
  readonly #counts = { hits: 0, misses: 0, writes: 0, dropped: 0 };
  #queue: TierEntry[] = [];
  #queuedBytes = 0;
  #writing: Promise<void> | undefined;

  constructor(tier: Tier, { log, now }: GuardedTierOptions) {
    this.#tier = tier;
    const tell =
      (what: string) =>
      (reason: string | undefined): void =>
        log(
          reason === undefined
            ? `the ${tier.name} cache is ${what} again`
            : `the ${tier.name} cache is not ${what} for now: ${reason}`,
        );
    this.#reads = createBreaker(tell("read"), now);
    this.#writes = createBreaker(tell("written"), now);
  }

  get tier(): Tier {
    return this.#tier;
  }

  get answersAtOnce(): boolean {
    return this.#tier.getNow !== undefined;
  }

  getNow(key: string): Uint8Array | undefined {
    if (this.#tier.getNow === undefined || !this.#reads.allows()) return undefined;
    try {
      const sealed = this.#tier.getNow(key);
      this.#reads.succeeded();
      return sealed;
    } catch (error) {
      this.#reads.failed(reasonOf(error));
      return undefined;
    }
  }

  async getMany(keys: readonly string[], budgetMs: number): Promise<readonly (Uint8Array | undefined)[]> {
    if (keys.length === 0 || !this.#reads.allows()) return keys.map(() => undefined);
    try {
      const sealed = await within(this.#tier.getMany(keys), budgetMs);
      this.#reads.succeeded();
      return keys.map((_, i) => sealed[i]);
    } catch (error) {
      this.#reads.failed(reasonOf(error));
      return keys.map(() => undefined);
    }
  }

  /** What an answer turned out to be worth; told by whoever opened it. */
  count(outcome: "hits" | "misses"): void {
    this.#counts[outcome]++;
  }

  /** Writes behind: returns at once. */
  put(entry: TierEntry): void {
    if (QUEUE_ENTRIES <= this.#queue.length || QUEUE_BYTES < this.#queuedBytes + entry.sealed.length) {
      this.#counts.dropped++;
      return;
    }
    this.#queue.push(entry);
    this.#queuedBytes += entry.sealed.length;
    this.#writing ??= this.#drain();
  }

  async #drain(): Promise<void> {
    // What is put in the same turn is written together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, this.#tier.batch);
      for (const { sealed } of batch) this.#queuedBytes -= sealed.length;
      await this.#write(batch);
    }
    this.#writing = undefined;
  }

  async #write(batch: readonly TierEntry[]): Promise<void> {
    if (!this.#writes.allows()) {
      this.#counts.dropped += batch.length;
      return;
    }
    try {
      await within(this.#tier.putMany(batch), WRITE_BUDGET_MS);
      this.#counts.writes += batch.length;
      this.#writes.succeeded();
    } catch (error) {
      this.#counts.dropped += batch.length;
      this.#writes.failed(reasonOf(error));
    }
  }

  /** Resolves once nothing is waiting to be written. */
  async flushed(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  figures(): TierFigures {
    const reason = this.#reads.reason ?? this.#writes.reason;
    return {
      tier: this.#tier.name,
      state: reason === undefined ? "working" : "left-out",
      ...(reason === undefined ? {} : { reason }),
      ...this.#counts,
      ...this.#size(),
      queued: this.#queue.length,
    };
  }

  #size(): Pick<TierFigures, "entries" | "bytes" | "maxBytes"> {
    try {
      return this.#tier.size?.() ?? {};
    } catch {
      return {};
    }
  }

  async close(): Promise<void> {
    this.#counts.dropped += this.#queue.length;
    this.#queue = [];
    this.#queuedBytes = 0;
    try {
      await within(this.#tier.close(), WRITE_BUDGET_MS);
    } catch {
      // It is let go of all the same.
    }
  }
}

function within<T>(work: Promise<T>, budgetMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Error(`no answer within ${budgetMs} ms`));
    // A thread that was busy takes what has arrived meanwhile before it calls anybody slow.
    const timer = setTimeout(() => setImmediate(late), budgetMs);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
