/** The last so many values of something, and their percentiles. */

export interface Recent {
  add(value: number): void;
  readonly count: number;
  /** @param share 0 to 1. Undefined before the first value. */
  percentile(share: number): number | undefined;
}

export function createRecent(kept: number): Recent {
  const values: number[] = [];
  const state = { count: 0 };
  return {
    add(value) {
      values[state.count % kept] = value;
      state.count++;
    },
    get count() {
      return state.count;
    },
    percentile(share) {
      if (values.length === 0) return undefined;
      const sorted = [...values].sort((a, b) => a - b);
      return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    },
  };
}
