/** `hotpath eval --watch`: follows a run of any process by its journal until it is over. */
import { existsSync } from "node:fs";
import type { EvaluationProgress } from "../../../protocol/src/evaluation.js";
import { progressFromJournal } from "../evaluation-io/recorded-progress.js";
import { isSessionName, journalPath, listSessions, runsFolder } from "../evaluation-io/run-store.js";
import { defaultCacheFolder } from "../workspace/cache-folder.js";
import { UsageError } from "./command-line.js";
import { evaluationLine } from "./evaluation-line.js";
import { EXIT, type Terminal } from "./terminal.js";

const POLL_MS = 500;

/** @param session The latest run of the project by default. Exits with 0 when everything passed. */
export async function watchRun(session: string | undefined, root: string, terminal: Terminal): Promise<number> {
  const folder = runsFolder(defaultCacheFolder(terminal.env), root);
  const wanted = session ?? listSessions(folder)[0];
  const path = wanted === undefined || !isSessionName(wanted) ? undefined : journalPath(folder, wanted);
  if (path === undefined || !existsSync(path)) {
    throw new UsageError(`there is no run ${session ?? "to watch"} of this project: start one with hotpath eval`);
  }
  const line = evaluationLine(terminal.stderr);
  let progress = progressFromJournal(path);
  while (progress !== undefined && isRunning(progress)) {
    line.show(progress);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    progress = progressFromJournal(path);
  }
  line.clear();
  if (progress === undefined) throw new UsageError(`the record of the run ${wanted ?? ""} is damaged`);
  const { state, done, total, passed } = progress;
  terminal.stdout.write(`${state}: ${done} of ${total} cases, ${passed} passed\n`);
  return state === "completed" && passed === total ? EXIT.clean : EXIT.findings;
}

function isRunning({ state }: EvaluationProgress): boolean {
  return state === "starting" || state === "running";
}
