/**
 * Two runs of the same cases, compared case by case. Pairs make small differences visible, and resampling them (paired bootstrap) says how
 * much of a difference may be chance without assuming anything about how scores are distributed.
 */

export interface Comparison {
  /** Cases both runs have. */
  readonly pairs: number;
  readonly before: number;
  readonly after: number;
  /** After minus before, of the mean. */
  readonly difference: number;
  /** 95 % interval of the difference. */
  readonly low: number;
  readonly high: number;
  readonly verdict: "better" | "worse" | "cannot tell";
  /** Cases, in all, that would tell a difference of this size; undefined when it is told or there is none. */
  readonly enough: number | undefined;
}

const RESAMPLES = 2000;
const LEVEL = 0.95;
/** Fewer pairs than this say nothing, whatever the interval. */
const FEWEST_PAIRS = 5;
/** More would be a number nobody can act on. */
const MOST_CASES = 1_000_000;

/**
 * @param pairs Value before and after of each case, the same quantity.
 * @param higherIsBetter False for times and costs.
 * @param seed Same seed, same result.
 */
export function comparePairs(
  pairs: readonly (readonly [number, number])[],
  higherIsBetter: "higher is better" | "lower is better",
  seed = 1,
): Comparison {
  const count = pairs.length;
  const differences = pairs.map(([before, after]) => after - before);
  const before = mean(pairs.map(([value]) => value));
  const after = mean(pairs.map(([, value]) => value));
  const difference = mean(differences);
  const [low, high] = interval(differences, seed);
  const sure = FEWEST_PAIRS <= count && (0 < low || high < 0);
  const improved = 0 < difference === (higherIsBetter === "higher is better");
  return {
    pairs: count,
    before,
    after,
    difference,
    low,
    high,
    verdict: !sure ? "cannot tell" : improved ? "better" : "worse",
    enough: sure ? undefined : casesNeeded(differences, difference),
  };
}

function interval(differences: readonly number[], seed: number): readonly [number, number] {
  if (differences.length === 0) return [0, 0];
  const random = randomFrom(seed);
  const means = Array.from({ length: RESAMPLES }, () => {
    const sample = differences.map(() => differences[Math.floor(random() * differences.length)] ?? 0);
    return mean(sample);
  }).sort((a, b) => a - b);
  const at = (share: number): number =>
    means[Math.min(RESAMPLES - 1, Math.max(0, Math.round(share * (RESAMPLES - 1))))] ?? 0;
  return [at((1 - LEVEL) / 2), at((1 + LEVEL) / 2)];
}

/** Cases at which the interval around the present difference would no longer hold zero. */
function casesNeeded(differences: readonly number[], difference: number): number | undefined {
  if (difference === 0 || differences.length < 2) return undefined;
  const variance = differences.reduce((sum, value) => sum + (value - difference) ** 2, 0) / (differences.length - 1);
  const needed = Math.ceil((1.96 ** 2 * variance) / difference ** 2);
  return MOST_CASES < needed ? undefined : Math.max(FEWEST_PAIRS, needed, differences.length + 1);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A small generator with a seed (mulberry32), so that a comparison repeats. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The comparison as one sentence. */
export function describeComparison(
  what: string,
  { pairs, difference, low, high, verdict, enough }: Comparison,
): string {
  const digits = (value: number): string => (Math.abs(value) < 10 ? value.toFixed(3) : value.toFixed(1));
  const sign = 0 <= difference ? "+" : "";
  const range = `${sign}${digits(difference)} (95 % between ${digits(low)} and ${digits(high)}, ${pairs} cases)`;
  if (verdict !== "cannot tell") return `${what}: ${verdict}, ${range}`;
  const more = enough === undefined ? "" : `; about ${enough} cases would tell`;
  return `${what}: cannot tell, ${range}${more}`;
}
