/**
 * What a server knows of itself: how long requests, stages and rules take, how its caches, queues, memory and event loop are. Sessions tell it what happens;
 * metrics, alerts and dashboards listen.
 */
import type { CacheFigures } from "../cache/cache.js";
import type { LiveParams, LiveSample, MethodTimes, RuleTime, TierState } from "../../../protocol/src/dashboard.js";
import { createRecent, type Recent } from "./recent.js";

/** What can be asked of a client's workspace at any time. */
export interface ClientFigures {
  /** Calls that wait for the analyzer. */
  readonly queued: number;
  /** Undefined before a workspace is open. */
  readonly cache: CacheFigures | undefined;
  /** Of the analyzer's own heap, and what it may take; undefined where it has none of its own. */
  readonly heap?: { readonly usedBytes: number; readonly limitBytes: number };
}

export interface MonitoredClient {
  figures(): ClientFigures;
  /** Shows a person one sentence. */
  alert(message: string): void;
  /** Undefined while this client watches nothing. */
  live?: ((params: LiveParams) => void) | undefined;
}

/** Takes what happens as it happens. */
export interface MonitorListener {
  request?(method: string, ms: number, ok: boolean): void;
  stage?(stage: string, ms: number): void;
  rule?(rule: string, ms: number): void;
  query?(ms: number): void;
  inference?(ms: number): void;
  scan?(scan: ScanLookups, monitor: Monitor): void;
  sample?(sample: LiveSample, monitor: Monitor): void;
}

/** What a workspace's first scan looked for in the cache. */
export interface ScanLookups {
  readonly cache: CacheFigures;
  /** The same program has scanned this workspace before, so that what it kept should be there. */
  readonly before: boolean;
}

/** What is measured of the process itself; tests have their own. */
export interface ProcessGauge {
  /** Since the last call. */
  read(): Pick<LiveSample, "cpu" | "memoryBytes" | "machineMemory" | "eventLoopMs">;
  close(): void;
}

const METHOD_SAMPLES = 500;
/** An hour of samples at one a second while somebody looks, and a day at rest. */
const SAMPLES_KEPT = 3_600;
const RESTING_MS = 15_000;
const WATCHED_MS = 1_000;

