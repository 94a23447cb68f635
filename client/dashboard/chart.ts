/** Lines over time, drawn by uPlot: with limits as dashed lines, the arrow keys as a cursor, and a table for those who cannot see them. */
import uPlot from "uplot";
import { announce, element, moment, table, type Column } from "./dom.js";

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

export interface Chart {
  readonly root: HTMLElement;
  update(times: readonly number[], lines: readonly Line[]): void;
  /** Colours have changed. */
  redraw(): void;
}

const HEIGHT = 170;
const COLORS = 7;
const TABLE_ROWS = 50;
/** What is shown around a time that stands alone. */
const ALONE_SECONDS = 1_800;

export function createChart(options: ChartOptions): Chart {
  const { title, format, limit, height = HEIGHT } = options;
  const state = { times: options.times, lines: options.lines, at: -1 };
  const plotBox = element("div", { class: "chart", tabindex: "0", role: "img" });
  const legend = element("p", { class: "quiet" });
  const rows = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${title}, as a table` });
  const details = element("details", {}, element("summary", {}, "As a table"), rows);
  const root = element("section", { class: "card" }, element("h3", {}, title), plotBox, legend, details);
  const held: { plot?: uPlot } = {};

  const draw = (): void => {
    held.plot?.destroy();
    const colors = palette();
    held.plot = new uPlot(
      plotOptions(options, state.lines, colors, plotBox.clientWidth || 320, height),
      dataOf(state),
      plotBox,
    );
    legend.replaceChildren(...legendOf(state.lines, colors, limit?.label));
    describe();
  };
  const describe = (): void => {
    const last = state.times.length - 1;
    const now = state.lines.map(({ label, values }) => `${label} ${shown(values[last], format)}`).join(", ");
    plotBox.setAttribute(
      "aria-label",
      `${title}, ${state.times.length} points. Latest: ${now}. Arrow keys read values.`,
    );
    if (details.open) fillTable();
  };
  const fillTable = (): void => {
    const indexes = state.times
      .map((_, i) => i)
      .slice(-TABLE_ROWS)
      .reverse();
    const columns: Column<number>[] = [
      { title: "When", cell: (i) => moment(state.times[i] ?? 0) },
      ...state.lines.map(({ label, values }): Column<number> => ({
        title: label,
        isNumber: true,
        cell: (i) => shown(values[i], format),
      })),
    ];
    rows.replaceChildren(table(title, columns, indexes));
  };
  details.addEventListener("toggle", () => {
    if (details.open) fillTable();
  });
  plotBox.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || state.times.length === 0) return;
    event.preventDefault();
    const from = state.at < 0 ? state.times.length : state.at;
    state.at = Math.max(0, Math.min(state.times.length - 1, from + step));
    const time = state.times[state.at] ?? 0;
    held.plot?.setCursor({ left: held.plot.valToPos(time / 1000, "x"), top: height / 3 });
    announce(
      `${moment(time)}: ${state.lines.map(({ label, values }) => `${label} ${shown(values[state.at], format)}`).join(", ")}`,
    );
  });
  new ResizeObserver(() => {
    const width = plotBox.clientWidth;
    if (held.plot === undefined) draw();
    else if (0 < width && held.plot.width !== width) held.plot.setSize({ width, height });
  }).observe(plotBox);

  return {
    root,
    update(times, lines) {
      const isSame =
        lines.length === state.lines.length && lines.every(({ label }, i) => label === state.lines[i]?.label);
      Object.assign(state, { times, lines });
      if (!isSame) draw();
      else {
        held.plot?.setData(dataOf(state));
        describe();
      }
    },
    redraw: draw,
  };
}

function dataOf({ times, lines }: Pick<ChartOptions, "times" | "lines">): uPlot.AlignedData {
  return [times.map((at) => at / 1000), ...lines.map(({ values }) => [...values])];
}

function plotOptions(
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
      x: { range: (_, min, max) => (min === max ? [min - ALONE_SECONDS, max + ALONE_SECONDS] : [min, max]) },
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

function legendOf(lines: readonly Line[], colors: Palette, limit: string | undefined): Node[] {
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

function shown(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? "none" : format(value);
}

interface Palette {
  readonly text: string;
  readonly grid: string;
  readonly limit: string;
  readonly series: readonly string[];
}

/** The theme's colours as a canvas takes them. */
function palette(): Palette {
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
