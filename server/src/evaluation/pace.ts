/**
 * How fast a run is going, from when cases finished. Completions come in bursts (several at once, then a slow one), so the rate is the
 * median over windows of different length: one outlier moves one of them.
 */
export interface Pace {
  /** A case was finished by real work; those answered from the cache say nothing about the others. */
  add(at: number): void;
  /** Cases a second as of now; 0 while nothing is known. */
  perSecond(now: number): number;
}

/** Completions each window looks back. */
const WINDOWS = [8, 32, 128] as const;
const KEPT = 129;

/** @param startedAt When the first case began, in the milliseconds of the same clock. */
export function createPace(startedAt: number): Pace {
  const recent: number[] = [];
  const seen = { count: 0 };
  return {
    add(at) {
      recent.push(at);
      seen.count++;
      if (KEPT * 2 < recent.length) recent.splice(0, recent.length - KEPT);
    },
    perSecond(now) {
      if (seen.count === 0) return 0;
      const rates = WINDOWS.flatMap((size) => {
        // The completion before the window is where its first case began.
        const from = recent.at(-size - 1) ?? (recent.length === seen.count ? startedAt : undefined);
        const count = Math.min(size, seen.count);
        return from === undefined || (seen.count < size && size !== WINDOWS[0]) ? [] : [rate(count, from, now)];
      });
      rates.push(rate(seen.count, startedAt, now));
      return medianOf(rates);
    },
  };
}

function rate(count: number, from: number, now: number): number {
  // Less than a millisecond cannot be told from none.
  return (1000 * count) / Math.max(1, now - from);
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Seconds as HH:MM:SS; hours go on past 99. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const part = (value: number): string => String(value).padStart(2, "0");
  return `${part(Math.floor(whole / 3600))}:${part(Math.floor(whole / 60) % 60)}:${part(whole % 60)}`;
}
