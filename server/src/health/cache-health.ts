/** What is written to the caches can be read back. */
import { randomBytes } from "node:crypto";
import type { CacheKind } from "../cache/cache.js";
import { openCache, type SharedCache } from "../cache/open-cache.js";
import type { Seen } from "./check-health.js";

const probeKind: CacheKind<string> = {
  name: "health",
  version: "1",
  encode: (text) => Buffer.from(text),
  decode: (bytes) => Buffer.from(bytes).toString("utf8"),
  unheld: true,
  local: true,
  ttlSeconds: 3_600,
};
const PING_LIMIT_MS = 3_000;
/** Slower round trips are left out by the cache on a request's path; see `REQUEST_BUDGET_MS`. */
const SLOW_MS = 50;

export async function diskHealth(folder: string | undefined): Promise<Seen> {
  if (folder === undefined)
    return { state: "absent", detail: "switched off", next: "hotpath.cache.enabled switches it on" };
  const lines: string[] = [];
  const open = (): ReturnType<typeof openCache> => openCache({ folder, log: (line) => void lines.push(line) });
  const text = randomBytes(8).toString("hex");
  const written = open();
  written.put(probeKind, "probe", text);
  await written.close();
  const read = open();
  const found = read.peek(probeKind, "probe");
  const disk = read.figures().tiers.find(({ tier }) => tier === "disk");
  await read.close();
  const size = disk?.bytes === undefined ? "" : `, ${Math.ceil(disk.bytes / 2 ** 20)} MB, ${disk.entries ?? 0} entries`;
  if (found === text) return { state: "healthy", detail: `${folder}, read back what was written${size}` };
  return {
    state: "degraded",
    detail: lines[0] ?? `nothing written to ${folder} could be read back`,
    next: `check that you may write to ${folder}, or choose another with hotpath.cache.folder or HOTPATH_CACHE_DIR`,
  };
}

export async function redisHealth(shared: SharedCache | undefined): Promise<Seen> {
  if (shared === undefined) {
    return {
      state: "absent",
      detail: "no address is set, nothing is shared",
      next: "hotpath.redis.url or HOTPATH_REDIS_URL names one",
    };
  }
  const place = new URL(shared.url).host;
  const { pingRedis } = await import("../cache/redis-tier.js");
  try {
    const ms = await pingRedis(shared.url, PING_LIMIT_MS);
    const signed = shared.key === "" ? "values are not signed" : "values are signed";
    if (ms < SLOW_MS) return { state: "healthy", detail: `${place} answered in ${ms.toFixed(1)} ms, ${signed}` };
    return {
      state: "degraded",
      detail: `${place} took ${Math.round(ms)} ms for an empty answer`,
      next: "choose a nearer one: over 50 ms it is left out",
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      state: "degraded",
      detail: `${place}: ${reason}`,
      next: "check hotpath.redis.url, the password and that it runs; analysis goes on without it",
    };
  }
}
