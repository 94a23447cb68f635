/**
 * Every setting, once. The editor's contributions, the JSON schema of `hotpath.config.json`, the documentation and the validation are all
 * derived from this table.
 */

export type SettingType =
  | { readonly kind: "boolean" }
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  | { readonly kind: "string" }
  | { readonly kind: "enum"; readonly values: readonly string[]; readonly docs: readonly string[] }
  | { readonly kind: "strings" }
  /** Rule ids or families to severities. */
  | { readonly kind: "severities" }
  /** Names of tables to what is known of each; see `TableFacts`. */
  | { readonly kind: "tables" }
  /** Functions that run a query, described one by one; see `QUERY_KEYS`. */
  | { readonly kind: "queries" };

export interface Setting {
  /** Without the leading `hotpath.`. */
  readonly key: string;
  readonly type: SettingType;
  readonly default:
    | boolean
    | number
    | string
    | readonly string[]
    | Readonly<Record<string, string>>
    | Readonly<Record<string, TableFacts>>
    | readonly DeclaredQuery[];
  /** `window` settings mean something to an editor only; `resource` ones may also stand in `hotpath.config.json`. */
  readonly scope: "window" | "resource" | "machine";
  /** One sentence. */
  readonly doc: string;
  /** Defaults under another profile than `balanced`; one that is missing is the default above. */
  readonly profiles?: Readonly<Partial<Record<Exclude<Profile, "balanced">, boolean | number | string>>>;
}

export const PROFILES = ["light", "balanced", "performance"] as const;

/** A set of defaults: a setting that somebody has changed is left as it is. */
export type Profile = (typeof PROFILES)[number];

/** What a project says of one of its tables. */
export interface TableFacts {
  /** How many rows it has, or will have: what the planner is told. */
  readonly rows: number;
}

/** A function that runs a query though its code does not show it, or shows it in a way that cannot be followed. */
export interface DeclaredQuery {
  readonly module: string;
  readonly export: string;
  readonly kind?: (typeof QUERY_KINDS)[number];
  readonly access?: (typeof QUERY_ACCESSES)[number];
}

export const QUERY_KINDS = ["sql", "document", "cache", "http", "rpc", "inference", "queue"] as const;
export const QUERY_ACCESSES = ["read", "write", "unknown"] as const;

/** Keys of a declared query: what they mean, and which values they may have when not any text. */
export const QUERY_KEYS: Readonly<
  Record<
    keyof DeclaredQuery,
    { readonly required: boolean; readonly values?: readonly string[]; readonly default?: string; readonly doc: string }
  >
> = {
  module: {
    required: true,
    doc: "A package, or a file of the project relative to its root (`src/db`); the ending may be left out.",
  },
  export: { required: true, doc: "Name of the export; `Db.query` for a method of an exported class or object." },
  kind: {
    required: false,
    values: QUERY_KINDS,
    default: "sql",
    doc: "What answers: a database warns, everything else informs.",
  },
  access: { required: false, values: QUERY_ACCESSES, default: "unknown", doc: "Whether it reads or writes." },
};

export const SEVERITY_VALUES = ["error", "warning", "information", "hint", "off"] as const;

