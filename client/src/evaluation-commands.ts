/** Evaluation commands of the palette. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import {
  compareRunsMethod,
  listRunsMethod,
  type EvaluationUpdate,
  type ListedProblem,
  type ListedRun,
} from "../../protocol/src/evaluation.js";
import { showReport } from "./evaluation-report.js";
import type { RunInView } from "./evaluation-tests.js";
import type { EvaluationTree } from "./evaluation-tree.js";
import type { EvaluationRuns, RunRequest } from "./evaluation-runs.js";

export interface EvaluationCommandContext {
  readonly tree: EvaluationTree;
  readonly runs: EvaluationRuns;
  readonly runInView: RunInView;
  readonly clientOf: () => LanguageClient | undefined;
  /** The latest update of the latest run. */
  readonly latest: () => EvaluationUpdate | undefined;
}

export function registerEvaluationCommands(context: EvaluationCommandContext): vscode.Disposable {
  const { tree, latest } = context;
  const register = vscode.commands.registerCommand.bind(vscode.commands);
  const run = async (request: RunRequest): Promise<void> => tellEnd(await context.runInView(request));
  return vscode.Disposable.from(
    register("hotpath.runEvaluation", async () => {
      const suite = await chooseSuite(tree);
      if (suite !== undefined) await run({ suite });
    }),
    register("hotpath.runEvaluationAtCursor", async () => {
      const request = await atCursor(tree);
      if (request === undefined)
        void vscode.window.showInformationMessage("There is no evaluation case at the cursor.");
      else await run(request);
    }),
    register("hotpath.runEvaluationCases", async (request: RunRequest) => await run(request)),
    register("hotpath.rerunFailed", async () => {
      const suite = await chooseSuite(tree);
      if (suite !== undefined) await run({ suite, retryFailed: "last" });
    }),
    register("hotpath.cancelEvaluation", async () => {
      const session = latest()?.progress.session;
      if (session !== undefined) await context.runs.cancel(session);
    }),
    register("hotpath.compareRuns", () => compareRuns(context.clientOf())),
    register("hotpath.showEvaluation", () => showMenu(latest())),
    register("hotpath.showEvaluationReport", () => showReport(latest()?.report?.html)),
  );
}

async function chooseSuite(tree: EvaluationTree): Promise<string | undefined> {
  await tree.refresh();
  const suites = tree.suites();
  const [only] = suites;
  if (only === undefined) {
    void vscode.window.showInformationMessage("There is no evaluation suite: add a *.hotpath-eval.yaml file.");
    return undefined;
  }
  if (suites.length === 1) return only.file;
  const choice = await vscode.window.showQuickPick(
    suites.map(({ name, file, bundled, cases, problems }) => ({
      label: name,
      description: bundled ? "comes with Hotpath" : vscode.workspace.asRelativePath(file),
      detail: detailOf(cases.length, problems),
      file,
    })),
    { title: "Run Evaluation" },
  );
  return choice?.file;
}

function detailOf(cases: number, problems: readonly ListedProblem[]): string {
  const error = problems.find(({ severity }) => severity === "error");
  if (error !== undefined) return `$(error) ${error.message}`;
  const [warning] = problems;
  return `${cases} ${cases === 1 ? "case" : "cases"}${warning === undefined ? "" : ` · $(warning) ${warning.message}`}`;
}

/** The case whose text the cursor is in, or the whole suite above the first one. */
async function atCursor(tree: EvaluationTree): Promise<RunRequest | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  await tree.refresh();
  const file = editor.document.uri.fsPath.replaceAll("\\", "/");
  const suite = tree.suites().find((one) => one.file === file);
  if (suite === undefined) return undefined;
  const line = editor.selection.active.line + 1;
  const found = suite.cases.filter((one) => one.file === file && one.line <= line).at(-1);
  return found === undefined ? { suite: file } : { suite: file, cases: [found.id] };
}

async function tellEnd(update: EvaluationUpdate | undefined): Promise<void> {
  if (update?.report === undefined) return;
  const { report, progress } = update;
  const show =
    report.ok || progress.state === "cancelled"
      ? vscode.window.showInformationMessage
      : vscode.window.showWarningMessage;
  const choice = await show(`${report.summary}.`, "Show Report");
  if (choice !== undefined) await showReport(report.html);
}

async function compareRuns(client: LanguageClient | undefined): Promise<void> {
  const runs = (await client?.sendRequest<readonly ListedRun[]>(listRunsMethod)) ?? [];
  const choose = (title: string, left: readonly ListedRun[]): Thenable<{ run: ListedRun } | undefined> =>
    vscode.window.showQuickPick(
      left.map((run) => ({
        label: run.suite,
        description: run.startedAt,
        detail: `${run.passed} of ${run.total} passed`,
        run,
      })),
      { title },
    );
  const after = await choose("Compare Runs: the later one", runs);
  if (after === undefined) return;
  const others = runs.filter(
    ({ session, suiteFile }) => session !== after.run.session && suiteFile === after.run.suiteFile,
  );
  const before = await choose("Compare Runs: the earlier one", others);
  if (before === undefined) return;
  const params = { before: before.run.session, after: after.run.session };
  const content = (await client?.sendRequest<string>(compareRunsMethod, params)) ?? "";
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: "markdown", content }));
}

async function showMenu(update: EvaluationUpdate | undefined): Promise<void> {
  const running = update !== undefined && (update.progress.state === "starting" || update.progress.state === "running");
  const choice = await vscode.window.showQuickPick(
    [
      ...(running ? [{ label: "$(debug-stop) Cancel", command: "hotpath.cancelEvaluation" }] : []),
      ...(update?.report === undefined
        ? []
        : [{ label: "$(graph) Show Report", command: "hotpath.showEvaluationReport" }]),
      { label: "$(beaker) Show Tests", command: "workbench.view.testing.focus" },
      { label: "$(run) Run Evaluation…", command: "hotpath.runEvaluation" },
      { label: "$(run-errors) Rerun Failed", command: "hotpath.rerunFailed" },
    ],
    { title: "Hotpath Evaluation" },
  );
  if (choice !== undefined) await vscode.commands.executeCommand(choice.command);
}
