/** Which places write which table, found when a rule first asks, and which files have asked. */
import type { CallGraph } from "../project/call-graph.js";
import type { CallSite, FilePath, FileRole, FunctionRef } from "../project/model.js";
import type { ReachabilityTable } from "../project/reachability.js";
import { findTableWriters, writesSignature, type TableWriters } from "../project/table-writers.js";

/** A class because it has a lifetime and owns state that only it may change. */
export class WriterStore {
  readonly #graph: CallGraph;
  readonly #roleOf: (path: FilePath) => FileRole;
  readonly #signatures = new Map<FilePath, string>();
  readonly #readers = new Set<FilePath>();
  #found: TableWriters | undefined;
  #serves: (ref: FunctionRef) => boolean = () => true;
  #isOutdated = false;

  constructor(graph: CallGraph, roleOf: (path: FilePath) => FileRole) {
    this.#graph = graph;
    this.#roleOf = roleOf;
  }

  /** Notes a file's calls, or that it is gone. */
  setCalls(path: FilePath, calls: readonly CallSite[]): void {
    const signature = writesSignature(calls);
    if (signature === (this.#signatures.get(path) ?? "")) return;
    this.#signatures.set(path, signature);
    this.#isOutdated = true;
  }

  /** Takes up how functions come to run, and looks again where that changes what is known of statements nobody knows the table of. */
  setReachability(table: ReachabilityTable): void {
    this.#serves = (ref) => {
      const node = this.#graph.node(ref);
      const reach = node === undefined ? undefined : table.get(node);
      return reach?.entry !== undefined || reach?.possibly === true;
    };
    const found = this.#found;
    if (found === undefined) return;
    const next = findTableWriters(this.#graph, this.#roleOf, this.#serves);
    if (next.unknown.length !== found.unknown.length) this.#isOutdated = true;
  }

  /** Files whose rules have seen something else than what is true now; each is told once. */
  outdated(): readonly FilePath[] {
    if (!this.#isOutdated) return [];
    this.#isOutdated = false;
    this.#found = undefined;
    const paths = [...this.#readers];
    this.#readers.clear();
    return paths;
  }

  readBy(path: FilePath): TableWriters {
    this.#readers.add(path);
    return (this.#found ??= findTableWriters(this.#graph, this.#roleOf, this.#serves));
  }
}
