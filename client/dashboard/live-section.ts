/** The server as it is now. Samples are streamed while the dashboard is open. */
import { LIMITS, type DashboardData, type LiveParams, type LiveSample } from "../../protocol/src/dashboard.js";
import { createChart, type Chart } from "./chart.js";
import type { ChartOptions } from "./chart-drawing.js";
import { element, heading, megabytes, milliseconds, percent } from "./dom.js";

/** Ten minutes at a sample a second. */
const SHOWN = 600;

export interface LiveSection {
  readonly root: HTMLElement;
  readonly charts: readonly Chart[];
  take(params: LiveParams): void;
}

interface Kind extends Pick<ChartOptions, "title" | "format" | "limit" | "least"> {
  readonly values: readonly { readonly label: string; readonly of: (sample: LiveSample) => number | undefined }[];
}

const KINDS: readonly Kind[] = [
  {
    title: "Processor, share of the machine",
    format: percent,
    limit: { value: LIMITS.cpu, label: percent(LIMITS.cpu) },
    values: [{ label: "Hotpath", of: ({ cpu }) => cpu }],
  },
  {
    title: "Memory of the server",
    format: megabytes,
    values: [{ label: "resident", of: ({ memoryBytes }) => memoryBytes }],
  },
  {
    title: "Memory of the machine",
    format: percent,
    limit: { value: LIMITS.memory, label: percent(LIMITS.memory) },
    values: [{ label: "in use", of: ({ machineMemory }) => machineMemory }],
  },
  {
    title: "Response time",
    format: milliseconds,
    limit: { value: LIMITS.responseMs, label: milliseconds(LIMITS.responseMs) },
    values: [{ label: "95th percentile", of: ({ responseP95Ms }) => responseP95Ms }],
  },
  {
    title: "Event loop and queue",
    format: (value) => String(Math.round(value)),
    least: 10,
    values: [
      { label: "delay, ms", of: ({ eventLoopMs }) => eventLoopMs },
      { label: "calls waiting", of: ({ queued }) => queued },
    ],
  },
  {
    title: "Answered from the cache",
    format: percent,
    least: 1,
    limit: { value: LIMITS.cacheHits, label: `${percent(LIMITS.cacheHits)} at least` },
    values: [{ label: "cache hits", of: ({ cacheHits }) => cacheHits }],
  },
];

export function liveSection({ live }: DashboardData): LiveSection {
  let samples: readonly LiveSample[] = live.slice(-SHOWN);
  const made = KINDS.map((kind) => ({
    kind,
    chart: createChart({ ...kind, times: samples.map(({ at }) => at), lines: linesOf(kind, samples) }),
  }));
  const root = element(
    "section",
    {},
    heading("The server now"),
    element("div", { class: "charts" }, ...made.map(({ chart }) => chart.root)),
  );
  return {
    root,
    charts: made.map(({ chart }) => chart),
    take({ sample }) {
      samples = [...samples, sample].slice(-SHOWN);
      const times = samples.map(({ at }) => at);
      for (const { kind, chart } of made) chart.update(times, linesOf(kind, samples));
    },
  };
}

function linesOf({ values }: Kind, samples: readonly LiveSample[]): ChartOptions["lines"] {
  return values.map(({ label, of }) => ({ label, values: samples.map(of) }));
}
