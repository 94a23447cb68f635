/** The shared tier on a real Redis: restarts, latency, passwords, TLS, full memory, cluster mode, values somebody has tampered with. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CacheKind, TieredCache } from "../../server/src/cache/cache.js";
import { createCache } from "../../server/src/cache/create-cache.js";
import { sealEntry } from "../../server/src/cache/entry.js";
import { openCache, type SharedCache } from "../../server/src/cache/open-cache.js";
import { createRedisTier, pingRedis } from "../../server/src/cache/redis-tier.js";
import { openResultStore } from "../../server/src/evaluation-io/result-store.js";
import { sharedResults } from "../../server/src/evaluation-io/shared-results.js";
import { extractFacts } from "../../server/src/facts/extract.js";
import { drain } from "../../server/src/service/slices.js";
import { createService } from "../../server/src/service/create-service.js";
import { encodeFacts } from "../../server/src/workspace/facts-codec.js";
import { factStoreOver } from "../../server/src/workspace/fact-store.js";
import { hasRedis, startProxy, startRedis, type Proxy, type RunningRedis } from "../harness/redis.js";
import { FLAWED, temporaryWorkspace, type TemporaryWorkspace } from "../harness/temporary-workspace.js";

const words: CacheKind<string> = {
  name: "words",
  version: "1",
  encode: (text) => Buffer.from(text),
  decode: (bytes) => Buffer.from(bytes).toString(),
};
const text = (n: number): string => `${n} `.repeat(200);

const state = {
  folder: "",
  lines: [] as string[],
  redis: [] as RunningRedis[],
  caches: [] as TieredCache[],
  proxies: [] as Proxy[],
  workspaces: [] as TemporaryWorkspace[],
};
beforeEach(() => {
  state.folder = mkdtempSync(path.join(tmpdir(), "hpr-"));
  state.lines = [];
});
afterEach(async () => {
  await Promise.all(state.caches.splice(0).map((cache) => cache.close()));
  await Promise.all(state.proxies.splice(0).map((proxy) => proxy.close()));
  await Promise.all(state.redis.splice(0).map((redis) => redis.stop()));
  await Promise.all(state.workspaces.splice(0).map((workspace) => workspace.dispose()));
  rmSync(state.folder, { recursive: true, force: true });
});

async function redisWith(extra: readonly string[] = [], port?: number): Promise<RunningRedis> {
  const redis = await startRedis(path.join(state.folder, "redis"), extra, port);
  state.redis.push(redis);
  return redis;
}

const sharedAt = (url: string, key = "our key"): SharedCache => ({ url, prefix: "hp", key, ttlDays: 1 });

/** A machine of its own: nothing on disk, and nothing in memory. */
function machine(url: string, key?: string): TieredCache {
  const cache = openCache({
    folder: undefined,
    shared: sharedAt(url, key),
    memory: { maxEntries: 1, maxBytes: 1 },
    log: (line) => void state.lines.push(line),
  });
  state.caches.push(cache);
  return cache;
}

