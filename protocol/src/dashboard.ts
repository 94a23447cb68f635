/** What the dashboard shows: live figures of the server, and the history of a workspace. Types and limits only. */

/** One moment of a running server. */
export interface LiveSample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly clients: number;
  /** Share of the whole machine, 0 to 1. */
  readonly cpu: number;
  readonly memoryBytes: number;
  /** Share of the machine's memory that is in use by anybody, 0 to 1. */
  readonly machineMemory: number;
  /** 99th percentile since the last sample. */
  readonly eventLoopMs: number;
  /** Over the requests since the last sample. */
  readonly requests: number;
  readonly failed: number;
  readonly responseP95Ms: number | undefined;
  /** Answers of PostgreSQL's planner, and of the model to somebody who waits, since the last sample; undefined where there were none. */
  readonly queryP95Ms?: number | undefined;
  readonly inferenceP95Ms?: number | undefined;
  /** Calls that wait for a workspace's analyzer. */
  readonly queued: number;
  /** Share of cached values found, of those asked for since the server started; undefined before anything was asked. */
  readonly cacheHits: number | undefined;
  /** Texts the model embedded a second; undefined while it rests. */
  readonly modelPerSecond: number | undefined;
}

export interface TierState {
  readonly tier: string;
  readonly state: "working" | "left-out";
  readonly reason?: string;
  readonly hits: number;
  readonly misses: number;
  readonly entries?: number;
  readonly bytes?: number;
  /** What it may hold. */
  readonly maxBytes?: number;
}

/** Latencies of one method, over its last requests. */
export interface MethodTimes {
  readonly method: string;
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export interface RuleTime {
  readonly rule: string;
  /** Since the server, or the run, started. */
  readonly totalMs: number;
  readonly runs: number;
}

/** One scan of a workspace that came to its end. */
export interface HistoryPoint {
  readonly at: number;
  readonly files: number;
  readonly durationMs: number;
  readonly findings: number;
  readonly byFamily: Readonly<Record<string, number>>;
  /** By the first folders of the path. */
  readonly byFolder: Readonly<Record<string, number>>;
  /** Which program it was: another one finds nothing of what was kept. */
  readonly build?: string;
}

/** One evaluation run that came to its end. */
export interface EvaluationPoint {
  readonly at: number;
  readonly title: string;
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly responseP95Ms?: number;
  readonly perSecond?: number;
  /** Shares, 0 to 1. */
  readonly cpu?: number;
  readonly memory?: number;
  readonly cacheHits?: number;
}

export interface EndpointPoint {
  readonly title: string;
  /** `src/app.ts:12`. */
  readonly place: string;
  readonly cost: string;
  /** Orders endpoints: more is worse. */
  readonly rank: number;
}

export interface DashboardData {
  readonly version: string;
  readonly workspace: string;
  readonly history: readonly HistoryPoint[];
  readonly evaluations: readonly EvaluationPoint[];
  /** Undefined where nobody can tell yet. */
  readonly endpoints: readonly EndpointPoint[] | undefined;
  readonly rules: readonly RuleTime[];
  readonly methods: readonly MethodTimes[];
  readonly tiers: readonly TierState[];
  readonly live: readonly LiveSample[];
}

/** The product's own limits; the dashboard draws them as lines, and the editor is told once when one is passed. */
export const LIMITS = {
  responseMs: 1_000,
  queryMs: 500,
  inferenceMs: 2_000,
  cpu: 0.8,
  memory: 0.85,
  errors: 0.05,
  cacheHits: 0.7,
} as const;

/** Client → server request `hotpath/dashboard`: everything the dashboard shows first. */
export const dashboardMethod = "hotpath/dashboard";
/** Client → server notification `hotpath/watchLive`: whether this client wants samples as they are taken. */
export const watchLiveMethod = "hotpath/watchLive";
/** Server → client notification `hotpath/live`, while this client watches. */
export const liveMethod = "hotpath/live";

export interface WatchLiveParams {
  readonly on: boolean;
}

export interface LiveParams {
  readonly sample: LiveSample;
  readonly rules: readonly RuleTime[];
  readonly methods: readonly MethodTimes[];
  readonly tiers: readonly TierState[];
}
