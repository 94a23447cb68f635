/** Facts of texts: taken from the cache, made by worker threads, or made on this thread. */
import { availableParallelism } from "node:os";
import type { Cancellation } from "../analysis/host.js";
import { extractFacts } from "../facts/extract.js";
import type { FileFacts } from "../facts/model.js";
import { createExtractPool, noPool, type ExtractPool } from "../workspace/extract-pool.js";
import { decodeFacts, encodeFacts } from "../workspace/facts-codec.js";
import { noStore, type FactStore } from "../workspace/fact-store.js";

/** Files between two pauses; in each pause the thread answers other calls. */
const PAUSE_EVERY = 32;
/** Pieces asked of others before the first of them is taken. */
const AHEAD = 6;
/** Files given to a worker at a time: some 20 ms of work, far above what the message costs. */
const BATCH = 48;
/** Below this many files a worker is not worth the 0.3 s it takes to load the parser. */
const POOL_FROM_FILES = 600;
/** More than these wait for the one thread that reads and decodes. */
const MAX_WORKERS = 3;

/** A text whose facts are wanted. */
export interface FactJob {
  readonly path: string;
  readonly text: string;
  readonly hash: string;
}

export interface FactMaker {
  /** Facts of one text, here and now. Texts between two keystrokes are not worth a place in the cache: `keep` says so. */
  make(job: FactJob, keep: boolean): FileFacts;
  /**
   * Facts of many texts, each handed to `take` as it is ready, in any order. Empties `jobs` on the way, so that texts can be forgotten. Yields how many
   * were begun so far.
   */
  makeAll(
    jobs: FactJob[],
    take: (job: FactJob, facts: FileFacts, cached: boolean) => void,
    token?: Cancellation,
  ): AsyncGenerator<number, void>;
}

export interface FactMakerOptions {
  readonly store: FactStore;
  readonly workerFile: string | undefined;
  /** Undefined chooses by the machine. */
  readonly workers: number | undefined;
}

export function createFactMaker({ store, workerFile, workers }: FactMakerOptions): FactMaker {
  const extract = (job: FactJob, keep: boolean): FileFacts => {
    const facts = extractFacts(job.path, job.text);
    if (keep && store !== noStore) store.put(job.hash, encodeFacts(facts));
    return facts;
  };

  return {
    make: (job, keep) => store.get(job.hash) ?? extract(job, keep),
    async *makeAll(jobs, take, token) {
      const pool = jobs.length < POOL_FROM_FILES ? noPool : createExtractPool(workerFile, workers ?? spareCores());
      const running = new Set<Promise<void>>();
      let batch: FactJob[] = [];
      try {
        let done = 0;
        for await (const looked of lookAll(jobs, store)) {
          token?.throwIfCancelled();
          yield done;
          // Messages that arrived meanwhile (edits, a shutdown, a worker's reply) are taken before going on.
          await new Promise((resolve) => setImmediate(resolve));
          done += looked.length;
          for (const { job, known } of looked) {
            if (known === undefined) batch.push(job);
            else take(job, known, true);
            if (batch.length < BATCH) continue;
            hand(batch, pool);
            batch = [];
          }
        }
        hand(batch, noPool);
        await Promise.all(running);
      } finally {
        await pool.close();
      }

      function hand(batch: readonly FactJob[], to: ExtractPool): void {
        const taken = to.tryTake(batch);
        if (taken === undefined) {
          for (const job of batch) take(job, extract(job, true), false);
          return;
        }
        const work = taken.then((replies) => {
          batch.forEach((job, i) => {
            const bytes = replies?.[i];
            const facts = bytes === undefined ? undefined : decodeFacts(bytes);
            if (facts !== undefined && bytes !== undefined) store.put(job.hash, bytes);
            take(job, facts ?? extract(job, true), false);
          });
          running.delete(work);
        });
        running.add(work);
      }
    },
  };
}

interface Looked {
  readonly job: FactJob;
  readonly known: FileFacts | undefined;
}

/** Looks for the facts of texts a few at a time. What others may have is asked for some way ahead, so that the network works while this thread does. */
async function* lookAll(jobs: FactJob[], store: FactStore): AsyncGenerator<readonly Looked[], void> {
  const ahead: Promise<readonly Looked[]>[] = [];
  const width = store.fetch === undefined ? 1 : AHEAD;
  while (jobs.length > 0 || ahead.length > 0) {
    while (jobs.length > 0 && ahead.length < width) ahead.push(look(jobs.splice(-PAUSE_EVERY).reverse(), store));
    const looked = await ahead.shift();
    if (looked !== undefined) yield looked;
  }
}

async function look(jobs: readonly FactJob[], store: FactStore): Promise<readonly Looked[]> {
  const fetched = await store.fetch?.(jobs.map(({ hash }) => hash));
  return jobs.map((job, i) => ({ job, known: fetched === undefined ? store.get(job.hash) : fetched[i] }));
}

/** On two cores a worker only competes with this thread and its garbage collector (measured: no gain, a fifth more work). */
function spareCores(): number {
  return Math.min(MAX_WORKERS, Math.max(0, availableParallelism() - 2));
}
