/** Small drawings for reports, as inline SVG. */
import type { CaseResult } from "../../../../protocol/src/evaluation.js";

const BAR_WIDTH = 80;

/** A share from 0 to 1 as a bar. */
export function barChart(share: number): string {
  const width = Math.round(BAR_WIDTH * Math.min(1, Math.max(0, share)));
  return `<svg width="${BAR_WIDTH}" height="8" role="img" aria-label="${Math.round(share * 100)} %"><rect width="${BAR_WIDTH}" height="8" rx="2" fill="#8884"/><rect width="${width}" height="8" rx="2" fill="#1a7f37"/></svg>`;
}

const CHART = { width: 640, height: 140, bottom: 24 } as const;
const COLUMNS = 40;
/** Each column holds times up to twice as long as two columns before: from a hundredth of a millisecond to hours. */
const STEP = Math.SQRT2;
const SHORTEST_MS = 0.01;

/** How many cases took how long, on a logarithmic scale. */
export function timeChart(results: Iterable<CaseResult>): string {
  const counts = Array.from({ length: COLUMNS }, () => 0);
  for (const { metrics, durationMs } of results) {
    const took = Math.max(SHORTEST_MS, metrics?.["latencyMs"] ?? durationMs);
    const column = Math.min(COLUMNS - 1, Math.floor(Math.log(took / SHORTEST_MS) / Math.log(STEP)));
    counts[column] = (counts[column] ?? 0) + 1;
  }
  const first = Math.max(
    0,
    counts.findIndex((count) => 0 < count),
  );
  const last = Math.max(
    first,
    counts.findLastIndex((count) => 0 < count),
  );
  const shown = counts.slice(first, last + 1);
  const highest = Math.max(1, ...shown);
  const width = CHART.width / shown.length;
  const bars = shown.map((count, index) => {
    const height = ((CHART.height - CHART.bottom) * count) / highest;
    const label = `${timeText(SHORTEST_MS * STEP ** (first + index))}: ${count}`;
    return `<rect x="${(index * width).toFixed(1)}" y="${(CHART.height - CHART.bottom - height).toFixed(1)}" width="${Math.max(1, width - 2).toFixed(1)}" height="${height.toFixed(1)}" fill="#0969da"><title>${label}</title></rect>`;
  });
  const axis = `<text x="0" y="${CHART.height - 6}" font-size="11" fill="currentColor">${timeText(SHORTEST_MS * STEP ** first)}</text><text x="${CHART.width}" y="${CHART.height - 6}" font-size="11" text-anchor="end" fill="currentColor">${timeText(SHORTEST_MS * STEP ** (last + 1))}</text>`;
  return `<svg viewBox="0 0 ${CHART.width} ${CHART.height}" width="100%" style="max-width:${CHART.width}px" role="img" aria-label="How long the cases took">${bars.join("")}${axis}</svg>`;
}

function timeText(ms: number): string {
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
