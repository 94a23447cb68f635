/**
 * Which files of a workspace have to be parsed, told from their paths and a glance at their texts. Rules are silent in tests, scripts, seeds, examples and
 * browser code; a file of such a role that no file of the program imports cannot lie on the way to a finding, so its tree is never built.
 *
 * One thing such a file can do is call a function of the program: what only a script calls does not serve requests. So whoever finds something asks for
 * the files that import the place (`importersOf`) and has them parsed too. Tests are left out even there: being called by a test says nothing about how a
 * function runs in production, and their stand-ins would be taken for real implementations.
 */
import { createModuleResolver, type ModuleResolver } from "../project/module-graph.js";
import { parseManifests, type ManifestSource } from "../project/manifests.js";
import { roleOf } from "../project/file-role.js";
import type { FileRole } from "../project/model.js";
import { createPathMatcher } from "./path-matcher.js";

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
  /** Something in it takes time, or hands on what does; false for components that only draw. */
  readonly runsSomething: boolean;
  /** It may declare tables or change them. */
  readonly mentionsSchema?: boolean;
}

export interface ProgramFilesOptions {
  readonly roots: readonly string[];
  readonly manifests: readonly ManifestSource[];
  /** Patterns of paths to treat like scripts. */
  readonly quietPaths: readonly string[];
}

export interface ProgramFiles {
  /** Adds a file or replaces what is known of it. */
  set(path: string, glance: Glance): void;
  remove(path: string): void;
  setQuietPaths(patterns: readonly string[]): void;
  /** False for tests and for components that only draw: what they call says nothing. */
  mayMatter(path: string): boolean;
  /** Files of the program, and all they import through any number of steps. The same set until a change can have altered it. */
  program(): ReadonlySet<string>;
  /** Files other than tests that import one of these, through any number of steps, for more than its types. */
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

/**
 * `program` files are parsed; `silent` ones when the program imports them, or when they import the place of a finding; `inert` ones never.
 */
type Standing = "program" | "silent" | "inert";

interface Entry {
  readonly glance: Glance;
  readonly standing: Standing;
}

export function createProgramFiles(options: ProgramFilesOptions): ProgramFiles {
  return new Files(options);
}

/** A class because it has a lifetime: answers are kept until a file changes. */
class Files implements ProgramFiles {
  readonly #roots: readonly string[];
  readonly #manifests;
  #isQuiet: (path: string) => boolean;
  readonly #entries = new Map<string, Entry>();
  #resolver: ModuleResolver | undefined;
  #program: ReadonlySet<string> | undefined;
  #importers: ReadonlyMap<string, readonly string[]> | undefined;

  constructor({ roots, manifests, quietPaths }: ProgramFilesOptions) {
    this.#roots = roots;
    this.#manifests = parseManifests(manifests);
    this.#isQuiet = createPathMatcher(quietPaths, roots);
  }

  set(path: string, glance: Glance): void {
    const before = this.#entries.get(path);
    const standing = this.#standing(path, glance);
    this.#entries.set(path, { glance, standing });
    if (before === undefined) this.#resolver = undefined;
    else if (before.standing === standing && sameModules(before.glance, glance)) return;
    this.#program = undefined;
    this.#importers = undefined;
  }

  remove(path: string): void {
    if (!this.#entries.delete(path)) return;
    this.#resolver = undefined;
    this.#program = undefined;
    this.#importers = undefined;
  }

  setQuietPaths(patterns: readonly string[]): void {
    this.#isQuiet = createPathMatcher(patterns, this.#roots);
    for (const [path, { glance }] of this.#entries) this.set(path, glance);
  }

  mayMatter(path: string): boolean {
    return this.#entries.get(path)?.standing !== "inert";
  }

  program(): ReadonlySet<string> {
    this.#program ??= this.#close();
    return this.#program;
  }

  importersOf(paths: Iterable<string>): ReadonlySet<string> {
    this.#importers ??= this.#invert();
    const found = new Set(paths);
    // A set hands out what is added while it is walked.
    for (const path of found) for (const importer of this.#importers.get(path) ?? []) found.add(importer);
    return found;
  }

  #standing(path: string, glance: Glance): Standing {
    if (glance.hasIgnoreComment) return "program";
    if (/\.[jt]sx$/.test(path) && !glance.runsSomething) return "inert";
    const role = roleOf(path, { directives: glance.directives, imports: glance.modules }, this.#roots, this.#isQuiet);
    if (role === "test") return "inert";
    // Migrations run nothing that is looked at, but they say what the schema is.
    if (role === "migration" && glance.mentionsSchema === true) return "program";
    return SILENT.has(role) ? "silent" : "program";
  }

  #close(): ReadonlySet<string> {
    const found = new Set<string>();
    for (const [path, { standing }] of this.#entries) if (standing === "program") found.add(path);
    for (const path of found) for (const { file } of this.#targets(path)) found.add(file);
    return found;
  }

  #invert(): ReadonlyMap<string, readonly string[]> {
    const importers = new Map<string, string[]>();
    for (const [path, { standing }] of this.#entries) {
      if (standing === "inert") continue;
      for (const { file, typeOnly } of this.#targets(path)) {
        if (typeOnly) continue;
        const known = importers.get(file);
        if (known === undefined) importers.set(file, [path]);
        else if (known.at(-1) !== path) known.push(path);
      }
    }
    return importers;
  }

  *#targets(path: string): Generator<{ readonly file: string; readonly typeOnly: boolean }> {
    this.#resolver ??= createModuleResolver(this.#entries, this.#manifests);
    for (const { module, typeOnly } of this.#entries.get(path)?.glance.modules ?? []) {
      const target = this.#resolver.resolve(path, module);
      if (target.kind === "file" && this.#entries.get(target.file)?.standing !== "inert")
        yield { file: target.file, typeOnly: typeOnly === true };
    }
  }
}

function sameModules(a: Glance, b: Glance): boolean {
  return (
    a.modules.length === b.modules.length &&
    a.modules.every(({ module, typeOnly }, i) => module === b.modules[i]?.module && typeOnly === b.modules[i].typeOnly)
  );
}