/** A class because it has a lifetime. */
export class Monitor {
  readonly #gauge: ProcessGauge;
  readonly #modelPerSecond: () => Promise<number | undefined>;
  readonly #clients = new Set<MonitoredClient>();
  readonly #listeners: MonitorListener[] = [];
  readonly #methods = new Map<string, Recent>();
  readonly #rules = new Map<string, { totalMs: number; runs: number }>();
  readonly #samples: LiveSample[] = [];
  #window = freshWindow();
  /** Counts of caches whose clients are gone. */
  #gone = { asked: 0, found: 0 };
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    gauge: ProcessGauge,
    modelPerSecond: () => Promise<number | undefined> = () => Promise.resolve(undefined),
  ) {
    this.#gauge = gauge;
    this.#modelPerSecond = modelPerSecond;
  }

  listen(listener: MonitorListener): void {
    this.#listeners.push(listener);
  }

  /** The function it returns takes the client away again. */
  addClient(client: MonitoredClient): () => void {
    this.#clients.add(client);
    this.#arm();
    return () => {
      const cache = client.figures().cache;
      this.#gone = { asked: this.#gone.asked + (cache?.asked ?? 0), found: this.#gone.found + (cache?.found ?? 0) };
      this.#clients.delete(client);
    };
  }

  /** A client has begun, or ceased, to watch. */
  watchChanged(): void {
    this.#arm();
  }

  clients(): readonly MonitoredClient[] {
    return [...this.#clients];
  }

  request(method: string, ms: number, ok: boolean): void {
    const times = this.#methods.get(method) ?? createRecent(METHOD_SAMPLES);
    this.#methods.set(method, times);
    times.add(ms);
    this.#window.requests++;
    if (!ok) this.#window.failed++;
    if (!takesItsTime(method)) this.#window.times.add(ms);
    for (const listener of this.#listeners) listener.request?.(method, ms, ok);
  }

  /** An answer of PostgreSQL's planner. */
  query(ms: number): void {
    this.#window.queries.add(ms);
    for (const listener of this.#listeners) listener.query?.(ms);
  }

  /** An answer of the model to somebody who waits. */
  inference(ms: number): void {
    this.#window.inferences.add(ms);
    for (const listener of this.#listeners) listener.inference?.(ms);
  }

  scanned(scan: ScanLookups): void {
    for (const listener of this.#listeners) listener.scan?.(scan, this);
  }

  work(stageMs: Readonly<Record<string, number>>, ruleMs: Readonly<Record<string, number>>): void {
    for (const [stage, ms] of Object.entries(stageMs))
      if (0 < ms) for (const listener of this.#listeners) listener.stage?.(stage, ms);
    for (const [rule, ms] of Object.entries(ruleMs)) {
      const known = this.#rules.get(rule) ?? { totalMs: 0, runs: 0 };
      this.#rules.set(rule, { totalMs: known.totalMs + ms, runs: known.runs + 1 });
      for (const listener of this.#listeners) listener.rule?.(rule, ms);
    }
  }

  methods(): readonly MethodTimes[] {
    return [...this.#methods].map(([method, times]) => ({
      method,
      count: times.count,
      p50Ms: times.percentile(0.5) ?? 0,
      p95Ms: times.percentile(0.95) ?? 0,
    }));
  }

  rules(): readonly RuleTime[] {
    return [...this.#rules].map(([rule, times]) => ({ rule, ...times })).sort((a, b) => b.totalMs - a.totalMs);
  }

  /** Of all clients together. */
  tiers(): readonly TierState[] {
    const byName = new Map<string, TierState>();
    for (const client of this.#clients) {
      for (const one of client.figures().cache?.tiers ?? []) byName.set(one.tier, added(byName.get(one.tier), one));
    }
    return [...byName.values()];
  }

  queued(): number {
    return [...this.#clients].reduce((sum, client) => sum + client.figures().queued, 0);
  }

  samples(): readonly LiveSample[] {
    return this.#samples;
  }

  /** Takes a sample now. */
  async sample(): Promise<LiveSample> {
    const { requests, failed, times, queries, inferences } = this.#window;
    this.#window = freshWindow();
    const caches = [...this.#clients].map((client) => client.figures().cache);
    const asked = caches.reduce((sum, cache) => sum + (cache?.asked ?? 0), this.#gone.asked);
    const found = caches.reduce((sum, cache) => sum + (cache?.found ?? 0), this.#gone.found);
    const sample: LiveSample = {
      at: Date.now(),
      clients: this.#clients.size,
      ...this.#gauge.read(),
      requests,
      failed,
      responseP95Ms: times.percentile(0.95),
      queryP95Ms: queries.percentile(0.95),
      inferenceP95Ms: inferences.percentile(0.95),
      queued: this.queued(),
      cacheHits: asked === 0 ? undefined : found / asked,
      modelPerSecond: await this.#modelPerSecond(),
    };
    this.#samples.push(sample);
    if (SAMPLES_KEPT < this.#samples.length) this.#samples.splice(0, this.#samples.length - SAMPLES_KEPT);
    for (const listener of this.#listeners) listener.sample?.(sample, this);
    const watching = [...this.#clients].filter((client) => client.live !== undefined);
    if (watching.length > 0) {
      const params = { sample, rules: this.rules(), methods: this.methods(), tiers: this.tiers() };
      for (const client of watching) client.live?.(params);
    }
    return sample;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#gauge.close();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#closed || this.#clients.size === 0) return;
    const isWatched = [...this.#clients].some((client) => client.live !== undefined);
    this.#timer = setTimeout(
      () => {
        void this.sample().finally(() => this.#arm());
      },
      isWatched ? WATCHED_MS : RESTING_MS,
    );
    this.#timer.unref();
  }
}

/** What happened since the last sample. */
interface Window {
  requests: number;
  failed: number;
  readonly times: Recent;
  readonly queries: Recent;
  readonly inferences: Recent;
}

function freshWindow(): Window {
  const recent = (): Recent => createRecent(METHOD_SAMPLES);
  return { requests: 0, failed: 0, times: recent(), queries: recent(), inferences: recent() };
}

/** Whole checks, evaluations, a start: nobody expects an answer at once. */
function takesItsTime(method: string): boolean {
  return method.startsWith("hotpath/") || method === "initialize" || method === "shutdown";
}

function added(sum: TierState | undefined, one: TierState): TierState {
  const { tier, state, hits, misses, entries, bytes, maxBytes, reason } = one;
  const left = sum?.state === "left-out" ? sum : undefined;
  // Tiers on disk and in the Redis are the same for all; memory is each client's own.
  const size = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined || b === undefined ? (a ?? b) : tier === "memory" ? a + b : Math.max(a, b);
  const [allEntries, allBytes] = [size(sum?.entries, entries), size(sum?.bytes, bytes)];
  const why = left?.reason ?? reason;
  return {
    tier,
    state: left?.state ?? state,
    hits: hits + (sum?.hits ?? 0),
    misses: misses + (sum?.misses ?? 0),
    ...(why === undefined ? {} : { reason: why }),
    ...(allEntries === undefined ? {} : { entries: allEntries }),
    ...(allBytes === undefined ? {} : { bytes: allBytes }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  };
}
