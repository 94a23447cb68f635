/** The tiered cache over tiers that fail on request, and over a real disk. */
import fc from "fast-check";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CacheKind } from "../../server/src/cache/cache.js";
import { createCache } from "../../server/src/cache/create-cache.js";
import { openDiskTier } from "../../server/src/cache/disk-tier.js";
import { openEntry, sealEntry } from "../../server/src/cache/entry.js";
import { openCache } from "../../server/src/cache/open-cache.js";
import { fakeTier, type Mood } from "./tiers.js";

const words: CacheKind<string> = {
  name: "words",
  version: "1",
  encode: (text) => Buffer.from(`w${text}`),
  decode: (bytes) => {
    const text = Buffer.from(bytes).toString();
    return text.startsWith("w") ? text.slice(1) : undefined;
  },
};
const ageing: CacheKind<string> = {
  ...words,
  name: "ageing",
  ttlSeconds: 100,
  staleAfterSeconds: 10,
  absentSeconds: 5,
};

const state = { folder: "", now: 1_000_000_000, lines: [] as string[] };
beforeEach(() => {
  state.folder = mkdtempSync(path.join(tmpdir(), "hpc-"));
  state.now = 1_000_000_000;
  state.lines = [];
});
afterEach(() => rmSync(state.folder, { recursive: true, force: true }));

const log = (line: string): void => void state.lines.push(line);
const now = (): number => state.now;

test("values are found again, in memory first, and equal keys of other kinds and versions are others", async () => {
  const redis = fakeTier("redis");
  const cache = createCache({ tiers: [redis], log, now });
  cache.put(words, "a", "one");
  expect(cache.peek(words, "a")).toBe("one");
  expect(await cache.getMany(words, ["a", "b"])).toEqual(["one", undefined]);
  expect(await cache.getMany({ ...words, version: "2" }, ["a"])).toEqual([undefined]);
  expect(await cache.getMany({ ...words, name: "others" }, ["a"])).toEqual([undefined]);
  await cache.flush(1000);
  const { tiers, asked, found } = cache.figures();
  expect({ asked, found }).toEqual({ asked: 5, found: 2 });
  expect(tiers.map(({ tier, hits, writes }) => [tier, hits, writes])).toEqual([
    ["memory", 2, 1],
    ["redis", 0, 1],
  ]);
});

test("a hit below moves up, from another machine onto this one's disk", async () => {
  const redis = fakeTier("redis");
  const other = createCache({ tiers: [redis], log, now });
  other.put(words, "a", "one");
  await other.flush(1000);
  const disk = fakeTier("disk");
  const cache = createCache({ tiers: [redis, disk], log, now });
  expect(await cache.getMany(words, ["a"])).toEqual(["one"]);
  await cache.flush(1000);
  expect(disk.stored.size).toBe(1);
  expect(cache.peek(words, "a")).toBe("one");
  redis.stored.clear();
  const later = createCache({ tiers: [redis, disk], log, now });
  expect(await later.getMany(words, ["a"])).toEqual(["one"]);
  await later.flush(1000);
  expect(redis.stored.size).toBe(1);
});

test("what is near is asked first where a kind says so, and what is local stays local", async () => {
  const [redis, disk] = [fakeTier("redis"), fakeTier("disk")];
  const cache = createCache({ tiers: [redis, disk], log, now, memory: { maxEntries: 1, maxBytes: 1000 } });
  const near = { ...words, nearFirst: true } as const;
  cache.put(near, "a", "one");
  cache.put({ ...words, name: "own", local: true }, "b", "two");
  await cache.flush(1000);
  expect([...redis.stored.keys()]).toEqual(["words:1:a"]);
  expect(await cache.getMany(near, ["a"])).toEqual(["one"]);
  expect(redis.asked).toEqual([]);
});

