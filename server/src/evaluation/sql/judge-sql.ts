/** Whether a statement's plan and run are what was wanted. */
import type { CaseMessage } from "../../../../protocol/src/evaluation.js";
import type { SqlCase } from "../suite.js";
import type { Observation, Verdict } from "../work.js";

export interface SqlScan {
  readonly table: string;
  /** Rows of the whole table, as its statistics have it. */
  readonly rows: number;
}

/** What a statement came to. */
export interface SqlObservation {
  /** Outermost step first. */
  readonly steps: readonly string[];
  readonly indexes: readonly string[];
  readonly sequentialScans: readonly SqlScan[];
  /** Median of several executions, planning included, milliseconds. */
  readonly ms: number;
  /** Pages touched, from memory and from disk. */
  readonly buffers: number;
}

/** What every query is held to when its case does not say. */
const DEFAULT_MS = 500;

export function judgeSql({ expect }: SqlCase, observation: Observation): Verdict {
  const { steps, indexes, sequentialScans, ms, buffers } = observation as unknown as SqlObservation;
  const plan = steps.join(" → ");
  const messages: CaseMessage[] = [];
  if (expect.noSequentialScanOver !== undefined) {
    const limit = expect.noSequentialScanOver;
    for (const { table, rows } of sequentialScans.filter((scan) => limit < scan.rows)) {
      messages.push({
        text: `\`${table}\` is read from end to end: ${rows} rows`,
        expected: `no sequential scan over ${limit} rows`,
        actual: plan,
      });
    }
  }
  if (expect.usesIndex !== undefined && !indexes.includes(expect.usesIndex)) {
    messages.push({
      text: `the plan does not use \`${expect.usesIndex}\``,
      expected: expect.usesIndex,
      actual: indexes.length === 0 ? plan : indexes.join(", "),
    });
  }
  const limit = expect.maxMs ?? DEFAULT_MS;
  if (limit < ms) messages.push({ text: "it takes too long", expected: `at most ${limit} ms`, actual: `${ms} ms` });
  if (expect.maxBuffers !== undefined && expect.maxBuffers < buffers) {
    messages.push({
      text: "it touches too many pages",
      expected: `at most ${expect.maxBuffers}`,
      actual: String(buffers),
    });
  }
  const passed = messages.length === 0;
  return { passed, score: passed ? 1 : 0, messages, output: plan, metrics: { latencyMs: ms, buffers } };
}
