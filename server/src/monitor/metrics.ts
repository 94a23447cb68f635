/** The monitor's figures in Prometheus' words. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { LiveSample } from "../../../protocol/src/dashboard.js";
import type { Monitor } from "./monitor.js";

/** From what a person does not notice to what nobody waits for, in seconds. */
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const STAGE_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30];
const RULE_BUCKETS = [0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1];

export interface Metrics {
  readonly contentType: string;
  /** The exposition text, as of now. */
  text(): Promise<string>;
}

export function createMetrics(monitor: Monitor): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: "hotpath_request_seconds",
    help: "Time from a request of an editor to its answer, by LSP method.",
    labelNames: ["method", "outcome"],
    buckets: REQUEST_BUCKETS,
    registers,
  });
  const stages = new Histogram({
    name: "hotpath_stage_seconds",
    help: "Time of the stages of an analysis.",
    labelNames: ["stage"],
    buckets: STAGE_BUCKETS,
    registers,
  });
  const rules = new Histogram({
    name: "hotpath_rule_seconds",
    help: "Time of a rule in one refresh of a workspace.",
    labelNames: ["rule"],
    buckets: RULE_BUCKETS,
    registers,
  });
  const [queries, inferences] = [waitedFor(registry, "query"), waitedFor(registry, "inference")];
  monitor.listen({
    query: (ms) => queries.observe(ms / 1000),
    inference: (ms) => inferences.observe(ms / 1000),
    request: (method, ms, ok) => requests.observe({ method, outcome: ok ? "ok" : "error" }, ms / 1000),
    stage: (stage, ms) => stages.observe({ stage }, ms / 1000),
    rule: (rule, ms) => rules.observe({ rule }, ms / 1000),
  });
  addTiers(monitor, registry);
  const last: { sample?: LiveSample } = {};
  addGauges(registry, () => last.sample);
  return {
    contentType: registry.contentType,
    text: async () => {
      last.sample = await monitor.sample();
      return await registry.metrics();
    },
  };
}

function waitedFor(registry: Registry, what: "query" | "inference"): Histogram {
  const whose = what === "query" ? "PostgreSQL's planner" : "the model to somebody who waits";
  return new Histogram({
    name: `hotpath_${what}_seconds`,
    help: `Time of an answer of ${whose}.`,
    buckets: REQUEST_BUCKETS,
    registers: [registry],
  });
}

function addTiers(monitor: Monitor, registry: Registry): void {
  const counted = (name: string, help: string, key: "hits" | "misses"): void => {
    registry.registerMetric(
      new Counter({
        name,
        help,
        labelNames: ["tier"],
        registers: [],
        collect() {
          this.reset();
          for (const tier of monitor.tiers()) this.inc({ tier: tier.tier }, tier[key]);
        },
      }),
    );
  };
  counted("hotpath_cache_hits_total", "Values found in a tier of the cache.", "hits");
  counted("hotpath_cache_misses_total", "Values looked for in a tier of the cache and not found.", "misses");
  const sized = (name: string, help: string, key: "bytes" | "entries"): void => {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        labelNames: ["tier"],
        registers: [],
        collect() {
          this.reset();
          for (const tier of monitor.tiers()) if (tier[key] !== undefined) this.set({ tier: tier.tier }, tier[key]);
        },
      }),
    );
  };
  sized("hotpath_cache_bytes", "Bytes a tier of the cache holds.", "bytes");
  sized("hotpath_cache_entries", "Entries a tier of the cache holds.", "entries");
  registry.registerMetric(
    new Gauge({
      name: "hotpath_cache_up",
      help: "1 while a tier of the cache is asked, 0 while it is left out.",
      labelNames: ["tier"],
      registers: [],
      collect() {
        this.reset();
        for (const { tier, state } of monitor.tiers()) this.set({ tier }, state === "working" ? 1 : 0);
      },
    }),
  );
}

function addGauges(registry: Registry, sampleOf: () => LiveSample | undefined): void {
  const gauge = (name: string, help: string, value: (sample: LiveSample) => number | undefined): void => {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          const sample = sampleOf();
          const read = sample === undefined ? undefined : value(sample);
          this.reset();
          if (read !== undefined) this.set(read);
        },
      }),
    );
  };
  gauge("hotpath_clients", "Editors and command lines connected.", ({ clients }) => clients);
  gauge("hotpath_queue_length", "Calls that wait for a workspace's analyzer.", ({ queued }) => queued);
  gauge("hotpath_event_loop_delay_seconds", "99th percentile since the last scrape.", (one) => one.eventLoopMs / 1000);
  gauge("hotpath_memory_bytes", "Resident memory of the process.", ({ memoryBytes }) => memoryBytes);
  gauge("hotpath_machine_memory_ratio", "Share of the machine's memory in use.", ({ machineMemory }) => machineMemory);
  gauge("hotpath_cpu_ratio", "Share of the machine's processors since the last scrape.", ({ cpu }) => cpu);
  gauge("hotpath_cache_hit_ratio", "Cached values found, of those asked for.", ({ cacheHits }) => cacheHits);
  gauge("hotpath_model_texts_per_second", "Texts the model embeds.", ({ modelPerSecond }) => modelPerSecond ?? 0);
}
