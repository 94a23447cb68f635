/** Results of tests in the forms that tools write them. Text in, plain data out; what is no such form is said in one sentence. */
import { readJunit } from "./junit.js";
import { readTap } from "./tap.js";

export interface TestResult {
  readonly name: string;
  readonly status: "passed" | "failed" | "skipped";
  readonly ms?: number;
  readonly message?: string;
}

export interface CommandResults {
  readonly tests: readonly TestResult[];
  /** Mean times of benchmarks, milliseconds, by command. */
  readonly benchmarks?: Readonly<Record<string, number>>;
}

export type ResultForm = "junit" | "tap" | "vitest" | "jest" | "hyperfine";

/** The results, or what is wrong with them. */
export function readResults(form: ResultForm, text: string): CommandResults | string {
  switch (form) {
    case "junit":
      return readJunit(text);
    case "tap":
      return readTap(text);
    case "vitest":
    case "jest":
      return withJson(text, readJest);
    case "hyperfine":
      return withJson(text, readHyperfine);
  }
}

/** Some tools print a line or two before the JSON. */
function withJson(text: string, read: (value: unknown) => CommandResults | string): CommandResults | string {
  const start = text.search(/^\s*\{/m);
  try {
    return read(JSON.parse(start < 0 ? text : text.slice(start)));
  } catch {
    return "they are no JSON";
  }
}

interface JestReport {
  readonly testResults?: readonly {
    readonly name?: unknown;
    readonly status?: unknown;
    readonly message?: unknown;
    readonly assertionResults?: readonly {
      readonly fullName?: unknown;
      readonly status?: unknown;
      readonly duration?: unknown;
      readonly failureMessages?: unknown;
    }[];
  }[];
}

function readJest(value: unknown): CommandResults | string {
  const { testResults } = value as JestReport;
  if (!Array.isArray(testResults)) return "they hold no `testResults`: let the tool report as JSON";
  const files = testResults as NonNullable<JestReport["testResults"]>;
  return {
    tests: files.flatMap(({ name, status, message, assertionResults = [] }): readonly TestResult[] => {
      // A file that could not even be loaded has no tests.
      if (assertionResults.length === 0 && status === "failed")
        return [{ name: String(name), status: "failed", message: String(message) }];
      return assertionResults.map((one) => ({
        name: String(one.fullName),
        status: one.status === "passed" ? "passed" : one.status === "failed" ? "failed" : "skipped",
        ...(typeof one.duration === "number" ? { ms: one.duration } : {}),
        ...(Array.isArray(one.failureMessages) && 0 < one.failureMessages.length
          ? { message: one.failureMessages.join("\n") }
          : {}),
      }));
    }),
  };
}

interface HyperfineReport {
  readonly results?: readonly { readonly command?: unknown; readonly mean?: unknown; readonly exit_codes?: unknown }[];
}

function readHyperfine(value: unknown): CommandResults | string {
  const { results } = value as HyperfineReport;
  if (!Array.isArray(results)) return "they hold no `results`: call hyperfine with --export-json";
  const measured = results as NonNullable<HyperfineReport["results"]>;
  const usable = measured.filter(({ mean }) => typeof mean === "number");
  return {
    tests: usable.map(({ command, mean }) => ({ name: String(command), status: "passed", ms: Number(mean) * 1000 })),
    benchmarks: Object.fromEntries(usable.map(({ command, mean }) => [String(command), Number(mean) * 1000])),
  };
}
