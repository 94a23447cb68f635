/** A Redis that the user named: shared by colleagues and CI, so everything that comes from it is checked. */
import { setTimeout as pause } from "node:timers/promises";
import { Cluster, Redis } from "ioredis";
import type { Tier, TierEntry } from "./tier.js";

export interface RedisOptions {
  /** `redis://[user:password@]host:port/db`, `rediss://` for TLS; `?cluster=1` where it is a cluster with several nodes. */
  readonly url: string;
  /** Before every key. */
  readonly prefix: string;
  /** Authenticates values; undefined takes anybody's word, which is still checked. */
  readonly secret: string | undefined;
  readonly ttlDays: number;
}

/** Several keys are asked for in one command, which a cluster answers only for keys of one slot: so many groups of keys share slots. */
const SLOTS = 16;
const CONNECT_MS = 2_000;
const FIRST_RETRY_MS = 100;
const RETRY_CAP_MS = 5_000;
/** How long a write waits for a lost connection to come back: some retries. */
const RECONNECT_MS = 800;
/** Entries above this are not worth the way. */
const MAX_ENTRY_BYTES = 4 * 2 ** 20;

export function createRedisTier({ url, prefix, secret, ttlDays }: RedisOptions): Tier {
  const redis = connect(url);
  const state: { reason?: string; wasReady?: true } = {};
  redis.on("error", (error: Error) => (state.reason = firstLine(error)));
  redis.on("ready", () => {
    delete state.reason;
    state.wasReady = true;
  });
  const ttlCap = ttlDays * 86_400;

  const ready = async (): Promise<void> => {
    if (redis.status === "ready") return;
    if (state.reason !== undefined) throw new Error(state.reason);
    await new Promise<void>((resolve, reject) => {
      const settle = (): void => {
        redis.off("ready", settle).off("close", settle);
        if (redis.status === "ready") resolve();
        else reject(new Error(state.reason ?? "the connection was closed"));
      };
      redis.on("ready", settle).on("close", settle);
    });
  };

  return {
    name: "redis",
    compresses: true,
    secret,
    batch: 64,
    async getMany(keys) {
      await ready();
      const found = new Map<string, Uint8Array | undefined>();
      const groups = grouped(keys.map((key) => ({ key, name: nameOf(prefix, key) })));
      await Promise.all(
        groups.map(async (group) => {
          const values = await redis.mgetBuffer(group.map(({ name }) => name));
          group.forEach(({ key }, i) => found.set(key, values[i] ?? undefined));
        }),
      );
      return keys.map((key) => found.get(key));
    },
    async putMany(entries) {
      // Nobody waits for a write: one that was there a moment ago may be starting again.
      if (redis.status !== "ready" && state.wasReady === true) await pause(RECONNECT_MS);
      await ready();
      const settings = entries
        .filter(({ sealed }) => sealed.length <= MAX_ENTRY_BYTES)
        .map(({ key, sealed, ttlSeconds }: TierEntry) => {
          const seconds = Math.max(1, Math.ceil(Math.min(ttlSeconds ?? ttlCap, ttlCap)));
          return redis.set(nameOf(prefix, key), bufferOf(sealed), "EX", seconds);
        });
      const [failure] = (await Promise.allSettled(settings)).filter((one) => one.status === "rejected");
      if (failure !== undefined) throw new Error(firstLine(failure.reason));
    },
    close: () => {
      redis.disconnect();
      return Promise.resolve();
    },
  };
}

/** Milliseconds a round trip takes, and whose address it is. Rejects with the reason. */
export async function pingRedis(url: string, limitMs: number): Promise<number> {
  const redis = connect(url);
  try {
    return await new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        act();
      };
      redis.on("error", (error: Error) => settle(() => reject(new Error(firstLine(error)))));
      redis.once("ready", () => {
        const started = performance.now();
        redis.ping().then(
          () => settle(() => resolve(performance.now() - started)),
          (error: unknown) => settle(() => reject(new Error(firstLine(error)))),
        );
      });
    });
  } finally {
    redis.disconnect();
  }
}

function connect(url: string): Redis | Cluster {
  const address = new URL(url);
  const isCluster = address.searchParams.get("cluster") === "1";
  address.search = "";
  const retry = (times: number): number => Math.min(FIRST_RETRY_MS * 2 ** Math.min(times, 10), RETRY_CAP_MS);
  const common = { connectTimeout: CONNECT_MS, maxRetriesPerRequest: 0, enableOfflineQueue: false } as const;
  if (!isCluster)
    return new Redis(address.href, { ...common, retryStrategy: retry, enableAutoPipelining: true, noDelay: true });
  const { hostname, port, username, password, protocol } = address;
  return new Cluster([{ host: hostname, port: port === "" ? 6379 : Number(port) }], {
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    clusterRetryStrategy: retry,
    // The cluster asks its nodes where which slot lies before it is ready, so their own queues stay.
    redisOptions: {
      connectTimeout: CONNECT_MS,
      ...(username === "" ? {} : { username: decodeURIComponent(username) }),
      ...(password === "" ? {} : { password: decodeURIComponent(password) }),
      ...(protocol === "rediss:" ? { tls: {} } : {}),
    },
  });
}

/** The part in braces decides the slot. */
function nameOf(prefix: string, key: string): string {
  let sum = 0;
  for (let i = Math.max(0, key.length - 8); i < key.length; i++) sum = (31 * sum + key.charCodeAt(i)) >>> 0;
  return `${prefix}:{${prefix}-${sum % SLOTS}}:${key}`;
}

function grouped<T extends { readonly name: string }>(names: readonly T[]): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of names) {
    const slot = one.name.slice(0, one.name.indexOf("}"));
    const group = groups.get(slot);
    if (group === undefined) groups.set(slot, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** An address may hold a password: messages of the client name hosts and ports only, and stay on one line. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? text;
}
