/**
 * A `WorkspaceService` seen from a thread that must never wait: every call is a message. The language server talks to this; the
 * service itself lives in a worker thread, or in the same thread where a worker cannot be started.
 */
import type { CostStep, EndpointCostsResult } from "../../../protocol/src/costs.js";
import type { ProveFixResult } from "../../../protocol/src/fix-proof.js";
import type { QueryExplanation } from "../../../protocol/src/query-explanation.js";
import type { QueryPlace } from "../analysis/explain-query/queries-at.js";
import type { LensScope, QueryLens } from "../analysis/explain-query/query-lenses.js";
import type { Finding, Problem } from "../analysis/finding.js";
import type { ReferencePlace, ReferenceQuestion } from "../analysis/references/uses-of.js";
import type { RefreshWork, RuleInfo } from "../analysis/host.js";
import type { CacheFigures } from "../cache/cache.js";
import type { IndexProgress } from "../service/code-search.js";
import type { AppliedFix } from "../service/fix-acceptance.js";
import type { FixAllAnswer, FixAllScope, FixAnswer, FixOffer } from "../service/fixes.js";
import type { FixQuestion } from "../service/prove-fix.js";
import type { FileEvent, Progress, ScanStats, ServiceOptions } from "../service/workspace-service.js";
import type { Heap } from "./memory-watchdog.js";
import type { SearchCalls } from "./search-calls.js";

/** How an analyzer is. */
export interface ServiceFigures {
  readonly cache: CacheFigures;
  /** Milliseconds of the planner's answers since this was last asked. */
  readonly plannerTimes: readonly number[];
  /** Of a thread of its own; undefined where it has none. */
  readonly heap?: Heap;
}

export interface RefreshOutcome {
  readonly revision: number;
  /** Paths whose findings differ from the previous refresh. */
  readonly changed: readonly string[];
  /** Findings of the changed paths, in the same order. */
  readonly findings: readonly (readonly Finding[])[];
  /** The work was superseded by a newer edit; a later refresh finishes it. */
  readonly cancelled: boolean;
  /** Fixes that were applied since the last one, their findings gone. */
  readonly applied?: readonly AppliedFix[];
  readonly work?: Pick<RefreshWork, "ruleMs" | "stageMs">;
}

export interface HoverContent {
  readonly markdown: string;
  readonly start: number;
  readonly end: number;
}

/** Calls in the order they are made; replies in any order. Those about search run beside the others. */
export interface AsyncService extends SearchCalls {
  /** Opens the workspace. Rejects with a sentence for the user when the configuration cannot be used. */
  open(options: ServiceOptions): Promise<void>;
  scan(onProgress: (progress: Progress) => void): Promise<ScanStats>;
  setOverlay(path: string, text: string | undefined): void;
  fileEvents(events: readonly FileEvent[]): Promise<void>;
  reconfigure(overrides: ServiceOptions["overrides"]): Promise<void>;
  refresh(): Promise<RefreshOutcome>;
  /** Runs beside other calls; see `WorkspaceService.prove`. */
  prove(): Promise<boolean>;
  findings(path: string): Promise<readonly Finding[]>;
  allFindings(): Promise<readonly Finding[]>;
  /** All findings, each saying how it can be fixed. */
  findingsWithFixes(): Promise<readonly Finding[]>;
  problems(): Promise<readonly Problem[]>;
  hover(path: string, offset: number): Promise<HoverContent | undefined>;
  /** Waits for the planner, beside other calls. */
  explainQuery(path: string, place: QueryPlace): Promise<QueryExplanation | undefined>;
  queryLenses(path: string, scope: LensScope): Promise<readonly QueryLens[]>;
  /** Entry points of one file or of all with their costs, dearest first. */
  endpointCosts(file?: string): Promise<EndpointCostsResult>;
  /** Reads a profile; says what was found in it. Rejects with a sentence for one that cannot be used. */
  importProfile(file: string): Promise<string>;
  clearProfiles(): Promise<void>;
  /** The calls that make up the cost of an entry point. */
  costPath(id: string): Promise<readonly CostStep[]>;
  /** See `service/fixes.ts`. */
  fixOffers(path: string, fingerprints: readonly string[]): Promise<Readonly<Record<string, readonly FixOffer[]>>>;
  fixChanges(path: string, fingerprint: string, id: string): Promise<FixAnswer>;
  fixAll(scope: FixAllScope): Promise<FixAllAnswer>;
  /** Runs a fix beside the code as it is. Never rejects for want of a proof. */
  proveFix(question: FixQuestion): Promise<ProveFixResult>;
  references(question: ReferenceQuestion): Promise<readonly ReferencePlace[]>;
  rules(): Promise<readonly RuleInfo[]>;
  /** Runs beside other calls. */
  figures(): Promise<ServiceFigures>;
  /** Gives back memory that is not needed to go on. */
  shed(): Promise<void>;
  /** Calls that wait for their turn. */
  queued(): number;
  /** Told once, with a sentence, when the analyzer is gone for good. */
  onLost(listener: (reason: string) => void): void;
  /** Told each time the analyzer has become ready behind remembered results: a refresh now brings what edits meanwhile have changed. */
  onWarm(listener: () => void): void;
  /** Makes a refresh in flight give up at its next safe point: called when newer text is on its way. */
  supersede(): void;
  close(): Promise<void>;
}

/** Names of the calls that cross the thread boundary. */
export type ServiceMethod = Exclude<keyof AsyncService, "supersede" | "queued" | "onLost" | "onWarm">;

export type ServiceRequest = {
  readonly id: number;
  readonly method: ServiceMethod;
  readonly args: readonly unknown[];
  readonly epoch: number;
};

export type ServiceReply =
  | { readonly id: number; readonly kind: "result"; readonly value: unknown }
  | { readonly id: number; readonly kind: "error"; readonly message: string }
  /** The analyzer is not ready: the answer follows, and other calls may come first. */
  | { readonly id: number; readonly kind: "later" }
  | { readonly kind: "warm" }
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "indexing"; readonly progress: IndexProgress };
