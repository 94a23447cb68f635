/** The monitor over a gauge of its own, its alerts, and its figures in Prometheus' format. */
import { request } from "node:http";
import { expect, test } from "vitest";
import { createAlerts } from "../../server/src/monitor/alerts.js";
import { createMetrics } from "../../server/src/monitor/metrics.js";
import {
  Monitor,
  type MonitoredClient,
  type ProcessGauge,
  type ScanLookups,
} from "../../server/src/monitor/monitor.js";
import { loopbackAddress, serveMetrics } from "../../server/src/monitor/serve-metrics.js";
import type { LiveParams } from "../../protocol/src/dashboard.js";
import { parsePrometheus } from "../harness/prometheus.js";

const calm = { cpu: 0.1, memoryBytes: 200 * 2 ** 20, machineMemory: 0.4, eventLoopMs: 2 };

function monitorWith(gauge: Partial<typeof calm> = {}): Monitor {
  const reading: ProcessGauge = { read: () => ({ ...calm, ...gauge }), close: () => undefined };
  return new Monitor(reading, () => Promise.resolve(120));
}

function clientOf(monitor: Monitor, figures: MonitoredClient["figures"] = () => ({ queued: 0, cache: undefined })) {
  const alerts: string[] = [];
  const live: LiveParams[] = [];
  const client: MonitoredClient = { figures, alert: (message) => alerts.push(message) };
  return { client, alerts, live, leave: monitor.addClient(client) };
}

const cacheFigures = {
  asked: 100,
  found: 90,
  tiers: [
    {
      tier: "memory",
      state: "working",
      hits: 50,
      misses: 50,
      writes: 5,
      dropped: 0,
      entries: 5,
      bytes: 500,
      queued: 0,
    },
    { tier: "redis", state: "left-out", reason: "full", hits: 40, misses: 10, writes: 5, dropped: 3, queued: 0 },
  ],
} as const;

test("Prometheus text is what a parser of the format reads, with every series", async () => {
  const monitor = monitorWith();
  const { leave } = clientOf(monitor, () => ({ queued: 3, cache: cacheFigures }));
  const metrics = createMetrics(monitor);
  for (const ms of [3, 30, 300]) monitor.request("textDocument/hover", ms, true);
  monitor.request('odd"method\\with\nall', 1, false);
  monitor.work({ link: 12, check: 5 }, { "query-in-loop": 0.4 });
  monitor.query(120);
  monitor.inference(400);
  const families = parsePrometheus(await metrics.text());
  const value = (name: string, labels: Readonly<Record<string, string>> = {}): number | undefined =>
    families
      .flatMap(({ samples }) => samples)
      .find((one) => one.name === name && Object.entries(labels).every(([key, text]) => one.labels[key] === text))
      ?.value;
  expect(families.find(({ name }) => name === "hotpath_request_seconds")).toMatchObject({ type: "histogram" });
  expect(value("hotpath_request_seconds_count", { method: "textDocument/hover", outcome: "ok" })).toBe(3);
  expect(value("hotpath_request_seconds_bucket", { method: "textDocument/hover", le: "0.05" })).toBe(2);
  expect(value("hotpath_request_seconds_bucket", { method: "textDocument/hover", le: "+Inf" })).toBe(3);
  expect(value("hotpath_request_seconds_count", { method: 'odd"method\\with\nall', outcome: "error" })).toBe(1);
  expect(value("hotpath_stage_seconds_sum", { stage: "link" })).toBeCloseTo(0.012);
  expect(value("hotpath_rule_seconds_sum", { rule: "query-in-loop" })).toBeCloseTo(0.0004);
  expect(value("hotpath_cache_hits_total", { tier: "redis" })).toBe(40);
  expect(value("hotpath_cache_up", { tier: "redis" })).toBe(0);
  expect(value("hotpath_cache_hit_ratio")).toBe(0.9);
  expect(value("hotpath_queue_length")).toBe(3);
  expect(value("hotpath_clients")).toBe(1);
  expect(value("hotpath_model_texts_per_second")).toBe(120);
  expect(value("hotpath_query_seconds_sum")).toBeCloseTo(0.12);
  expect(value("hotpath_inference_seconds_bucket", { le: "0.5" })).toBe(1);
  leave();
  // Counters of a client that left stay in the ratio.
  expect((await monitor.sample()).cacheHits).toBe(0.9);
  monitor.close();
});

test("an alert comes once, after a limit was passed for a while, with the cause", async () => {
  const monitor = monitorWith();
  monitor.listen(createAlerts());
  const { alerts, leave } = clientOf(monitor);
  const busySamples = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      for (let i = 0; i < 10; i++) monitor.request("textDocument/hover", 1_500, true);
      monitor.request("hotpath/check", 60_000, true);
      await monitor.sample();
    }
  };
  await busySamples(3);
  expect(alerts).toEqual([]);
  await busySamples(5);
  expect(alerts).toHaveLength(1);
  expect(alerts[0]).toMatch(/^Hotpath: requests take 1\.5 s \(limit 1 s\), the slowest is .*\.$/);
  leave();
  monitor.close();

  const full = monitorWith({ machineMemory: 0.9, cpu: 0.9 });
  full.listen(createAlerts());
  const second = clientOf(full, () => ({ queued: 0, cache: cacheFigures }));
  for (let n = 0; n < 6; n++) await full.sample();
  expect(second.alerts.map((text) => text.replace(/\(.*/, ""))).toEqual([
    "Hotpath: the redis cache is left out for now: full.",
    expect.stringContaining("of the processor"),
    expect.stringContaining("90 % of the machine's memory is in use"),
  ]);
  full.close();
});

