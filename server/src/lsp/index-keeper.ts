/** Keeps the index of a workspace up to date behind the analysis, and tells the client how the model is doing. */
import type { ModelStatusParams } from "../../../protocol/src/search.js";
import type { SearchCalls } from "./search-calls.js";
import { modelStatus } from "./model-status.js";

export interface IndexKeeperOptions {
  readonly service: Pick<SearchCalls, "updateIndex" | "searchStatus">;
  readonly tell: (status: ModelStatusParams) => void;
}

/** Edits come in bursts; the index waits for their end. */
const PAUSE_MS = 3_000;
/** A status that changes with every batch would only flicker. */
const TELL_EVERY_MS = 500;

export type IndexKeeper = InstanceType<typeof Keeper>;

export function createIndexKeeper(options: IndexKeeperOptions): IndexKeeper {
  return new Keeper(options);
}

/** A class because it has a lifetime. */
class Keeper {
  readonly #options: IndexKeeperOptions;
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #wantedAgain = false;
  #closed = false;

  constructor(options: IndexKeeperOptions) {
    this.#options = options;
  }

  /** Says that code has changed. */
  request(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#update(), PAUSE_MS).unref();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #update(): Promise<void> {
    this.#wantedAgain = this.#running;
    if (this.#running) return;
    this.#running = true;
    const { service, tell } = this.#options;
    let told = 0;
    try {
      const reason = await service.updateIndex(({ done, total }) => {
        if (this.#closed || done === total || performance.now() - told < TELL_EVERY_MS) return;
        told = performance.now();
        const percent = Math.floor((done / total) * 100);
        tell({
          state: "indexing",
          text: `embedding code, ${percent} %`,
          detail: `${done} of ${total} places: functions and queries of this workspace, for search by meaning`,
          percent,
        });
      });
      if (!this.#closed) tell(modelStatus(await service.searchStatus(), reason));
    } catch {
      // The analyzer is gone; its own status tells.
    } finally {
      this.#running = false;
    }
    if (this.#wantedAgain) this.request();
  }
}
