/** Evaluation requests of one client. */
import type { _Connection } from "vscode-languageserver";
import {
  cancelEvaluationMethod,
  compareRunsMethod,
  evaluationProgressMethod,
  listRunsMethod,
  listSuitesMethod,
  runEvaluationMethod,
  type CompareRunsParams,
  type EvaluationUpdate,
  type EvaluationProgressParams,
  type RunEvaluationParams,
} from "../../../../protocol/src/evaluation.js";
import type { EvaluationPlaces } from "../../evaluation-io/jobs.js";
import type { Evaluations } from "../evaluations.js";

/** @param placesOf Asked with each request: folders come and go. */
export function registerEvaluation(
  connection: _Connection,
  evaluations: Evaluations,
  placesOf: () => EvaluationPlaces,
): void {
  connection.onRequest(listSuitesMethod, () => evaluations.ask({ kind: "list" }, placesOf()));
  connection.onRequest(listRunsMethod, () => evaluations.ask({ kind: "runs" }, placesOf()));
  connection.onRequest(compareRunsMethod, (params: CompareRunsParams) =>
    evaluations.ask({ kind: "compare", params }, placesOf()),
  );
  connection.onRequest(runEvaluationMethod, (params: RunEvaluationParams) =>
    evaluations.run(params, placesOf(), (update) => tell(connection, update)),
  );
  connection.onRequest(
    evaluationProgressMethod,
    async ({ session }: EvaluationProgressParams) =>
      evaluations.progress(session) ?? (await evaluations.ask({ kind: "progress", session }, placesOf())) ?? null,
  );
  connection.onRequest(cancelEvaluationMethod, ({ session }: EvaluationProgressParams) => evaluations.cancel(session));
}

/** The run goes on when the client that started it has left. */
function tell(connection: _Connection, update: EvaluationUpdate): void {
  try {
    connection.sendNotification(evaluationProgressMethod, update).catch(() => undefined);
  } catch {
    // The connection is closed.
  }
}
