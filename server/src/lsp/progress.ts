/** Long work as the protocol's work-done progress: create the token, wait for consent, then report. */
import type { _Connection } from "vscode-languageserver";
import { WorkDoneProgress, WorkDoneProgressCreateRequest } from "vscode-languageserver";
import type { Progress } from "../service/workspace-service.js";

export interface WorkReporter {
  report(progress: Progress): void;
  end(message: string): void;
}

const SILENT: WorkReporter = { report: () => undefined, end: () => undefined };

/** @param enabled Whether the client shows work-done progress. Never rejects: a client that refuses gets none. */
export async function beginWork(
  connection: _Connection,
  enabled: boolean,
  title: string,
  token: string,
): Promise<WorkReporter> {
  if (!enabled) return SILENT;
  try {
    await connection.sendRequest(WorkDoneProgressCreateRequest.type, { token });
  } catch {
    return SILENT;
  }
  const send = (value: object): void => void connection.sendProgress(WorkDoneProgress.type, token, value as never);
  send({ kind: "begin", title, percentage: 0, cancellable: false });
  return {
    report: (progress) =>
      send({
        kind: "report",
        percentage: percentOf(progress),
        message: `${progress.label} ${progress.done}/${progress.total}`,
      }),
    end: (message) => send({ kind: "end", message }),
  };
}

/** Share of the work done, 0 to 100, whole. */
export function percentOf({ done, total }: Progress): number {
  return total === 0 ? 0 : Math.min(100, Math.floor((100 * done) / total));
}
