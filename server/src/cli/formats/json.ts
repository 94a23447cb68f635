/** `--format json`: the machine-readable contract of `hotpath check`. Fields may be added, never changed. */
import type { EndpointCost } from "../../../../protocol/src/costs.js";
import { relativeTo, type Report } from "../report.js";

export function formatJson(report: Report): string {
  const file = (path: string): string => relativeTo(report.root, path);
  return `${JSON.stringify(
    {
      version: 1,
      root: report.root,
      findings: report.findings.map((finding) => ({
        rule: finding.rule,
        family: finding.family,
        severity: finding.severity,
        confidence: finding.confidence,
        message: finding.message,
        file: file(finding.path),
        range: finding.range,
        related: finding.related.map((place) => ({
          file: file(place.path),
          range: place.range,
          message: place.message,
        })),
        cost: finding.cost,
        fixes: finding.fixes,
        fingerprint: finding.fingerprint,
        ...(finding.measured === undefined ? {} : { measured: finding.measured }),
      })),
      ...(report.endpoints === undefined
        ? {}
        : { endpoints: report.endpoints.map((one) => endpointFor(report.root, one)) }),
      stats: report.stats,
      problems: report.problems.map((problem) => ({ file: file(problem.path), message: problem.message })),
    },
    undefined,
    2,
  )}\n`;
}

/** With paths relative to the root; the shape is that of `EndpointCost` otherwise. */
function endpointFor(root: string, endpoint: EndpointCost): EndpointCost {
  return {
    ...endpoint,
    file: relativeTo(root, endpoint.file),
    unknown: endpoint.unknown.map((one) => ({ ...one, file: relativeTo(root, one.file) })),
  };
}
