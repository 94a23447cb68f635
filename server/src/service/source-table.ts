/** Every source file of a workspace as last seen: a hash of its text, what a glance at it says, and why it is left out if it is. */
import { createProgramFiles, type ProgramFiles } from "../analysis/program-files.js";
import type { Problem } from "../analysis/finding.js";
import { sourceHash } from "../base/content-hash.js";
import { glanceAt } from "../workspace/glance.js";
import { readSource } from "../workspace/read-source.js";
import type { LoadedConfig } from "./load-config.js";
import { runAtOnce } from "./slices.js";

/** A class because it has a lifetime and owns state that only it may change. */
export class SourceTable {
  readonly #roots: readonly string[];
  #config: LoadedConfig;
  #program: ProgramFiles;
  readonly #hashes = new Map<string, string>();
  /** Files not glanced at yet; without a text they are read again first. */
  readonly #unglanced = new Map<string, string | undefined>();
  readonly #problems = new Map<string, string>();

  constructor(roots: readonly string[], config: LoadedConfig) {
    this.#roots = roots;
    this.#config = config;
    this.#program = createProgramFiles({ roots, quietPaths: config.analysis.quietPaths, manifests: [] });
  }

  get hashes(): ReadonlyMap<string, string> {
    return this.#hashes;
  }

  get program(): Pick<ProgramFiles, "program" | "importersOf" | "mayMatter"> {
    runAtOnce(this.glanceAll());
    return this.#program;
  }

  /** Makes `program` ready, a file at a time. */
  *glanceAll(): Generator<void, void> {
    for (const [path, known] of this.#unglanced) {
      const text = known ?? this.read(path);
      if (text !== undefined) this.#program.set(path, glanceAt(text));
      this.#unglanced.delete(path);
      yield;
    }
  }

  /** Forgets texts that may never be needed. */
  releaseTexts(): void {
    for (const path of this.#unglanced.keys()) this.#unglanced.set(path, undefined);
  }

  configure(config: LoadedConfig): void {
    for (const { path } of this.#config.problems) this.#problems.delete(path);
    for (const { path, message } of config.problems) this.#problems.set(path, message);
    this.#config = config;
    this.#program.setQuietPaths(config.analysis.quietPaths);
  }

  /** Forgets all files, and finds modules by these manifests from now on. */
  reset(manifests: ReadonlyMap<string, string>): void {
    this.#hashes.clear();
    this.#unglanced.clear();
    this.#problems.clear();
    for (const { path, message } of this.#config.problems) this.#problems.set(path, message);
    this.#program = createProgramFiles({
      roots: this.#roots,
      quietPaths: this.#config.analysis.quietPaths,
      manifests: [...manifests].map(([path, text]) => ({ path, text })),
    });
  }

  /** Text of a file on disk; undefined, with the reason among the problems, for one that is left out. */
  read(path: string): string | undefined {
    const source = readSource(path, this.#config.scan.maxFileBytes);
    this.#problems.delete(path);
    if (source.kind === "skipped") this.#problems.set(path, source.reason);
    return source.kind === "text" ? source.text : undefined;
  }

  /** The same, for a file whose text on disk is hidden by another. */
  onDisk(path: string): string | undefined {
    const source = readSource(path, this.#config.scan.maxFileBytes);
    return source.kind === "text" ? source.text : undefined;
  }

  /** Takes note of a text. False when it is the one known already. */
  look(path: string, text: string): boolean {
    const hash = sourceHash(path, text);
    if (this.#hashes.get(path) === hash) return false;
    this.#hashes.set(path, hash);
    this.#unglanced.set(path, text);
    return true;
  }

  drop(path: string): void {
    this.#hashes.delete(path);
    this.#unglanced.delete(path);
    this.#program.remove(path);
  }

  addProblem({ path, message }: Problem): void {
    this.#problems.set(path, message);
  }

  problems(): readonly Problem[] {
    return [...this.#problems].map(([path, message]) => ({ path, message }));
  }
}
