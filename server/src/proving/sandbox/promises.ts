/** What stands for `p-limit` and `p-map`: small, without dependencies of their own, and so often what a fix uses that they are here. */

function limit(
  most: number,
): <T>(task: (...args: readonly unknown[]) => Promise<T> | T, ...args: readonly unknown[]) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  const leave = (): void => {
    running--;
    waiting.shift()?.();
  };
  return async (task, ...args) => {
    if (most <= running) await new Promise<void>((go) => waiting.push(go));
    running++;
    try {
      return await task(...args);
    } finally {
      leave();
    }
  };
}

async function map<T, R>(
  items: Iterable<T | Promise<T>>,
  each: (item: T, index: number) => Promise<R> | R,
  options: { readonly concurrency?: number } = {},
): Promise<R[]> {
  const run = limit(options.concurrency ?? Number.POSITIVE_INFINITY);
  return Promise.all(Array.from(items, (item, index) => run(async () => each(await item, index))));
}

export const runSome = { limit, map };
