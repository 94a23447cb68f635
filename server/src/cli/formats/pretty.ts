/** `--format pretty`: findings for a person at a terminal, grouped by rule, each with its code, its path and its cost. */
import type { Finding } from "../../analysis/finding.js";
import { nearCopies } from "../../service/near-copies.js";
import type { Severity } from "../../rules/define-rule.js";
import type { Palette } from "../palette.js";
import { relativeTo, type Report } from "../report.js";
import { costsTable } from "../costs-table.js";
import { codeFrame } from "./code-frame.js";

const ORDER: readonly Severity[] = ["error", "warning", "information", "hint"];

export function formatPretty(report: Report, palette: Palette): string {
  const out: string[] = [];
  for (const [rule, findings] of groupByRule(report.findings)) {
    const docs = report.rules.find((info) => info.id === rule)?.docs;
    out.push(
      "",
      `${palette.bold(rule)} ${palette.dim(`(${findings.length})`)}${docs === undefined ? "" : palette.dim(` ${docs.what}`)}`,
    );
    const leaders = nearCopies(findings, report.textOf);
    for (const [i, finding] of findings.entries()) {
      const leader = findings[leaders[i] ?? i];
      const isCopy = leader !== undefined && leader !== finding;
      out.push(
        "",
        ...(isCopy ? renderCopy(report, finding, leader, palette) : renderFinding(report, finding, palette)),
      );
    }
    if (docs !== undefined)
      out.push("", `  ${palette.cyan("instead")} ${docs.instead} ${palette.dim(`hotpath explain ${rule}`)}`);
  }
  if (report.problems.length > 0) {
    out.push("", palette.bold("problems"));
    for (const problem of report.problems) out.push(`  ${relativeTo(report.root, problem.path)}: ${problem.message}`);
  }
  if (report.endpoints !== undefined)
    out.push("", costsTable(report.endpoints, (path) => relativeTo(report.root, path), palette).trimEnd());
  out.push("", summary(report, palette), "");
  return out.join("\n");
}

function groupByRule(findings: readonly Finding[]): [string, Finding[]][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.rule);
    if (group === undefined) groups.set(finding.rule, [finding]);
    else group.push(finding);
  }
  const rank = (group: readonly Finding[]): number =>
    Math.min(...group.map((finding) => ORDER.indexOf(finding.severity)));
  return [...groups].sort(([a, x], [b, y]) => rank(x) - rank(y) || a.localeCompare(b));
}

function renderFinding(report: Report, finding: Finding, palette: Palette): string[] {
  const { line, column } = finding.range.start;
  const place = `${relativeTo(report.root, finding.path)}:${line}:${column}`;
  const out = [`  ${severityLabel(finding.severity, palette)} ${palette.underline(place)}`, `  ${finding.message}`];
  const text = report.textOf(finding.path);
  if (text !== undefined) out.push(indent(codeFrame(text, finding.range, palette)));
  finding.related.forEach((related, index) => {
    const at = `${relativeTo(report.root, related.path)}:${related.range.start.line}:${related.range.start.column}`;
    out.push(`  ${palette.dim(`${"  ".repeat(Math.min(index, 6))}└─`)} ${related.message} ${palette.dim(at)}`);
  });
  out.push(`  ${palette.dim("cost")} ${finding.cost}`);
  return out;
}

/** What says the same of nearly the same code is not shown again: where it stands, and what it is like. */
function renderCopy(report: Report, finding: Finding, leader: Finding, palette: Palette): string[] {
  const placeOf = ({ path, range: { start } }: Finding): string =>
    `${relativeTo(report.root, path)}:${start.line}:${start.column}`;
  return [
    `  ${severityLabel(finding.severity, palette)} ${palette.underline(placeOf(finding))}`,
    `  ${finding.message}`,
    `  ${palette.dim("like")} ${placeOf(leader)}`,
    `  ${palette.dim("cost")} ${finding.cost}`,
  ];
}

/** @param count How many there are, where they are counted. */
function severityLabel(severity: Severity, palette: Palette, count = 1): string {
  const plural = count === 1 ? "" : "s";
  if (severity === "error") return palette.red(`error${plural}`);
  if (severity === "warning") return palette.yellow(`warning${plural}`);
  return palette.blue(severity === "information" ? "info" : `hint${plural}`);
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

function summary(report: Report, palette: Palette): string {
  const counts = ORDER.map((severity) => ({
    severity,
    count: report.findings.filter((finding) => finding.severity === severity).length,
  }));
  const parts = counts
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severityLabel(severity, palette, count)}`);
  const { files, skipped, durationMs, cacheHits } = report.stats;
  if (files === 0 && skipped === 0)
    return `nothing to check: there is no TypeScript or JavaScript below ${report.root} that the settings and .gitignore leave in`;
  const scanned = `${files} ${files === 1 ? "file" : "files"} in ${(durationMs / 1000).toFixed(2)} s${cacheHits > 0 ? `, ${cacheHits} from the cache` : ""}${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  return `${parts.length === 0 ? palette.green("nothing found") : parts.join(", ")} ${palette.dim(`(${scanned})`)}`;
}