test("work is done once for all who ask, and again only after it failed", async () => {
  const cache = createCache({ tiers: [], log, now });
  const gate: { open?: (value: string) => void } = {};
  let made = 0;
  const make = (): Promise<string> => {
    made++;
    return new Promise((resolve) => (gate.open = resolve));
  };
  const asked = [cache.obtain(words, "a", make), cache.obtain(words, "a", make), cache.obtain(words, "a", make)];
  await new Promise((resolve) => setImmediate(resolve));
  gate.open?.("one");
  expect(await Promise.all(asked)).toEqual(["one", "one", "one"]);
  expect(await cache.obtain(words, "a", make)).toBe("one");
  expect(made).toBe(1);
  await expect(cache.obtain(words, "b", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await cache.obtain(words, "b", () => Promise.resolve("two"))).toBe("two");
});

test("that there is none is believed for a while, and what is stale is handed out while it is made anew", async () => {
  const cache = createCache({ tiers: [], log, now });
  let made = 0;
  const none = (): Promise<string | undefined> => Promise.resolve(made++ < 0 ? "never" : undefined);
  expect(await cache.obtain(ageing, "a", none)).toBeUndefined();
  expect(await cache.obtain(ageing, "a", none)).toBeUndefined();
  expect(made).toBe(1);
  state.now += 6_000;
  await cache.obtain(ageing, "a", none);
  expect(made).toBe(2);

  expect(await cache.obtain(ageing, "b", () => Promise.resolve("old"))).toBe("old");
  state.now += 11_000;
  expect(await cache.obtain(ageing, "b", () => Promise.resolve("new"))).toBe("old");
  await new Promise((resolve) => setImmediate(resolve));
  expect(await cache.obtain(ageing, "b", () => Promise.resolve("newer"))).toBe("new");
  state.now += 101_000;
  expect(await cache.obtain(ageing, "b", () => Promise.resolve("newest"))).toBe("newest");
});

test("a tier that is away or slow is left out with one line, and taken back with another", async () => {
  for (const mood of ["absent", "slow"] as const) {
    state.lines = [];
    const redis = fakeTier("redis");
    const cache = createCache({ tiers: [redis], log, now });
    cache.put(words, "a", "one");
    await cache.flush(1000);
    redis.mood = mood;
    const started = performance.now();
    for (let i = 0; i < 50; i++) await cache.getMany(words, [`missing ${i}`]);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(redis.asked.length).toBeLessThanOrEqual(3);
    expect(state.lines).toHaveLength(1);
    expect(cache.figures().tiers.at(-1)).toMatchObject({ tier: "redis", state: "left-out" });
    redis.mood = "well";
    state.now += 1_100;
    await cache.getMany(words, ["another"]);
    expect(state.lines.map((line) => line.replace(/:.*/, ""))).toEqual([
      "the redis cache is not read for now",
      "the redis cache is read again",
    ]);
  }
});

test("a full tier still answers", async () => {
  const redis = fakeTier("redis");
  const cache = createCache({ tiers: [redis], log, now, memory: { maxEntries: 1, maxBytes: 10_000 } });
  cache.put(words, "a", "one");
  await cache.flush(1000);
  redis.mood = "full";
  for (let i = 0; i < 40; i++) cache.put(words, `more ${i}`, "x");
  await cache.flush(1000);
  expect(await cache.getMany(words, ["a"])).toEqual(["one"]);
  expect(state.lines).toEqual(["the redis cache is not written for now: full"]);
});

describe("entries", () => {
  const entry = { payload: Buffer.from("some bytes ".repeat(100)), writtenAtMs: 12_345.5, absent: false };
  const seal = { key: "facts:1:abc", secret: "our key" };

  test("open as they were sealed, packed or not, and for nobody else", () => {
    for (const how of ["compress", "plain"] as const) {
      const sealed = sealEntry(entry, seal, how);
      expect(openEntry(sealed, seal)).toMatchObject({ writtenAtMs: 12_345.5, absent: false });
      expect(Buffer.from(openEntry(sealed, seal)?.payload ?? []).equals(entry.payload)).toBe(true);
      expect(openEntry(sealed, { ...seal, secret: "another key" })).toBeUndefined();
      expect(openEntry(sealed, { ...seal, secret: undefined })).toBeUndefined();
      expect(openEntry(sealed, { ...seal, key: "facts:1:abd" })).toBeUndefined();
    }
    expect(sealEntry(entry, seal, "compress").length).toBeLessThan(200);
  });

  test("no changed byte, no shorter and no other text is an entry", () => {
    const sealed = sealEntry(entry, seal, "compress");
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const copy = Uint8Array.from(sealed);
        copy[at] = (copy[at] ?? 0) ^ change;
        return openEntry(copy, seal) === undefined;
      }),
    );
    for (let length = 0; length < sealed.length; length++)
      expect(openEntry(sealed.subarray(0, length), seal)).toBeUndefined();
  });

  test("a small entry that unpacks to a huge one is none", () => {
    const bomb = sealEntry({ ...entry, payload: Buffer.alloc(40 * 2 ** 20) }, seal, "compress");
    expect(bomb.length).toBeLessThan(2 ** 20);
    expect(openEntry(bomb, seal)).toBeUndefined();
  });
});

