/** Leaves out a tier that keeps failing, lets one request try now and then, and takes the tier back when that goes well. */

export interface Breaker {
  /** Whether a request may be made now. */
  allows(): boolean;
  readonly reason: string | undefined;
  succeeded(): void;
  failed(reason: string): void;
}

/** Failures in a row after which a tier is left out; one may be chance. */
const FAILURES = 3;
/** First pause; doubled for each try that fails, up to the cap. */
const PAUSE_MS = 1_000;
const PAUSE_CAP_MS = 30_000;

/**
 * @param onChange Told once when the tier is first left out, with the reason, and once when it is back.
 * @param now Milliseconds.
 */
export function createBreaker(onChange: (reason: string | undefined) => void, now: () => number): Breaker {
  const state = { failures: 0, pauseMs: PAUSE_MS, until: 0, trying: false, reason: undefined as string | undefined };
  return {
    allows() {
      if (state.reason === undefined) return true;
      if (now() < state.until || state.trying) return false;
      state.trying = true;
      return true;
    },
    get reason() {
      return state.reason;
    },
    succeeded() {
      const wasOut = state.reason !== undefined;
      Object.assign(state, { failures: 0, pauseMs: PAUSE_MS, trying: false, reason: undefined });
      if (wasOut) onChange(undefined);
    },
    failed(reason) {
      state.failures++;
      state.trying = false;
      if (state.reason === undefined && state.failures < FAILURES) return;
      const isNew = state.reason === undefined;
      if (!isNew) state.pauseMs = Math.min(2 * state.pauseMs, PAUSE_CAP_MS);
      state.until = now() + state.pauseMs;
      state.reason = reason;
      if (isNew) onChange(reason);
    },
  };
}
