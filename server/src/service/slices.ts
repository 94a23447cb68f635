/** Long synchronous work in short slices, so that a thread goes on answering meanwhile. */
import type { Cancellation } from "../analysis/host.js";
import { Cancelled } from "../base/cancellation.js";
import { unexpected } from "../base/unexpected.js";

/** A call that arrives during a slice waits this long at most, or for one step that cannot be divided. */
const SLICE_MS = 15;

/** Runs work to its end between other events. `isWanted` is asked before each slice. */
export function runInSlices(work: Iterator<void>, isWanted: () => boolean): void {
  const slice = (): void => {
    if (!isWanted()) return;
    const until = performance.now() + SLICE_MS;
    try {
      while (performance.now() < until) if (work.next().done === true) return;
    } catch (error) {
      unexpected("work between requests failed", error);
      return;
    }
    setImmediate(slice);
  };
  setImmediate(slice);
}

/** Calls something that keeps what it did when it is cancelled until it comes to its end, with ever longer patience so that it does. */
export function* untilCancelled(act: (token: Cancellation) => void): Generator<void, void> {
  for (let patienceMs = SLICE_MS; ; patienceMs *= 1.5) {
    const until = performance.now() + patienceMs;
    try {
      act({
        throwIfCancelled: () => {
          if (until < performance.now()) throw new Cancelled();
        },
      });
      return;
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
    }
    yield;
  }
}

/** Runs long work to its end without looking at its progress. */
export async function drain<T>(work: AsyncGenerator<unknown, T>): Promise<T> {
  let step = await work.next();
  while (step.done !== true) step = await work.next();
  return step.value;
}
