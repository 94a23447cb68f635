/** What the host keeps of each file, and small things it works with. */
import type { ExprId, FileFacts } from "../facts/model.js";
import type { CallSite, EntryPoint, FileRole } from "../project/model.js";
import type { Finding } from "./finding.js";
import type { AnalysisOptions, Cancellation } from "./host.js";

export interface FileState {
  facts: FileFacts;
  /** `sourceHash` of the text the facts are of; undefined where it is not known. */
  hash: string | undefined;
  role: FileRole;
  calls: readonly CallSite[];
  entries: readonly EntryPoint[];
  /** Raised whenever something outside the file's own facts that its rules may read has changed. */
  viewRevision: number;
  /** As told: of the file by itself, of the workload and of the schema, with ignore comments applied. */
  findings: readonly Finding[];
  /** Of the rules that look at the file alone. */
  found: readonly Finding[];
  needsCheck: boolean;
  /** What is told has to be put together again: its own findings, or what the workload or the schema say about it, may have changed. */
  needsTelling: boolean;
  /** Its rules have looked at the catalog: they run again when that changes. */
  readsCatalog: boolean;
}

export const DEFAULTS: AnalysisOptions = {
  roots: [],
  rules: [],
  severities: {},
  quietPaths: [],
  smallLoopBound: 10,
  queryFunctions: [],
};
export const NEVER: Cancellation = { throwIfCancelled: () => undefined };

/** Adds how long `run` took, in milliseconds. */
export function timed<T, K extends string>(into: Record<K, number>, key: K, run: () => T): T {
  const started = performance.now();
  try {
    return run();
  } finally {
    into[key] += performance.now() - started;
  }
}

/** A file of which nothing is known yet but its facts. */
export function newFileState(facts: FileFacts, role: FileRole, hash?: string): FileState {
  return {
    facts,
    hash,
    role,
    calls: [],
    entries: [],
    viewRevision: 0,
    findings: [],
    found: [],
    needsCheck: true,
    needsTelling: true,
    readsCatalog: false,
  };
}

/** The first call of a file at an expression, found in a table that is made when somebody asks. */
export function callLookup(calls: readonly CallSite[]): (expr: ExprId) => CallSite | undefined {
  let byExpr: ReadonlyMap<ExprId, CallSite> | undefined;
  return (expr) => (byExpr ??= new Map(calls.toReversed().map((call) => [call.expr, call]))).get(expr);
}
