/** Evaluation in the editor: wires commands, Testing view and status bar to the runs of the server. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { suiteFileName, suitePattern, type EvaluationUpdate } from "../../protocol/src/evaluation.js";
import { registerEvaluationCommands } from "./evaluation-commands.js";
import { registerEvaluationLenses } from "./evaluation-lenses.js";
import { createEvaluationRuns } from "./evaluation-runs.js";
import { createEvaluationStatus } from "./evaluation-status.js";
import { createRunInView } from "./evaluation-tests.js";
import { createEvaluationTree } from "./evaluation-tree.js";

export interface Evaluation {
  dispose(): void;
  /** Listens to a client that is about to start. */
  attach(client: LanguageClient): void;
}

export function createEvaluation(clientOf: () => LanguageClient | undefined): Evaluation {
  const controller = vscode.tests.createTestController("hotpath", "Hotpath");
  const tree = createEvaluationTree(controller, clientOf);
  const runs = createEvaluationRuns(clientOf);
  const status = createEvaluationStatus();
  const listed = new vscode.EventEmitter<void>();
  const runInView = createRunInView(controller, tree, runs);
  const state: { latest?: EvaluationUpdate; listed: boolean } = { listed: false };
  const refresh = async (): Promise<void> => {
    state.listed = true;
    // Before the server is up there is nothing to ask; the view asks again.
    await tree.refresh().catch(() => undefined);
    listed.fire();
  };
  controller.refreshHandler = refresh;
  controller.resolveHandler = async (item) => {
    if (item === undefined) await refresh();
  };
  const watcher = vscode.workspace.createFileSystemWatcher(suitePattern);
  const changed = (): void => void (state.listed ? refresh() : undefined);
  const isSuite = ({ uri }: vscode.TextDocument): boolean => suiteFileName.test(uri.path);
  const all = vscode.Disposable.from(
    controller,
    tree,
    runs,
    status,
    listed,
    registerEvaluationLenses(tree, listed.event),
    watcher,
    watcher.onDidCreate(changed),
    watcher.onDidChange(changed),
    watcher.onDidDelete(changed),
    vscode.workspace.onDidOpenTextDocument((document) => void (isSuite(document) ? refresh() : undefined)),
    vscode.workspace.onDidCloseTextDocument((document) => void (isSuite(document) ? refresh() : undefined)),
    runs.onUpdate((update) => {
      state.latest = update;
      status.show(update.progress, update.report?.ok);
    }),
    registerEvaluationCommands({ tree, runs, runInView, clientOf, latest: () => state.latest }),
  );
  return { dispose: () => void all.dispose(), attach: (client) => runs.attach(client) };
}
