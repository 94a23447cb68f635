/** Runs a suite in a temporary workspace, through everything but the command line. */
import type { CaseResult, EvaluationProgress } from "../../protocol/src/evaluation.js";
import {
  prepareRun,
  type EvaluateOptions,
  type EvaluationReport,
  type PreparedRun,
} from "../../server/src/evaluation-io/evaluate.js";
import type { TemporaryWorkspace } from "./temporary-workspace.js";

export interface RanSuite {
  readonly report: EvaluationReport;
  readonly events: readonly EvaluationProgress[];
  readonly results: readonly CaseResult[];
  readonly of: (id: string) => CaseResult | undefined;
}

/** Rejects with what was refused, as JSON. */
export async function prepareSuite(
  workspace: TemporaryWorkspace,
  suite: string,
  options: Partial<EvaluateOptions> = {},
): Promise<PreparedRun> {
  workspace.write({ "a.hotpath-eval.yaml": suite });
  const prepared = await prepareRun({
    suiteFile: workspace.at("a.hotpath-eval.yaml"),
    root: workspace.root,
    otherRoots: [],
    cacheFolder: workspace.cache,
    env: {},
    cases: [],
    noCache: false,
    trusted: true,
    allowedHosts: [],
    ...options,
  });
  if (prepared.kind === "refused") throw new Error(JSON.stringify(prepared));
  return prepared;
}

export async function runSuite(
  workspace: TemporaryWorkspace,
  suite: string,
  options: Partial<EvaluateOptions> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<RanSuite> {
  const prepared = await prepareSuite(workspace, suite, options);
  const steps = prepared.run(signal, () => undefined);
  const events: EvaluationProgress[] = [];
  let step = await steps.next();
  for (; step.done !== true; step = await steps.next()) events.push(step.value);
  const results = [...step.value.results()];
  return { report: step.value, events, results, of: (id) => results.find((result) => result.id === id) };
}

/** What a suite is refused for; undefined when it is not. */
export async function refusalOf(
  workspace: TemporaryWorkspace,
  suite: string,
  options: Partial<EvaluateOptions> = {},
): Promise<unknown> {
  return await prepareSuite(workspace, suite, options).then(
    () => undefined,
    (error: unknown) => JSON.parse((error as Error).message) as unknown,
  );
}
