/** Suites as they are after reading: validated, defaults applied, paths still as written. Plain data. */

export type CaseKind = "detect" | "prompt" | "http" | "sql" | "command";

/** Where something stands in a suite file. Lines and columns are 1-based. */
export interface SuitePlace {
  /** Absolute path with `/` separators. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A mistake in a suite; errors keep it from running, warnings are only told. */
export interface SuiteProblem extends SuitePlace {
  readonly severity: "error" | "warning";
  readonly message: string;
}

export interface Suite {
  /** Absolute path with `/` separators. */
  readonly path: string;
  readonly name: string;
  readonly description?: string;
  readonly settings: SuiteSettings;
  readonly providers: readonly ProviderDefinition[];
  readonly thresholds: Thresholds;
  readonly choose: ChoiceLimits;
  /** Those of included suites first. */
  readonly cases: readonly CaseDefinition[];
}

export interface SuiteSettings {
  readonly concurrency?: number;
  readonly timeoutSeconds?: number;
  readonly retries?: number;
  readonly repeat?: number;
  readonly cache?: boolean;
}

/** Limits a run is held against. Shares are 0 to 1. */
export interface Thresholds {
  readonly passRate?: number;
  readonly errorRate?: number;
  readonly p95Ms?: number;
  readonly precision?: number;
  readonly recall?: number;
  readonly f1?: number;
  readonly families?: Readonly<
    Record<string, { readonly precision?: number; readonly recall?: number; readonly f1?: number }>
  >;
}

/** What a prompt or model must keep to be chosen among others. */
export interface ChoiceLimits {
  readonly minScore?: number;
  readonly maxP95Ms?: number;
  /** Of all cases together. */
  readonly maxCost?: number;
}

export interface ProviderDefinition {
  readonly id: string;
  readonly type: "openai" | "anthropic" | "replay" | "echo";
  readonly url?: string;
  readonly model?: string;
  /** Name of the environment variable that holds the key; the key itself never stands in a suite. */
  readonly keyEnv?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly requestsPerMinute?: number;
  /** Recorded replies: read by `replay`, written by the others when given. */
  readonly recording?: string;
  readonly fallback?: string;
  readonly price?: { readonly inputPerMillion?: number; readonly outputPerMillion?: number };
  readonly place: SuitePlace;
}

interface CaseBase {
  readonly id: string;
  readonly title?: string;
  readonly category?: string;
  /** Share in the score, default 1. */
  readonly weight: number;
  readonly repeat?: number;
  readonly timeoutSeconds?: number;
  readonly retries?: number;
  readonly place: SuitePlace;
}

export interface DetectCase extends CaseBase {
  readonly kind: "detect";
  /** Case files, as paths that may hold `*`. */
  readonly files?: readonly string[];
  readonly folder?: string;
  readonly labels?: readonly FolderLabel[] | string;
  /** Rule ids or families; empty means all. */
  readonly rules: readonly string[];
}

export interface FolderLabel {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Rule or family that is expected there. */
  readonly expect: string;
}

export interface PromptCase extends CaseBase {
  readonly kind: "prompt";
  readonly system?: string;
  readonly prompts: readonly PromptDefinition[];
  readonly variables: readonly Readonly<Record<string, unknown>>[] | string;
  readonly providers: readonly string[];
  readonly assertions: readonly Assertion[];
  /** Weighted share of the assertions that is enough, 0 to 1; all must hold where nothing is said. */
  readonly threshold?: number;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** Has one of `text`, `file` and `messages`. */
export interface PromptDefinition {
  readonly id: string;
  readonly text?: string;
  readonly file?: string;
  readonly messages?: readonly ChatMessage[];
}

export const ASSERTION_TYPES = [
  "equals",
  "contains",
  "contains-any",
  "starts-with",
  "regex",
  "json",
  "json-schema",
  "expression",
  "similar",
  "latency",
  "cost",
  "rubric",
] as const;

export interface Assertion {
  readonly type: (typeof ASSERTION_TYPES)[number];
  readonly value?: unknown;
  /** Turns the answer around. */
  readonly not?: boolean;
  readonly ignoreCase?: boolean;
  readonly threshold?: number;
  readonly weight?: number;
  /** Provider that grades a rubric. */
  readonly provider?: string;
}

export interface CommandCase extends CaseBase {
  readonly kind: "command";
  /** Program and arguments; no shell reads them. */
  readonly run: readonly string[];
  readonly folder?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly reads: "exit" | "junit" | "tap" | "vitest" | "jest" | "hyperfine";
  /** File the command writes its results to; its standard output otherwise. */
  readonly results?: string;
  readonly maxMeanMs?: number;
}

export interface HttpCase extends CaseBase {
  readonly kind: "http";
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly load: HttpLoad;
  readonly expect: HttpExpectation;
}

export interface HttpLoad {
  readonly users: number;
  /** Requests of each user; closed loop. */
  readonly iterations?: number;
  readonly seconds?: number;
  /** Requests a second that arrive whether or not earlier ones are answered; open loop. */
  readonly rate?: number;
  readonly warmupSeconds: number;
}

export interface HttpExpectation {
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  readonly errorRate?: number;
  readonly minPerSecond?: number;
}

export interface SqlCase extends CaseBase {
  readonly kind: "sql";
  /** `seed`: one that is built for the case and thrown away. `user`: the one whose address the user keeps in `HOTPATH_DATABASE_URL`. */
  readonly database: "seed" | "user";
  /** File with statements that build the database. */
  readonly seed?: string;
  readonly query: string;
  readonly parameters: readonly unknown[];
  readonly expect: SqlExpectation;
}

export interface SqlExpectation {
  readonly noSequentialScanOver?: number;
  readonly usesIndex?: string;
  readonly maxMs?: number;
  readonly maxBuffers?: number;
}

export type CaseDefinition = DetectCase | PromptCase | CommandCase | HttpCase | SqlCase;