async function untilTrue(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const limit = Date.now() + 20_000; !(await holds());) {
    if (limit < Date.now()) throw new Error(`not in time: ${what}; ${state.lines.join(" | ")}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const ids = Array.from({ length: 200 }, (_, n) => String(n));
async function fill(cache: TieredCache): Promise<void> {
  for (const [n, id] of ids.entries()) cache.put(words, id, text(n));
  await cache.flush(5000);
}

// Redis is Debian's `redis-server`; where it is not installed there is nothing to test against.
describe.runIf(hasRedis)(hasRedis ? "over Redis" : "over Redis (skipped: redis-server is not installed)", () => {
  test("another machine has the values, under short-lived keys that a cluster takes", async () => {
    // A cluster of one node that owns every slot: commands over keys of several slots are refused.
    const { url, port } = await redisWith(["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"]);
    execFileSync("redis-cli", ["-p", String(port), "cluster", "addslotsrange", "0", "16383"]);
    const client = new Redis({ port });
    await untilTrue("the cluster", async () => (await client.cluster("INFO")).includes("cluster_state:ok"));
    await fill(machine(url));
    for (const address of [url, `${url}?cluster=1`]) {
      const values = await machine(address).getMany(words, [...ids, "missing"], 2000);
      expect(values).toEqual([...ids.map((_, n) => text(n)), undefined]);
    }
    expect(state.lines).toEqual([]);
    const keys = await client.keys("hp:*");
    expect(keys).toHaveLength(ids.length);
    const [key = ""] = keys;
    const ttl = await client.ttl(key);
    expect(ttl).toBeGreaterThan(86_000);
    expect(ttl).toBeLessThanOrEqual(86_400);
    // Packed: 200 repetitions take a fraction of their length.
    expect(await client.strlen(key)).toBeLessThan(200);
    client.disconnect();
  });

  test("a value that was forged, moved or damaged is none, and so is one of another workspace key", async () => {
    const { url, port } = await redisWith();
    await fill(machine(url));
    const client = new Redis({ port });
    const names = await client.keys("hp:*");
    const nameOf = (id: string): string => names.find((name) => name.endsWith(`:words:1:${id}`)) ?? "";
    const seal = { key: "words:1:0", secret: undefined };
    const forged = sealEntry({ payload: Buffer.from("evil"), writtenAtMs: Date.now(), absent: false }, seal, "plain");
    await client.set(nameOf("0"), Buffer.from(forged));
    await client.copy(nameOf("1"), nameOf("2"), "REPLACE");
    await client.append(nameOf("3"), "x");
    await client.set(nameOf("4"), "plain text");
    client.disconnect();
    expect(await machine(url).getMany(words, ["0", "1", "2", "3", "4", "5"], 2000)).toEqual([
      undefined,
      text(1),
      undefined,
      undefined,
      undefined,
      text(5),
    ]);
    expect(await machine(url, "another key").getMany(words, ["5"], 2000)).toEqual([undefined]);
  });

  test("facts that anybody may have written are checked field by field", async () => {
    const { url } = await redisWith();
    const facts = extractFacts("a.ts", FLAWED);
    const put = machine(url, "");
    const store = factStoreOver(put, "test", sharedAt(url, ""));
    store.put("good", encodeFacts(facts));
    const [call] = facts.exprs.flatMap((one, i) => (one.kind === "call" ? [i] : []));
    const broken = {
      circle: { ...facts, exprs: facts.exprs.map((one, i) => (i === call ? { ...one, callee: call } : one)) },
      outside: { ...facts, exprs: facts.exprs.map((one) => ({ ...one, region: 99_999 })) },
      type: { ...facts, functions: facts.functions.map((one) => ({ ...one, name: 5 })) },
      loop: { ...facts, regions: facts.regions.map((one, i) => ({ ...one, parent: i })) },
    };
    for (const [name, value] of Object.entries(broken)) store.put(name, encodeFacts(value as never));
    await put.flush(5000);
    const found = await factStoreOver(machine(url, ""), "test", sharedAt(url, "")).fetch?.([
      "good",
      ...Object.keys(broken),
    ]);
    expect(found).toEqual([facts, undefined, undefined, undefined, undefined]);
  });

  test("latency over the budget of a request is noticed, not suffered, and the tier comes back", async () => {
    const { url, port } = await redisWith();
    await fill(machine(url));
    const proxy = await startProxy(port);
    state.proxies.push(proxy);
    const cache = machine(proxy.url);
    await untilTrue("a first answer", async () => (await cache.getMany(words, ["1"], 500))[0] === text(1));
    proxy.delayMs = 300;
    const started = performance.now();
    for (let n = 0; n < 40; n++) await cache.getMany(words, [String(n)]);
    // Three requests wait 50 ms each; the others wait for nobody.
    expect(performance.now() - started).toBeLessThan(1000);
    expect(state.lines).toEqual(["the redis cache is not read for now: no answer within 50 ms"]);
    proxy.delayMs = 0;
    await untilTrue("its return", async () => (await cache.getMany(words, ["7"]))[0] === text(7));
    expect(state.lines).toHaveLength(2);
  });

  test("a scan goes on through a restart of the Redis, and the Redis is used again after it", async () => {
    const first = await redisWith();
    const files = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`src/f${n}.ts`, `// ${n}\n${FLAWED}`]));
    const open = async (options: object): Promise<{ readonly hits: number; readonly findings: number }> => {
      const workspace = temporaryWorkspace(files);
      state.workspaces.push(workspace);
      const service = await createService({
        ...{ roots: [workspace.root], cacheFolder: undefined, overrides: {}, workers: 0, build: "test" },
        sharedCache: sharedAt(first.url),
        ...options,
      });
      const steps = service.scan();
      let step = await steps.next();
      for (let seen = 0; step.done !== true; step = await steps.next()) {
        if (step.value.label !== "reading" || seen++ !== 3) continue;
        await first.stop();
        await redisWith([], first.port);
      }
      service.refresh();
      const result = { hits: step.value.cacheHits, findings: service.allFindings().length };
      await service.close();
      return result;
    };
    const restarted = await open({});
    expect(restarted).toEqual({ hits: 0, findings: 400 });
    // What was written after the restart is there, in another clone; what was written before it is gone.
    const client = new Redis({ port: first.port });
    await untilTrue("some facts", async () => 0 < (await client.dbsize()));
    client.disconnect();
  }, 60_000);

  test("a clone with another folder takes up a colleague's facts, and their results where nothing differs", async () => {
    const { url } = await redisWith();
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`src/f${n}.ts`, `// ${n}\n${FLAWED}`]));
    const scanOf = async (extra: Readonly<Record<string, string>>): Promise<readonly [number, readonly string[]]> => {
      const workspace = temporaryWorkspace({ ...files, ...extra });
      state.workspaces.push(workspace);
      const options = { cacheFolder: workspace.cache, build: "test", sharedCache: sharedAt(url) };
      const { service, stats, lines } = await workspace.open(options);
      const found = lines();
      for (const { path: file } of service.allFindings()) expect(file.startsWith(`${workspace.root}/`)).toBe(true);
      await service.close();
      return [stats.cacheHits, found];
    };
    const [coldHits, found] = await scanOf({});
    expect(coldHits).toBe(0);
    expect(found).toHaveLength(60);
    expect(await scanOf({})).toEqual([60, found]);
    const [hits, changed] = await scanOf({ "src/f0.ts": "export const nothing = 1;\n" });
    expect(hits).toBe(59);
    expect(changed).toEqual(found.filter((line) => !line.startsWith("src/f0.ts")));
  }, 60_000);

  test("an unchanged second scan finds at least 98 % of its facts", async () => {
    const files = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`src/f${n}.ts`, `// ${n}\n${FLAWED}`]));
    const workspace = temporaryWorkspace(files);
    state.workspaces.push(workspace);
    const { url } = await redisWith();
    const options = { roots: [workspace.root], cacheFolder: workspace.cache, overrides: {}, workers: 0 };
    for (const [round, least] of [0, 98].entries()) {
      const service = await createService({ ...options, sharedCache: sharedAt(url) });
      const { files: all, cacheHits } = await drain(service.scan());
      await service.close();
      expect((100 * cacheHits) / all, `round ${round}`).toBeGreaterThanOrEqual(least);
    }
  }, 30_000);

  test("what an evaluation observed elsewhere is not done again", async () => {
    const { url } = await redisWith();
    const open = (name: string): ReturnType<typeof sharedResults> =>
      sharedResults(
        openResultStore(path.join(state.folder, name)),
        sharedAt(url),
        (line) => void state.lines.push(line),
      );
    const key = "0123456789abcdef0123456789abcdef";
    const [here, there] = [open("here"), open("there")];
    here.put(key, '{"output":"yes"}');
    await here.close();
    expect(there.get(key)).toBeUndefined();
    let json: string | undefined;
    await untilTrue("the observation", async () => (json = await there.fetch?.(key)) !== undefined);
    expect(json).toBe('{"output":"yes"}');
    expect(there.get(key)).toBe(json);
    expect(await there.fetch?.("f".repeat(32))).toBeUndefined();
    await there.close();
    expect(state.lines).toEqual([]);
  });

  test("a full Redis still answers, and says once that it takes no more", async () => {
    const { url } = await redisWith(["--maxmemory", "3mb", "--maxmemory-policy", "noeviction"]);
    const cache = machine(url);
    cache.put(words, "kept", text(1));
    await cache.flush(5000);
    const big = (n: number): string => Array.from({ length: 20_000 }, (_, i) => `${(n * 7919 + i) % 65_537}`).join();
    for (let n = 0; n < 200; n++) {
      cache.put(words, `big ${n}`, big(n));
      if (n % 20 === 0) await cache.flush(5000);
    }
    await cache.flush(5000);
    expect(await cache.getMany(words, ["kept"], 2000)).toEqual([text(1)]);
    expect(state.lines).toEqual([expect.stringContaining("the redis cache is not written for now: OOM")]);
  }, 60_000);

  test("a password is given, and a wrong one is a reason", async () => {
    const { url, port } = await redisWith(["--requirepass", "secret word"]);
    const right = url.replace("redis://", "redis://:secret%20word@");
    await fill(machine(right));
    expect(await machine(right).getMany(words, ["3"], 2000)).toEqual([text(3)]);
    await expect(pingRedis(right, 5000)).resolves.toBeGreaterThan(0);
    for (const wrong of [url, url.replace("redis://", "redis://:wrong@")]) {
      await expect(pingRedis(wrong, 5000)).rejects.toThrow(/NOAUTH|WRONGPASS/);
      const cache = machine(wrong);
      for (let n = 0; n < 5; n++) await cache.getMany(words, ["3"], 500);
      const { tiers } = cache.figures();
      expect(tiers.at(-1)).toMatchObject({ state: "left-out" });
      expect(JSON.stringify([tiers, state.lines])).not.toContain(":wrong@");
    }
    expect(port).toBeGreaterThan(0);
    await expect(pingRedis("redis://127.0.0.1:1", 5000)).rejects.toThrow(/ECONNREFUSED/);
  }, 40_000);

  test("TLS is spoken, and a certificate nobody vouches for is refused", async () => {
    const certificate = path.join(state.folder, "cert.pem");
    const key = path.join(state.folder, "key.pem");
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    const request = [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-days",
      "2",
      "-keyout",
      key,
      "-out",
      certificate,
    ];
    execFileSync("openssl", [...request, ...subject], { stdio: "ignore" });
    const files = ["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate];
    const free = await startProxy(1);
    const port = Number(new URL(free.url).port);
    await free.close();
    const redis = await redisWith(["--tls-port", String(port), ...files, "--tls-auth-clients", "no"], port);
    const url = redis.url.replace("redis://", "rediss://");
    await expect(pingRedis(url, 5000)).rejects.toThrow(/self.signed/);
    // The way a user vouches for a certificate of their own: NODE_EXTRA_CA_CERTS, read when node starts.
    const script = `const { Redis } = require("ioredis"); const r = new Redis(${JSON.stringify(url)}); r.ping().then((pong) => { console.log(pong); r.disconnect(); });`;
    const reply = execFileSync(process.execPath, ["-e", script], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate },
      encoding: "utf8",
    });
    expect(reply.trim()).toBe("PONG");
    expect(readFileSync(certificate, "utf8")).toContain("BEGIN CERTIFICATE");
  }, 40_000);

  test("a Redis that is not there costs a first request its budget, and then nothing", async () => {
    const tier = createRedisTier({ url: "redis://127.0.0.1:1", prefix: "hp", secret: undefined, ttlDays: 1 });
    const cache = createCache({ tiers: [tier], log: (line) => void state.lines.push(line) });
    state.caches.push(cache);
    const started = performance.now();
    for (let n = 0; n < 100; n++) await cache.getMany(words, [String(n)]);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(state.lines).toEqual([expect.stringMatching(/^the redis cache is not read for now: .*ECONNREFUSED/)]);
  });
});
