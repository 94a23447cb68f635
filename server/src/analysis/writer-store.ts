/** Which places write which table, found when a rule first asks, and which files have asked. */
import type { CallGraph } from "../project/call-graph.js";
import type { CallSite, FilePath, FileRole } from "../project/model.js";
import { findTableWriters, writesSignature, type TableWriters } from "../project/table-writers.js";

/** A class because it has a lifetime and owns state that only it may change. */
export class WriterStore {
  readonly #graph: CallGraph;
  readonly #roleOf: (path: FilePath) => FileRole;
  readonly #signatures = new Map<FilePath, string>();
  readonly #readers = new Set<FilePath>();
  #found: TableWriters | undefined;
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
    return (this.#found ??= findTableWriters(this.#graph, this.#roleOf));
  }
}
