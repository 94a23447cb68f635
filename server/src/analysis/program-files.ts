/**
 * Which files of a large workspace have to be parsed. Rules are silent in tests, scripts, seeds, examples and browser code; a file of such a role that
 * no file of the program imports cannot be part of a path to a finding, so its tree is never built.
 *
 * One thing such a file can still do is call a function of the program: a function that only tests call does not serve requests. So whoever finds
 * something asks for the files that import the place, and has them parsed too (`importersOf`).
 */
import { createModuleResolver, type ModuleResolver } from "../project/module-graph.js";
import { parseManifests, type ManifestSource } from "../project/manifests.js";
import { roleOf } from "../project/file-role.js";
import type { FileRole } from "../project/model.js";

export interface ModuleMention {
  readonly module: string;
  /** Only types are taken from it. */
  readonly typeOnly?: true;
}

/** What a text says before it is parsed. */
export interface Glance {
  readonly modules: readonly ModuleMention[];
  readonly directives: readonly string[];
  readonly hasIgnoreComment: boolean;
}

export interface ProgramFilesOptions {
  readonly roots: readonly string[];
  readonly manifests: readonly ManifestSource[];
  readonly isQuiet: (path: string) => boolean;
}

export interface ProgramFiles {
  /** Adds a file or replaces what is known of it. */
  set(path: string, glance: Glance): void;
  remove(path: string): void;
  /** Files of the program, and all they import through any number of steps. */
  program(): ReadonlySet<string>;
  /** Files of any role that import one of these, through any number of steps, for more than its types. */
  importersOf(paths: Iterable<string>): ReadonlySet<string>;
}

/** Roles in which nothing is found and nothing starts. */
const SILENT: ReadonlySet<FileRole> = new Set([
  "test",
  "script",
  "migration",
  "seed",
  "config",
  "example",
  "client-side",
]);

export function createProgramFiles(options: ProgramFilesOptions): ProgramFiles {
  return new Files(options);
}

/** A class because it has a lifetime: answers are kept until a file changes. */
class Files implements ProgramFiles {
  readonly #options: ProgramFilesOptions;
  readonly #manifests;
  readonly #glances = new Map<string, Glance>();
  #resolver: ModuleResolver | undefined;
  #importers: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(options: ProgramFilesOptions) {
    this.#options = options;
    this.#manifests = parseManifests(options.manifests);
  }

  set(path: string, glance: Glance): void {
    const before = this.#glances.get(path);
    this.#glances.set(path, glance);
    if (before === undefined) this.#resolver = undefined;
    if (before === undefined || !sameModules(before, glance)) this.#importers = undefined;
  }

  remove(path: string): void {
    if (!this.#glances.delete(path)) return;
    this.#resolver = undefined;
    this.#importers = undefined;
  }

  program(): ReadonlySet<string> {
    const found = new Set<string>();
    for (const [path, glance] of this.#glances) if (this.#speaks(path, glance)) found.add(path);
    // A set hands out what is added while it is walked.
    for (const path of found) for (const { file } of this.#targets(path)) found.add(file);
    return found;
  }

  importersOf(paths: Iterable<string>): ReadonlySet<string> {
    this.#importers ??= this.#invert();
    const found = new Set(paths);
    for (const path of found) for (const importer of this.#importers.get(path) ?? []) found.add(importer);
    return found;
  }

  #speaks(path: string, glance: Glance): boolean {
    if (glance.hasIgnoreComment) return true;
    const facts = { directives: glance.directives, imports: glance.modules };
    return !SILENT.has(roleOf(path, facts, this.#options.roots, this.#options.isQuiet));
  }

  *#targets(path: string): Generator<{ readonly file: string; readonly typeOnly: boolean }> {
    this.#resolver ??= createModuleResolver(this.#glances, this.#manifests);
    for (const { module, typeOnly } of this.#glances.get(path)?.modules ?? []) {
      const target = this.#resolver.resolve(path, module);
      if (target.kind === "file") yield { file: target.file, typeOnly: typeOnly === true };
    }
  }

  #invert(): ReadonlyMap<string, readonly string[]> {
    const importers = new Map<string, string[]>();
    for (const path of this.#glances.keys()) {
      for (const { file, typeOnly } of this.#targets(path)) {
        if (typeOnly) continue;
        const known = importers.get(file);
        if (known === undefined) importers.set(file, [path]);
        else if (known.at(-1) !== path) known.push(path);
      }
    }
    return importers;
  }
}

function sameModules(a: Glance, b: Glance): boolean {
  return (
    a.modules.length === b.modules.length &&
    a.modules.every(({ module, typeOnly }, i) => module === b.modules[i]?.module && typeOnly === b.modules[i].typeOnly)
  );
}
