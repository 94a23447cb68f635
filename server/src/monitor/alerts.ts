/** Tells every editor, once, when one of the product's limits is passed for a while, and what seems to be the cause. */
import { LIMITS, type LiveSample } from "../../../protocol/src/dashboard.js";
import type { Monitor, MonitorListener, ScanLookups } from "./monitor.js";

/** A limit must be passed in so many samples in a row: a first scan takes all it can get for some seconds, and that is right. */
const SAMPLES_IN_A_ROW = 4;
/** Shares of less say nothing. */
const LEAST_REQUESTS = 20;
const LEAST_LOOKUPS = 100;
/** A store that has made room a short while ago is this full, and has thrown away what was used least. */
const FULL = 0.7;

interface Watched {
  readonly limit: keyof typeof LIMITS;
  /** Undefined: nothing can be said of this sample. */
  readonly isPassed: (sample: LiveSample) => boolean | undefined;
  readonly sentence: (sample: LiveSample, monitor: Monitor) => string;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const WATCHED: readonly Watched[] = [
  {
    limit: "responseMs",
    isPassed: ({ responseP95Ms }) => (responseP95Ms === undefined ? undefined : LIMITS.responseMs < responseP95Ms),
    sentence: ({ responseP95Ms = 0, queued }, monitor) => {
      const slowest = [...monitor.methods()].sort((a, b) => b.p95Ms - a.p95Ms)[0]?.method ?? "a request";
      return `requests take ${(responseP95Ms / 1000).toFixed(1)} s (limit 1 s), the slowest is ${slowest}; ${queued} calls wait for the analyzer`;
    },
  },
  {
    limit: "queryMs",
    isPassed: ({ queryP95Ms }) => (queryP95Ms === undefined ? undefined : LIMITS.queryMs < queryP95Ms),
    sentence: ({ queryP95Ms = 0 }) =>
      `PostgreSQL's planner takes ${Math.round(queryP95Ms)} ms for an answer (limit ${LIMITS.queryMs} ms), and what it confirms comes later; hotpath.planner.enable false does without it`,
  },
  {
    limit: "inferenceMs",
    isPassed: ({ inferenceP95Ms }) => (inferenceP95Ms === undefined ? undefined : LIMITS.inferenceMs < inferenceP95Ms),
    sentence: ({ inferenceP95Ms = 0, modelPerSecond }) =>
      `the model takes ${(inferenceP95Ms / 1000).toFixed(1)} s for an answer (limit ${LIMITS.inferenceMs / 1000} s)${modelPerSecond === undefined ? "" : `, at ${modelPerSecond.toFixed(0)} texts a second`}; Show Health tells what it runs on, and hotpath.model.enable false searches by words`,
  },
  {
    limit: "cpu",
    isPassed: ({ cpu }) => LIMITS.cpu < cpu,
    sentence: ({ cpu, clients }, monitor) =>
      `Hotpath takes ${percent(cpu)} of the processor (limit ${percent(LIMITS.cpu)}) for ${clients} windows; the costliest rule is ${monitor.rules()[0]?.rule ?? "none yet"}. hotpath.profile "light" takes less`,
  },
  {
    limit: "memory",
    isPassed: ({ machineMemory }) => LIMITS.memory < machineMemory,
    sentence: ({ machineMemory, memoryBytes }) =>
      `${percent(machineMemory)} of the machine's memory is in use (limit ${percent(LIMITS.memory)}), ${Math.round(memoryBytes / 2 ** 20)} MB of it by Hotpath. hotpath.profile "light" takes less`,
  },
  {
    limit: "errors",
    isPassed: ({ requests, failed }) => (requests < LEAST_REQUESTS ? undefined : LIMITS.errors < failed / requests),
    sentence: ({ requests, failed }) =>
      `${failed} of the last ${requests} requests failed (limit ${percent(LIMITS.errors)}): see the log`,
  },
];

export function createAlerts(): MonitorListener {
  const inARow = new Map<string, number>();
  const told = new Set<string>();
  return {
    scan(scan, monitor) {
      const sentence = told.has("cacheHits") ? undefined : tooFewHits(scan);
      if (sentence === undefined) return;
      told.add("cacheHits");
      for (const client of monitor.clients()) client.alert(`Hotpath: ${sentence}.`);
    },
    sample(sample, monitor) {
      for (const { limit, isPassed, sentence } of WATCHED) {
        const passed = isPassed(sample);
        if (passed === undefined) continue;
        const count = passed ? (inARow.get(limit) ?? 0) + 1 : 0;
        inARow.set(limit, count);
        if (count < SAMPLES_IN_A_ROW || told.has(limit)) continue;
        told.add(limit);
        for (const client of monitor.clients()) client.alert(`Hotpath: ${sentence(sample, monitor)}.`);
      }
      // A tier that is left out makes everything slower, and only its owner can mend it.
      for (const { tier, state, reason } of monitor.tiers()) {
        if (state !== "left-out" || told.has(tier)) continue;
        told.add(tier);
        for (const client of monitor.clients())
          client.alert(`Hotpath: the ${tier} cache is left out for now: ${reason ?? "it failed"}.`);
      }
    },
  };
}

/**
 * Few hits are right for a workspace that is new or has changed, so they are told only where it was scanned before and the cache itself shows why: it is full, and has thrown
 * away what this scan looked for.
 */
function tooFewHits({ cache: { asked, found, tiers }, before }: ScanLookups): string | undefined {
  if (!before || asked < LEAST_LOOKUPS || LIMITS.cacheHits <= found / asked) return undefined;
  const disk = tiers.find(({ tier }) => tier === "disk");
  if (disk?.bytes === undefined || disk.maxBytes === undefined || disk.bytes < FULL * disk.maxBytes) return undefined;
  const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
  return `${percent(found / asked)} of what the scan needed was still in the cache (limit ${percent(LIMITS.cacheHits)}): it is full, ${megabytes(disk.bytes)} of ${megabytes(disk.maxBytes)} MB; hotpath.cache.diskSize makes room`;
}
