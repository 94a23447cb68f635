/** How a chart looks: scales, lines, limits, and the theme's colours. */
import type uPlot from "uplot";
import { element } from "./dom.js";

export interface Line {
  readonly label: string;
  /** `undefined` where there is no value at that time. */
  readonly values: readonly (number | undefined)[];
}

export interface ChartOptions {
  readonly title: string;
  /** Milliseconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly limit?: { readonly value: number; readonly label: string };
  readonly format: (value: number) => string;
  /** From nought to at least this. */
  readonly least?: number;
  readonly height?: number;
}

const COLORS = 7;
/** What is shown around a time that stands alone. */
const ALONE_SECONDS = 1_800;

export function dataOf({ times, lines }: Pick<ChartOptions, "times" | "lines">): uPlot.AlignedData {
  return [times.map((at) => at / 1000), ...lines.map(({ values }) => [...values])];
}

export function plotOptions(
  { format, limit, least = 0 }: ChartOptions,
  lines: readonly Line[],
  colors: Palette,
  width: number,
  height: number,
): uPlot.Options {
  const axis = {
    stroke: colors.text,
    grid: { stroke: colors.grid, width: 1 },
    ticks: { show: false },
    font: "11px sans-serif",
  };
  const top = Math.max(least, limit?.value ?? 0);
  return {
    width,
    height,
    legend: { show: false },
    cursor: { drag: { x: true, y: false }, points: { size: 6 } },
    scales: {
      // Around a single time the library would show years.
      x: {
        range: ({ data }, min, max) =>
          data[0].length < 2 || min === max ? [min - ALONE_SECONDS, min + ALONE_SECONDS] : [min, max],
      },
      y: { range: (_, _min, max) => [0, Math.max(top * 1.1, max * 1.1, Number.MIN_VALUE)] },
    },
    axes: [axis, { ...axis, size: 62, values: (_, splits) => splits.map(format) }],
    series: [
      {},
      ...lines.map(({ label, values }, i) => ({
        label,
        stroke: colors.series[i % COLORS] ?? colors.text,
        width: 2,
        // A lone point between gaps would not be seen as a line.
        points: { show: values.length < 40, size: 5 },
        spanGaps: true,
      })),
    ],
    hooks: { draw: limit === undefined ? [] : [(plot) => drawLimit(plot, limit.value, colors.limit)] },
  };
}

function drawLimit(plot: uPlot, value: number, color: string): void {
  const { ctx, bbox } = plot;
  const y = plot.valToPos(value, "y", true);
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = Math.max(1, window.devicePixelRatio);
  ctx.setLineDash([6, 4]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

export function legendOf(lines: readonly Line[], colors: Palette, limit: string | undefined): Node[] {
  const swatch = (color: string, text: string): HTMLElement => {
    const mark = element("span", { "aria-hidden": "true" }, "\u25A0 ");
    mark.style.color = color;
    const entry = element("span", {}, mark, `${text}  `);
    entry.style.whiteSpace = "pre";
    return entry;
  };
  const entries = lines.map(({ label }, i) => swatch(colors.series[i % COLORS] ?? colors.text, label));
  return limit === undefined ? entries : [...entries, swatch(colors.limit, `limit ${limit}`)];
}

export function shown(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? "none" : format(value);
}

export interface Palette {
  readonly text: string;
  readonly grid: string;
  readonly limit: string;
  readonly series: readonly string[];
}

/** The theme's colours as a canvas takes them. */
export function palette(): Palette {
  const probe = element("span");
  document.body.append(probe);
  const read = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const colors = {
    text: read("--quiet"),
    grid: read("--line"),
    limit: read("--limit"),
    series: Array.from({ length: COLORS }, (_, i) => read(`--series-${i + 1}`)),
  };
  probe.remove();
  return colors;
}
