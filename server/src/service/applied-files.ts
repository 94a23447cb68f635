/** The files whose facts the host holds, and of which text. */
import type { AnalysisHost, Cancellation } from "../analysis/host.js";
import type { FactJob, FactMaker } from "./fact-maker.js";
import type { SourceTable } from "./source-table.js";
import type { Progress } from "./workspace-service.js";

export interface AppliedFilesOptions {
  readonly host: AnalysisHost;
  readonly sources: SourceTable;
  readonly maker: () => FactMaker;
  /** The text of a file as it is now; undefined for one that is left out or gone. */
  readonly textOf: (path: string) => string | undefined;
}

/** A class because it has a lifetime and owns state that only it may change. */
export class AppliedFiles {
  readonly #parts: AppliedFilesOptions;
  /** Hash of the text whose facts the host holds, by path. */
  readonly #hashes = new Map<string, string>();

  constructor(parts: AppliedFilesOptions) {
    this.#parts = parts;
  }

  isCurrent(path: string): boolean {
    return this.#hashes.has(path) && this.#hashes.get(path) === this.#parts.sources.hashes.get(path);
  }

  /** Makes facts of the texts that are part of the program and hands them to the host. Returns how many the cache had. */
  async *takeUp(texts: Map<string, string>, token: Cancellation | undefined): AsyncGenerator<Progress, number> {
    const { host, maker, sources } = this.#parts;
    const jobs = [...sources.program.program()].flatMap((path) => {
      const text = texts.get(path);
      return text === undefined || this.isCurrent(path) ? [] : [this.#job(path, text)];
    });
    const total = jobs.length;
    texts.clear();
    let cacheHits = 0;
    const take: Parameters<FactMaker["makeAll"]>[1] = ({ path, hash }, facts, cached) => {
      if (cached) cacheHits++;
      // An edit may have come first; its text is newer than what was read.
      if (sources.hashes.get(path) !== hash) return;
      this.#hashes.set(path, hash);
      host.apply([{ path, facts, hash }]);
    };
    for await (const done of maker().makeAll(jobs.reverse(), take, token)) yield { done, total, label: "reading" };
    return cacheHits;
  }

  /** Takes in a file's new text where it is part of the program. */
  settle(path: string, text: string, keep: boolean): void {
    const { program } = this.#parts.sources;
    // What was parsed once stays, unless its new text makes it a file that says nothing.
    const stays = this.#hashes.has(path) && program.mayMatter(path);
    if (stays || program.program().has(path)) this.#apply(this.#job(path, text), keep);
    else this.#unload(path);
  }

  /** Parses files that ought to be, and are not yet. True when there were any. */
  applyMissing(paths: Iterable<string>): boolean {
    const { sources, textOf } = this.#parts;
    let any = false;
    for (const path of paths) {
      if (this.isCurrent(path) || !sources.hashes.has(path)) continue;
      const text = textOf(path);
      if (text === undefined) {
        this.drop(path);
        continue;
      }
      sources.look(path, text);
      this.#apply(this.#job(path, text), true);
      any = true;
    }
    return any;
  }

  /** Drops what is no longer there. */
  sweep(): void {
    for (const path of this.#hashes.keys()) if (!this.#parts.sources.hashes.has(path)) this.drop(path);
  }

  drop(path: string): void {
    this.#parts.sources.drop(path);
    this.#unload(path);
  }

  #unload(path: string): void {
    if (this.#hashes.delete(path)) this.#parts.host.apply([{ path, removed: true }]);
  }

  #job(path: string, text: string): FactJob {
    return { path, text, hash: this.#parts.sources.hashes.get(path) ?? "" };
  }

  #apply(job: FactJob, keep: boolean): void {
    const { path, hash } = job;
    this.#hashes.set(path, hash);
    this.#parts.host.apply([{ path, facts: this.#parts.maker().make(job, keep), hash }]);
  }
}
