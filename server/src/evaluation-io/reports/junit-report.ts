/** A run as JUnit XML, the form build servers read. */
import type { CaseResult } from "../../../../protocol/src/evaluation.js";
import type { ReportedRun } from "./json-report.js";

export function* junitReport(runs: readonly ReportedRun[]): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="hotpath">\n';
  for (const { report } of runs) {
    const { suite, summary, startedAt } = report;
    const attributes = {
      name: suite.name,
      tests: String(summary.total),
      failures: String(summary.failed),
      errors: String(summary.errors + summary.timeouts),
      time: summary.metrics.totalSeconds.toFixed(3),
      timestamp: startedAt,
    };
    yield `  <testsuite ${attributesOf(attributes)}>\n`;
    for (const result of report.results()) yield caseXml(result);
    yield "  </testsuite>\n";
  }
  yield "</testsuites>\n";
}

function caseXml(result: CaseResult): string {
  const attributes = {
    classname: result.caseId,
    name: result.title ?? result.id,
    time: (result.durationMs / 1000).toFixed(3),
    file: result.file,
    line: String(result.line),
  };
  if (result.status === "passed") return `    <testcase ${attributesOf(attributes)}/>\n`;
  const element = result.status === "failed" ? "failure" : "error";
  const message = result.messages[0]?.text ?? result.status;
  const detail = result.messages
    .map(({ text, expected, actual }) =>
      [text, expected && `expected: ${expected}`, actual && `actual: ${actual}`].filter(Boolean).join("\n"),
    )
    .join("\n\n");
  return `    <testcase ${attributesOf(attributes)}>\n      <${element} type="${result.status}" message="${escapeXml(message)}">${escapeXml(detail)}</${element}>\n    </testcase>\n`;
}

function attributesOf(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}="${escapeXml(value)}"`)
    .join(" ");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Control characters have no place in XML 1.0, escaped or not. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
}
