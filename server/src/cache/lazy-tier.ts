/** A tier that is loaded when it is first used. */
import type { Tier } from "./tier.js";

export function lazyTier(
  facts: Pick<Tier, "name" | "compresses" | "secret" | "batch">,
  load: () => Promise<Tier>,
): Tier {
  const state: { tier?: Promise<Tier> } = {};
  const loaded = (): Promise<Tier> => (state.tier ??= load());
  return {
    ...facts,
    getMany: async (keys) => await (await loaded()).getMany(keys),
    putMany: async (entries) => {
      await (await loaded()).putMany(entries);
    },
    close: async () => {
      await (await state.tier)?.close();
    },
  };
}
