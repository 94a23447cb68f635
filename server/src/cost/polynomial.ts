/**
 * Counts that depend on sizes of collections: `2 + 3·orders + orders·items`. A polynomial is a sorted list of terms without equal ones; symbols stand for
 * whole numbers that are not known and never negative.
 */

/** Stands for a factor nobody knows. */
export const UNKNOWN = "?";

export interface Term {
  readonly times: number;
  /** Ids of symbols, sorted; repeated for a power. */
  readonly over: readonly string[];
}

export type Polynomial = readonly Term[];

export const zero: Polynomial = [];

/** More terms than this say nothing a reader could hold in mind; the smallest ones become unknown. */
const MAX_TERMS = 12;
/** Deeper nesting than this counts as unknown. */
const MAX_DEGREE = 4;

/** A plain number. */
export function constant(value: number): Polynomial {
  return value === 0 ? zero : [{ times: value, over: [] }];
}

export function sum(a: Polynomial, b: Polynomial): Polynomial {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return merged(a, b, (x, y) => x + y);
}

/** The largest of each term: an upper bound of both. */
export function upper(a: Polynomial, b: Polynomial): Polynomial {
  return merged(a, b, Math.max);
}

/** The smallest of each term: a lower bound of both. */
export function lower(a: Polynomial, b: Polynomial): Polynomial {
  return merged(a, b, Math.min);
}

export function multiplied(a: Polynomial, factor: number | string): Polynomial {
  if (typeof factor === "number")
    return factor === 0 ? zero : a.map((term) => ({ ...term, times: term.times * factor }));
  return normal(a.map(({ times, over }) => ({ times, over: over.includes(UNKNOWN) ? [UNKNOWN] : [...over, factor] })));
}

/** Puts another polynomial in place of each symbol; a symbol that `of` does not know stays. */
export function substituted(a: Polynomial, of: (symbol: string) => Polynomial | undefined): Polynomial {
  let total: Polynomial = zero;
  for (const { times, over } of a) {
    let product: Polynomial = constant(times);
    for (const symbol of over) product = multipliedBy(product, of(symbol) ?? [{ times: 1, over: [symbol] }]);
    total = sum(total, product);
  }
  return total;
}

/** Whether `a` is at most `b` whatever the symbols stand for, as far as comparing term by term tells. */
export function isAtMost(a: Polynomial, b: Polynomial): boolean {
  return a.every((term) => term.times <= (find(b, term)?.times ?? 0));
}

export function hasUnknown(a: Polynomial): boolean {
  return a.some((term) => term.over.includes(UNKNOWN));
}

/** What is known of it. */
export function withoutUnknown(a: Polynomial): Polynomial {
  return hasUnknown(a) ? a.filter((term) => !term.over.includes(UNKNOWN)) : a;
}

/** The value for given sizes; undefined when one is missing. */
export function evaluated(a: Polynomial, sizeOf: (symbol: string) => number | undefined): number | undefined {
  let total = 0;
  for (const { times, over } of a) {
    let product = times;
    for (const symbol of over) {
      const size = sizeOf(symbol);
      if (size === undefined) return undefined;
      product *= size;
    }
    total += product;
  }
  return total;
}

export function samePolynomial(a: Polynomial, b: Polynomial): boolean {
  return a.length === b.length && isAtMost(a, b) && isAtMost(b, a);
}

function multipliedBy(a: Polynomial, b: Polynomial): Polynomial {
  let total: Polynomial = zero;
  for (const { times, over } of b) {
    let part = multiplied(a, times);
    for (const symbol of over) part = multiplied(part, symbol);
    total = sum(total, part);
  }
  return total;
}

function merged(a: Polynomial, b: Polynomial, join: (x: number, y: number) => number): Polynomial {
  const byKey = new Map<string, Term>();
  for (const term of a) byKey.set(keyOf(term), { over: term.over, times: join(term.times, find(b, term)?.times ?? 0) });
  for (const term of b) {
    const key = keyOf(term);
    if (!byKey.has(key)) byKey.set(key, { over: term.over, times: join(0, term.times) });
  }
  return normal([...byKey.values()]);
}

function find(a: Polynomial, wanted: Term): Term | undefined {
  const key = keyOf(wanted);
  return a.find((term) => keyOf(term) === key);
}

function keyOf({ over }: Term): string {
  return over.join("*");
}

/** Equal terms added, empty ones dropped, sorted by degree; what is over the limits is unknown. */
function normal(terms: readonly Term[]): Polynomial {
  const byKey = new Map<string, Term>();
  for (const { times, over } of terms) {
    const sorted = MAX_DEGREE < over.length ? [UNKNOWN] : [...over].sort();
    const key = sorted.join("*");
    byKey.set(key, { over: sorted, times: (byKey.get(key)?.times ?? 0) + times });
  }
  const kept = [...byKey.values()].filter((term) => term.times !== 0);
  kept.sort((a, b) => a.over.length - b.over.length || (keyOf(a) < keyOf(b) ? -1 : 1));
  if (kept.length <= MAX_TERMS) return kept;
  return [...kept.filter((term) => keyOf(term) !== UNKNOWN).slice(0, MAX_TERMS - 1), { times: 1, over: [UNKNOWN] }];
}
