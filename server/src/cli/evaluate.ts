/** `hotpath eval`. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import {
  baselineCases,
  compareWithBaseline,
  type BaselineComparison,
  type EvaluationBaseline,
} from "../evaluation/baseline.js";
import type { SuiteProblem } from "../evaluation/suite.js";
import {
  bundledSuitesFolder,
  prepareRun,
  SessionError,
  type EvaluateOptions,
  type EvaluationReport,
} from "../evaluation-io/evaluate.js";
import { redisAddress, shownAddress } from "../evaluation-io/distributed/redis-address.js";
import { findSuites } from "../evaluation-io/find-suites.js";
import { htmlReport } from "../evaluation-io/reports/html-report.js";
import { jsonReport, type ReportedRun } from "../evaluation-io/reports/json-report.js";
import { junitReport } from "../evaluation-io/reports/junit-report.js";
import { defaultCacheFolder } from "../workspace/cache-folder.js";
import { UsageError, type ParsedCommand } from "./command-line.js";
import { counterpartOf } from "./compare-to.js";
import { evaluationLine } from "./evaluation-line.js";
import { watchRun } from "./watch-run.js";
import { formatEvaluation } from "./formats/evaluation.js";
import { paletteFor } from "./palette.js";
import { relativeTo } from "./report.js";
import { scopeOf } from "./project-root.js";
import { EXIT, type Terminal } from "./terminal.js";

/** Runs suites one after another and returns the exit code. Throws `UsageError` for everything the caller did wrong. */
export async function evaluate(command: ParsedCommand, terminal: Terminal): Promise<number> {
  const { root } = scopeOf([], terminal.cwd);
  if (command.flags.has("watch")) return await watchRun(command.values["session"]?.at(-1), root, terminal);
  const bundled = bundledSuitesFolder(__dirname);
  const against = command.values["compare-to"]?.at(-1);
  if (against !== undefined) refuseBeside(command, "compare-to", ["baseline", "distributed", "resume", "retry-failed"]);
  const suites = suitesFor(command, terminal, root, bundled);
  const baselineFile = pathOption(command, terminal, "baseline");
  if (baselineFile === undefined && command.flags.has("update-baseline")) {
    throw new UsageError("--update-baseline needs --baseline FILE to say which file");
  }
  const earlier =
    baselineFile === undefined || command.flags.has("update-baseline") ? undefined : readBaseline(baselineFile);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Error("interrupted"));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  const runs: ReportedRun[] = [];
  const run = (options: EvaluateOptions): Promise<EvaluationReport> => runOne(options, terminal, stop.signal);
  const other =
    against === undefined
      ? undefined
      : await counterpartOf(against, root, terminal.cwd, defaultCacheFolder(terminal.env), run);
  try {
    for (const suiteFile of suites) {
      if (stop.signal.aborted) break;
      const options = await optionsFor(command, terminal, suiteFile, root, bundled);
      const there = await other?.casesOf(options);
      if (other !== undefined) terminal.stderr.write(`comparing with ${other.label}\n`);
      const report = await run(options);
      const known = there ?? earlier?.suites[report.suite.name];
      runs.push({ report, baseline: known === undefined ? undefined : compareWithBaseline(known, report.results()) });
    }
  } finally {
    other?.dispose();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
  write(command, terminal, runs, root);
  if (stop.signal.aborted) terminal.stderr.write("stopped; go on with hotpath eval --resume\n");
  if (baselineFile !== undefined && command.flags.has("update-baseline")) {
    writeBaseline(
      baselineFile,
      runs.map(({ report }) => report),
    );
    terminal.stderr.write(`wrote the baseline ${baselineFile}\n`);
  }
  const fine = !stop.signal.aborted && runs.every(({ report, baseline }) => report.ok && !isWorse(baseline));
  return fine ? EXIT.clean : EXIT.findings;
}

function isWorse(baseline: BaselineComparison | undefined): boolean {
  return baseline !== undefined && (0 < baseline.broken.length || baseline.score.verdict === "worse");
}

