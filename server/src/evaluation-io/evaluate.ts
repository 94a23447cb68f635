/**
 * One evaluation from suite file to report: loads and plans the suite, opens journal and cache, runs, sums up. The command line and the
 * server both go through here; neither knows the other.
 */
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { CaseResult, EvaluationProgress } from "../../../protocol/src/evaluation.js";
import { noResultCache } from "../evaluation/attempt.js";
import { systemClock } from "../evaluation/clock.js";
import { loadSuite } from "../evaluation/load-suite.js";
import { planSuite, type Plan } from "../evaluation/plan.js";
import { runItems, type RunFigures } from "../evaluation/run.js";
import { resolveSettings, type RunSettings } from "../evaluation/settings.js";
import type { Suite, SuiteProblem } from "../evaluation/suite.js";
import type { WorkItem } from "../evaluation/work.js";
import { createSumming, type RunSummary } from "../evaluation/summary.js";
import { createVariantTally, type VariantReport } from "../evaluation/variants.js";
import { checkThresholds, type Check } from "../evaluation/thresholds.js";
import { analyzerHere } from "./analyzer-here.js";
import { outsideFor, type OutsideOptions } from "./outside-for.js";
import { outerPlanning } from "./plan-outer.js";
import { sharedCacheFrom } from "../workspace/shared-cache.js";
import { openResultStore } from "./result-store.js";
import { sharedResults, type SharedResults } from "./shared-results.js";
import {
  beginJournal,
  continueJournal,
  isSessionName,
  journalPath,
  journalResults,
  listSessions,
  newSession,
  readHead,
  runsFolder,
  type OpenJournal,
} from "./run-store.js";
import { slashes, suiteFilesOnDisk } from "./suite-files-on-disk.js";

export interface EvaluateOptions extends OutsideOptions {
  /** Absolute. */
  readonly suiteFile: string;
  /** Absolute: what suites may read, and whose runs are listed together. */
  readonly root: string;
  /** Folders that may be read beside it: the one of the bundled suite. */
  readonly otherRoots: readonly string[];
  readonly cacheFolder: string;
  readonly cases: readonly string[];
  /** A session or `last`. */
  readonly resume?: string;
  /** A session or `last`. */
  readonly retryFailed?: string;
  readonly noCache: boolean;
  readonly concurrency?: number;
  /** Carries the cases out elsewhere: given what they belong to, gives each item another form, and releases what it took. */
  readonly elsewhere?: (run: ElsewhereRun) => Elsewhere;
}

export interface ElsewhereRun {
  readonly session: string;
  readonly suite: string;
  readonly plan: string;
  readonly cases: readonly string[];
}

export interface Elsewhere {
  readonly wrap: (item: WorkItem) => WorkItem;
  readonly close: () => Promise<void>;
}

export interface EvaluationReport {
  readonly suite: Suite;
  readonly session: string;
  readonly startedAt: string;
  readonly figures: RunFigures;
  readonly summary: RunSummary;
  readonly checks: readonly Check[];
  /** Prompts or models against each other; undefined when there is one of each. */
  readonly variants: VariantReport | undefined;
  /** All limits kept and the run complete. */
  readonly ok: boolean;
  /** Reads the journal again each time; results are never held all at once. */
  readonly results: () => Iterable<CaseResult>;
}

export interface PreparedRun {
  readonly kind: "prepared";
  readonly session: string;
  readonly suite: Suite;
  readonly settings: RunSettings;
  readonly total: number;
  readonly warnings: readonly string[];
  /** Runs once. */
  run(
    signal: AbortSignal,
    onResult: (result: CaseResult) => void,
  ): AsyncGenerator<EvaluationProgress, EvaluationReport>;
  /** Releases what was opened, if it is never run. */
  discard(): Promise<void>;
}

export interface RefusedRun {
  readonly kind: "refused";
  readonly problems: readonly SuiteProblem[];
  /** Hosts somebody has to allow first. */
  readonly askHosts: readonly string[];
}

/** A run that cannot be gone on with, in one sentence. */
export class SessionError extends Error {}

