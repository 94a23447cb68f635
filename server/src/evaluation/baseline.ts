/** What a run is compared with: the outcomes of an earlier one, small enough to be committed. */
import type { CaseResult } from "../../../protocol/src/evaluation.js";
import { comparePairs, type Comparison } from "./compare.js";

export interface BaselineCase {
  readonly status: CaseResult["status"];
  readonly score: number;
  readonly ms: number;
}

export interface EvaluationBaseline {
  readonly hotpath: 1;
  /** By suite name, then by id of the result. */
  readonly suites: Readonly<Record<string, Readonly<Record<string, BaselineCase>>>>;
}

export interface BaselineComparison {
  /** Passed then, do not pass now. */
  readonly broken: readonly string[];
  readonly mended: readonly string[];
  readonly fresh: number;
  readonly gone: number;
  readonly score: Comparison;
  readonly time: Comparison;
}

export function baselineCases(results: Iterable<CaseResult>): Readonly<Record<string, BaselineCase>> {
  const cases: Record<string, BaselineCase> = {};
  for (const result of results) cases[result.id] = baselineCase(result);
  return cases;
}

export function baselineCase({ status, score, durationMs, metrics }: CaseResult): BaselineCase {
  return { status, score, ms: Math.round((metrics?.["latencyMs"] ?? durationMs) * 100) / 100 };
}

export function compareWithBaseline(
  earlier: Readonly<Record<string, BaselineCase>>,
  results: Iterable<CaseResult>,
): BaselineComparison {
  const broken: string[] = [];
  const mended: string[] = [];
  const scores: [number, number][] = [];
  const times: [number, number][] = [];
  const seen = new Set<string>();
  let fresh = 0;
  for (const result of results) {
    const then = Object.hasOwn(earlier, result.id) ? earlier[result.id] : undefined;
    if (then === undefined) {
      fresh++;
      continue;
    }
    seen.add(result.id);
    const now = baselineCase(result);
    if (then.status === "passed" && now.status !== "passed") broken.push(result.id);
    if (then.status !== "passed" && now.status === "passed") mended.push(result.id);
    scores.push([then.score, now.score]);
    if (!result.cached) times.push([then.ms, now.ms]);
  }
  const gone = Object.keys(earlier).filter((id) => !seen.has(id)).length;
  return {
    broken,
    mended,
    fresh,
    gone,
    score: comparePairs(scores, "higher is better"),
    time: comparePairs(times, "lower is better"),
  };
}
