/**
 * What linking adds to facts: provenance of values, targets of calls, operations, summaries and reachability. Plain data, no syntax.
 */
import type { ClientKind } from "./client-catalog.js";
import type { ConstructionKind } from "./construction-catalog.js";
import type { Span } from "../base/span.js";
import type { BindingId, ClassId, ExprId, FunctionId, RegionId, TypeRef } from "../facts/model.js";
import type { KeyedRead } from "./keyed-reads.js";
import type { OperationAccess, OperationKind, OperationSpec } from "./dialects/define-dialect.js";

/** Workspace-absolute path with `/` separators; the identity of a file. */
export type FilePath = string;

export interface FunctionRef {
  readonly file: FilePath;
  readonly fn: FunctionId;
}

export interface Location {
  readonly file: FilePath;
  readonly span: Span;
}

/**
 * Where a value comes from. `await` and `Promise<T>` are transparent: a promise of X is X.
 *
 * Paths of external values are spelled as a programmer would: `default` alone is the default export (and what
 * `require()` gives when it is called), but it is left out before another name, so that `import x; x.y`,
 * `import { y }` and `require().y` are all `["y"]`. `()` stands for the result of a call (`express()` is
 * `["default", "()"]`), `prototype` for a member of an instance (`Pool.prototype.query`). Node's built-ins always carry
 * `node:`. Names that no import brings in belong to the module `global:` (`fetch`, `Promise`, `JSON`).
 */
export type Value =
  | { readonly kind: "unknown" }
  /** An export of a package that is not part of the workspace: `node:fs` + ["readFileSync"]. An empty path is the module itself. */
  | { readonly kind: "external"; readonly module: string; readonly path: readonly string[] }
  /** An instance of an external class or a value of an external type. */
  | { readonly kind: "external-instance"; readonly module: string; readonly path: readonly string[] }
  | { readonly kind: "namespace"; readonly file: FilePath }
  | { readonly kind: "function"; readonly ref: FunctionRef }
  | { readonly kind: "class"; readonly file: FilePath; readonly cls: ClassId }
  | { readonly kind: "instance"; readonly file: FilePath; readonly cls: ClassId }
  /** An object literal. */
  | { readonly kind: "object"; readonly file: FilePath; readonly expr: ExprId }
  /** A value of which only the structural type is known: an interface, an object or function type written in `file`. */
  | {
      readonly kind: "shape";
      readonly file: FilePath;
      readonly type: TypeRef;
      /** What the type parameters in it stand for. */ readonly args?: TypeArguments;
    }
  | DialectValue
  | {
      readonly kind: "array";
      readonly of: Value;
      /** Elements of the literal a constant is declared with. */
      readonly length?: number;
    }
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  /** One of a few: branches of a conditional, implementations of an interface. At most 8. */
  | {
      readonly kind: "union";
      readonly of: readonly Value[];
      /** A guess among implementations rather than something the code says. */ readonly lowConfidence?: true;
    };

/** Values of type parameters by name. */
export type TypeArguments = Readonly<Record<string, Value>>;

/** A value a dialect describes. */
export interface DialectValue {
  readonly kind: "dialect";
  readonly dialect: string;
  readonly state: string;
  readonly table?: string;
  readonly lowConfidence?: true;
  readonly transaction?: true;
  /** The export it is, or is an instance of, when no step was taken yet: for calls the dialect does not describe. */
  readonly origin?: { readonly module: string; readonly path: readonly string[] };
  /** The workspace class that rows are instances of: an active-record class, or the entity of a repository. */
  readonly model?: { readonly file: FilePath; readonly cls: ClassId };
  /** A builder's operation that has not run yet: it does when the value is awaited. */
  readonly pending?: PendingOperation;
}

export interface PendingOperation {
  readonly method: string;
  /** A function returned it as it is: the operation belongs to that function, not to who awaits its result. */
  readonly returned?: true;
  readonly spec: OperationSpec;
  /** State of the rows it gives, when they are more than plain data. */
  readonly rows?: string;
  /** The step that named the operation. */
  readonly file: FilePath;
  readonly expr: ExprId;
}

/** A round trip to another system, where the code performs it. */
export interface Operation {
  readonly dialect: string;
  readonly kind: OperationKind;
  readonly access: OperationAccess;
  readonly rows: "one" | "many" | "none";
  /** Table, model, collection or host, when it can be named. */
  readonly table?: string;
  /** `findMany`, `query`, `select`: the member that names the operation. */
  readonly method: string;
  readonly bulk?: true;
  readonly sqlText?: string;
  /** In one database transaction opened around it. */
  readonly transaction?: true;
  /** The library merges calls of one tick into one round trip: a sentence that names its version. */
  readonly batchedByLibrary?: string;
  /** It is answered inside the process, in microseconds: no round trip. */
  readonly inProcess?: true;
  /** It writes what was changed before (a unit of work), whatever it is given. */
  readonly flushes?: true;
  readonly confidence: "high" | "low";
  /** The call that names the operation, for evidence and fixes; the whole builder chain for lazy ones. */
  readonly expr: ExprId;
  readonly span: Span;
}

/** A synchronous call that holds the event loop. */
export interface BlockingOperation {
  /** `fs`, `child-process`, `crypto`, `zlib`, `password-hash`, `database`, `image`, `archive`. */
  readonly category: string;
  /** `node:fs#readFileSync`. */
  readonly api: string;
  /** Documented non-blocking replacement. */
  readonly instead?: string;
  /** How bad: bytes-bound work, CPU-bound work, or waiting for another process. */
  readonly weight: "light" | "medium" | "heavy";
  readonly expr: ExprId;
  readonly span: Span;
}

