/** The best few of many. */

/**
 * Items with the highest scores, best first, ties by the smaller item.
 *
 * @param scores By item.
 */
export function top(items: readonly number[], scores: Readonly<Record<number, number>>, limit: number): number[] {
  const byScore = (a: number, b: number): number => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b;
  const kept: number[] = [];
  let least = -Infinity;
  for (const item of items) {
    if (limit <= kept.length && (scores[item] ?? 0) < least) continue;
    kept.push(item);
    // Sorting now and then is cheaper than keeping the list in order.
    if (limit * 4 <= kept.length) {
      kept.sort(byScore).length = limit;
      least = scores[kept[limit - 1] ?? -1] ?? -Infinity;
    }
  }
  return kept.sort(byScore).slice(0, limit);
}
