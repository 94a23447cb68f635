/** Lines over time, drawn by uPlot: with limits as dashed lines, the arrow keys as a cursor, and a table for those who cannot see them. */
import uPlot from "uplot";
import { dataOf, legendOf, palette, plotOptions, shown, type ChartOptions, type Line } from "./chart-drawing.js";
import { announce, element, moment, table, type Column } from "./dom.js";

export interface Chart {
  readonly root: HTMLElement;
  update(times: readonly number[], lines: readonly Line[]): void;
  /** Colours have changed. */
  redraw(): void;
}

const HEIGHT = 170;
const TABLE_ROWS = 50;

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
