/** The schema files of a workspace as last seen, and which of them the host has yet to be told of. */
import type { AnalysisHost, FileInput } from "../analysis/host.js";
import type { Problem } from "../analysis/finding.js";
import { contentHash } from "../base/content-hash.js";
import { readSchema } from "../workspace/read-source.js";

/** A class because it has a lifetime and owns state that only it may change. */
export class SchemaFiles {
  readonly #host: Pick<AnalysisHost, "apply" | "prepare">;
  readonly #hashes = new Map<string, string>();
  readonly #problems = new Map<string, string>();
  /** Changes the host does not know yet. A text that was let go of is read again. */
  readonly #pending = new Map<string, string | undefined>();

  constructor(host: Pick<AnalysisHost, "apply" | "prepare">) {
    this.#host = host;
  }

  /** Hash of each file's text, by path. */
  get hashes(): ReadonlyMap<string, string> {
    return this.#hashes;
  }

  /** Reads all files anew; those with an unsaved text are given by it. */
  reset(paths: readonly string[], overlays: ReadonlyMap<string, string>): void {
    // What will be needed is loaded while other files are read.
    void this.#host.prepare(paths);
    const found = new Set(paths);
    this.#problems.clear();
    for (const path of this.#hashes.keys()) if (!found.has(path) && !overlays.has(path)) this.#drop(path);
    for (const path of paths) if (!overlays.has(path)) this.reread(path);
  }

  /** Takes the text on disk; a file that is gone, or cannot be read, says nothing. */
  reread(path: string): void {
    const source = readSchema(path);
    this.#problems.delete(path);
    if (source.kind === "skipped") this.#problems.set(path, source.reason);
    if (source.kind === "text") this.take(path, source.text);
    else this.#drop(path);
  }

  /** Text on disk of a file that is one of these. */
  textOf(path: string): string | undefined {
    return this.#hashes.has(path) ? textOf(path) : undefined;
  }

  /** False when it is the text known already. */
  take(path: string, text: string): boolean {
    const hash = contentHash(text);
    if (this.#hashes.get(path) === hash) return false;
    this.#hashes.set(path, hash);
    this.#pending.set(path, text);
    return true;
  }

  /**
   * Forgets texts that may never be needed. The promise waits for what the host needs to understand statements in code: it has been on its way since the
   * manifests were read, and whoever asks about a query at once must not be told that there is none.
   */
  releaseTexts(): Promise<void> {
    for (const path of this.#pending.keys()) this.#pending.set(path, undefined);
    return this.#host.prepare();
  }

  /** Tells the host what has changed, at once. The promise waits for what the host needs to understand all of it. */
  apply(): Promise<void> {
    const changes = [...this.#pending].map(([path, known]): FileInput => {
      const text = known ?? (this.#hashes.has(path) ? textOf(path) : undefined);
      return text === undefined ? { path, removed: true } : { path, text };
    });
    this.#pending.clear();
    this.#host.apply(changes);
    return this.#host.prepare();
  }

  #drop(path: string): void {
    if (this.#hashes.delete(path)) this.#pending.set(path, undefined);
  }

  problems(): readonly Problem[] {
    return [...this.#problems].map(([path, message]) => ({ path, message }));
  }
}

function textOf(path: string): string | undefined {
  const source = readSchema(path);
  return source.kind === "text" ? source.text : undefined;
}
