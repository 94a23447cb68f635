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

/** Others wait this long at most, unless that is too short for any progress at all. */
const MAX_PATIENCE_MS = 300;
/** Work done in each turn, whoever waits: without it a person who types would keep it from ever coming to its end. */
const MIN_TURN_MS = 30;

/**
 * Calls something that keeps what it did when it is cancelled until it comes to its end, with ever longer patience so that it does.
 *
 * @param isAwaited Whether somebody waits for this thread.
 */
export function* untilCancelled(
  act: (token: Cancellation) => void,
  isAwaited: () => boolean = () => false,
): Generator<void, void> {
  for (let patienceMs = SLICE_MS; ; patienceMs *= 1.5) {
    const turn = { until: performance.now() + patienceMs, since: Number.POSITIVE_INFINITY };
    try {
      act({
        throwIfCancelled: () => {
          const now = performance.now();
          if (turn.until < now || (turn.since + MIN_TURN_MS < now && isAwaited())) throw new Cancelled();
          turn.since = Math.min(turn.since, now);
        },
      });
      return;
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
    }
    const progressed = turn.since < Number.POSITIVE_INFINITY;
    if (progressed) patienceMs = Math.min(patienceMs, MAX_PATIENCE_MS / 1.5);
    yield;
  }
}

/** Runs divided work to its end at once. */
export function runAtOnce(work: Iterator<void>): void {
  while (work.next().done !== true);
}

/** Runs long work to its end without looking at its progress. */
export async function drain<T>(work: AsyncGenerator<unknown, T>): Promise<T> {
  let step = await work.next();
  while (step.done !== true) step = await work.next();
  return step.value;
}
