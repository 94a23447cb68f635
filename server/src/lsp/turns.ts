/** Turns at something that takes a whole core: first come, first served, a few at a time, and nobody twice before somebody else once. */

export interface Turns {
  /**
   * Runs `work` when there is room. A client that has had a turn waits behind those that have not.
   *
   * Rejects when too many wait already: `busy` tells that apart.
   */
  take<T>(client: object, work: () => Promise<T>): Promise<T>;
  readonly waiting: number;
}

export class Busy extends Error {
  constructor() {
    super("too many analyses wait already: try again in a moment");
    this.name = "Busy";
  }
}

interface Waiting {
  readonly client: object;
  readonly start: () => void;
}

/** @param limit How many run at once. */
export function createTurns(limit: number, maxWaiting = 32): Turns {
  const waiting: Waiting[] = [];
  /** Turns a client has had; forgotten with it. */
  const had = new WeakMap<object, number>();
  const state = { running: 0 };

  const next = (): void => {
    if (limit <= state.running || waiting.length === 0) return;
    const fewest = Math.min(...waiting.map(({ client }) => had.get(client) ?? 0));
    const index = waiting.findIndex(({ client }) => (had.get(client) ?? 0) === fewest);
    const [chosen] = waiting.splice(index, 1);
    if (chosen === undefined) return;
    state.running++;
    had.set(chosen.client, fewest + 1);
    chosen.start();
  };

  return {
    get waiting() {
      return waiting.length;
    },
    take(client, work) {
      if (maxWaiting <= waiting.length) return Promise.reject(new Busy());
      return new Promise((resolve, reject) => {
        const start = (): void => {
          work()
            .then(resolve, reject)
            .finally(() => {
              state.running--;
              next();
            });
        };
        waiting.push({ client, start });
        next();
      });
    },
  };
}