function refuseBeside(command: ParsedCommand, option: string, others: readonly string[]): void {
  const clash = others.find((other) => command.flags.has(other) || command.values[other] !== undefined);
  if (clash !== undefined) throw new UsageError(`--${option} and --${clash} exclude each other`);
}

async function runOne(options: EvaluateOptions, terminal: Terminal, signal: AbortSignal): Promise<EvaluationReport> {
  const prepared = await prepareRun(options).catch((error: unknown) => {
    throw error instanceof SessionError ? new UsageError(error.message) : error;
  });
  if (prepared.kind === "refused") {
    // What keeps it from running is said last.
    const problems = prepared.problems.toSorted(
      (a, b) => Number(a.severity === "error") - Number(b.severity === "error"),
    );
    for (const problem of problems.slice(0, -1)) terminal.stderr.write(`${problemText(problem, options.root)}\n`);
    const last = problems.at(-1);
    if (last !== undefined) throw new UsageError(problemText(last, options.root));
    const hosts = prepared.askHosts.map((host) => `--allow-host ${host}`).join(" ");
    throw new UsageError(`the suite reaches out of this program: say that you want that with ${hosts}`);
  }
  for (const warning of prepared.warnings) terminal.stderr.write(`hotpath: ${warning}\n`);
  const line = evaluationLine(terminal.stderr);
  const events = prepared.run(signal, () => undefined);
  try {
    let step = await events.next();
    while (step.done !== true) {
      line.show(step.value);
      if (step.value.message !== undefined) terminal.stderr.write(`hotpath: ${step.value.message}\n`);
      step = await events.next();
    }
    return step.value;
  } finally {
    line.clear();
  }
}

function problemText({ file, line, column, severity, message }: SuiteProblem, root: string): string {
  return `${relativeTo(root, file)}:${line}:${column}: ${severity === "warning" ? "warning: " : ""}${message}`;
}

/** Those named, else those of the project, else the one that comes with Hotpath. */
function suitesFor(command: ParsedCommand, terminal: Terminal, root: string, bundled: string): readonly string[] {
  const named = command.positionals.map((name) => {
    const full = resolve(terminal.cwd, name);
    if (existsSync(full)) return full;
    const known = findSuites(bundled).find((suite) => suite.endsWith(`/${name}.hotpath-eval.yaml`));
    if (known !== undefined) return known;
    throw new UsageError(`there is no suite ${name}: give the path of a *.hotpath-eval.yaml file`);
  });
  const wanted = named.flatMap((path) => (/\.ya?ml$/.test(path) ? [path] : findSuites(path)));
  if (0 < named.length && wanted.length === 0)
    throw new UsageError(`${command.positionals.join(", ")} holds no *.hotpath-eval.yaml file`);
  if (0 < wanted.length) return wanted;
  const own = findSuites(root);
  if (0 < own.length) return own;
  const ours = findSuites(bundled);
  if (ours.length === 0)
    throw new UsageError("there is no *.hotpath-eval.yaml file in this project: write one, or give its path");
  return ours;
}

async function optionsFor(
  command: ParsedCommand,
  terminal: Terminal,
  suiteFile: string,
  root: string,
  bundled: string,
): Promise<EvaluateOptions> {
  const session = command.values["session"]?.at(-1) ?? "last";
  const resume = command.flags.has("resume");
  if (resume) refuseBeside(command, "resume", ["retry-failed"]);
  const concurrency = command.values["concurrency"]?.at(-1);
  if (concurrency !== undefined && !/^[1-9]\d{0,2}$/.test(concurrency)) {
    throw new UsageError(`--concurrency ${concurrency} is not a number from 1 to 999`);
  }
  return {
    suiteFile,
    root,
    // A suite that was named by hand may lie anywhere; it reads its own folder.
    otherRoots: [bundled, dirname(suiteFile)],
    cacheFolder: defaultCacheFolder(terminal.env),
    env: terminal.env,
    cases: command.values["case"] ?? [],
    ...(resume ? { resume: session } : {}),
    ...(command.flags.has("retry-failed") ? { retryFailed: session } : {}),
    noCache: command.flags.has("no-cache"),
    ...(concurrency === undefined ? {} : { concurrency: Number(concurrency) }),
    ...(await elsewhereOption(command, terminal, root)),
    // Whoever types the command decides to run the suite, as with a test command.
    trusted: true,
    allowedHosts: command.values["allow-host"] ?? [],
  };
}

