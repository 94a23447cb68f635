/** Whether a command's outcome is what was wanted. */
import type { CaseMessage } from "../../../../protocol/src/evaluation.js";
import type { CommandCase } from "../suite.js";
import type { Observation, Verdict } from "../work.js";
import type { CommandResults } from "./test-results.js";

/** What a command came to, as it is remembered. */
export interface CommandObservation {
  readonly exitCode: number;
  readonly ms: number;
  /** End of what it printed. */
  readonly output: string;
  readonly results?: CommandResults;
  /** Why its results could not be read. */
  readonly unreadable?: string;
}

const MAX_MESSAGES = 50;

export function judgeCommand(one: CommandCase, observation: Observation): Verdict {
  const { exitCode, ms, output, results, unreadable } = observation as unknown as CommandObservation;
  const tests = (results?.tests ?? []).filter(({ status }) => status !== "skipped");
  const failed = tests.filter(({ status }) => status === "failed");
  const messages: CaseMessage[] = failed
    .slice(0, MAX_MESSAGES)
    .map(({ name, message }) => ({ text: message === undefined ? name : `${name}: ${message}` }));
  if (unreadable !== undefined) messages.push({ text: `its results cannot be read: ${unreadable}` });
  if (exitCode !== 0 && failed.length === 0) {
    messages.push({ text: `it ended with exit code ${exitCode}`, expected: "exit code 0", actual: output });
  }
  for (const [name, mean] of Object.entries(results?.benchmarks ?? {})) {
    if (one.maxMeanMs === undefined || mean <= one.maxMeanMs) continue;
    messages.push({
      text: `\`${name}\` is too slow`,
      expected: `at most ${one.maxMeanMs} ms`,
      actual: `${mean.toFixed(1)} ms`,
    });
  }
  const means = Object.values(results?.benchmarks ?? {});
  const passed = messages.length === 0;
  const score =
    tests.length === 0 || unreadable !== undefined ? (passed ? 1 : 0) : (tests.length - failed.length) / tests.length;
  return {
    passed,
    score,
    messages,
    output,
    metrics: {
      latencyMs: means.length === 0 ? ms : means.reduce((sum, mean) => sum + mean, 0) / means.length,
      ...(results === undefined ? {} : { tests: tests.length, failedTests: failed.length }),
    },
  };
}
