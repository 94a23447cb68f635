/**
 * Prompts and models against each other: each variant answered the same rows, so their scores are compared pair by pair, and one is picked by
 * measured quality, then cost, then speed, under stated limits and with the reason.
 */
import { build, type Histogram } from "hdr-histogram-js";
import type { CaseResult } from "../../../protocol/src/evaluation.js";
import { comparePairs, type Comparison } from "./compare.js";
import type { ChoiceLimits } from "./suite.js";

export interface VariantFigures {
  readonly name: string;
  readonly cases: number;
  /** Weighted means, 0 to 1. */
  readonly passRate: number;
  readonly score: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Of all its cases; undefined where prices are not known. */
  readonly cost?: number;
}

export interface VariantReport {
  /** Best score first. */
  readonly variants: readonly VariantFigures[];
  /** Each of the others beside the first: the difference of the first to it. */
  readonly comparisons: readonly { readonly other: string; readonly comparison: Comparison }[];
  readonly choice: { readonly name: string | undefined; readonly reason: string };
}

export interface VariantTally {
  add(result: CaseResult): void;
  /** Undefined when there is nothing to compare. */
  finish(limits: ChoiceLimits): VariantReport | undefined;
}

interface Tally {
  cases: number;
  weight: number;
  passed: number;
  score: number;
  cost: number | undefined;
  readonly times: Histogram;
  readonly byPair: Map<string, number>;
}

const PER_MS = 1000;
const HIGHEST_US = 86_400_000 * PER_MS;

export function createVariantTally(): VariantTally {
  const tallies = new Map<string, Tally>();
  return {
    add(result) {
      if (result.variant === undefined) return;
      const tally = tallies.get(result.variant) ?? newTally();
      tallies.set(result.variant, tally);
      addTo(tally, result);
    },
    finish(limits) {
      if (tallies.size < 2) return undefined;
      const variants = [...tallies].map(([name, tally]) => figuresOf(name, tally)).sort((a, b) => b.score - a.score);
      const best = variants[0];
      if (best === undefined) return undefined;
      const comparisons = variants
        .slice(1)
        .map(({ name }) => ({ other: name, comparison: compareTallies(tallies.get(name), tallies.get(best.name)) }));
      return { variants, comparisons, choice: choose(variants, tallies, limits) };
    },
  };
}

function newTally(): Tally {
  const times = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: 3,
  });
  return { cases: 0, weight: 0, passed: 0, score: 0, cost: undefined, times, byPair: new Map() };
}

function addTo(tally: Tally, { status, score, weight, metrics, durationMs, pair, id }: CaseResult): void {
  tally.cases++;
  tally.weight += weight;
  tally.score += weight * score;
  if (status === "passed") tally.passed += weight;
  const cost = metrics?.["cost"];
  if (cost !== undefined) tally.cost = (tally.cost ?? 0) + cost;
  const took = metrics?.["latencyMs"] ?? durationMs;
  tally.times.recordValue(Math.min(HIGHEST_US, Math.max(1, Math.round(took * PER_MS))));
  tally.byPair.set(pair ?? id, score);
}

function figuresOf(name: string, tally: Tally): VariantFigures {
  const share = (part: number): number => (tally.weight === 0 ? 0 : part / tally.weight);
  return {
    name,
    cases: tally.cases,
    passRate: share(tally.passed),
    score: share(tally.score),
    p50Ms: tally.times.getValueAtPercentile(50) / PER_MS,
    p95Ms: tally.times.getValueAtPercentile(95) / PER_MS,
    ...(tally.cost === undefined ? {} : { cost: tally.cost }),
  };
}

function compareTallies(before: Tally | undefined, after: Tally | undefined): Comparison {
  const pairs = [...(before?.byPair ?? [])].flatMap(([pair, score]): (readonly [number, number])[] => {
    const other = after?.byPair.get(pair);
    return other === undefined ? [] : [[score, other]];
  });
  return comparePairs(pairs, "higher is better");
}

function choose(
  variants: readonly VariantFigures[],
  tallies: ReadonlyMap<string, Tally>,
  limits: ChoiceLimits,
): VariantReport["choice"] {
  const fitting = variants.filter((one) => brokenLimit(one, limits) === undefined);
  const best = fitting[0];
  if (best === undefined) {
    const reasons = variants.map((one) => `${one.name}: ${brokenLimit(one, limits) ?? ""}`);
    return { name: undefined, reason: `none keeps the limits (${reasons.join("; ")})` };
  }
  // Those that cannot be told from the best are as good as it; among them the cheaper, then the faster one is the better choice.
  const equals = fitting.filter(
    (one) => one === best || compareTallies(tallies.get(one.name), tallies.get(best.name)).verdict === "cannot tell",
  );
  const chosen = equals.reduce((a, b) => (isPreferred(b, a) ? b : a));
  const left = variants
    .filter((one) => !fitting.includes(one))
    .map((one) => `${one.name} is out: ${brokenLimit(one, limits) ?? ""}`);
  const why =
    chosen === best
      ? equals.length === 1
        ? `the best score, ${chosen.score.toFixed(3)}`
        : `score ${chosen.score.toFixed(3)}, not told apart from ${others(equals, chosen)}, and ${advantage(chosen, equals)}`
      : `score ${chosen.score.toFixed(3)}, not told apart from ${best.name} with ${best.score.toFixed(3)}, but ${advantage(chosen, equals)}`;
  return { name: chosen.name, reason: [why, ...left].join("; ") };
}

function brokenLimit({ score, p95Ms, cost }: VariantFigures, limits: ChoiceLimits): string | undefined {
  if (limits.minScore !== undefined && score < limits.minScore)
    return `score ${score.toFixed(3)} is under ${limits.minScore}`;
  if (limits.maxP95Ms !== undefined && limits.maxP95Ms < p95Ms)
    return `p95 ${p95Ms.toFixed(0)} ms is over ${limits.maxP95Ms}`;
  if (limits.maxCost === undefined) return undefined;
  if (cost === undefined) return "its cost is not known";
  return limits.maxCost < cost ? `cost ${cost.toPrecision(3)} is over ${limits.maxCost}` : undefined;
}

/** Differences smaller than a tenth are not worth choosing by. */
const CLEARLY = 0.9;

function isPreferred(one: VariantFigures, other: VariantFigures): boolean {
  if (one.cost !== undefined && other.cost !== undefined) {
    if (one.cost < other.cost * CLEARLY) return true;
    if (other.cost < one.cost * CLEARLY) return false;
  }
  if (one.p95Ms < other.p95Ms * CLEARLY) return true;
  if (other.p95Ms < one.p95Ms * CLEARLY) return false;
  return other.score < one.score;
}

function advantage(chosen: VariantFigures, equals: readonly VariantFigures[]): string {
  const rivals = equals.filter((one) => one !== chosen);
  const { cost } = chosen;
  const dearest = Math.max(...rivals.map((one) => one.cost ?? 0));
  if (cost !== undefined && rivals.every((one) => one.cost !== undefined) && cost < dearest * CLEARLY) {
    return `cheaper (${cost.toPrecision(3)} against ${dearest.toPrecision(3)})`;
  }
  const slowest = Math.max(...rivals.map((one) => one.p95Ms));
  if (chosen.p95Ms < slowest * CLEARLY)
    return `faster (p95 ${chosen.p95Ms.toFixed(0)} against ${slowest.toFixed(0)} ms)`;
  return "neither cheaper nor faster by much";
}

function others(equals: readonly VariantFigures[], chosen: VariantFigures): string {
  return equals
    .filter((one) => one !== chosen)
    .map(({ name }) => name)
    .join(", ");
}
