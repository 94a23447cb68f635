/** Stops asking somebody who keeps failing: after several failures in a row it opens, later lets one request try, and closes when that goes well. */
import type { Clock } from "./clock.js";

export interface CircuitBreaker {
  /** Whether a request may be made now. */
  allows(): boolean;
  succeeded(): void;
  failed(): void;
  /** A request ended without telling anything: it was cancelled. */
  withdrawn(): void;
}

/** Failures in a row after which it opens; fewer can be chance. */
const FAILURES = 5;
/** How long nothing is asked. */
const OPEN_MS = 30_000;

export function createCircuitBreaker(clock: Clock): CircuitBreaker {
  const state: { failures: number; openedAt: number | undefined; trying: boolean } = {
    failures: 0,
    openedAt: undefined,
    trying: false,
  };
  return {
    allows() {
      if (state.openedAt === undefined) return true;
      if (clock.now() < state.openedAt + OPEN_MS || state.trying) return false;
      state.trying = true;
      return true;
    },
    succeeded() {
      state.failures = 0;
      state.openedAt = undefined;
      state.trying = false;
    },
    failed() {
      state.failures++;
      state.trying = false;
      if (FAILURES <= state.failures) state.openedAt = clock.now();
    },
    withdrawn() {
      state.trying = false;
    },
  };
}
