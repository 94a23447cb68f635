/**
 * The linked project: facts of every file, what their calls mean, and which files must be linked again after a change.
 *
 * Replacing a file links that file again. Files that read it, directly or through others, are linked again only when what they can observe of it (its
 * interface signature) changed. Module resolution is redone when files come or go, and a file whose imports then lead elsewhere counts as changed.
 */
import { type ExprId, type FileFacts } from "../facts/model.js";
import { createDeclarationIndex } from "./declaration-index.js";
import { type DeclaredQueries, noQueries } from "./declared-queries.js";
import { type DependencySet } from "./dependency-sets.js";
import { indexDialects } from "./dialect-index.js";
import { type Dialect } from "./dialects/define-dialect.js";
import { dialects as knownDialects } from "./dialects/registry.js";
import { createExportTables, sameExportNames } from "./export-tables.js";
import { createImporterIndex } from "./importers.js";
import { indexVersions } from "./installed-versions.js";
import { interfaceSignature } from "./interface-signature.js";
import { linkCalls } from "./link-file.js";
import { type Linker } from "./linker-contract.js";
import { type Manifests, type ManifestSource, type PackageManifest, parseManifests } from "./manifests.js";
import { type CallSite, type FilePath, type Value } from "./model.js";
import { createModuleResolver, type ModuleResolver, type ModuleTarget } from "./module-graph.js";
import { createProjectFile, forgetCells, type ProjectFile } from "./project-file.js";
import { ancestors, directoryOf } from "./path-text.js";
import { type Provenance, valueOf } from "./provenance.js";
import { unknown } from "./value.js";
import { ValueMemo } from "./value-memo.js";

export interface LinkerOptions {
  readonly dialects?: readonly Dialect[];
}

export interface WorkspaceLinker extends Linker {
  /** Hash of what other files can observe of a file. */
  interfaceHash(path: FilePath): string | undefined;
  /** Files whose facts were consulted for a file's links and values so far, itself left out. */
  reads(path: FilePath): readonly FilePath[];
  /** Specifiers of a file that should lead into the workspace but do not. */
  unresolvedModules(path: FilePath): readonly string[];
  /** The file of the workspace a specifier means in a file of it. */
  fileOf(from: FilePath, specifier: string): FilePath | undefined;
  /** Files whose imports lead straight to this one, sorted. */
  importersOf(path: FilePath): readonly FilePath[];
  /** The `package.json` files around a file, the nearest first. */
  packagesAround(path: FilePath): readonly PackageManifest[];
  /** Functions that run a query, by declaration. */
  setQueries(declared: DeclaredQueries): void;
}

/** An empty linker. */
export function createLinker(options: LinkerOptions = {}): WorkspaceLinker {
  return new ProjectLinker(options);
}

