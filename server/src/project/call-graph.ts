/**
 * Functions and the calls between them, as objects that point at each other. Kept up to date file by file: replacing a file's calls replaces the nodes'
 * outgoing edges and the callers recorded at the other end.
 */
import type { FileFacts } from "../facts/model.js";
import { createDataFlow, type DataFlow } from "../facts/data-flow.js";
import type { CallSite, FilePath, FunctionRef, FunctionSummary } from "./model.js";

export interface FunctionNode {
  readonly ref: FunctionRef;
  readonly file: FileNode;
  calls: readonly CallSite[];
  /** Outgoing edges: through calls, and to callbacks that run as part of this function. */
  edges: readonly CallEdge[];
  /** Functions passed on from here to run later, on their own. */
  deferred: readonly { readonly to: FunctionRef; readonly site: CallSite }[];
  readonly callers: Set<FunctionNode>;
  summary: FunctionSummary;
}

export interface CallEdge {
  readonly to: FunctionRef;
  readonly site: CallSite;
  /** `call`: an ordinary call; otherwise a callback written as an argument that runs before the call returns. */
  readonly via: "call" | "callback" | "callback-per-element";
}

export interface FileNode {
  readonly path: FilePath;
  readonly facts: FileFacts;
  readonly flow: DataFlow;
  readonly functions: readonly FunctionNode[];
}

export const emptySummary: FunctionSummary = { effects: [], blocking: [] };

export interface CallGraph {
  readonly files: ReadonlyMap<FilePath, FileNode>;
  node(ref: FunctionRef): FunctionNode | undefined;
  /** Puts a file's functions and calls in place of what was known of it. Returns the nodes; their summaries are still those of before. */
  setFile(path: FilePath, facts: FileFacts, calls: readonly CallSite[]): readonly FunctionNode[];
  removeFile(path: FilePath): void;
  /** Nodes that call into a file, for when it goes away or its functions are numbered anew. */
  callersOf(path: FilePath): ReadonlySet<FunctionNode>;
}

export function createCallGraph(): CallGraph {
  const files = new Map<FilePath, FileNode>();
  /** Functions with an edge into a file, whether or not the file is there: files are linked in any order, and come and go. */
  const inbound = new Map<FilePath, Set<FunctionNode>>();
  const node = (ref: FunctionRef): FunctionNode | undefined => files.get(ref.file)?.functions[ref.fn];

  const unlink = (path: FilePath): void => {
    for (const from of files.get(path)?.functions ?? []) {
      for (const { to } of from.edges) {
        node(to)?.callers.delete(from);
        inbound.get(to.file)?.delete(from);
      }
    }
  };
  const link = (from: FunctionNode): void => {
    for (const { to } of from.edges) {
      node(to)?.callers.add(from);
      const known = inbound.get(to.file);
      if (known === undefined) inbound.set(to.file, new Set([from]));
      else known.add(from);
    }
  };
  const callersOf = (path: FilePath): ReadonlySet<FunctionNode> => inbound.get(path) ?? new Set<FunctionNode>();

  return {
    files,
    node,
    callersOf,
    removeFile(path) {
      unlink(path);
      files.delete(path);
    },
    setFile(path, facts, calls) {
      const before = files.get(path)?.functions ?? [];
      unlink(path);
      const functions: FunctionNode[] = [];
      const file: FileNode = { path, facts, flow: createDataFlow(facts), functions };
      facts.functions.forEach((_, fn) => {
        functions.push({
          ref: { file: path, fn },
          file,
          calls: [],
          edges: [],
          deferred: [],
          callers: new Set(),
          // Kept until it is computed anew, so that whoever does can tell whether callers must hear of it.
          summary: before[fn]?.summary ?? emptySummary,
        });
      });
      files.set(path, file);
      distribute(functions, calls);
      for (const from of functions) link(from);
      // Functions are numbered by position, so callers elsewhere may now point at others than before; they are relinked by whoever links files.
      for (const caller of callersOf(path))
        for (const { to } of caller.edges) if (to.file === path) node(to)?.callers.add(caller);
      return functions;
    },
  };
}

/** Gives each call to the function that makes it, and turns it into edges. */
function distribute(functions: readonly FunctionNode[], calls: readonly CallSite[]): void {
  const byFunction = new Map<number, CallSite[]>();
  for (const call of calls) {
    const list = byFunction.get(call.fn);
    if (list === undefined) byFunction.set(call.fn, [call]);
    else list.push(call);
  }
  for (const [fn, own] of byFunction) {
    const from = functions[fn];
    if (from === undefined) continue;
    from.calls = own;
    from.edges = own.flatMap((site): CallEdge[] => [
      ...site.targets.map((to): CallEdge => ({ to, site, via: "call" })),
      ...site.callbacks
        .filter((callback) => callback.runs !== "deferred")
        .map((callback): CallEdge => ({
          to: callback.ref,
          site,
          via: callback.runs === "once" ? "callback" : "callback-per-element",
        })),
    ]);
    from.deferred = own.flatMap((site) =>
      site.callbacks.filter((callback) => callback.runs === "deferred").map((callback) => ({ to: callback.ref, site })),
    );
  }
}
