/** A rate limit as a bucket of tokens that refills steadily: short bursts pass, the average does not exceed the rate. */
import { pause, type Clock } from "./clock.js";

export interface TokenBucket {
  /** Waits for a token, in the order of asking; rejects when the signal is aborted. */
  take(signal: AbortSignal): Promise<void>;
  /** Gives nothing out before this much time has passed: the other side has asked for it. */
  hold(ms: number): void;
}

/** Seconds of the rate that may be used at once. */
const BURST_SECONDS = 5;

/** @param perMinute Undefined for no limit but what the other side asks for. */
export function createTokenBucket(perMinute: number | undefined, clock: Clock): TokenBucket {
  const perMs = perMinute === undefined ? Infinity : perMinute / 60_000;
  const capacity = perMinute === undefined ? Infinity : Math.max(1, Math.floor((perMinute / 60) * BURST_SECONDS));
  const state = { tokens: capacity, filledAt: clock.now(), heldUntil: 0, turn: Promise.resolve() };

  const wait = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      signal.throwIfAborted();
      const now = clock.now();
      if (perMs !== Infinity) state.tokens = Math.min(capacity, state.tokens + (now - state.filledAt) * perMs);
      state.filledAt = now;
      // Rounding must not make a token that is due late by a whole timer tick.
      const due = Math.max(state.heldUntil - now, 1 - 1e-6 <= state.tokens ? 0 : (1 - state.tokens) / perMs);
      if (due <= 0) {
        state.tokens -= 1;
        return;
      }
      await pause(clock, due, signal);
    }
  };
  return {
    take(signal) {
      const mine = state.turn.then(() => wait(signal));
      // One that gives up must not hold up those behind it.
      state.turn = mine.catch(() => undefined);
      return mine;
    },
    hold(ms) {
      state.heldUntil = Math.max(state.heldUntil, clock.now() + ms);
    },
  };
}