export const settings: readonly Setting[] = [
  { key: "enable", type: { kind: "boolean" }, default: true, scope: "resource", doc: "Analyze this workspace." },
  {
    key: "rules",
    type: { kind: "severities" },
    default: {},
    scope: "resource",
    doc: "Severity of a rule or of a whole family, replacing its own; `off` switches it off.",
  },
  {
    key: "diagnostics.scope",
    type: {
      kind: "enum",
      values: ["workspace", "openFiles"],
      docs: ["Findings of all files.", "Findings of open files only; all files are still analyzed."],
    },
    default: "workspace",
    scope: "window",
    doc: "Which files' findings are shown.",
  },
  {
    key: "codeLens.costs",
    type: { kind: "boolean" },
    default: true,
    scope: "window",
    doc: "Show above each route, resolver and worker what one request costs.",
  },
  {
    key: "codeLens.queries",
    type: {
      kind: "enum",
      values: ["missing", "all", "off"],
      docs: ["Above queries that lack an index.", "Above every query: also which index serves it.", "Nowhere."],
    },
    default: "missing",
    scope: "window",
    doc: "Above which queries a line stands that says which index serves them or is missing, and opens *Explain Query*.",
  },
  {
    key: "exclude",
    type: { kind: "strings" },
    default: [],
    scope: "resource",
    doc: "Files and folders that are not analyzed, as in a .gitignore.",
  },
  {
    key: "quietPaths",
    type: { kind: "strings" },
    default: [],
    scope: "resource",
    doc: "Files and folders treated like scripts, as in a .gitignore: they are followed from other files but nothing is reported in them.",
  },
  {
    key: "smallLoopBound",
    type: { kind: "integer", min: 0, max: 1000 },
    default: 10,
    scope: "resource",
    doc: "Loops proven to run at most this many times are not reported as N+1.",
  },
  {
    key: "queryFunctions",
    type: { kind: "strings" },
    default: [],
    scope: "resource",
    doc: "Functions that run a query though their code is out of sight, as `package#export`.",
  },
  {
    key: "queries",
    type: { kind: "queries" },
    default: [],
    scope: "resource",
    doc: "Functions of the project or of packages that run a query: `module`, `export`, and where they differ from `sql` and `unknown`, `kind` and `access`.",
  },
  {
    key: "tables",
    type: { kind: "tables" },
    default: {},
    scope: "resource",
    doc: 'Rows of tables, by name: `{ "orders": { "rows": 2000000 } }`. Others are taken to have 100,000.',
  },
  {
    key: "statistics",
    type: { kind: "strings" },
    default: [],
    scope: "resource",
    doc: "Dumps of the production database's `pg_class`, `pg_stats` or `pg_stat_statements`, as CSV with a header or as JSON, below this folder: sizes, values and how often queries run.",
  },
  {
    key: "planner.enable",
    type: { kind: "boolean" },
    default: true,
    scope: "resource",
    doc: "Let PostgreSQL's planner, in a process of its own, confirm findings about missing indexes; without it they are information only.",
  },
  {
    key: "planner.memory",
    type: { kind: "integer", min: 640, max: 16_384 },
    default: 1200,
    scope: "resource",
    profiles: { light: 700 },
    doc: "MiB the planner's process may take; over that it is ended and started again for the next question. It begins with about 480.",
  },
  {
    key: "profile",
    type: {
      kind: "enum",
      values: PROFILES,
      docs: [
        "For a laptop on battery: smaller caches, no worker threads, no model.",
        "For most machines.",
        "For a machine with room to spare: larger caches.",
      ],
    },
    default: "balanced",
    scope: "window",
    doc: "A set of defaults for other settings; what you set yourself stays as you set it.",
  },
  {
    key: "model.enable",
    type: { kind: "boolean" },
    default: true,
    scope: "machine",
    profiles: { light: false },
    doc: "Use a local model to search code by meaning and to order suggestions; findings are the same without it.",
  },
  {
    key: "model.background",
    type: { kind: "boolean" },
    default: true,
    scope: "machine",
    doc: "Embed the workspace's functions at low priority after a scan, so that the first search finds them ready.",
  },
  {
    key: "model.path",
    type: { kind: "string" },
    default: "",
    scope: "machine",
    doc: "Folder of another embedding model (ONNX graph, tokenizer.json and config as published); empty uses the one that comes with Hotpath.",
  },
  {
    key: "model.hub",
    type: { kind: "string" },
    default: "",
    scope: "machine",
    doc: "Address of the model hub that Hotpath: Download Model… asks; empty uses HF_ENDPOINT of the environment, else the public hub. Nothing else connects to it.",
  },
  {
    key: "model.provider",
    type: {
      kind: "enum",
      values: ["auto", "cpu", "cuda", "webgpu", "dml", "coreml"],
      docs: [
        "A GPU where one is faster and gives the same, else the processor.",
        "The processor.",
        "NVIDIA's CUDA, else the processor.",
        "WebGPU, else the processor.",
        "DirectML on Windows, else the processor.",
        "Core ML on macOS, else the processor.",
      ],
    },
    default: "auto",
    scope: "machine",
    doc: "What the model runs on.",
  },
  {
    key: "maxFileSize",
    type: { kind: "integer", min: 1, max: 1_048_576 },
    default: 2048,
    scope: "resource",
    doc: "Files over this many KiB are skipped.",
  },
  {
    key: "cache.enabled",
    type: { kind: "boolean" },
    default: true,
    scope: "machine",
    doc: "Keep facts on disk between runs.",
  },
  {
    key: "cache.folder",
    type: { kind: "string" },
    default: "",
    scope: "machine",
    doc: "Folder of the cache; empty chooses the user's own cache folder.",
  },
  {
    key: "cache.diskSize",
    type: { kind: "integer", min: 16, max: 65_536 },
    default: 512,
    scope: "machine",
    profiles: { light: 128, performance: 4096 },
    doc: "MiB the cache may take on disk; what was not used for longest goes first.",
  },
  {
    key: "cache.memorySize",
    type: { kind: "integer", min: 1, max: 4096 },
    default: 64,
    scope: "machine",
    profiles: { light: 16, performance: 256 },
    doc: "MiB the cache may take in memory, beside what the analyzer itself holds.",
  },
  {
    key: "redis.url",
    type: { kind: "string" },
    default: "",
    scope: "machine",
    doc: "A Redis through which colleagues and CI share what they computed: `redis://user:password@host:port/0`, `rediss://` for TLS. Empty shares nothing.",
  },
  {
    key: "redis.key",
    type: { kind: "string" },
    default: "",
    scope: "machine",
    doc: "The workspace key: values in the Redis are believed only when they were signed with it. Empty believes all that are well-formed.",
  },
  {
    key: "redis.prefix",
    type: { kind: "string" },
    default: "hotpath",
    scope: "machine",
    doc: "What Hotpath's keys in the Redis begin with.",
  },
  {
    key: "redis.ttlDays",
    type: { kind: "integer", min: 1, max: 365 },
    default: 14,
    scope: "machine",
    doc: "Days after which a value in the Redis is forgotten.",
  },
  {
    key: "workers",
    type: { kind: "integer", min: -1, max: 64 },
    default: -1,
    profiles: { light: 0 },
    scope: "machine",
    doc: "Worker threads for the first scan; -1 chooses, 0 uses none.",
  },
  {
    key: "daemon.enabled",
    type: { kind: "boolean" },
    default: false,
    scope: "machine",
    doc: "Share one analyzer process between windows instead of starting one for each.",
  },
  {
    key: "trace.server",
    type: {
      kind: "enum",
      values: ["off", "messages", "verbose"],
      docs: ["No trace.", "Names of messages.", "Whole messages."],
    },
    default: "off",
    scope: "window",
    doc: "Write the messages between editor and server to the log.",
  },
];
