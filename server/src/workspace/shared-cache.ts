/** What the user's settings and environment say of the cache. Nothing here is ever read from a workspace: it would choose whom this machine talks to. */
import type { OpenCacheOptions, SharedCache } from "../cache/open-cache.js";
import { MEMORY_LIMITS } from "../cache/memory-tier.js";
import type { SettingValue } from "./setting-values.js";

type Values = ReadonlyMap<string, SettingValue>;

const DEFAULTS = { prefix: "hotpath", ttlDays: 14 } as const;
const MIB = 2 ** 20;

/** Undefined where no Redis is named, or what is named is no address of one. A setting goes before the environment. */
export function sharedCacheFrom(values: Values, env: NodeJS.ProcessEnv): SharedCache | undefined {
  const text = (key: string, variable: string): string => {
    const value = values.get(key);
    const isSet = typeof value === "string" && value !== "" && value !== DEFAULTS.prefix;
    return isSet ? value : (env[variable] ?? "");
  };
  const url = text("redis.url", "HOTPATH_REDIS_URL");
  if (!isRedisAddress(url)) return undefined;
  const ttl = values.get("redis.ttlDays");
  const given = text("redis.prefix", "HOTPATH_REDIS_PREFIX");
  return {
    url,
    // Braces would change which node of a cluster a key belongs to.
    prefix: given.replaceAll(/[^\w.:-]/g, "") || DEFAULTS.prefix,
    key: text("redis.key", "HOTPATH_REDIS_KEY"),
    ttlDays: typeof ttl === "number" ? ttl : DEFAULTS.ttlDays,
  };
}

export function isRedisAddress(text: string): boolean {
  return /^rediss?:\/\//.test(text) && URL.canParse(text);
}

/** Undefined where nothing is said of it. */
export function cacheLimitsFrom(values: Values): Pick<OpenCacheOptions, "memory" | "diskBytes"> | undefined {
  const disk = values.get("cache.diskSize");
  const memory = values.get("cache.memorySize");
  if (typeof disk !== "number" && typeof memory !== "number") return undefined;
  return {
    ...(typeof disk === "number" ? { diskBytes: disk * MIB } : {}),
    ...(typeof memory === "number" ? { memory: { ...MEMORY_LIMITS, maxBytes: memory * MIB } } : {}),
  };
}