/** Throws `SessionError` for a session that does not exist or belongs to another suite. */
export async function prepareRun(options: EvaluateOptions): Promise<PreparedRun | RefusedRun> {
  const files = suiteFilesOnDisk([options.root, ...options.otherRoots].map(slashes));
  const { suite, problems } = await loadSuite(slashes(options.suiteFile), files);
  const asked = new Set<string>();
  const refused = (more: readonly SuiteProblem[]): RefusedRun => ({
    kind: "refused",
    problems: more,
    askHosts: [...asked],
  });
  if (problems.some(({ severity }) => severity === "error")) return refused(problems);

  const { settings, warnings } = resolveSettings(suite.settings, options.env, {
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
    noCache: options.noCache,
  });
  const folder = runsFolder(options.cacheFolder, slashes(options.root));
  const earlier = earlierRun(options, folder);
  const only = new Set(0 < options.cases.length ? options.cases : (earlier?.head.cases ?? []));
  const store = settings.cache ? openResults(options.cacheFolder) : undefined;
  const cache = store ?? noResultCache;
  const planning = outerPlanning(outsideFor(options, asked), cache);
  const release = async (): Promise<void> => {
    await store?.close();
    await planning.close();
  };
  try {
    const context = { suite, settings, files, analyzer: analyzerHere() };
    const plan = await planSuite(context, only, planning.plan);
    const faults = [...unknownCases(suite, only), ...plan.problems];
    if (0 < asked.size || 0 < faults.length || plan.count === 0) {
      await release();
      if (0 < asked.size && faults.length === 0) return refused([]);
      return refused([...problems, ...(0 < faults.length ? faults : [nothingToRun(suite)])]);
    }
    const opened = openRecord(folder, () => openJournalFor(options, folder, suite, plan, only, earlier));
    const elsewhere = options.elsewhere?.({
      session: opened.session,
      suite: suite.path,
      plan: plan.hash,
      cases: [...only],
    });
    const close = async (): Promise<void> => {
      opened.journal.close();
      await elsewhere?.close();
      await release();
    };
    const items = elsewhere === undefined ? plan.items : mapped(plan.items, elsewhere.wrap);
    const parts: RunParts = { suite, plan: { ...plan, items }, settings, ...opened, cache, close };
    return {
      kind: "prepared",
      session: opened.session,
      suite,
      settings,
      total: plan.count,
      warnings: [...warnings, ...problems.map((problem) => placed(problem, options.root))],
      run: (signal, onResult) => run(parts, signal, onResult),
      discard: close,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** `evaluation/mails.yaml:12: …`, the path as one would type it in the project. */
function placed({ file, line, message }: SuiteProblem, root: string): string {
  return `${slashes(relative(root, file))}:${line}: ${message}`;
}

function* mapped(items: Iterable<WorkItem>, form: (item: WorkItem) => WorkItem): Generator<WorkItem> {
  for (const item of items) yield form(item);
}

function nothingToRun(suite: Suite): SuiteProblem {
  return { file: suite.path, line: 1, column: 1, severity: "error", message: "the suite has no cases to run" };
}

interface RunParts {
  readonly suite: Suite;
  readonly plan: Plan;
  readonly settings: RunSettings;
  readonly session: string;
  readonly startedAt: string;
  readonly journal: OpenJournal;
  readonly finished: ReadonlyMap<string, CaseResult["status"]>;
  readonly cache: Parameters<typeof runItems>[2]["cache"];
  readonly close: () => Promise<void>;
}

async function* run(
  parts: RunParts,
  signal: AbortSignal,
  onResult: (result: CaseResult) => void,
): AsyncGenerator<EvaluationProgress, EvaluationReport> {
  const { suite, plan, settings, session, startedAt, journal, finished, cache } = parts;
  try {
    const figures = yield* runItems(
      plan.items,
      { session, total: plan.count, concurrency: settings.concurrency, finished },
      {
        clock: systemClock,
        cache,
        record: (result) => {
          journal.record(result);
          onResult(result);
        },
      },
      signal,
    );
    journal.end(figures);
    return reportOf(suite, session, startedAt, journal.path, figures);
  } finally {
    await parts.close();
  }
}

/** Sums a journal up. */
export function reportOf(
  suite: Suite,
  session: string,
  startedAt: string,
  path: string,
  figures: RunFigures,
): EvaluationReport {
  const summing = createSumming();
  const tally = createVariantTally();
  for (const result of journalResults(path)) {
    summing.add(result);
    tally.add(result);
  }
  const summary = summing.finish(figures);
  const checks = checkThresholds(suite.thresholds, summary);
  const ok = figures.state === "completed" && checks.every((check) => check.ok);
  return {
    suite,
    session,
    startedAt,
    figures,
    summary,
    checks,
    variants: tally.finish(suite.choose),
    ok,
    results: () => journalResults(path),
  };
}

interface EarlierRun {
  readonly session: string;
  readonly path: string;
  readonly head: NonNullable<ReturnType<typeof readHead>>;
}

function earlierRun(options: EvaluateOptions, folder: string): EarlierRun | undefined {
  const wanted = options.resume ?? options.retryFailed;
  if (wanted === undefined) return undefined;
  const suiteFile = slashes(options.suiteFile);
  const candidates = wanted === "last" ? listSessions(folder) : [wanted];
  for (const session of candidates) {
    const path = journalPath(folder, session);
    const head = isSessionName(session) && existsSync(path) ? readHead(path) : undefined;
    if (head === undefined) continue;
    if (head.suiteFile === suiteFile) return { session, path, head };
    if (wanted !== "last") throw new SessionError(`the run ${wanted} belongs to another suite: ${head.suiteFile}`);
  }
  const which = wanted === "last" ? "no earlier run of this suite" : `no run ${wanted} of this project`;
  throw new SessionError(`there is ${which}: run the suite first`);
}

/** Opens a journal, or says in a sentence why that cannot be. */
function openRecord<T>(folder: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof SessionError || !(error instanceof Error)) throw error;
    if (!("code" in error)) throw new SessionError(error.message);
    throw new SessionError(
      `the run cannot be recorded in ${folder} (${String(error.code)}): set HOTPATH_CACHE_DIR to a folder you may write to`,
    );
  }
}

function openJournalFor(
  options: EvaluateOptions,
  folder: string,
  suite: Suite,
  plan: Plan,
  only: ReadonlySet<string>,
  earlier: EarlierRun | undefined,
): Pick<RunParts, "session" | "startedAt" | "journal" | "finished"> {
  if (earlier !== undefined && earlier.head.plan !== plan.hash) {
    throw new SessionError(`the suite has other cases now than in the run ${earlier.session}: run it anew`);
  }
  if (earlier !== undefined && options.resume !== undefined) {
    const journal = continueJournal(earlier.path);
    const finished = new Map<string, CaseResult["status"]>();
    for (const { id, status } of journalResults(earlier.path)) finished.set(id, status);
    return { session: earlier.session, startedAt: earlier.head.startedAt, journal, finished };
  }
  const now = new Date();
  const head = {
    hotpath: 1,
    session: newSession(now),
    suite: suite.name,
    suiteFile: suite.path,
    startedAt: now.toISOString(),
    total: plan.count,
    plan: plan.hash,
    cases: [...only],
  } as const;
  const journal = beginJournal(folder, head);
  const finished = new Map<string, CaseResult["status"]>();
  if (earlier !== undefined) {
    // What passed stands; the new journal is a whole run again.
    for (const result of journalResults(earlier.path)) {
      if (result.status !== "passed") continue;
      journal.record(result);
      finished.set(result.id, result.status);
    }
  }
  return { session: head.session, startedAt: head.startedAt, journal, finished };
}

function unknownCases(suite: Suite, only: ReadonlySet<string>): SuiteProblem[] {
  const known = new Set(suite.cases.map(({ id }) => id));
  return [...only]
    .filter((id) => !known.has(id))
    .map((id) => ({
      file: suite.path,
      line: 1,
      column: 1,
      severity: "error",
      message: `there is no case \`${id}\` in this suite`,
    }));
}

/** Where the suites that come with Hotpath lie: beside the bundles' folder, in the repository as in the package. */
export function bundledSuitesFolder(bundlesFolder: string): string {
  return join(dirname(bundlesFolder), "evaluation", "suites");
}

/** Remembered on this machine, and in the Redis the user has named in the environment. */
function openResults(cacheFolder: string): SharedResults {
  const store = openResultStore(join(cacheFolder, "evaluations", "results"));
  const shared = sharedCacheFrom(new Map(), process.env);
  if (shared !== undefined)
    return sharedResults(store, shared, (line) => void process.stderr.write(`hotpath: ${line}\n`));
  return {
    ...store,
    close: () => {
      store.close();
      return Promise.resolve();
    },
  };
}