/** A class because it has a lifetime and owns state that only it may change. */
class ProjectLinker implements WorkspaceLinker {
  readonly #dialects: readonly Dialect[];
  #queries: DeclaredQueries = noQueries;
  readonly #files = new Map<FilePath, ProjectFile>();
  readonly #facts = new Map<FilePath, FileFacts>();
  readonly #tokens = new Map<FilePath, { readonly token: number; readonly contentToken: number }>();
  readonly #pathOfToken: (FilePath | undefined)[] = [];
  readonly #declarations = createDeclarationIndex(() => this.#newToken(undefined));
  readonly #memo = new ValueMemo();
  readonly #reads = new Map<FilePath, Set<DependencySet>>();
  /** By set: the files whose links or answers were computed from it. */
  readonly #readers = new Map<DependencySet, Set<FilePath>>();
  readonly #links = new Map<FilePath, readonly CallSite[]>();
  readonly #stale = new Set<FilePath>();
  readonly #importers = createImporterIndex(() => this.#newToken(undefined));
  readonly #exportTables = createExportTables(
    () => this.#newToken(undefined),
    (path) => this.#files.get(path),
    (file, specifier) => this.#resolve(file, specifier),
  );
  #manifests: Manifests = parseManifests([]);
  #ctx: Provenance | undefined;
  #resolver: ModuleResolver | undefined;

  constructor(options: LinkerOptions) {
    this.#dialects = options.dialects ?? knownDialects;
  }

  setManifests(manifests: readonly ManifestSource[]): void {
    this.#manifests = parseManifests(manifests);
    // Versions and dependencies reach everywhere; manifests change rarely.
    this.#resolver = undefined;
    this.#ctx = undefined;
    this.#forgetEverything();
  }

  setQueries(declared: DeclaredQueries): void {
    if (JSON.stringify(declared) === JSON.stringify(this.#queries)) return;
    this.#queries = declared;
    for (const path of this.#files.keys()) this.#stale.add(path);
  }

  setFile(path: FilePath, facts: FileFacts): void {
    if (!this.#facts.has(path)) this.#resolver = undefined;
    const old = this.#files.get(path);
    this.#facts.set(path, facts);
    this.#stale.add(path);
    if (old === undefined || this.#resolver === undefined) {
      this.#replaceDeclarations(path, facts);
      this.#dropTables(path);
      // Files came or went since the last link: this one is taken up when modules are resolved again.
      if (old !== undefined) this.#markChanged(old);
      this.#files.delete(path);
      return;
    }
    const before = this.#signature(old);
    this.#replaceDeclarations(path, facts);
    this.#forgetKeepers(old.token);
    if (!sameExportNames(old.facts, facts)) this.#dropTables(path);
    const file = this.#makeFile(path, facts, resolveImports(this.#resolver, path, facts));
    this.#files.set(path, file);
    this.#markReaders(file.contentToken);
    if (this.#signature(file) !== before) this.#markReaders(file.token);
  }

  removeFile(path: FilePath): void {
    if (!this.#facts.has(path)) return;
    const file = this.#files.get(path);
    if (file !== undefined) this.#markChanged(file);
    this.#files.delete(path);
    this.#facts.delete(path);
    this.#links.delete(path);
    this.#forgetReads(path);
    this.#stale.delete(path);
    this.#replaceDeclarations(path, undefined);
    this.#dropTables(path);
    for (const changed of this.#importers.replace(path, [])) this.#markReaders(changed);
    this.#resolver = undefined;
  }

  stale(): readonly FilePath[] {
    this.#context();
    return [...this.#stale];
  }

  link(path: FilePath): readonly CallSite[] {
    const ctx = this.#context();
    const file = this.#files.get(path);
    if (file === undefined) return [];
    const known = this.#links.get(path);
    if (known !== undefined && !this.#stale.has(path)) return known;
    this.#forgetReads(path);
    const { value: calls, dependencies } = this.#memo.ask(() => linkCalls(ctx, file, this.#queries));
    this.#record(path, dependencies);
    this.#links.set(path, calls);
    this.#stale.delete(path);
    return calls;
  }

  valueOf(path: FilePath, expr: ExprId): Value {
    const ctx = this.#context();
    const file = this.#files.get(path);
    if (file === undefined) return unknown;
    const { value, dependencies } = this.#memo.ask(() => valueOf(ctx, file, expr));
    this.#record(path, dependencies);
    return value;
  }

  interfaceHash(path: FilePath): string | undefined {
    this.#context();
    const file = this.#files.get(path);
    return file === undefined ? undefined : this.#signature(file);
  }

  reads(path: FilePath): readonly FilePath[] {
    const found = new Set<FilePath>();
    for (const set of this.#reads.get(path) ?? []) {
      for (const token of this.#memo.sets.members(set)) {
        const other = this.#pathOfToken[token];
        if (other !== undefined && other !== path) found.add(other);
      }
    }
    return [...found];
  }

  unresolvedModules(path: FilePath): readonly string[] {
    this.#context();
    return (this.#files.get(path)?.targets ?? []).flatMap((target) =>
      target.kind === "missing" ? [target.module] : [],
    );
  }

  packagesAround(path: FilePath): readonly PackageManifest[] {
    const folders = [...ancestors(directoryOf(path))];
    return folders.flatMap((folder) => this.#manifests.packages.find(({ directory }) => directory === folder) ?? []);
  }

  fileOf(from: FilePath, specifier: string): FilePath | undefined {
    this.#context();
    const target = this.#resolver?.resolve(from, specifier);
    return target?.kind === "file" ? target.file : undefined;
  }

  importersOf(path: FilePath): readonly FilePath[] {
    return this.#importers.of(path);
  }

  /** The state to resolve in; module resolution is redone first when files came or went. */
  #context(): Provenance {
    if (this.#ctx !== undefined && this.#resolver !== undefined) return this.#ctx;
    const resolver = createModuleResolver(this.#facts, this.#manifests);
    this.#resolver = resolver;
    this.#ctx ??= {
      memo: this.#memo,
      dialects: indexDialects(
        this.#dialects,
        (packages) => this.#resolver?.dependsOn(packages) ?? false,
        indexVersions(this.#manifests),
      ),
      declarations: this.#declarations,
      exportTables: this.#exportTables,
      importers: this.#importers,
      fileAt: (path) => this.#files.get(path),
      resolveModule: (file, specifier) => this.#resolve(file, specifier),
    };
    for (const [path, facts] of this.#facts) this.#retarget(path, facts, resolver);
    return this.#ctx;
  }

  #resolve(file: ProjectFile, specifier: string): ModuleTarget {
    return this.#resolver?.resolve(file.path, specifier) ?? { kind: "missing", module: specifier };
  }

  /** Brings a file's import targets up to date. When one leads elsewhere, the file and all that read it are linked again. */
  #retarget(path: FilePath, facts: FileFacts, resolver: ModuleResolver): void {
    const file = this.#files.get(path);
    const targets = resolveImports(resolver, path, facts);
    if (file !== undefined && sameTargets(file.targets, targets)) return;
    this.#files.set(path, this.#makeFile(path, facts, targets));
    this.#stale.add(path);
    this.#dropTables(path);
    if (file !== undefined) this.#markChanged(file);
  }

  #makeFile(path: FilePath, facts: FileFacts, targets: readonly ModuleTarget[]): ProjectFile {
    let tokens = this.#tokens.get(path);
    if (tokens === undefined) {
      this.#tokens.set(path, (tokens = { token: this.#newToken(path), contentToken: this.#newToken(path) }));
    }
    for (const changed of this.#importers.replace(path, targets)) this.#markReaders(changed);
    return createProjectFile(path, tokens, facts, targets);
  }

  #newToken(path: FilePath | undefined): number {
    return this.#pathOfToken.push(path) - 1;
  }

  #signature(file: ProjectFile): string {
    const ctx = this.#context();
    return this.#memo.ask(() => interfaceSignature(ctx, file)).value;
  }

  #record(path: FilePath, dependencies: ReadonlySet<DependencySet>): void {
    let sets = this.#reads.get(path);
    if (sets === undefined) this.#reads.set(path, (sets = new Set()));
    for (const set of dependencies) {
      if (sets.has(set)) continue;
      sets.add(set);
      const readers = this.#readers.get(set);
      if (readers === undefined) this.#readers.set(set, new Set([path]));
      else readers.add(path);
    }
  }

  #forgetReads(path: FilePath): void {
    for (const set of this.#reads.get(path) ?? []) this.#readers.get(set)?.delete(path);
    this.#reads.delete(path);
  }

  #replaceDeclarations(path: FilePath, facts: FileFacts | undefined): void {
    for (const token of this.#declarations.replace(path, facts)) this.#markReaders(token);
  }

  #dropTables(path: FilePath): void {
    for (const token of this.#exportTables.drop(path)) this.#markReaders(token);
  }

  /** What was computed from what `token` stands for is computed anew, and files that read it are out of date. */
  #markReaders(token: number): void {
    this.#forgetKeepers(token);
    for (const set of this.#memo.sets.holding(token)) {
      for (const reader of this.#readers.get(set) ?? []) if (this.#files.has(reader)) this.#stale.add(reader);
    }
  }

  /** The same for everything a file is asked for. */
  #markChanged(file: ProjectFile): void {
    this.#markReaders(file.token);
    this.#markReaders(file.contentToken);
  }

  #forgetKeepers(token: number): void {
    for (const keeper of this.#memo.keepersOf(token)) {
      const file = this.#files.get(this.#pathOfToken[keeper] ?? "");
      if (file !== undefined) forgetCells(file);
    }
  }

  #forgetEverything(): void {
    for (const [path, file] of this.#files) {
      forgetCells(file);
      this.#stale.add(path);
    }
  }
}

function resolveImports(resolver: ModuleResolver, path: FilePath, facts: FileFacts): readonly ModuleTarget[] {
  const own = facts.imports.map((entry) => resolver.resolve(path, entry.module));
  // Re-exports bind no name here, but where they lead matters as much.
  for (const entry of facts.exports) if (entry.module !== undefined) own.push(resolver.resolve(path, entry.module));
  return own;
}

function sameTargets(a: readonly ModuleTarget[], b: readonly ModuleTarget[]): boolean {
  return a.length === b.length && a.every((target, i) => key(target) === key(b[i]));
}

function key(target: ModuleTarget | undefined): string {
  return target === undefined ? "" : target.kind === "file" ? target.file : `${target.kind} ${target.module}`;
}
