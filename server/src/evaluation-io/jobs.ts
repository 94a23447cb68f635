/** What the server asks of the evaluation worker: each job has a worker of its own, so that nothing it does can hold up an editor. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type {
  CaseResult,
  CompareRunsParams,
  EvaluationProgress,
  EvaluationUpdate,
  ListedRun,
  ListedSuite,
  RunEvaluationParams,
  RunEvaluationResult,
} from "../../../protocol/src/evaluation.js";
import { baselineCases, compareWithBaseline } from "../evaluation/baseline.js";
import { describeComparison } from "../evaluation/compare.js";
import { loadSuite } from "../evaluation/load-suite.js";
import { prepareRun, SessionError, type EvaluateOptions, type EvaluationReport, type PreparedRun } from "./evaluate.js";
import { findSuites } from "./find-suites.js";
import { htmlReport } from "./reports/html-report.js";
import { progressFromJournal } from "./recorded-progress.js";
import { isSessionName, journalPath, journalResults, listSessions, readHead, runsFolder } from "./run-store.js";
import { slashes, suiteFilesOnDisk } from "./suite-files-on-disk.js";

/** Where things are; the same for all jobs of a client. */
export interface EvaluationPlaces {
  /** Folders that are open. */
  readonly roots: readonly string[];
  readonly bundled: string;
  readonly cacheFolder: string;
  /** Keys of models by the name of their variable; they win over the environment. */
  readonly keys?: Readonly<Record<string, string>>;
}

export type EvaluationJob =
  | { readonly kind: "list" }
  | { readonly kind: "run"; readonly params: RunEvaluationParams }
  | { readonly kind: "runs" }
  | { readonly kind: "progress"; readonly session: string }
  | { readonly kind: "compare"; readonly params: CompareRunsParams };

export type JobMessage =
  | { readonly kind: "answer"; readonly value: unknown }
  | { readonly kind: "failure"; readonly message: string }
  | { readonly kind: "update"; readonly update: EvaluationUpdate };

/** Does one job; never rejects. A run answers when it has started, and is over when the promise resolves. */
export async function doJob(
  job: EvaluationJob,
  places: EvaluationPlaces,
  post: (message: JobMessage) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    switch (job.kind) {
      case "list":
        post({ kind: "answer", value: await listSuites(places) });
        return;
      case "runs":
        post({ kind: "answer", value: listRuns(places) });
        return;
      case "progress":
        post({ kind: "answer", value: recordedProgress(job.session, places) });
        return;
      case "compare":
        post({ kind: "answer", value: compareRuns(job.params, places) });
        return;
      case "run":
        await runJob(job.params, places, post, signal);
        return;
    }
  } catch (error) {
    post({ kind: "failure", message: error instanceof Error ? error.message : String(error) });
  }
}

async function listSuites({ roots, bundled }: EvaluationPlaces): Promise<readonly ListedSuite[]> {
  const files = suiteFilesOnDisk([...roots, bundled]);
  const own = roots.flatMap(findSuites);
  const listed: ListedSuite[] = [];
  for (const file of [...new Set([...own, ...findSuites(bundled)])]) {
    const { suite, problems } = await loadSuite(file, files);
    listed.push({
      file,
      name: suite.name,
      bundled: !own.includes(file),
      cases: suite.cases.map((one) => ({
        id: one.id,
        title: one.title ?? one.id,
        kind: one.kind,
        file: one.place.file,
        line: one.place.line,
      })),
      problems,
    });
  }
  return listed;
}

/** The open folder a suite belongs to; the first one for those that come with Hotpath. */
function rootOf(suite: string, { roots, bundled }: EvaluationPlaces): string {
  return roots.find((root) => suite.startsWith(`${root}/`)) ?? roots[0] ?? bundled;
}

/** The list says which variables are secrets of the editor, so that they are handed to no other program. */
function environmentWith(keys: EvaluationPlaces["keys"]): NodeJS.ProcessEnv {
  if (keys === undefined) return process.env;
  const listed = [process.env["HOTPATH_STORED_KEYS"], ...Object.keys(keys)].filter((name) => name !== undefined);
  return { ...process.env, ...keys, HOTPATH_STORED_KEYS: listed.join(",") };
}

async function runJob(
  params: RunEvaluationParams,
  places: EvaluationPlaces,
  post: (message: JobMessage) => void,
  signal: AbortSignal,
): Promise<void> {
  const suiteFile = params.suite === undefined ? findSuites(places.bundled)[0] : slashes(params.suite);
  if (suiteFile === undefined) throw new Error("there is no suite to run: write a *.hotpath-eval.yaml file");
  const options: EvaluateOptions = {
    suiteFile,
    root: rootOf(suiteFile, places),
    otherRoots: [places.bundled, ...places.roots],
    cacheFolder: places.cacheFolder,
    env: environmentWith(places.keys),
    cases: params.cases ?? [],
    ...(params.resume === undefined ? {} : { resume: params.resume }),
    ...(params.retryFailed === undefined ? {} : { retryFailed: params.retryFailed }),
    noCache: params.noCache ?? false,
    trusted: params.trusted,
    allowedHosts: params.allowedHosts ?? [],
  };
  const folder = runsFolder(places.cacheFolder, options.root);
  const before = latestRun(folder, suiteFile);
  const prepared = await prepareRun(options);
  const answer = (value: RunEvaluationResult): void => post({ kind: "answer", value });
  if (prepared.kind === "refused") {
    answer({ total: 0, problems: prepared.problems, askHosts: prepared.askHosts });
    return;
  }
  answer({ session: prepared.session, total: prepared.total, problems: [] });
  await stream(prepared, folder, before, post, signal);
}

