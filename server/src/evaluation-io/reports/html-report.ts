/** A run as one HTML page that needs nothing else: no script, no font, no address outside. */
import type { CaseResult } from "../../../../protocol/src/evaluation.js";
import { describeComparison } from "../../evaluation/compare.js";
import { formatDuration } from "../../evaluation/pace.js";
import type { EvaluationReport } from "../evaluate.js";
import type { VariantReport } from "../../evaluation/variants.js";
import { barChart, timeChart } from "./charts.js";
import { escapeXml as escape } from "./junit-report.js";
import type { ReportedRun } from "./json-report.js";

/** Rows beyond these are in the JSON report; a browser would choke on them. */
const MAX_ROWS = 1000;

export function* htmlReport(runs: readonly ReportedRun[]): Generator<string> {
  const title = runs.map(({ report }) => report.suite.name).join(", ");
  yield `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)} – Hotpath evaluation</title><style>${STYLE}</style></head><body>\n`;
  for (const run of runs) yield* runSection(run);
  yield "</body></html>\n";
}

function* runSection({ report, baseline }: ReportedRun): Generator<string> {
  const { suite, summary, figures, checks, variants, ok, startedAt, session } = report;
  yield `<section><h1>${escape(suite.name)} <span class="${ok ? "good" : "bad"}">${figures.state === "completed" ? (ok ? "passed" : "failed") : figures.state}</span></h1>\n`;
  if (suite.description !== undefined) yield `<p>${escape(suite.description)}</p>\n`;
  yield `<p class="dim">${escape(startedAt.replace(/T(.*?)\..*$/, " $1 UTC"))} · run ${escape(session)} · ${formatDuration(summary.metrics.totalSeconds)}</p>\n`;
  yield tiles(report);
  if (0 < Object.keys(summary.families).length) yield familyTable(report);
  yield `<h2>Limits</h2><table><tr><th>Limit</th><th>Measured</th><th>Wanted</th><th></th></tr>${checks
    .map(
      (check) =>
        `<tr><td>${escape(check.name)}</td><td>${number(check.actual)}</td><td>${check.bound} ${number(check.limit)}</td><td class="${check.ok ? "good" : "bad"}">${check.ok ? "kept" : "broken"}</td></tr>`,
    )
    .join("")}</table>\n`;
  if (variants !== undefined) yield variantTable(variants);
  if (baseline !== undefined) {
    yield `<h2>Beside the baseline</h2><ul><li>${escape(describeComparison("score", baseline.score))}</li><li>${escape(describeComparison("time (ms)", baseline.time))}</li><li>${baseline.broken.length} broken, ${baseline.mended.length} mended, ${baseline.fresh} new, ${baseline.gone} gone</li></ul>\n`;
  }
  yield `<h2>Times</h2>${timeChart(report.results())}\n`;
  yield* caseRows(report.results());
  yield "</section>\n";
}

function tiles({ summary }: EvaluationReport): string {
  const { metrics } = summary;
  const rows: readonly (readonly [string, string])[] = [
    ["cases", String(summary.total)],
    ["passed", String(summary.passed)],
    ["failed", String(summary.failed)],
    ["errors", String(summary.errors + summary.timeouts)],
    ["score", number(summary.score)],
    ["per second", number(metrics.itemsPerSecond)],
    ["from the cache", `${Math.round(metrics.cacheEfficiency * 100)} %`],
    ["at once", number(metrics.meanConcurrency)],
    ["p50 ms", number(metrics.p50)],
    ["p95 ms", number(metrics.p95)],
    ["p99 ms", number(metrics.p99)],
  ];
  return `<dl>${rows.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join("")}</dl>\n`;
}

