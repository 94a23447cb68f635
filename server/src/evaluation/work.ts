/** Units of work of a run: what the engine needs to know of a case of any kind, and what it learns from it. */
import type { CaseMessage, FamilyCounts } from "../../../protocol/src/evaluation.js";

/** What a case produced, before anybody judged it. Plain JSON, because it is what the result cache keeps. */
export type Observation = Readonly<Record<string, unknown>>;

export interface Verdict {
  readonly passed: boolean;
  /** 0 to 1. */
  readonly score: number;
  readonly messages: readonly CaseMessage[];
  readonly metrics?: Readonly<Record<string, number>>;
  readonly families?: Readonly<Record<string, FamilyCounts>>;
  readonly output?: string;
}

export interface WorkContext {
  /** Aborted when the time limit has passed or the run is cancelled. Work that goes on regardless is abandoned. */
  readonly signal: AbortSignal;
  /** 1 for the first. */
  readonly attempt: number;
  /** On the run's clock, milliseconds: for work that can only look at the time now and then. */
  readonly deadline: number;
}

export interface WorkItem {
  readonly id: string;
  readonly caseId: string;
  readonly kind: string;
  readonly title?: string;
  readonly category?: string;
  /** Prompt or model that is compared with others, and the question they share. */
  readonly variant?: string;
  readonly pair?: string;
  readonly weight: number;
  readonly file: string;
  readonly line: number;
  /** Nothing else runs meanwhile: load and latency would disturb each other. */
  readonly alone: boolean;
  readonly timeoutMs: number;
  readonly retries: number;
  /** Everything the observation depends on, hashed; undefined where it must be made anew. */
  readonly cacheKey: string | undefined;
  /** Waits until a rate limit lets it start. Not part of the time limit. */
  admit?(signal: AbortSignal): Promise<void>;
  observe(context: WorkContext): Promise<Observation>;
  /** Whether a verdict takes no time and asks nobody, so that it needs neither a time limit nor a way to be stopped. */
  readonly judgesAtOnce: boolean;
  /** Asked again for remembered observations, so that a changed expectation needs no new observation. */
  judge(observation: Observation, context: WorkContext): Promise<Verdict> | Verdict;
}

/** A case that could not be carried out, in one sentence for the user. */
export class CaseError extends Error {
  /** Whether the same thing may go well a moment later. */
  readonly retryable: boolean;
  /** What the other side asked for, milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The other side only asked for patience: trying again is not counted as a retry, the time limit is limit enough. */
  readonly patience: boolean;

  constructor(
    message: string,
    options: {
      readonly retryable?: boolean;
      readonly retryAfterMs?: number | undefined;
      readonly patience?: boolean;
    } = {},
  ) {
    super(message);
    this.name = "CaseError";
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.patience = options.patience ?? false;
  }
}

/** A case that ran out of time where it was carried out, which was not here. */
export class RemoteTimeout extends Error {}

/** Reason a case's own signal is aborted with. */
export class TimedOut extends Error {
  constructor(ms: number) {
    super(`it did not finish within its limit of ${ms / 1000} s`);
    this.name = "TimedOut";
  }
}
