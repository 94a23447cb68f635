/** A run as JSON, piece by piece: the cases may be too many for one text. */
import type { EvaluationReport } from "../evaluate.js";
import type { BaselineComparison } from "../../evaluation/baseline.js";

export interface ReportedRun {
  readonly report: EvaluationReport;
  readonly baseline: BaselineComparison | undefined;
}

export function* jsonReport(runs: readonly ReportedRun[]): Generator<string> {
  yield '{\n"version": 1,\n"suites": [';
  for (const [index, run] of runs.entries()) {
    yield index === 0 ? "\n" : ",\n";
    yield* jsonOfRun(run);
  }
  yield "\n]\n}\n";
}

function* jsonOfRun({ report, baseline }: ReportedRun): Generator<string> {
  const { suite, session, startedAt, figures, summary, checks, variants, ok } = report;
  const { metrics, categories, families, detection, ...counts } = summary;
  const head = {
    suite: suite.name,
    file: suite.path,
    session,
    startedAt,
    state: figures.state,
    ok,
    counts,
    metrics,
    categories,
    families,
    ...(detection === undefined ? {} : { detection }),
    thresholds: checks,
    ...(variants === undefined ? {} : { variants }),
    ...(baseline === undefined ? {} : { baseline }),
  };
  yield JSON.stringify(head, undefined, 2).slice(0, -2);
  yield ',\n  "cases": [';
  let first = true;
  for (const result of report.results()) {
    yield `${first ? "" : ","}\n    ${JSON.stringify(result)}`;
    first = false;
  }
  yield "\n  ]\n}";
}
