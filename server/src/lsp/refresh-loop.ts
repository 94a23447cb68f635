/** Keeps the analysis up to date with the newest text: one refresh at a time, superseded ones given up, nothing lost. */
import type { AsyncService, RefreshOutcome } from "./async-service.js";

export interface RefreshLoop {
  /** Something changed: refresh as soon as possible. */
  request(): void;
  /** Resolves once everything requested so far is reflected in the findings. */
  settled(): Promise<void>;
}

/**
 * @param onOutcome Takes the result of each completed refresh.
 * @param onFailure Takes the sentence of a refresh that failed; the loop goes on with the next request.
 */
export function createRefreshLoop(
  service: Pick<AsyncService, "refresh" | "onWarm">,
  onOutcome: (outcome: RefreshOutcome) => void,
  onFailure: (message: string) => void,
): RefreshLoop {
  const state: { dirty: boolean; running: Promise<void> | undefined } = { dirty: false, running: undefined };

  const run = async (): Promise<void> => {
    while (state.dirty) {
      state.dirty = false;
      try {
        const outcome = await service.refresh();
        // A superseded refresh did part of the work; the request that superseded it has set `dirty` or is about to.
        if (outcome.cancelled) state.dirty = true;
        else onOutcome(outcome);
      } catch (error) {
        onFailure(error instanceof Error ? error.message : String(error));
      }
    }
    state.running = undefined;
  };

  const request = (): void => {
    state.dirty = true;
    state.running ??= run();
  };
  service.onWarm(request);

  return {
    request,
    async settled() {
      while (state.running !== undefined) await state.running;
    },
  };
}
