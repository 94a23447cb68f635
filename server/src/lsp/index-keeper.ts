/**
 * Work for which nobody waits, behind the analysis: what files opened next will need is made, the index of a workspace is kept up to date, and the client is told
 * how the model is doing.
 */
import type { _Connection } from "vscode-languageserver";
import { modelStatusMethod, type ModelStatusParams } from "../../../protocol/src/search.js";
import type { SearchCalls } from "./search-calls.js";
import { modelStatus } from "./model-status.js";

export interface IndexKeeperOptions {
  readonly service: Pick<SearchCalls, "lookAhead" | "updateIndex" | "searchStatus">;
  /** Whether code is embedded without being searched. */
  readonly embeds: boolean;
  readonly connection: Pick<_Connection, "sendNotification">;
}

/** Edits come in bursts; all of this waits for their end. What the next file needs comes first. */
const PAUSE_MS = { ahead: 700, index: 3_000 } as const;
/** A status that changes with every batch would only flicker. */
const TELL_EVERY_MS = 500;
/** Files opened that are remembered. */
const MOST_RECENT = 10;

export type IndexKeeper = InstanceType<typeof Keeper>;

export function createIndexKeeper(options: IndexKeeperOptions): IndexKeeper {
  return new Keeper(options);
}

/** A class because it has a lifetime. */
class Keeper {
  readonly #options: IndexKeeperOptions;
  #timers: readonly NodeJS.Timeout[] = [];
  /** Files the user has been in, the latest first. */
  #recent: readonly string[] = [];
  #running = false;
  #wantedAgain = false;
  #closed = false;

  constructor(options: IndexKeeperOptions) {
    this.#options = options;
  }

  /** Says which file the user is in. */
  touch(path: string): void {
    this.#recent = [path, ...this.#recent.filter((one) => one !== path)].slice(0, MOST_RECENT);
  }

  /** Says that code has changed, or another file is looked at. */
  request(): void {
    if (this.#closed) return;
    this.#stopTimers();
    const { embeds } = this.#options;
    this.#timers = [
      setTimeout(() => void this.#lookAhead(), PAUSE_MS.ahead).unref(),
      ...(embeds ? [setTimeout(() => void this.#update(), PAUSE_MS.index).unref()] : []),
    ];
  }

  close(): void {
    this.#closed = true;
    this.#stopTimers();
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  async #lookAhead(): Promise<void> {
    // The analyzer may be gone; its own status tells.
    if (this.#recent.length > 0) await this.#options.service.lookAhead(this.#recent).catch(() => undefined);
  }

  async #update(): Promise<void> {
    this.#wantedAgain = this.#running;
    if (this.#running) return;
    this.#running = true;
    const { service, connection } = this.#options;
    const tell = (status: ModelStatusParams): void => void connection.sendNotification(modelStatusMethod, status);
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
