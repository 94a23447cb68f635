/** `--format sarif`: SARIF 2.1.0, with the path from loop or entry point to the operation as a code flow. */
import type { Range } from "../../analysis/finding.js";
import type { Severity } from "../../rules/define-rule.js";
import { relativeTo, type Report } from "../report.js";

const LEVEL: Readonly<Record<Severity, string>> = {
  error: "error",
  warning: "warning",
  information: "note",
  hint: "note",
};

/** @param version Version of Hotpath, for the tool's driver. */
export function formatSarif(report: Report, version: string): string {
  const ruleIndex = new Map(report.rules.map((rule, index) => [rule.id, index]));
  const location = (path: string, range: Range, message?: string): object => ({
    physicalLocation: {
      artifactLocation: { uri: encodePath(relativeTo(report.root, path)), uriBaseId: "SRCROOT" },
      region: {
        startLine: range.start.line,
        startColumn: range.start.column,
        endLine: range.end.line,
        endColumn: range.end.column,
      },
    },
    ...(message === undefined ? {} : { message: { text: message } }),
  });
  const results = report.findings.map((finding) => ({
    ruleId: finding.rule,
    ruleIndex: ruleIndex.get(finding.rule) ?? -1,
    level: LEVEL[finding.severity],
    message: { text: `${finding.message} (${finding.cost})` },
    locations: [location(finding.path, finding.range)],
    relatedLocations: finding.related.map((place, id) => ({ id, ...location(place.path, place.range, place.message) })),
    ...(finding.related.length === 0
      ? {}
      : {
          codeFlows: [
            {
              threadFlows: [
                {
                  locations: [
                    ...finding.related.map((place) => ({ location: location(place.path, place.range, place.message) })),
                    { location: location(finding.path, finding.range, finding.message) },
                  ],
                },
              ],
            },
          ],
        }),
    partialFingerprints: { "hotpath/v1": finding.fingerprint },
    properties: { family: finding.family, confidence: finding.confidence, cost: finding.cost },
  }));
  const driver = {
    name: "hotpath",
    semanticVersion: version,
    rules: report.rules.map((rule) => ({
      id: rule.id,
      shortDescription: { text: rule.docs.what },
      fullDescription: { text: `${rule.docs.what} ${rule.docs.why}` },
      help: { text: rule.docs.instead },
      defaultConfiguration: { level: LEVEL[rule.severity] },
      properties: { tags: ["performance", rule.family] },
    })),
  };
  const notifications = report.problems.map((problem) => ({
    level: "warning",
    message: { text: problem.message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodePath(relativeTo(report.root, problem.path)), uriBaseId: "SRCROOT" },
        },
      },
    ],
  }));
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: {
          SRCROOT: { uri: `file://${encodePath(report.root.startsWith("/") ? report.root : `/${report.root}`)}/` },
        },
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: notifications }],
        results,
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
