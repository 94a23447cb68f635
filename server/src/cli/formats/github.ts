/** `--format github`: workflow commands that GitHub Actions turns into annotations on a pull request. */
import type { Severity } from "../../rules/define-rule.js";
import { relativeTo, type Report } from "../report.js";

const COMMAND: Readonly<Record<Severity, string>> = {
  error: "error",
  warning: "warning",
  information: "notice",
  hint: "notice",
};

export function formatGithub(report: Report): string {
  const lines = report.findings.map((finding) => {
    const properties = {
      file: relativeTo(report.root, finding.path),
      line: finding.range.start.line,
      endLine: finding.range.end.line,
      col: finding.range.start.column,
      endColumn: finding.range.end.column,
      title: `hotpath ${finding.rule}`,
    };
    const path = finding.related.map(
      (place) => `\n${relativeTo(report.root, place.path)}:${place.range.start.line} ${place.message}`,
    );
    const text = `${finding.message} (${finding.cost})${path.join("")}`;
    const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
    return `::${COMMAND[finding.severity]} ${list.join(",")}::${escapeData(text)}`;
  });
  return lines.map((line) => `${line}\n`).join("");
}

/** Escapes of the workflow-command syntax, as GitHub's own toolkit defines them. */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
