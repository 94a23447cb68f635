/** What a run came to, summed up while its results stream by: memory does not grow with the number of cases. */
import { build } from "hdr-histogram-js";
import type { CaseResult, FamilyCounts } from "../../../protocol/src/evaluation.js";
import { addCounts, ratesOf, type Rates } from "./detect/score.js";
import type { RunFigures } from "./run.js";

export interface GroupSummary {
  readonly cases: number;
  readonly passed: number;
  /** Weighted mean of the scores, 0 to 1. */
  readonly score: number;
}

export interface RunMetrics {
  readonly totalSeconds: number;
  readonly itemsPerSecond: number;
  readonly cacheHits: number;
  /** Share of this run's cases that were answered from the cache. */
  readonly cacheEfficiency: number;
  readonly meanConcurrency: number;
  /** Milliseconds a case took; of the thing itself where it was measured. */
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
}

export interface RunSummary {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly score: number;
  /** Weighted share of the cases that passed. */
  readonly passRate: number;
  readonly errorRate: number;
  readonly metrics: RunMetrics;
  readonly categories: Readonly<Record<string, GroupSummary>>;
  readonly families: Readonly<Record<string, FamilyCounts & Rates>>;
  /** All families together; undefined without detection cases. */
  readonly detection: (FamilyCounts & Rates) | undefined;
}

export interface Summing {
  add(result: CaseResult): void;
  finish(figures: RunFigures): RunSummary;
}

interface Group {
  cases: number;
  passed: number;
  weight: number;
  passedWeight: number;
  score: number;
}

const newGroup = (): Group => ({ cases: 0, passed: 0, weight: 0, passedWeight: 0, score: 0 });

/** Resolution of the histogram: microseconds, three digits, up to a day. */
const PER_MS = 1000;
const HIGHEST = 86_400_000 * PER_MS;

export function createSumming(): Summing {
  const all = newGroup();
  const statuses = { passed: 0, failed: 0, error: 0, timeout: 0 };
  const categories = new Map<string, Group>();
  const families = new Map<string, FamilyCounts>();
  const times = build({
    bitBucketSize: 64,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST,
    numberOfSignificantValueDigits: 3,
  });
  return {
    add(result) {
      statuses[result.status]++;
      addTo(all, result);
      if (result.category !== undefined) {
        const group = categories.get(result.category) ?? newGroup();
        categories.set(result.category, group);
        addTo(group, result);
      }
      for (const [family, counts] of Object.entries(result.families ?? {})) {
        families.set(family, addCounts(families.get(family) ?? { right: 0, wrong: 0, missed: 0 }, counts));
      }
      const took = result.metrics?.["latencyMs"] ?? result.durationMs;
      times.recordValue(Math.min(HIGHEST, Math.max(1, Math.round(took * PER_MS))));
    },
    finish: (figures) => ({
      total: all.cases,
      passed: statuses.passed,
      failed: statuses.failed,
      errors: statuses.error,
      timeouts: statuses.timeout,
      score: shareOf(all.score, all.weight),
      passRate: shareOf(all.passedWeight, all.weight),
      errorRate: all.cases === 0 ? 0 : (statuses.error + statuses.timeout) / all.cases,
      metrics: metricsOf(figures, (percent) => times.getValueAtPercentile(percent) / PER_MS),
      categories: Object.fromEntries(
        [...categories].map(([name, group]) => [
          name,
          { cases: group.cases, passed: group.passed, score: shareOf(group.score, group.weight) },
        ]),
      ),
      families: Object.fromEntries(
        [...families].sort().map(([name, counts]) => [name, { ...counts, ...ratesOf(counts) }]),
      ),
      detection: detectionOf([...families.values()]),
    }),
  };
}

function addTo(group: Group, { status, weight, score }: CaseResult): void {
  group.cases++;
  group.weight += weight;
  group.score += weight * score;
  if (status !== "passed") return;
  group.passed++;
  group.passedWeight += weight;
}

/** Without any weight there was nothing to get wrong. */
function shareOf(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}

function detectionOf(counts: readonly FamilyCounts[]): RunSummary["detection"] {
  if (counts.length === 0) return undefined;
  const sum = counts.reduce(addCounts);
  return { ...sum, ...ratesOf(sum) };
}

function metricsOf(figures: RunFigures, percentile: (percent: number) => number): RunMetrics {
  const { seconds, ran, cacheHits, meanConcurrency } = figures;
  return {
    totalSeconds: round(seconds),
    itemsPerSecond: seconds === 0 ? 0 : round(ran / seconds),
    cacheHits,
    cacheEfficiency: ran === 0 ? 0 : round(cacheHits / ran),
    meanConcurrency: round(meanConcurrency),
    p50: percentile(50),
    p90: percentile(90),
    p95: percentile(95),
    p99: percentile(99),
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
