/**
 * Threads that turn texts into facts during the first scan. The scan's own thread works as well: a batch goes to a worker that is free, otherwise it is done
 * on the spot, so a slow start of the workers costs nothing.
 */
import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";

export interface ExtractJob {
  readonly path: string;
  readonly text: string;
}

export interface ExtractReply {
  /** Encoded facts, in the order of the jobs. */
  readonly facts: readonly Uint8Array[];
}

export interface ExtractPool {
  /** Takes a batch if a worker is free: the encoded facts in the same order, or undefined where the worker failed. */
  tryTake(jobs: readonly ExtractJob[]): Promise<readonly Uint8Array[] | undefined> | undefined;
  close(): Promise<void>;
}

export const noPool: ExtractPool = { tryTake: () => undefined, close: () => Promise.resolve() };

/** @param workerFile The built `analysis-worker.js`; without it, or with a count of 0, there is no pool. */
export function createExtractPool(workerFile: string | undefined, count: number): ExtractPool {
  if (workerFile === undefined || count === 0 || !existsSync(workerFile)) return noPool;
  const free: Worker[] = [];
  const all = Array.from({ length: count }, () => new Worker(workerFile, { execArgv: [] }));
  for (const worker of all) {
    // A worker is free once it has loaded its parser; until then the scan goes on without it.
    worker.once("message", () => free.push(worker));
    worker.on("error", () => undefined);
    worker.unref();
  }
  return {
    tryTake(jobs) {
      const worker = free.pop();
      if (worker === undefined) return undefined;
      return new Promise((resolve) => {
        const done = (reply: ExtractReply | undefined): void => {
          worker.off("message", onMessage).off("exit", onExit);
          worker.unref();
          if (reply !== undefined) free.push(worker);
          resolve(reply?.facts);
        };
        const onMessage = (reply: ExtractReply): void => done(reply);
        // A worker that dies is not replaced: its batch is done on the spot, and the rest is the scan's own work.
        const onExit = (): void => done(undefined);
        worker.ref();
        worker.on("message", onMessage).on("exit", onExit);
        worker.postMessage(jobs);
      });
    },
    close: async () => {
      await Promise.all(all.map((worker) => worker.terminate()));
    },
  };
}