test("who watches is told of each sample, and nobody else", async () => {
  const monitor = monitorWith();
  const [one, two] = [clientOf(monitor), clientOf(monitor)];
  one.client.live = (params) => one.live.push(params);
  monitor.work({}, { slow: 9, quick: 1 });
  await monitor.sample();
  delete one.client.live;
  await monitor.sample();
  expect(one.live).toHaveLength(1);
  expect(one.live[0]?.rules.map(({ rule }) => rule)).toEqual(["slow", "quick"]);
  expect(two.live).toEqual([]);
  expect(monitor.samples()).toHaveLength(2);
  monitor.close();
});

test("metrics are served on this machine alone", async () => {
  for (const [text, says] of [
    ["0.0.0.0:9464", "can be reached from other machines"],
    ["192.168.1.5:9464", "can be reached from other machines"],
    ["example.com:80", "can be reached from other machines"],
    ["[::]:9464", "can be reached from other machines"],
    [":9464", "can be reached from other machines"],
    ["9464", "is no address"],
    ["127.0.0.1:99999", "is no address"],
  ] as const)
    expect([text, loopbackAddress(text)]).toEqual([text, expect.stringContaining(says)]);
  expect(loopbackAddress("[::1]:0")).toEqual({ host: "::1", port: 0 });

  const place = loopbackAddress("127.0.0.1:0");
  if (typeof place === "string") throw new Error(place);
  const monitor = monitorWith();
  const served = await serveMetrics(place, createMetrics(monitor));
  const { url } = served;
  const reply = await fetch(url);
  expect([reply.status, reply.headers.get("content-type")]).toEqual([200, expect.stringContaining("text/plain")]);
  expect(parsePrometheus(await reply.text()).length).toBeGreaterThan(5);
  expect((await fetch(url.replace("/metrics", "/"))).status).toBe(404);
  // A page that gave this machine another name sends that name.
  const other = await new Promise<number | undefined>((resolve, reject) => {
    request(url, { headers: { host: "evil.example" } }, ({ statusCode }) => resolve(statusCode))
      .on("error", reject)
      .end();
  });
  expect(other).toBe(403);
  const { port } = new URL(url);
  await expect(serveMetrics({ host: "127.0.0.1", port: Number(port) }, createMetrics(monitor))).rejects.toThrow(
    "choose another port",
  );
  served.close();
  monitor.close();
});

test("slow answers of the planner and of the model are told once each, and quick ones never", async () => {
  const monitor = monitorWith();
  monitor.listen(createAlerts());
  const { alerts } = clientOf(monitor);
  for (let n = 0; n < 6; n++) {
    monitor.query(120);
    monitor.inference(400);
    await monitor.sample();
  }
  expect(alerts).toEqual([]);
  for (let n = 0; n < 6; n++) {
    // Moments in which nobody asks end no row.
    await monitor.sample();
    monitor.query(900);
    monitor.inference(3_000);
    const { queryP95Ms, inferenceP95Ms } = await monitor.sample();
    expect([queryP95Ms, inferenceP95Ms]).toEqual([900, 3_000]);
  }
  expect(alerts.map((text) => text.replace(/[;,] .*/, ""))).toEqual([
    "Hotpath: PostgreSQL's planner takes 900 ms for an answer (limit 500 ms)",
    "Hotpath: the model takes 3.0 s for an answer (limit 2 s)",
  ]);
  monitor.close();
});

test("few hits are told where the workspace was scanned before and the cache is full, and nowhere else", () => {
  const megabyte = 2 ** 20;
  const lookups = (asked: number, found: number, usedMb: number): ScanLookups["cache"] => ({
    ...{ asked, found },
    tiers: [
      {
        ...{ tier: "disk", state: "working", hits: found, misses: asked - found, writes: 0, dropped: 0, queued: 0 },
        ...{ entries: found, bytes: usedMb * megabyte, maxBytes: 512 * megabyte },
      },
    ],
  });
  const told = (scan: ScanLookups): readonly string[] => {
    const monitor = monitorWith();
    monitor.listen(createAlerts());
    const { alerts } = clientOf(monitor);
    for (let n = 0; n < 2; n++) monitor.scanned(scan);
    monitor.close();
    return alerts;
  };
  expect(told({ cache: lookups(4_000, 1_000, 400), before: true })).toEqual([
    "Hotpath: 25 % of what the scan needed was still in the cache (limit 70 %): it is full, 400 of 512 MB; hotpath.cache.diskSize makes room.",
  ]);
  expect(told({ cache: lookups(4_000, 1_000, 400), before: false })).toEqual([]);
  expect(told({ cache: lookups(4_000, 3_000, 400), before: true })).toEqual([]);
  expect(told({ cache: lookups(4_000, 1_000, 100), before: true })).toEqual([]);
  expect(told({ cache: lookups(40, 1, 400), before: true })).toEqual([]);
});
