/** A run for a person at a terminal: what did not pass, scores, limits, figures. */
import type { CaseResult } from "../../../../protocol/src/evaluation.js";
import type { BaselineComparison } from "../../evaluation/baseline.js";
import { describeComparison } from "../../evaluation/compare.js";
import type { EvaluationReport } from "../../evaluation-io/evaluate.js";
import type { VariantReport } from "../../evaluation/variants.js";
import type { Palette } from "../palette.js";
import { relativeTo } from "../report.js";

/** More than a screen or two of failures is for the other formats. */
const MAX_SHOWN = 25;
const MAX_NAMES = 5;

export function formatEvaluation(
  report: EvaluationReport,
  baseline: BaselineComparison | undefined,
  root: string,
  palette: Palette,
): string {
  const { suite, summary, figures, ok } = report;
  const out = ["", palette.bold(suite.name), ""];
  let hidden = 0;
  let shown = 0;
  for (const result of report.results()) {
    if (result.status === "passed") continue;
    if (MAX_SHOWN <= shown) hidden++;
    else out.push(...caseLines(result, root, palette));
    shown++;
  }
  if (0 < hidden) out.push(palette.dim(`  … and ${hidden} more: --format json or html has all of them`));
  if (0 < shown) out.push("");
  out.push(...familyLines(report, palette), ...categoryLines(report, palette), ...limitLines(report, palette));
  if (report.variants !== undefined) out.push(...variantLines(report.variants, palette));
  if (baseline !== undefined) out.push(...baselineLines(baseline, palette));
  const { metrics } = summary;
  const state =
    figures.state === "completed"
      ? ok
        ? palette.green("passed")
        : palette.red("failed")
      : palette.yellow(figures.state);
  const cached = 0 < metrics.cacheHits ? `, ${Math.round(metrics.cacheEfficiency * 100)} % from the cache` : "";
  out.push(
    `${state}: ${summary.passed} of ${summary.total} cases passed, score ${(100 * summary.score).toFixed(1)} %`,
    palette.dim(
      `${metrics.totalSeconds.toFixed(1)} s, ${metrics.itemsPerSecond.toFixed(1)} a second, ${metrics.meanConcurrency.toFixed(1)} at once${cached}; p50 ${ms(metrics.p50)}, p95 ${ms(metrics.p95)}, p99 ${ms(metrics.p99)}`,
    ),
    palette.dim(`run ${report.session}`),
    "",
  );
  return out.join("\n");
}

function caseLines(result: CaseResult, root: string, palette: Palette): string[] {
  const place = `${relativeTo(root, result.file)}:${result.line}`;
  const label = result.status === "failed" ? palette.red("failed") : palette.yellow(result.status);
  const lines = [`  ${label} ${result.title ?? result.id} ${palette.dim(place)}`];
  for (const { text, expected, actual, file, line } of result.messages.slice(0, 4)) {
    const where = file === undefined ? "" : palette.dim(` ${relativeTo(root, file)}:${line ?? 1}`);
    lines.push(`    ${oneLine(text)}${where}`);
    if (expected !== undefined)
      lines.push(palette.dim(`      expected ${oneLine(expected)}, got ${oneLine(actual ?? "nothing")}`));
  }
  return lines;
}

function oneLine(text: string): string {
  const flat = text.replaceAll(/\s+/g, " ").trim();
  return flat.length <= 160 ? flat : `${flat.slice(0, 159)}…`;
}

function familyLines({ summary }: EvaluationReport, palette: Palette): string[] {
  const families = Object.entries(summary.families);
  if (families.length === 0 || summary.detection === undefined) return [];
  const rows = [...families, ...(1 < families.length ? [["all", summary.detection] as const] : [])];
  const width = Math.max(8, ...rows.map(([name]) => name.length)) + 2;
  const head = `  ${"family".padEnd(width)}${["right", "wrong", "missed", "precision", "recall", "F1"].map((name) => name.padStart(10)).join("")}`;
  return [
    palette.dim(head),
    ...rows.map(([name, one]) => {
      const counts = [one.right, one.wrong, one.missed].map((value) => String(value).padStart(10));
      const rates = [one.precision, one.recall, one.f1].map((value) => value.toFixed(3).padStart(10));
      return `  ${name.padEnd(width)}${[...counts, ...rates].join("")}`;
    }),
    "",
  ];
}

function categoryLines({ summary }: EvaluationReport, palette: Palette): string[] {
  const categories = Object.entries(summary.categories);
  if (categories.length === 0) return [];
  const width = Math.max(8, ...categories.map(([name]) => name.length)) + 2;
  return [
    palette.dim(`  ${"category".padEnd(width)}${"passed".padStart(12)}${"score".padStart(10)}`),
    ...categories.map(
      ([name, { cases, passed, score }]) =>
        `  ${name.padEnd(width)}${`${passed}/${cases}`.padStart(12)}${score.toFixed(3).padStart(10)}`,
    ),
    "",
  ];
}

function variantLines({ variants, comparisons, choice }: VariantReport, palette: Palette): string[] {
  const width = Math.max(8, ...variants.map(({ name }) => name.length)) + 2;
  const head = ["score", "passed", "p50", "p95", "cost"].map((name) => name.padStart(11)).join("");
  const best = variants[0]?.name ?? "";
  return [
    palette.dim(`  ${"variant".padEnd(width)}${head}`),
    ...variants.map(({ name, score, passRate, p50Ms, p95Ms, cost }) => {
      const cells = [score.toFixed(3), passRate.toFixed(3), ms(p50Ms), ms(p95Ms), cost?.toPrecision(3) ?? ""];
      return `  ${name.padEnd(width)}${cells.map((cell) => cell.padStart(11)).join("")}`;
    }),
    ...comparisons.map(({ other, comparison }) => `  ${describeComparison(`${best} beside ${other}`, comparison)}`),
    `  ${palette.cyan("choice")} ${choice.name === undefined ? "" : `${palette.bold(choice.name)}: `}${choice.reason}`,
    "",
  ];
}

function limitLines({ checks }: EvaluationReport, palette: Palette): string[] {
  return checks
    .filter((check) => !check.ok)
    .map(
      ({ name, actual, bound, limit }) =>
        `${palette.red("limit")} ${name} is ${round(actual)}, must be ${bound} ${round(limit)}`,
    );
}

function baselineLines(baseline: BaselineComparison, palette: Palette): string[] {
  const names = (ids: readonly string[]): string =>
    ids.length <= MAX_NAMES
      ? ids.join(", ")
      : `${ids.slice(0, MAX_NAMES).join(", ")} and ${ids.length - MAX_NAMES} more`;
  const out = [palette.bold("beside the baseline")];
  if (0 < baseline.broken.length) out.push(`  ${palette.red("broken")} ${names(baseline.broken)}`);
  if (0 < baseline.mended.length) out.push(`  ${palette.green("mended")} ${names(baseline.mended)}`);
  if (0 < baseline.fresh + baseline.gone) out.push(`  ${baseline.fresh} new, ${baseline.gone} gone`);
  out.push(`  ${describeComparison("score", baseline.score)}`);
  if (0 < baseline.time.pairs) out.push(`  ${describeComparison("time (ms)", baseline.time)}`);
  return [...out, ""];
}

function ms(value: number): string {
  if (value < 10) return `${value.toFixed(2)} ms`;
  return value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}
