/** Whether measured load keeps the limits of its case. */
import type { CaseMessage } from "../../../../protocol/src/evaluation.js";
import type { HttpCase } from "../suite.js";
import type { Observation, Verdict } from "../work.js";

/** What load came to. Times in milliseconds. */
export interface HttpObservation {
  readonly requests: number;
  readonly errors: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** Of the requests themselves, without the wait for their turn; what a tool that omits that wait would report. */
  readonly uncorrectedP99: number;
  /** How often each status came. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly firstError?: string;
}

/** Limits every product of ours starts from. */
const DEFAULTS = { p95Ms: 1000, errorRate: 0.05 } as const;

export function judgeHttp(one: HttpCase, observation: Observation): Verdict {
  const seen = observation as unknown as HttpObservation;
  const limits = { ...DEFAULTS, ...one.expect };
  const errorRate = seen.requests === 0 ? 1 : seen.errors / seen.requests;
  const messages: CaseMessage[] = [];
  const atMost = (what: string, actual: number, limit: number | undefined, unit: string): void => {
    if (limit === undefined || actual <= limit) return;
    messages.push({
      text: `${what} is over its limit`,
      expected: `at most ${limit}${unit}`,
      actual: `${round(actual)}${unit}`,
    });
  };
  atMost("p50", seen.p50, limits.p50Ms, " ms");
  atMost("p95", seen.p95, limits.p95Ms, " ms");
  atMost("p99", seen.p99, limits.p99Ms, " ms");
  atMost("the share of failed requests", errorRate, limits.errorRate, "");
  if (limits.minPerSecond !== undefined && seen.perSecond < limits.minPerSecond) {
    messages.push({
      text: "throughput is under its limit",
      expected: `at least ${limits.minPerSecond} a second`,
      actual: `${round(seen.perSecond)} a second`,
    });
  }
  const statuses = Object.entries(seen.statuses).map(([status, count]) => `${status}: ${count}`);
  return {
    passed: messages.length === 0,
    score: messages.length === 0 ? 1 : 0,
    messages,
    output: `${seen.requests} requests in ${round(seen.seconds)} s, ${round(seen.perSecond)} a second; p50 ${round(seen.p50)}, p90 ${round(seen.p90)}, p95 ${round(seen.p95)}, p99 ${round(seen.p99)}, max ${round(seen.max)} ms; ${statuses.join(", ")}${seen.firstError === undefined ? "" : `; ${seen.firstError}`}`,
    metrics: {
      latencyMs: seen.p50,
      p50: seen.p50,
      p90: seen.p90,
      p95: seen.p95,
      p99: seen.p99,
      max: seen.max,
      uncorrectedP99: seen.uncorrectedP99,
      perSecond: seen.perSecond,
      requests: seen.requests,
      errorRate,
    },
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
