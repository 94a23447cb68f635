/** Messages about evaluation runs, between the server and its clients. Types and names only. */

/** Files that are suites: our own, and configurations of promptfoo. */
export const suitePattern = "**/{*.hotpath-eval,promptfooconfig,promptfooconfig.*}.{yaml,yml}";
/** The same of a path or address. */
export const suiteFileName = /(?:\.hotpath-eval|(?:^|\/)promptfooconfig(?:\.[^/]*)?)\.ya?ml$/;

export type EvaluationState = "starting" | "running" | "completed" | "error" | "cancelled";

/** How far a run is. Producers know nobody who draws it. */
export interface EvaluationProgress {
  readonly session: string;
  readonly state: EvaluationState;
  /** Cases with a result, those answered from the cache or an earlier part of the run included. */
  readonly done: number;
  readonly total: number;
  /** 0 to 100, whole; 100 only when nothing is left. */
  readonly percent: number;
  /** Recent rate, robust against single slow or fast cases. */
  readonly perSecond: number;
  /** Undefined until there is a rate. */
  readonly etaSeconds?: number;
  /** What is being worked on. */
  readonly current?: string;
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly cacheHits: number;
  /** One sentence, when the state is `error`. */
  readonly message?: string;
}

export type CaseStatus = "passed" | "failed" | "error" | "timeout";

export interface CaseMessage {
  readonly text: string;
  readonly expected?: string;
  readonly actual?: string;
  /** Where to look, when it is not the case itself. Absolute path with `/` separators; 1-based line. */
  readonly file?: string;
  readonly line?: number;
}

/** Counts of one family of rules: right findings, false alarms, missed labels. */
export interface FamilyCounts {
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
}

export interface CaseResult {
  /** Unique in the run and the same in every run of the same suite. */
  readonly id: string;
  /** Id of the case in the suite; several results can share it. */
  readonly caseId: string;
  readonly kind: string;
  readonly status: CaseStatus;
  /** 0 to 1. */
  readonly score: number;
  readonly weight: number;
  readonly durationMs: number;
  readonly attempts: number;
  readonly cached: boolean;
  readonly title?: string;
  readonly category?: string;
  /** Prompt or model that is compared with others, and the question they share. */
  readonly variant?: string;
  readonly pair?: string;
  readonly messages: readonly CaseMessage[];
  readonly metrics?: Readonly<Record<string, number>>;
  readonly families?: Readonly<Record<string, FamilyCounts>>;
  /** Beginning of what was produced. */
  readonly output?: string;
  /** The line of the suite, or of the case file. */
  readonly file: string;
  readonly line: number;
}

/** Client → server: finds the suites of the open folders and the cases in them. */
export const listSuitesMethod = "hotpath/listSuites";

export interface ListedSuite {
  readonly file: string;
  readonly name: string;
  readonly bundled: boolean;
  readonly cases: readonly ListedCase[];
  readonly problems: readonly ListedProblem[];
}

export interface ListedCase {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly file: string;
  readonly line: number;
}

export interface ListedProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: "error" | "warning";
  readonly message: string;
}

/** Client → server: starts a run; answers as soon as it is started. */
export const runEvaluationMethod = "hotpath/runEvaluation";

export interface RunEvaluationParams {
  /** Absolute path of the suite; the bundled one when left out. */
  readonly suite?: string;
  /** Only these cases of the suite. */
  readonly cases?: readonly string[];
  /** Only what failed in this earlier run of the suite; `last` is the latest. */
  readonly retryFailed?: string;
  /** Goes on with this run. */
  readonly resume?: string;
  readonly noCache?: boolean;
  /** Whether commands of the suite may run and its hosts may be reached. */
  readonly trusted: boolean;
  /** Hosts the user has allowed to be called beside this machine. */
  readonly allowedHosts?: readonly string[];
}

export interface RunEvaluationResult {
  /** Undefined when the run could not be started; `problems` say why. */
  readonly session?: string;
  readonly total: number;
  readonly problems: readonly ListedProblem[];
  /** Hosts the suite wants to reach that nobody has allowed: ask, then call again with `allowedHosts`. */
  readonly askHosts?: readonly string[];
}

/** Client → server request: how far a run is, whoever started it. Server → client notification with the same name: it has moved on. */
export const evaluationProgressMethod = "hotpath/evaluationProgress";

export interface EvaluationProgressParams {
  readonly session: string;
}

/** What the notification carries. */
export interface EvaluationUpdate {
  readonly progress: EvaluationProgress;
  /** Results since the last update, in the order they came. */
  readonly results: readonly CaseResult[];
  /** At the end. */
  readonly report?: EvaluationReportInfo;
}

export interface EvaluationReportInfo {
  /** Self-contained page with the whole report. */
  readonly html: string;
  readonly ok: boolean;
  /** One line: what came out, and how that differs from the last run. */
  readonly summary: string;
}

/** Client → server request: stops a run; what is finished stays recorded. */
export const cancelEvaluationMethod = "hotpath/cancelEvaluation";

/** Client → server request: the runs that are recorded, newest first. */
export const listRunsMethod = "hotpath/listRuns";

export interface ListedRun {
  readonly session: string;
  readonly suite: string;
  readonly suiteFile: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly done: number;
  readonly total: number;
  readonly passed: number;
}

/** Client → server request: two runs compared, as Markdown. */
export const compareRunsMethod = "hotpath/compareRuns";

export interface CompareRunsParams {
  readonly before: string;
  readonly after: string;
}