/** Cases in flight when workers carry them out: enough for many of them, few enough for Redis and this process. */
const REMOTE_CONCURRENCY = 500;

async function elsewhereOption(
  command: ParsedCommand,
  terminal: Terminal,
  root: string,
): Promise<Pick<EvaluateOptions, "elsewhere" | "concurrency">> {
  const url = command.values["distributed"]?.at(-1);
  if (url === undefined) return {};
  if (redisAddress(url) === undefined) {
    throw new UsageError(
      `--distributed ${shownAddress(url)} is no address of a Redis: write it like redis://127.0.0.1:6379`,
    );
  }
  // Loaded on demand: most runs need no queue, and it is not small.
  const { startRemoteRun } = await import("../evaluation-io/distributed/remote-items.js");
  const told = new Set<string>();
  const onTrouble = (reason: string): void => {
    if (!told.has(reason)) terminal.stderr.write(`hotpath: ${shownAddress(url)}: ${reason}; trying again\n`);
    told.add(reason);
  };
  return {
    concurrency: REMOTE_CONCURRENCY,
    elsewhere: (run) => startRemoteRun(url, { ...run, suite: relativeTo(root, run.suite) }, onTrouble),
  };
}

function write(command: ParsedCommand, terminal: Terminal, runs: readonly ReportedRun[], root: string): void {
  const output = pathOption(command, terminal, "output");
  const format = command.values["format"]?.at(-1) ?? "pretty";
  const palette = paletteFor(output === undefined ? terminal.stdout : {}, terminal.env);
  const pieces =
    format === "json"
      ? jsonReport(runs)
      : format === "junit"
        ? junitReport(runs)
        : format === "html"
          ? htmlReport(runs)
          : runs.map(({ report, baseline }) => formatEvaluation(report, baseline, root, palette));
  if (output === undefined) {
    for (const piece of pieces) terminal.stdout.write(piece);
    return;
  }
  mkdirSync(dirname(output), { recursive: true });
  const file = openSync(`${output}.new`, "w");
  try {
    for (const piece of pieces) writeSync(file, piece);
  } finally {
    closeSync(file);
  }
  renameSync(`${output}.new`, output);
}

function readBaseline(file: string): EvaluationBaseline {
  try {
    const value = JSON.parse(readFileSync(file, "utf8")) as Partial<EvaluationBaseline>;
    if (value.hotpath === 1 && typeof value.suites === "object") return { hotpath: 1, suites: value.suites };
  } catch (error) {
    if (error instanceof Error && "code" in error) {
      throw new UsageError(`cannot read the baseline ${file} (${String(error.code)}): write it with --update-baseline`);
    }
  }
  throw new UsageError(`${file} is no evaluation baseline: write one with --update-baseline`);
}

/** Suites that did not run now keep what the file says of them. */
function writeBaseline(file: string, reports: readonly EvaluationReport[]): void {
  const kept = existsSync(file) ? readBaseline(file).suites : {};
  const fresh = Object.fromEntries(reports.map((report) => [report.suite.name, baselineCases(report.results())]));
  const baseline: EvaluationBaseline = { hotpath: 1, suites: { ...kept, ...fresh } };
  writeFileSync(`${file}.new`, `${JSON.stringify(baseline, undefined, 1)}\n`);
  renameSync(`${file}.new`, file);
}

function pathOption(command: ParsedCommand, terminal: Terminal, name: string): string | undefined {
  const value = command.values[name]?.at(-1);
  return value === undefined ? undefined : resolve(terminal.cwd, value);
}