function familyTable({ summary }: EvaluationReport): string {
  const rows = Object.entries(summary.families).map(
    ([name, family]) =>
      `<tr><td>${escape(name)}</td><td>${family.right}</td><td>${family.wrong}</td><td>${family.missed}</td><td>${number(family.precision)} ${barChart(family.precision)}</td><td>${number(family.recall)} ${barChart(family.recall)}</td><td>${number(family.f1)}</td></tr>`,
  );
  return `<h2>Detection</h2><table><tr><th>Family</th><th>Right</th><th>False alarms</th><th>Missed</th><th>Precision</th><th>Recall</th><th>F1</th></tr>${rows.join("")}</table>\n`;
}

function variantTable({ variants, comparisons, choice }: VariantReport): string {
  const rows = variants.map(
    ({ name, cases, score, passRate, p50Ms, p95Ms, cost }) =>
      `<tr><td>${escape(name)}</td><td>${cases}</td><td>${number(score)} ${barChart(score)}</td><td>${number(passRate)}</td><td>${number(p50Ms)}</td><td>${number(p95Ms)}</td><td>${cost === undefined ? "" : number(cost)}</td></tr>`,
  );
  const verdicts = comparisons.map(
    ({ other, comparison }) =>
      `<li>${escape(describeComparison(`${variants[0]?.name ?? ""} beside ${other}`, comparison))}</li>`,
  );
  const chosen = `${choice.name === undefined ? "" : `${choice.name}: `}${choice.reason}`;
  return `<h2>Against each other</h2><table><tr><th>Variant</th><th>Cases</th><th>Score</th><th>Passed</th><th>p50 ms</th><th>p95 ms</th><th>Cost</th></tr>${rows.join("")}</table><ul>${verdicts.join("")}</ul><p>Choice: ${escape(chosen)}</p>\n`;
}

function* caseRows(results: Iterable<CaseResult>): Generator<string> {
  yield "<h2>Cases</h2><table><tr><th></th><th>Case</th><th>Score</th><th>ms</th><th>What happened</th></tr>\n";
  let rows = 0;
  let left = 0;
  for (const result of results) {
    // Those that passed give way to those that did not.
    if (MAX_ROWS <= rows && (result.status === "passed" || 2 * MAX_ROWS <= rows)) {
      left++;
      continue;
    }
    rows++;
    const said = result.messages
      .map(
        ({ text, expected, actual }) =>
          `<div>${escape(text)}${expected === undefined ? "" : `<br><span class="dim">expected ${escape(expected)}, got ${escape(actual ?? "")}</span>`}</div>`,
      )
      .join("");
    yield `<tr><td class="${result.status === "passed" ? "good" : "bad"}">${result.status}${result.cached ? " (cache)" : ""}</td><td>${escape(result.title ?? result.id)}${result.title === undefined ? "" : `<br><span class="dim">${escape(result.id)}</span>`}</td><td>${number(result.score)}</td><td>${number(result.metrics?.["latencyMs"] ?? result.durationMs)}</td><td>${said}</td></tr>\n`;
  }
  yield "</table>\n";
  if (0 < left) yield `<p class="dim">${left} more cases are in the JSON report.</p>\n`;
}

export function number(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 3 : 1);
}

const STYLE =
  ":root{color-scheme:light dark}body{--good:#1a7f37;--bad:#cf222e}body.vscode-dark,body.vscode-high-contrast:not(.vscode-high-contrast-light){--good:#3fb950;--bad:#f85149}@media(prefers-color-scheme:dark){body:not([class*=vscode-]){--good:#3fb950;--bad:#f85149}}body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .5rem;border-bottom:1px solid #8884;vertical-align:top}dl{display:flex;flex-wrap:wrap;gap:.5rem}dl div{border:1px solid #8886;border-radius:.4rem;padding:.4rem .8rem}dt{font-size:.8rem;opacity:.7}dd{margin:0;font-size:1.2rem;font-variant-numeric:tabular-nums}.good{color:var(--good)}.bad{color:var(--bad)}.dim{opacity:.65;font-size:.85rem}svg{vertical-align:middle}";