/** One call (or `new`, tagged template, awaited builder) of a linked file. */
export interface CallSite {
  readonly expr: ExprId;
  readonly region: RegionId;
  readonly fn: FunctionId;
  readonly span: Span;
  /** Workspace functions it can run. */
  readonly targets: readonly FunctionRef[];
  /** How sure the targets are: `high` by declaration, `low` by name or implementation guess. */
  readonly confidence: "high" | "low";
  readonly external?: { readonly module: string; readonly path: readonly string[] };
  readonly operation?: Operation;
  readonly blocking?: BlockingOperation;
  /** A client that is meant to be made once and kept. */
  readonly makes?: ClientKind;
  /** Something costly to make that could be kept: a formatter, a validator, a template, a file's contents. */
  readonly builds?: ConstructionKind;
  /** Functions of this file written as arguments, and what becomes of them. */
  readonly callbacks: readonly CallbackUse[];
}

export interface CallbackUse {
  readonly arg: number;
  readonly ref: FunctionRef;
  /**
   * `once`/`per-element`: runs before the call's result is there, so it belongs to the caller's control flow;
   * `deferred`: runs later on its own (event handlers, timers, routes, queue workers); `never` when the value is only stored.
   */
  readonly runs: "once" | "per-element" | "deferred";
  /** For `per-element`: the iterated expression, and which callback parameter is the element. */
  readonly over?: ExprId;
  readonly elementParam?: number;
  /** Elements are processed one after another (`for await`-like helpers, `reduce` over promises) or at once (`Promise.all(map)`). */
  readonly transaction?: true;
  /** For `per-element`: the function that is given the callback pauses on purpose between its runs. */
  readonly paced?: true;
}

/** What a function does to the outside world when it runs, through any number of calls. */
export interface FunctionSummary {
  /** Bounded: one shortest witness per distinct (dialect, table, method, access), at most `MAX_EFFECTS`. */
  readonly effects: readonly ReachedEffect[];
  readonly blocking: readonly ReachedBlocking[];
  /** Whether some effects were dropped over the bound. */
  readonly truncated?: true;
  /** Member of a recursive group (strongly connected component with a cycle). */
  readonly recursive?: true;
  /** It awaits a call that cannot be seen into: what else it does to the outside is not known. */
  readonly opaque?: true;
  /** Database reads by what they ask, in terms of the function's parameters; absent when there are none. At most `MAX_READS`. */
  readonly reads?: readonly KeyedRead[];
}

export const MAX_EFFECTS = 12;

export interface ReachedEffect {
  readonly operation: Operation;
  /** File and function in which the operation stands. */
  readonly at: Location;
  readonly owner: FunctionRef;
  /** Call sites from the summarised function down to the operation's function, outermost first; empty when direct. */
  readonly path: readonly Location[];
  /** Parameters of the summarised function that flow into the operation's arguments. */
  readonly params: readonly number[];
  /** Bindings of enclosing functions (in the same file) that flow into the operation, for functions written inside others. */
  readonly captured?: readonly BindingId[];
  /** It runs only under a condition (a cache miss, an early return); the nearest test, as written. */
  readonly conditional?: true;
  /** Guarded by a cache or memo look-up on the way. */
  readonly cached?: true;
  /** It already runs once per element of something on the way. */
  readonly repeated?: true;
  /** Nothing is awaited on the way before it starts, so calls of one tick start it in one tick. Only said of operations that libraries merge. */
  readonly prompt?: true;
  readonly confidence: "high" | "low";
}

export interface ReachedBlocking {
  readonly operation: BlockingOperation;
  readonly at: Location;
  readonly owner: FunctionRef;
  readonly path: readonly Location[];
  readonly conditional?: true;
  readonly cached?: true;
}

export type EntryKind =
  | "http-route"
  | "middleware"
  | "server-action"
  | "page"
  | "rpc-procedure"
  | "graphql-resolver"
  | "queue-worker"
  | "event-handler"
  | "cron"
  | "websocket"
  | "library-callback";

/** A function that the outside calls. */
export interface EntryPoint {
  readonly ref: FunctionRef;
  readonly kind: EntryKind;
  /** `express`, `nestjs`, `next`. */
  readonly framework: string;
  /** `GET /orders/:id`, `orders.list`, `queue emails`. */
  readonly label: string;
  readonly at: Location;
  /** `high`: registered with a known framework; `low`: an exported handler by convention only. */
  readonly confidence: "high" | "low";
}

/** How a function can come to run. */
export interface Reachability {
  /** Nearest entry point, with the calls from it to the function (outermost first). */
  readonly entry?: { readonly point: EntryPoint; readonly path: readonly Location[] };
  /** Runs while a module is loaded, or from a boot hook. */
  readonly startup?: true;
  /** Called from nowhere in the workspace that we can see, and visible to others (exported, a public method). */
  readonly unreferenced?: true;
  /** Some caller is itself reachable at run time only through `unreferenced` functions. */
  readonly possibly?: true;
  /** A call on the way to the function that runs once per element of something; only for functions that build something costly. */
  readonly repeatedFrom?: Location;
  /** Calls of the function, for functions that hold the event loop themselves; at most 6. */
  readonly callers?: readonly Location[];
  /** Reached at module level of a script, CLI, seed, migration, test or build file only. */
  readonly scriptOnly?: true;
}

/** What a file is for, by path, shebang and contents; used to stay silent. */
export type FileRole =
  | "source"
  | "test"
  | "script"
  | "migration"
  | "seed"
  | "config"
  | "generated"
  | "declaration"
  | "client-side"
  | "example";
