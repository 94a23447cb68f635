/**
 * One opened workspace: discovery, configuration, caches, overlay and analysis behind one small interface, shared by the language
 * server, the daemon and the command line. Declares the contract; `create-service.ts` implements it.
 */
import type { TieredCache } from "../cache/cache.js";
import type { OpenCacheOptions, SharedCache } from "../cache/open-cache.js";
import type { AnalysisOptions, Cancellation, RefreshResult, RuleInfo } from "../analysis/host.js";
import type { Finding, Problem } from "../analysis/finding.js";
import type { Inspection } from "../analysis/inspection.js";
import type { Proof, ProofRequest } from "../advisor/proof.js";

export interface ServiceOptions {
  /** Absolute folders. */
  readonly roots: readonly string[];
  /** Explicit `hotpath.config.json`; otherwise each root's own is looked for. */
  readonly configFile?: string;
  /** Folder of the fact cache; undefined turns the disk cache off. Default: `defaultCacheFolder()`. */
  readonly cacheFolder: string | undefined;
  /** Where colleagues and CI share what they computed; from the user's settings or environment, never from a workspace. */
  readonly sharedCache?: SharedCache | undefined;
  /** How much the cache may hold; undefined chooses. */
  readonly cacheLimits?: Pick<OpenCacheOptions, "memory" | "diskBytes">;
  /** Overrides from editor settings or command-line flags; they win over the configuration file. */
  readonly overrides: Partial<Omit<AnalysisOptions, "roots">>;
  /** Worker threads for the cold scan; 0 extracts on the calling thread; undefined chooses. */
  readonly workers?: number;
  /** The built `analysis-worker.js`; without it the first scan uses no worker threads. */
  readonly extractWorkerFile?: string;
  /** The built `planner-process.js`; without it nothing is asked of a planner. */
  readonly plannerFile?: string;
  /** Dumps of a database's statistics that the user names; absolute. */
  readonly statisticsFiles?: readonly string[];
  /** A live PostgreSQL whose catalog and statistics may be read; from the user's environment or secret storage, never from a workspace, and in no message. */
  readonly databaseUrl?: string;
  /** Whether git may be asked which files were changed together; only in workspaces the user trusts. Default: no. */
  readonly readsHistory?: boolean;
  /** Which model searches this workspace's code; the analysis itself uses none. */
  readonly model?: ModelSettings;
  /** Patterns of files left out, as in a .gitignore, beside the configuration file's own. */
  readonly exclude?: readonly string[];
  /** Files over this many bytes are skipped with a reason (default 2 MiB). */
  readonly maxFileBytes?: number;
  /** Stands for the running program in the keys of saved results. Default: a hash of its bundle; results of unbundled sources are not saved. */
  readonly build?: string;
  /** Whether somebody waits for this thread: work in the background makes way. */
  readonly isAwaited?: () => boolean;
}

export interface ModelSettings {
  readonly enabled: boolean;
  /** Folder of another model than the one in the box. */
  readonly folder?: string;
  /** `auto`, `cpu`, or one provider to try before it. */
  readonly provider?: string;
}

/** One step of long work; producers know nobody who draws it. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly label: "discovering" | "reading" | "linking" | "checking";
}

export interface ScanStats {
  /** Files looked at. Those that cannot lie on the way to a finding were not parsed; see `analysis/program-files.ts`. */
  readonly files: number;
  /** Files left out, with the reason of each that a person might miss (huge, minified, unreadable, binary). */
  readonly skipped: number;
  /** Files whose facts came from the cache; all of them when a saved result still held. */
  readonly cacheHits: number;
  readonly durationMs: number;
  readonly stageMs: Readonly<Record<string, number>>;
}

export interface FileEvent {
  readonly path: string;
  readonly kind: "created" | "changed" | "deleted";
}

export interface WorkspaceService {
  /** First scan. Yields progress; returns figures. Can be cancelled and called again. */
  scan(token?: Cancellation): AsyncGenerator<Progress, ScanStats>;
  /** Puts an editor's unsaved text over a file; `undefined` takes it away again and returns to the disk's text. */
  setOverlay(path: string, text: string | undefined): void;
  /** Reports changes on disk; reads what is needed. Configuration and manifest files are recognised and reloaded. */
  fileEvents(events: readonly FileEvent[]): Promise<void>;
  reconfigure(overrides: ServiceOptions["overrides"]): void;
  refresh(token?: Cancellation): RefreshResult;
  /**
   * While the analyzer is not ready, what can be said without it: the files whose findings have changed since the last refresh. Remembered findings move along
   * with the text, those that an edit touches are left out, and what it brings is known with the first refresh after `warmed`.
   */
  atHand(): readonly string[];
  /** Resolves when the analyzer itself is up to date; it gets ready by itself after the first refresh. */
  warmed(): Promise<void>;
  /**
   * Asks the planner what rules want to know since the last refresh. True when there are answers: the next refresh takes them into account, and may ask more.
   */
  prove(): Promise<boolean>;
  findings(path: string): readonly Finding[];
  allFindings(): readonly Finding[];
  /** Unreadable, unparsable and skipped files, and configuration mistakes. */
  problems(): readonly Problem[];
  hover(
    path: string,
    offset: number,
  ): { readonly markdown: string; readonly start: number; readonly end: number } | undefined;
  /** Whether the analyzer itself is up to date, behind remembered results or without them: until then `ask` has to wait for it. */
  isWarm(): boolean;
  /** Answers a question about everything that is known by now. */
  ask<T>(question: (inspection: Inspection) => T): T;
  /** Plans of these very requests, from the planner or from memory. Never rejects: what goes wrong is an answer. */
  plansOf(requests: readonly ProofRequest[]): Promise<readonly Proof[]>;
  /** Stands for everything findings depend on; undefined with texts other than on disk, or where nothing can be kept. */
  resultKey(): string | undefined;
  rules(): readonly RuleInfo[];
  /** Text of a file of the workspace as it is now: the editor's where it is open, else the disk's. Undefined for one that is left out or gone. */
  textOf(path: string): string | undefined;
  /** What this workspace keeps between runs, for what is computed beside findings. */
  readonly cache: TieredCache;
  /** Milliseconds of the planner's answers since this was last asked. */
  plannerTimes(): readonly number[];
  /** Files that are parsed. */
  files(): readonly string[];
  close(): Promise<void>;
}
