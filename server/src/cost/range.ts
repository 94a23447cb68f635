/** A count that depends on which way a program takes: the cheapest ways and the dearest, where no single one is either. */
import {
  constant,
  hasUnknown,
  isAtMost,
  lower,
  multiplied,
  type Polynomial,
  samePolynomial,
  substituted,
  sum,
  UNKNOWN,
  upper,
  withoutUnknown,
  zero,
} from "./polynomial.js";

export interface Range {
  /** None is at most another; never empty. */
  readonly min: readonly Polynomial[];
  /** The same for the upper end. */
  readonly max: readonly Polynomial[];
}

/** Ways kept at either end; more are put together into one bound of them all. */
const MAX_WAYS = 4;

export const none: Range = { min: [zero], max: [zero] };
/** Anything from nothing to nobody knows what. */
export const anything: Range = { min: [zero], max: [[{ times: 1, over: [UNKNOWN] }]] };

export function exactly(value: number): Range {
  return { min: [constant(value)], max: [constant(value)] };
}

export function plus(a: Range, b: Range): Range {
  if (isNone(a)) return b;
  if (isNone(b)) return a;
  return { min: cheapest(sums(a.min, b.min)), max: dearest(sums(a.max, b.max)) };
}

/** One of several ways. */
export function either(a: Range, b: Range): Range {
  if (a === b) return a;
  return { min: cheapest([...a.min, ...b.min]), max: dearest([...a.max, ...b.max]) };
}

/** It may also not happen. */
export function perhaps(a: Range): Range {
  return { min: [zero], max: a.max };
}

/** @param factor How often: a number, or the id of a symbol. */
export function timesOver(a: Range, factor: number | string): Range {
  const many = (ways: readonly Polynomial[]): readonly Polynomial[] => ways.map((way) => multiplied(way, factor));
  return factor === UNKNOWN ? { min: [zero], max: many(a.max) } : { min: many(a.min), max: many(a.max) };
}

export function substitutedIn(a: Range, of: (symbol: string) => Range | undefined): Range {
  const low = (symbol: string): Polynomial | undefined => joined(of(symbol)?.min, lower);
  const high = (symbol: string): Polynomial | undefined => joined(of(symbol)?.max, upper);
  return {
    min: cheapest(a.min.map((way) => substituted(way, low))),
    max: dearest(a.max.map((way) => substituted(way, high))),
  };
}

/** The larger of the two at both ends: what is shared is not paid for twice. */
export function shared(a: Range, b: Range): Range {
  return {
    min: [joined([...a.min, ...b.min], upper) ?? zero],
    max: [joined([...a.max, ...b.max], upper) ?? zero],
  };
}

export function isNone(a: Range): boolean {
  return a === none || (a.min.every((way) => way.length === 0) && a.max.every((way) => way.length === 0));
}

export function isUncertain(a: Range): boolean {
  return a.max.some(hasUnknown);
}

/** A range whose upper end is known in part only. */
export function knownPart(a: Range): Range {
  return isUncertain(a) ? { min: a.min, max: dearest(a.max.map(withoutUnknown)) } : a;
}

export function isExact(a: Range): boolean {
  const [low] = a.min;
  const [high] = a.max;
  if (low === undefined || high === undefined || a.min.length + a.max.length !== 2) return false;
  return samePolynomial(low, high);
}

function joined(
  ways: readonly Polynomial[] | undefined,
  join: (a: Polynomial, b: Polynomial) => Polynomial,
): Polynomial | undefined {
  if (ways === undefined) return undefined;
  return ways.reduce<Polynomial | undefined>((all, way) => (all === undefined ? way : join(all, way)), undefined);
}

function sums(a: readonly Polynomial[], b: readonly Polynomial[]): Polynomial[] {
  return a.flatMap((x) => b.map((y) => sum(x, y)));
}

function cheapest(ways: readonly Polynomial[]): readonly Polynomial[] {
  const kept = front(ways, (a, b) => isAtMost(a, b));
  return kept.length <= MAX_WAYS ? kept : [joined(kept, lower) ?? zero];
}

function dearest(ways: readonly Polynomial[]): readonly Polynomial[] {
  const kept = front(ways, (a, b) => isAtMost(b, a));
  return kept.length <= MAX_WAYS ? kept : [joined(kept, upper) ?? zero];
}

/** Those that no other makes superfluous; of equal ones the first. */
function front(ways: readonly Polynomial[], covers: (a: Polynomial, b: Polynomial) => boolean): readonly Polynomial[] {
  if (ways.length <= 1) return ways;
  return ways.filter(
    (way, i) => !ways.some((other, j) => i !== j && covers(other, way) && (j < i || !covers(way, other))),
  );
}
