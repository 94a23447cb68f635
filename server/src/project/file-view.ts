/**
 * All a rule may know: one linked file, what its calls reach and how its functions come to run. A view is a value; its `signature` covers everything
 * in it that does not follow from the file's own facts, so an unchanged (facts hash, signature) pair means unchanged findings.
 */
import type { Expr, ExprId, FileFacts, FunctionId, RegionId } from "../facts/model.js";
import type { Catalog } from "../catalog/model.js";
import type { DataFlow } from "../facts/data-flow.js";
import type {
  CallSite,
  EntryPoint,
  FilePath,
  FileRole,
  FunctionRef,
  FunctionSummary,
  Reachability,
  Value,
} from "./model.js";

import type { TableWriters } from "./table-writers.js";

/** Settings that change what rules report. */
export interface ViewOptions {
  /** Loops proven to run at most this often are fine. */
  readonly smallLoopBound: number;
}

export interface FileView {
  readonly path: FilePath;
  readonly facts: FileFacts;
  readonly role: FileRole;
  readonly signature: string;
  /** Every call of the file, in source order. */
  readonly calls: readonly CallSite[];
  /** Entry points declared in or registered from this file's functions. */
  readonly entries: readonly EntryPoint[];
  readonly options: ViewOptions;
  /** The workspace's schema. Reading it makes the file's rules run again whenever the schema changes. */
  readonly catalog: Catalog;
  /** Every place that writes a table. Reading it makes the file's rules run again whenever such a place comes, goes or moves. */
  readonly tableWriters: TableWriters;
  /** Number of elements of a literal array or object, wherever it is declared; undefined for anything that can grow. */
  literalLength(value: Value, depth: number): number | undefined;
  /** Data flow between the file's local variables. */
  readonly flow: DataFlow;
  callAt(expr: ExprId): CallSite | undefined;
  callsIn(fn: FunctionId): readonly CallSite[];
  summaryOf(ref: FunctionRef): FunctionSummary;
  reachabilityOf(fn: FunctionId): Reachability;
  /** Provenance of an expression of this file. */
  valueOf(expr: ExprId): Value;
  /** Name and position of a function of any file, for messages. */
  describeFunction(ref: FunctionRef): {
    readonly name: string;
    readonly file: FilePath;
    readonly start: number;
    readonly end: number;
  };
  /** Whether a call runs only when a cache or memo had no answer. */
  isCacheGuarded(site: CallSite): boolean;
  /**
   * Facts of a function of this file that runs as part of another's control flow: the call it is passed to, when that
   * call runs it at once (`CallbackUse.runs` is `once` or `per-element`).
   */
  inlinedInto(fn: FunctionId): { readonly site: CallSite; readonly arg: number } | undefined;
  /** Source text of an expression, shortened to `maxLength` (default 60) for messages. */
  textOf(expr: Expr | ExprId, maxLength?: number): string;
  readonly regionOf: (expr: ExprId) => RegionId;
}
