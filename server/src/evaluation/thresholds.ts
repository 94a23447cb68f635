/** A run held against the limits of its suite. */
import type { RunSummary } from "./summary.js";
import type { Thresholds } from "./suite.js";

export interface Check {
  readonly name: string;
  readonly actual: number;
  readonly limit: number;
  /** Whether the actual value must not be under the limit, or not over it. */
  readonly bound: "at least" | "at most";
  readonly ok: boolean;
}

/** Errors a run may have when its suite does not say; a product-wide limit. */
const DEFAULT_ERROR_RATE = 0.05;

export function checkThresholds(thresholds: Thresholds, summary: RunSummary): readonly Check[] {
  const checks: Check[] = [];
  const atLeast = (name: string, actual: number, limit: number | undefined): void => {
    if (limit !== undefined) checks.push({ name, actual, limit, bound: "at least", ok: limit <= actual });
  };
  const atMost = (name: string, actual: number, limit: number | undefined): void => {
    if (limit !== undefined) checks.push({ name, actual, limit, bound: "at most", ok: actual <= limit });
  };
  const scored = [thresholds.precision, thresholds.recall, thresholds.f1, thresholds.families].some(
    (limit) => limit !== undefined,
  );
  atLeast("pass rate", summary.passRate, thresholds.passRate ?? (scored ? undefined : 1));
  atMost("error rate", summary.errorRate, thresholds.errorRate ?? DEFAULT_ERROR_RATE);
  atMost("p95 (ms)", summary.metrics.p95, thresholds.p95Ms);
  const none = { precision: 1, recall: 1, f1: 1 };
  const scores = summary.detection ?? none;
  for (const name of ["precision", "recall", "f1"] as const) atLeast(name, scores[name], thresholds[name]);
  for (const [family, limits] of Object.entries(thresholds.families ?? {})) {
    const own = summary.families[family] ?? none;
    for (const name of ["precision", "recall", "f1"] as const) atLeast(`${family} ${name}`, own[name], limits[name]);
  }
  return checks;
}
