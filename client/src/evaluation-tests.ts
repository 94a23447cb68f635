/** Suites in the Testing view: run, cancel, live results with what was expected and what came. */
import * as vscode from "vscode";
import type { CaseMessage, CaseResult, EvaluationUpdate } from "../../protocol/src/evaluation.js";
import type { EvaluationRuns, RunRequest } from "./evaluation-runs.js";
import type { EvaluationTree } from "./evaluation-tree.js";

/** Runs one request at the server and shows it as a test run. Resolves with its last update; undefined when it did not start. */
export type RunInView = (request: RunRequest) => Promise<EvaluationUpdate | undefined>;

export function createRunInView(
  controller: vscode.TestController,
  tree: EvaluationTree,
  runs: EvaluationRuns,
): RunInView {
  const runRequest = async (
    request: RunRequest,
    run: vscode.TestRun,
    token: vscode.CancellationToken,
  ): Promise<EvaluationUpdate | undefined> => {
    const suiteFile = request.suite ?? tree.suites().find(({ bundled }) => bundled)?.file ?? "";
    const cases = request.cases?.map((id) => tree.caseItem(suiteFile, id)) ?? [tree.suiteItem(suiteFile)];
    for (const item of cases) if (item !== undefined) run.started(item);
    const early: EvaluationUpdate[] = [];
    const state: { session?: string } = {};
    return await new Promise((resolve) => {
      const take = (update: EvaluationUpdate): void => {
        if (update.progress.session !== state.session) return;
        for (const result of update.results) show(run, tree.itemOf(suiteFile, result), result);
        if (update.progress.state === "starting" || update.progress.state === "running") return;
        listening.dispose();
        stopping.dispose();
        resolve(update);
      };
      // The first updates may come before the answer that names the session.
      const listening = runs.onUpdate((update) => (state.session === undefined ? early.push(update) : take(update)));
      const stopping = token.onCancellationRequested(() => {
        if (state.session !== undefined) void runs.cancel(state.session);
      });
      void runs.start(request).then((session) => {
        if (session === undefined) {
          listening.dispose();
          stopping.dispose();
          resolve(undefined);
          return;
        }
        state.session = session;
        if (token.isCancellationRequested) void runs.cancel(session);
        early.splice(0).forEach(take);
      });
    });
  };

  controller.createRunProfile(
    "Run",
    vscode.TestRunProfileKind.Run,
    async (request, token) => {
      const run = controller.createTestRun(request);
      for (const one of requestsFor(request, tree)) await runRequest(one, run, token);
      run.end();
    },
    true,
  );

  return async (request) => {
    const item = tree.suiteItem(request.suite ?? "");
    const run = controller.createTestRun(new vscode.TestRunRequest(item === undefined ? undefined : [item]));
    try {
      return await runRequest(request, run, run.token);
    } finally {
      run.end();
    }
  };
}

/** One request for each suite the items belong to; a whole suite takes its cases along. */
function requestsFor(request: vscode.TestRunRequest, tree: EvaluationTree): readonly RunRequest[] {
  if (request.include === undefined) {
    return tree
      .suites()
      .filter((suite) => suite.problems.length === 0)
      .map((suite) => ({ suite: suite.file }));
  }
  const wanted = new Map<string, Set<string> | "all">();
  for (const item of request.include) {
    const meaning = tree.meaningOf(item);
    if (meaning === undefined) continue;
    const known = wanted.get(meaning.file);
    if (meaning.caseId === undefined) wanted.set(meaning.file, "all");
    else if (known !== "all") wanted.set(meaning.file, new Set([...(known ?? []), meaning.caseId]));
  }
  return [...wanted].map(([suite, cases]) => (cases === "all" ? { suite } : { suite, cases: [...cases] }));
}

function show(run: vscode.TestRun, item: vscode.TestItem | undefined, result: CaseResult): void {
  if (item === undefined) return;
  const name = result.title ?? result.id;
  run.appendOutput(`${result.status}${result.cached ? " (from the cache)" : ""}  ${name}\r\n`, undefined, item);
  if (result.status === "passed") run.passed(item, result.durationMs);
  else if (result.status === "failed")
    run.failed(
      item,
      result.messages.map((one) => toMessage(one, result)),
      result.durationMs,
    );
  else
    run.errored(
      item,
      result.messages.map((one) => toMessage(one, result)),
      result.durationMs,
    );
}

function toMessage({ text, expected, actual, file, line }: CaseMessage, result: CaseResult): vscode.TestMessage {
  const message =
    expected === undefined || actual === undefined
      ? new vscode.TestMessage(text)
      : vscode.TestMessage.diff(text, expected, actual);
  const at = new vscode.Position((line ?? result.line) - 1, 0);
  message.location = new vscode.Location(vscode.Uri.file(file ?? result.file), at);
  return message;
}
