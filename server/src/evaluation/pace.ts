/**
 * How fast a run is going, from when cases finished. Completions come in bursts (several at once, then a slow one) and a few cases take far longer
 * than the rest, so the longest gaps are left out; and a run can change its pace for good, so the last cases count when they disagree with the others.
 */
export interface Pace {
  /** A case was finished by real work; those answered from the cache say nothing about the others. */
  add(at: number): void;
  /** Cases a second as of now; 0 while nothing is known. */
  perSecond(now: number): number;
}

const LONG_WINDOW = 128;
const SHORT_WINDOW = 32;
/** Share of the gaps in a window that may be outliers. */
const OUTLIERS = 0.05;
/** The pace has changed for good when the last cases differ from the others by this factor. */
const CHANGE = 2;

/** @param startedAt When the first case began, in the milliseconds of the same clock. */
export function createPace(startedAt: number): Pace {
  const moments = [startedAt];
  return {
    add(at) {
      moments.push(at);
      if (4 * LONG_WINDOW < moments.length) moments.splice(0, moments.length - LONG_WINDOW - 1);
    },
    perSecond(now) {
      if (moments.length < 2) return 0;
      const long = meanGap(moments.slice(-LONG_WINDOW - 1), now);
      const short = meanGap(moments.slice(-SHORT_WINDOW - 1), now);
      const changed = long * CHANGE < short || short * CHANGE < long;
      // Less than a microsecond cannot be told from none.
      return 1000 / Math.max(0.001, changed ? short : long);
    },
  };
}

/** Typical time from one completion to the next. The gap that is still open counts once it is longer than the others. */
function meanGap(moments: readonly number[], now: number): number {
  const gaps = moments.slice(1).map((moment, index) => moment - (moments[index] ?? moment));
  gaps.sort((a, b) => a - b);
  const kept = gaps.slice(0, gaps.length - Math.floor(gaps.length * OUTLIERS));
  const sum = kept.reduce((total, gap) => total + gap, 0);
  const open = now - (moments.at(-1) ?? now);
  return open <= sum / kept.length ? sum / kept.length : (sum + open) / (kept.length + 1);
}

/** Seconds as HH:MM:SS; hours go on past 99. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const part = (value: number): string => String(value).padStart(2, "0");
  return `${part(Math.floor(whole / 3600))}:${part(Math.floor(whole / 60) % 60)}:${part(whole % 60)}`;
}