describe("on disk", () => {
  test("what was not used for longest goes first, and the size stays bounded", async () => {
    const maxBytes = 4 * 2 ** 20;
    const tier = openDiskTier({ folder: state.folder, maxBytes, log });
    const entryOf = (i: number): { key: string; sealed: Buffer; ttlSeconds: undefined } => ({
      key: `k${i}`,
      sealed: Buffer.alloc(4_000, i % 251),
      ttlSeconds: undefined,
    });
    for (let round = 0; round < 12; round++) {
      await tier?.putMany(Array.from({ length: 500 }, (_, i) => entryOf(500 * round + i)));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const size = tier?.size?.();
    expect(size?.bytes).toBeLessThan(1.6 * maxBytes);
    expect(size?.entries).toBeGreaterThan(200);
    const found = await tier?.getMany(["k5999", "k5998"]);
    expect(found?.every((one) => one !== undefined)).toBe(true);
    await tier?.close();
    expect(statSync(path.join(state.folder, "cache-3.mdb")).size).toBeLessThan(3 * maxBytes);
  });

  test("another process's values are found, after this one has closed too", async () => {
    const one = openCache({ folder: state.folder, log });
    one.put(words, "a", "one");
    await one.close();
    const two = openCache({ folder: state.folder, log });
    expect(two.peek(words, "a")).toBe("one");
    expect(await two.getMany(words, ["a"])).toEqual(["one"]);
    await two.close();
  });
});

/** Deterministic from the id, so that whatever comes out can be checked. */
const valueOf = (id: number): string => `${id}:${"payload ".repeat(id % 60)}`;
const OPERATIONS = Number(process.env["HOTPATH_TEST_CACHE_OPERATIONS"] ?? 100_000);

type Operation =
  | { readonly do: "get" | "put" | "obtain"; readonly id: number; readonly cache: number }
  | { readonly do: "many"; readonly ids: readonly number[]; readonly cache: number }
  | { readonly do: "replace" | "look"; readonly id: number; readonly cache: number }
  | { readonly do: "mood"; readonly tier: number; readonly mood: Mood }
  | { readonly do: "wait"; readonly ms: number };

const id = fc.nat(2_500);
const cacheIndex = fc.nat(1);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 40, arbitrary: fc.record({ do: fc.constantFrom("get", "put", "obtain"), id, cache: cacheIndex }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("many"), ids: fc.array(id, { maxLength: 8 }), cache: cacheIndex }),
  },
  { weight: 12, arbitrary: fc.record({ do: fc.constantFrom("replace", "look"), id: fc.nat(40), cache: cacheIndex }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("mood"),
      tier: fc.nat(2),
      mood: fc.constantFrom("well", "well", "well", "absent", "full", "corrupt", "mixed-up", "cut"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.nat(3_000) }) },
);

test(`${OPERATIONS} random operations with faults: never a wrong or stale value, and bounded`, async () => {
  const limits = { maxEntries: 100, maxBytes: 20_000 };
  // Two machines share a Redis, and each has a disk; one of them has no disk of its own worth the name.
  const redis = fakeTier("redis", "the workspace key");
  const disks = [fakeTier("disk"), fakeTier("disk")];
  const caches = disks.map((disk) => createCache({ tiers: [redis, disk], log, now, memory: limits }));
  const own = caches.map(() => new Map<number, { readonly text: string; readonly at: number }>());
  /** Every value anybody has given an ageing key, with its time. */
  const history = new Map<string, number>();
  const run = async (one: Operation): Promise<void> => {
    if (one.do === "wait") state.now += one.ms;
    else if (one.do === "mood") (one.tier === 2 ? redis : disks[one.tier])!.mood = one.mood;
    else {
      const cache = caches[one.cache]!;
      if (one.do === "get") expect([undefined, valueOf(one.id)]).toContain(cache.peek(words, String(one.id)));
      else if (one.do === "put") cache.put(words, String(one.id), valueOf(one.id));
      else if (one.do === "obtain")
        expect(await cache.obtain(words, String(one.id), () => Promise.resolve(valueOf(one.id)))).toBe(valueOf(one.id));
      else if (one.do === "many") {
        const values = await cache.getMany(words, one.ids.map(String));
        values.forEach((value, i) => expect([undefined, valueOf(one.ids[i]!)]).toContain(value));
      } else if (one.do === "replace") {
        const text = `${one.id} by ${one.cache} at ${state.now} ${history.size}`;
        history.set(text, state.now);
        own[one.cache]!.set(one.id, { text, at: state.now });
        cache.put(ageing, String(one.id), text);
      } else {
        const [value] = await cache.getMany(ageing, [String(one.id)]);
        if (value === undefined) return;
        const at = history.get(value);
        expect(at, "a value somebody gave").toBeDefined();
        expect(value.startsWith(`${one.id} by `)).toBe(true);
        expect(state.now - at!, "not older than it may be").toBeLessThanOrEqual(100_000);
        const mine = own[one.cache]!.get(one.id);
        if (mine !== undefined) expect(at!, "not older than what this cache wrote").toBeGreaterThanOrEqual(mine.at);
      }
    }
  };
  const batch = 1_000;
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: batch, maxLength: batch, size: "max" }), async (operations) => {
      for (const one of operations) await run(one);
      for (const cache of caches) {
        const { tiers } = cache.figures();
        expect(tiers[0]?.entries).toBeLessThanOrEqual(limits.maxEntries);
        expect(tiers[0]?.bytes).toBeLessThanOrEqual(limits.maxBytes);
        for (const { queued } of tiers) expect(queued).toBeLessThanOrEqual(8_000);
      }
    }),
    { numRuns: OPERATIONS / batch, endOnFailure: true },
  );
  for (const cache of caches) {
    const { asked, found } = cache.figures();
    expect(found / asked).toBeGreaterThan(0.3);
    await cache.close();
  }
  expect(state.lines.length).toBeLessThan(OPERATIONS / 50);
}, 120_000);
