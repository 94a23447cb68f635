/** What happened over time: findings of the workspace and evaluation runs. */
import { LIMITS, type DashboardData, type EvaluationPoint, type HistoryPoint } from "../../protocol/src/dashboard.js";
import { createChart, type Chart } from "./chart.js";
import type { Line } from "./chart-drawing.js";
import { element, emptyState, heading, milliseconds, percent } from "./dom.js";

/** More lines than this cannot be told apart. */
const MAX_LINES = 7;

export interface Section {
  readonly root: HTMLElement;
  readonly charts: readonly Chart[];
}

export function findingSection({ history }: DashboardData): Section {
  const root = element("section", {}, heading("Findings over time"));
  if (history.length === 0) {
    root.append(emptyState("No scan has come to its end yet. Open a folder with code, or run `hotpath check` in it."));
    return { root, charts: [] };
  }
  const times = history.map(({ at }) => at);
  const chart = createChart({
    title: "Findings",
    times,
    lines: linesOf(history, "byFamily"),
    format: (value) => (Number.isInteger(value) ? String(value) : ""),
    least: 4,
    height: 260,
  });
  const choices = [
    { key: "byFamily", label: "by family" },
    { key: "byFolder", label: "by folder" },
  ] as const;
  const choice = element("fieldset", { class: "choice" }, element("legend", {}, "Show"));
  for (const { key, label } of choices) {
    const input = element("input", { type: "radio", name: "grouping", value: key });
    input.checked = key === "byFamily";
    input.addEventListener("change", () => chart.update(times, linesOf(history, key)));
    choice.append(element("label", {}, input, ` ${label}`));
  }
  root.append(choice, element("div", { class: "charts wide" }, chart.root));
  return { root, charts: [chart] };
}

/** The most frequent groups a line each. */
function linesOf(history: readonly HistoryPoint[], key: "byFamily" | "byFolder"): readonly Line[] {
  const totals = new Map<string, number>();
  for (const point of history)
    for (const [name, count] of Object.entries(point[key])) totals.set(name, (totals.get(name) ?? 0) + count);
  const names = [...totals].sort((a, b) => b[1] - a[1]).slice(0, MAX_LINES);
  if (names.length === 0) return [{ label: "findings", values: history.map(({ findings }) => findings) }];
  return names.map(([label]) => ({ label, values: history.map((point) => point[key][label] ?? 0) }));
}

export function evaluationSection({ evaluations }: DashboardData): Section {
  const root = element("section", {}, heading("Evaluation runs"));
  if (evaluations.length === 0) {
    root.append(
      emptyState(
        "No run is recorded. Run Hotpath: Run Evaluation… or `hotpath eval`: a suite comes with Hotpath, and your own are called `*.hotpath-eval.yaml`.",
      ),
    );
    return { root, charts: [] };
  }
  const times = evaluations.map(({ at }) => at);
  const all = ({ passed, failed, errors }: EvaluationPoint): number => Math.max(1, passed + failed + errors);
  const line = (label: string, value: (point: EvaluationPoint) => number | undefined): Line => ({
    label,
    values: evaluations.map(value),
  });
  const limit = (value: number, label: string): { readonly value: number; readonly label: string } => ({
    value,
    label,
  });
  const charts = [
    createChart({
      title: "Passed",
      times,
      lines: [line("passed", (one) => one.passed / all(one))],
      format: percent,
      least: 1,
    }),
    createChart({
      title: "Response time, 95th percentile",
      times,
      lines: [line("response", ({ responseP95Ms }) => responseP95Ms)],
      limit: limit(LIMITS.responseMs, milliseconds(LIMITS.responseMs)),
      format: milliseconds,
    }),
    createChart({
      title: "Throughput",
      times,
      lines: [line("cases a second", ({ perSecond }) => perSecond)],
      format: (value) => `${value.toFixed(value < 10 ? 1 : 0)}/s`,
    }),
    createChart({
      title: "Errors",
      times,
      lines: [line("errors", (one) => one.errors / all(one))],
      limit: limit(LIMITS.errors, percent(LIMITS.errors)),
      format: percent,
    }),
    createChart({
      title: "Answered from the cache",
      times,
      lines: [line("cache hits", ({ cacheHits }) => cacheHits)],
      limit: limit(LIMITS.cacheHits, `${percent(LIMITS.cacheHits)} at least`),
      format: percent,
      least: 1,
    }),
  ];
  if (evaluations.some(({ cpu, memory }) => cpu !== undefined || memory !== undefined)) {
    charts.push(
      createChart({
        title: "Processor and memory",
        times,
        lines: [line("processor", ({ cpu }) => cpu), line("memory", ({ memory }) => memory)],
        limit: limit(LIMITS.cpu, percent(LIMITS.cpu)),
        format: percent,
        least: 1,
      }),
    );
  }
  root.append(element("div", { class: "charts" }, ...charts.map((chart) => chart.root)));
  return { root, charts };
}
