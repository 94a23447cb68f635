/** How far a run is, told from its journal alone: for whoever watches a run of another process. */
import { existsSync, readFileSync } from "node:fs";
import type { EvaluationProgress } from "../../../protocol/src/evaluation.js";
import { journalLines } from "./run-store.js";

/** Undefined for a journal without a head. */
export function progressFromJournal(path: string): EvaluationProgress | undefined {
  const seen = new Set<string>();
  const counts = { passed: 0, failed: 0, errors: 0, cacheHits: 0 };
  const state: { head?: { session: string; total: number; startedAt: string }; ended?: EvaluationProgress["state"] } =
    {};
  for (const line of journalLines(path)) {
    if (line.kind === "head") state.head = line.head;
    // A run that is gone on with is not over because it once was.
    else if (line.kind === "end") state.ended = line.figures.state;
    else {
      delete state.ended;
      if (seen.has(line.result.id)) continue;
      seen.add(line.result.id);
      const { status, cached } = line.result;
      counts[status === "passed" ? "passed" : status === "failed" ? "failed" : "errors"]++;
      if (cached) counts.cacheHits++;
    }
  }
  const { head } = state;
  if (head === undefined) return undefined;
  const done = seen.size;
  const { total, session } = head;
  const seconds = Math.max(1, (Date.now() - Date.parse(head.startedAt)) / 1000);
  const ended = state.ended ?? (isHeld(path) ? undefined : "cancelled");
  const left = Math.max(0, total - done);
  const perSecond = Math.round((100 * done) / seconds) / 100;
  return {
    session,
    state: ended ?? (done === 0 ? "starting" : "running"),
    done,
    total,
    percent: left === 0 ? 100 : Math.min(99, Math.floor((100 * done) / total)),
    perSecond,
    ...(0 < done && ended === undefined ? { etaSeconds: Math.ceil((left * seconds) / done) } : {}),
    ...counts,
  };
}

/** Whether a living process writes the journal. */
function isHeld(path: string): boolean {
  const lock = `${path}.lock`;
  if (!existsSync(lock)) return false;
  try {
    process.kill(Number(readFileSync(lock, "utf8")), 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
