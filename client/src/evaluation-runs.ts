/** Evaluation runs as this window sees them: starts them at the server, asks about hosts first, and hands updates on. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import {
  cancelEvaluationMethod,
  evaluationProgressMethod,
  runEvaluationMethod,
  type EvaluationUpdate,
  type RunEvaluationParams,
  type RunEvaluationResult,
} from "../../protocol/src/evaluation.js";

export type RunRequest = Omit<RunEvaluationParams, "trusted" | "allowedHosts">;

export interface EvaluationRuns {
  dispose(): void;
  /** Listens to a client that is about to start. */
  attach(client: LanguageClient): void;
  /** The session of a run that has started; undefined when it was refused, which the user has been told. */
  start(request: RunRequest): Promise<string | undefined>;
  cancel(session: string): Promise<void>;
  readonly onUpdate: vscode.Event<EvaluationUpdate>;
}

export function createEvaluationRuns(clientOf: () => LanguageClient | undefined): EvaluationRuns {
  const updates = new vscode.EventEmitter<EvaluationUpdate>();
  return {
    dispose: () => updates.dispose(),
    attach: (client) =>
      void client.onNotification(evaluationProgressMethod, (update: EvaluationUpdate) => updates.fire(update)),
    onUpdate: updates.event,
    async start(request) {
      const client = clientOf();
      if (client === undefined) {
        void vscode.window.showErrorMessage("The analyzer is not running: restart it and run the evaluation again.");
        return undefined;
      }
      try {
        return await startAllowed(client, request, []);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        void vscode.window.showErrorMessage(`The evaluation could not be started: ${reason}`);
        return undefined;
      }
    },
    async cancel(session) {
      await clientOf()?.sendRequest(cancelEvaluationMethod, { session });
    },
  };
}

async function startAllowed(
  client: LanguageClient,
  request: RunRequest,
  allowedHosts: readonly string[],
): Promise<string | undefined> {
  const params: RunEvaluationParams = { ...request, trusted: vscode.workspace.isTrusted, allowedHosts };
  const result = await client.sendRequest<RunEvaluationResult>(runEvaluationMethod, params);
  if (result.session !== undefined) return result.session;
  const hosts = result.askHosts ?? [];
  if (result.problems.length === 0 && 0 < hosts.length && allowedHosts.length === 0) {
    const names = hosts.join(", ");
    const choice = await vscode.window.showWarningMessage(
      `This evaluation sends requests to ${names}. Load on a machine that is not yours can do harm and may cost money; statements for a database run read only.`,
      { modal: true },
      "Send Them",
    );
    return choice === undefined ? undefined : await startAllowed(client, request, hosts);
  }
  await showProblem(result);
  return undefined;
}

async function showProblem({ problems }: RunEvaluationResult): Promise<void> {
  const [first] = problems;
  if (first === undefined) return;
  const more = problems.length === 1 ? "" : ` (and ${problems.length - 1} more)`;
  const choice = await vscode.window.showErrorMessage(`The suite cannot be run: ${first.message}${more}`, "Show");
  if (choice === undefined) return;
  const at = new vscode.Position(first.line - 1, first.column - 1);
  await vscode.window.showTextDocument(vscode.Uri.file(first.file), { selection: new vscode.Range(at, at) });
}
