/** The runs of a project that came to their end, as points of a history. */
import { createSumming } from "../evaluation/summary.js";
import type { EvaluationPoint } from "../../../protocol/src/dashboard.js";
import { journalLines, journalPath, listSessions, readHead, runsFolder } from "./run-store.js";

/** Oldest first. Runs that cannot be read are left out. */
export function runHistory(cacheFolder: string, roots: readonly string[]): readonly EvaluationPoint[] {
  const points = roots.flatMap((root) => {
    const folder = runsFolder(cacheFolder, root);
    return listSessions(folder).flatMap((session) => pointOf(journalPath(folder, session)));
  });
  return points.sort((a, b) => a.at - b.at);
}

function pointOf(path: string): readonly EvaluationPoint[] {
  try {
    const head = readHead(path);
    if (head === undefined) return [];
    const summing = createSumming();
    for (const line of journalLines(path)) {
      if (line.kind === "result") summing.add(line.result);
      if (line.kind !== "end") continue;
      const { passed, failed, errors, timeouts, metrics } = summing.finish(line.figures);
      return [
        {
          at: Date.parse(head.startedAt),
          title: head.suite,
          passed,
          failed,
          errors: errors + timeouts,
          responseP95Ms: metrics.p95,
          perSecond: metrics.itemsPerSecond,
          cacheHits: metrics.cacheEfficiency,
        },
      ];
    }
    return [];
  } catch {
    return [];
  }
}