async function stream(
  prepared: PreparedRun,
  folder: string,
  before: string | undefined,
  post: (message: JobMessage) => void,
  signal: AbortSignal,
): Promise<void> {
  const waiting: CaseResult[] = [];
  const events = prepared.run(signal, (result) => waiting.push(result));
  let step = await events.next();
  for (; step.done !== true; step = await events.next()) {
    const last = step.value.state !== "starting" && step.value.state !== "running";
    // The last event goes out together with the report, so that nobody takes the run for over before it is readable.
    if (last) {
      const progress = step.value;
      const end = await events.next();
      if (end.done === true)
        post({
          kind: "update",
          update: { progress, results: waiting.splice(0), report: writeReport(end.value, progress, folder, before) },
        });
      return;
    }
    post({ kind: "update", update: { progress: step.value, results: waiting.splice(0) } });
  }
}

function writeReport(
  report: EvaluationReport,
  { total }: Pick<EvaluationProgress, "total">,
  folder: string,
  before: string | undefined,
): NonNullable<EvaluationUpdate["report"]> {
  const earlier = before === undefined ? undefined : baselineCases(journalResults(before));
  const baseline = earlier === undefined ? undefined : compareWithBaseline(earlier, report.results());
  const html = join(folder, `${report.session}.html`);
  writeFileSync(html, [...htmlReport([{ report, baseline }])].join(""), { mode: 0o600 });
  const { summary, figures, ok, suite } = report;
  const outcome = figures.state === "completed" ? (ok ? "passed" : "failed") : figures.state;
  const delta =
    baseline === undefined
      ? ""
      : `; beside the last run ${baseline.broken.length} broken, ${baseline.mended.length} mended`;
  // What was not reached has not failed.
  const said =
    summary.total < total
      ? `${suite.name} ${outcome} after ${summary.total} of ${total} cases: ${summary.passed} passed`
      : `${suite.name} ${outcome}: ${summary.passed} of ${summary.total} cases passed`;
  return { html, ok, summary: said + delta };
}

function latestRun(folder: string, suiteFile: string): string | undefined {
  for (const session of listSessions(folder)) {
    const path = journalPath(folder, session);
    if (readHead(path)?.suiteFile === suiteFile) return path;
  }
  return undefined;
}

/** Where the runs of the open folders are recorded. */
function foldersOf({ roots, bundled, cacheFolder }: EvaluationPlaces): readonly string[] {
  return (0 < roots.length ? roots : [bundled]).map((root) => runsFolder(cacheFolder, root));
}

function listRuns(places: EvaluationPlaces): readonly ListedRun[] {
  return foldersOf(places).flatMap((folder) =>
    listSessions(folder).flatMap((session) => {
      const path = journalPath(folder, session);
      const head = readHead(path);
      if (head === undefined) return [];
      let done = 0;
      let passed = 0;
      for (const { status } of journalResults(path)) {
        done++;
        if (status === "passed") passed++;
      }
      return [{ ...head, done, passed }];
    }),
  );
}

/** How far a run of any process is, from its journal; undefined where there is no such run. */
function recordedProgress(session: string, places: EvaluationPlaces): EvaluationProgress | undefined {
  const path = isSessionName(session)
    ? foldersOf(places)
        .map((folder) => journalPath(folder, session))
        .find(existsSync)
    : undefined;
  return path === undefined ? undefined : progressFromJournal(path);
}

/** Markdown: the verdict first, then what changed its side. */
function compareRuns({ before, after }: CompareRunsParams, places: EvaluationPlaces): string {
  const find = (session: string): string => {
    const path = foldersOf(places)
      .map((folder) => journalPath(folder, session))
      .find((file) => isSessionName(session) && existsSync(file));
    if (path === undefined) throw new SessionError(`there is no run ${session}`);
    return path;
  };
  const comparison = compareWithBaseline(baselineCases(journalResults(find(before))), journalResults(find(after)));
  const list = (title: string, ids: readonly string[]): string[] =>
    ids.length === 0 ? [] : ["", `## ${title}`, "", ...ids.slice(0, 200).map((id) => `- ${id}`)];
  return [
    `# ${before} → ${after}`,
    "",
    `- ${describeComparison("score", comparison.score)}`,
    `- ${describeComparison("time (ms)", comparison.time)}`,
    `- ${comparison.fresh} cases only in the later run, ${comparison.gone} only in the earlier one`,
    ...list("Broken", comparison.broken),
    ...list("Mended", comparison.mended),
    "",
  ].join("\n");
}
