/** Findings in the light of what was measured: severity, message and order. */
import type { Inspection } from "./inspection.js";
import type { Finding, Position } from "./finding.js";
import { type Measurement, type MeasuredCosts, measurementText, toMeasured } from "./measured-costs.js";

/** From this share on, a suggestion is worth a warning: work that takes a twentieth of all requests is felt. */
const HOT_SHARE = 0.05;

/** Findings with what was measured of them; those that cost most come first, the others keep their order. */
export function measuredFindings(
  inspection: Inspection,
  costs: MeasuredCosts,
  findings: readonly Finding[],
): readonly Finding[] {
  const measured = findings.map((finding) => {
    const measurement = measurementOf(inspection, costs, finding);
    return { finding: measurement === undefined ? finding : withMeasurement(finding, measurement), measurement };
  });
  return measured
    .map((one, i) => ({ ...one, i }))
    .sort((a, b) => (b.measurement?.share ?? 0) - (a.measurement?.share ?? 0) || a.i - b.i)
    .map(({ finding }) => finding);
}

function withMeasurement(finding: Finding, measurement: Measurement): Finding {
  const { severity } = finding;
  const isHot = HOT_SHARE <= measurement.share && measurement.stale !== true;
  return {
    ...finding,
    severity: isHot && (severity === "information" || severity === "hint") ? "warning" : severity,
    message: `${finding.message} (measured: ${measurementText(measurement)})`,
    measured: toMeasured(measurement),
  };
}

/** What the operation itself was measured with; else the function it stands in, or the requests that run it. */
function measurementOf(inspection: Inspection, costs: MeasuredCosts, finding: Finding): Measurement | undefined {
  const places = [{ path: finding.path, range: finding.range }, ...finding.related];
  for (const place of places) {
    const found = statementAt(inspection, costs, place.path, place.range.start);
    if (found !== undefined) return found;
  }
  const fn = functionAround(inspection, finding.path, finding.range.start);
  return fn === undefined ? undefined : (costs.ofFunction(fn) ?? costs.ofRequests(fn));
}

function statementAt(
  inspection: Inspection,
  costs: MeasuredCosts,
  path: string,
  start: Position,
): Measurement | undefined {
  const view = inspection.viewOf(path);
  const offset = view === undefined ? undefined : offsetOf(view.facts.lineStarts, start);
  if (view === undefined || offset === undefined) return undefined;
  for (const site of view.calls) {
    const sql = site.operation?.sqlText;
    if (sql === undefined || offset < site.span.start || site.span.end <= offset) continue;
    const found = costs.ofStatement(sql);
    if (found !== undefined) return found;
  }
  return undefined;
}

function functionAround(
  inspection: Inspection,
  path: string,
  start: Position,
): { file: string; fn: number } | undefined {
  const view = inspection.viewOf(path);
  const offset = view === undefined ? undefined : offsetOf(view.facts.lineStarts, start);
  if (view === undefined || offset === undefined) return undefined;
  let found: { fn: number; size: number } | undefined;
  view.facts.functions.forEach(({ span }, fn) => {
    if (offset < span.start || span.end <= offset || fn === 0) return;
    const size = span.end - span.start;
    if (found === undefined || size <= found.size) found = { fn, size };
  });
  return found === undefined ? undefined : { file: path, fn: found.fn };
}

function offsetOf(lineStarts: readonly number[], { line, column }: Position): number | undefined {
  const start = lineStarts[line - 1];
  return start === undefined ? undefined : start + column - 1;
}
