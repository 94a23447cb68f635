/** Tiers for tests: one in a map, and one that fails on request. */
import type { Tier, TierEntry } from "../../server/src/cache/tier.js";

export type Mood = "well" | "absent" | "slow" | "full" | "corrupt" | "mixed-up" | "cut";

export interface FakeTier extends Tier {
  readonly stored: Map<string, Uint8Array>;
  readonly asked: string[][];
  mood: Mood;
}

export function fakeTier(name: "redis" | "disk", secret?: string): FakeTier {
  const stored = new Map<string, Uint8Array>();
  const asked: string[][] = [];
  const damage = (sealed: Uint8Array | undefined, mood: Mood): Uint8Array | undefined => {
    if (sealed === undefined) return undefined;
    if (mood === "cut") return sealed.subarray(0, sealed.length >> 1);
    if (mood === "mixed-up") return [...stored.values()].find((other) => other !== sealed);
    if (mood !== "corrupt") return sealed;
    const copy = Uint8Array.from(sealed);
    const at = (stored.size * 7 + copy.length) % copy.length;
    copy[at] = (copy[at] ?? 0) ^ 0x10;
    return copy;
  };
  const tier: FakeTier = {
    name,
    compresses: name === "redis",
    secret,
    batch: 8,
    stored,
    asked,
    mood: "well",
    ...(name === "disk" ? { getNow: (key: string) => read(key) } : {}),
    getMany: (keys) => {
      asked.push([...keys]);
      if (tier.mood === "slow") return new Promise(() => undefined);
      return Promise.resolve().then(() => keys.map(read));
    },
    putMany: (entries: readonly TierEntry[]) => {
      if (tier.mood === "slow") return new Promise(() => undefined);
      if (tier.mood === "absent" || tier.mood === "full") return Promise.reject(new Error(tier.mood));
      for (const { key, sealed } of entries) stored.set(key, sealed);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  const read = (key: string): Uint8Array | undefined => {
    if (tier.mood === "absent") throw new Error("connection refused");
    return damage(stored.get(key), tier.mood);
  };
  return tier;
}
