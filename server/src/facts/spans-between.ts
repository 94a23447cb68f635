/** Asks many times whether something lies between two places, of lists that are sorted once. */
import { groupBy } from "../base/group.js";
import type { Span } from "../base/span.js";

/** Puts values into lists by key; each list is in the order of the file. Undefined keys are left out. */
export function spansBy<T, K>(
  all: readonly T[],
  keyOf: (one: T) => K | undefined,
  spanOf: (one: T) => Span,
): Map<K, Span[]> {
  const sorted = (list: readonly T[]): Span[] => list.map(spanOf).sort((a, b) => a.start - b.start);
  return new Map([...groupBy(all, keyOf)].map(([key, list]) => [key, sorted(list)]));
}

/** Whether one of these spans, sorted by their start, lies between two offsets. */
export function anyBetween(sorted: readonly Span[] | undefined, start: number, end: number): boolean {
  if (sorted === undefined) return false;
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < sorted.length; i++) {
    const span = sorted[i];
    if (span === undefined || end < span.start) return false;
    if (span.end <= end) return true;
  }
  return false;
}
