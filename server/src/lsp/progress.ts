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
        // A stage of one step is done or not.
        message: 1 < progress.total ? `${progress.label} ${progress.done}/${progress.total}` : progress.label,
      }),
    end: (message) => send({ kind: "end", message }),
  };
}

/**
 * Where each stage of a scan begins and ends, percent of the whole, so that the number never goes back. Linking has no steps: of a repository
 * of 2,500 files it takes about a third of the time.
 */
const STAGES: Readonly<Record<Progress["label"], readonly [number, number]>> = {
  discovering: [0, 10],
  reading: [10, 65],
  linking: [65, 100],
  checking: [65, 100],
};

/** Share of a whole scan that is done, 0 to 100, whole. */
export function percentOf({ done, total, label }: Progress): number {
  const [from, to] = STAGES[label];
  return Math.floor(from + (to - from) * (total === 0 ? 0 : Math.min(1, done / total)));
}
