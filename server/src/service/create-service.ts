/** A workspace service over the real file system. */
import { basename } from "node:path";
import { createHost } from "../analysis/create-host.js";
import { ruleInfos } from "../analysis/explain.js";
import type { Finding, Problem } from "../analysis/finding.js";
import type { Cancellation, RefreshResult } from "../analysis/host.js";
import { CONFIG_NAME, ConfigError } from "../workspace/config-file.js";
import { discover, isSchemaName, isSourceName } from "../workspace/discover.js";
import { classifyText, readManifests } from "../workspace/read-source.js";
import type { TieredCache } from "../cache/cache.js";
import { Caches } from "./caches.js";
import type { FactJob, FactMaker } from "./fact-maker.js";
import { isInside, isStructural, wouldFind } from "./file-scope.js";
import { FlawedFiles } from "./flawed-files.js";
import { loadConfig, type LoadedConfig } from "./load-config.js";
import { Measured } from "./measured.js";
import { Proofs } from "./proofs.js";
import { noWork, recallResults, saveResults, type SavedResults } from "./saved-results.js";
import { SchemaFiles } from "./schema-files.js";
import { SourceTable } from "./source-table.js";
import { drain, runInSlices, untilCancelled } from "./slices.js";
import type { FileEvent, Progress, ScanStats, ServiceOptions, WorkspaceService } from "./workspace-service.js";

/** Files read between two progress reports. */
const REPORT_EVERY = 256;
/** Files that import places of findings seldom bring new findings; more rounds than this would be a circle. */
const MAX_ROUNDS = 5;

/** Opens a workspace without scanning it. Rejects with `ConfigError` for a configuration that cannot be used. */
export function createService(options: ServiceOptions): Promise<WorkspaceService> {
  const service = new Service(options);
  const [problem] = service.loadConfig();
  return problem === undefined ? Promise.resolve(service) : Promise.reject(new ConfigError(problem.message));
}

class Service implements WorkspaceService {
  readonly #options: ServiceOptions;
  #overrides: ServiceOptions["overrides"];
  #config: LoadedConfig;
  readonly #host = createHost();
  readonly #sources: SourceTable;
  readonly #schemas = new SchemaFiles(this.#host);
  readonly #overlays = new Map<string, string>();
  #manifests: ReadonlyMap<string, string> = new Map();
  /** Hash of the text whose facts the host holds, by path. */
  readonly #applied = new Map<string, string>();
  readonly #caches: Caches;
  readonly #proofs: Proofs;
  readonly #measured: Measured;
  readonly #flawed = new FlawedFiles();
  /** Files whose findings have changed since the last refresh that came to its end. */
  readonly #changed = new Set<string>();
  /** Results of an earlier run that still hold; the host is not up to date meanwhile. */
  #saved: SavedResults | undefined;
  /** Saved results behind which the host is being brought up to date. */
  readonly #warming = new WeakSet<SavedResults>();
  /** Where the results of the coming refresh are to be saved. */
  #saveAs: string | undefined;
  #closed = false;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#overrides = options.overrides;
    this.#caches = new Caches(options);
    this.#proofs = new Proofs(this.#host, options, this.#caches, () => this.#config.analysis.plannerMemoryBytes);
    this.#measured = new Measured(options);
    this.#config = loadConfig(options, options.overrides);
    this.#sources = new SourceTable(options.roots, this.#config);
  }

  /** Takes up configuration files, settings and flags; returns what is wrong with the files. */
  loadConfig(): readonly Problem[] {
    this.#config = loadConfig(this.#options, this.#overrides);
    this.#sources.configure(this.#config);
    this.#host.configure(this.#measured.over(this.#config.analysis));
    return this.#config.problems;
  }

  async *scan(token?: Cancellation): AsyncGenerator<Progress, ScanStats> {
    const started = performance.now();
    const laps = [started];
    yield { done: 0, total: 1, label: "discovering" };
    const measured = this.#measured.read(this.#config.analysis, this.#host);
    const discovery = discover(this.#config.scan.enabled ? this.#options.roots : [], this.#config.scan.exclude);
    laps.push(performance.now());

    this.#manifests = readManifests(discovery.manifests);
    this.#host.setManifests([...this.#manifests].map(([path, text]) => ({ path, text })));
    this.#sources.reset(this.#manifests);
    this.#flawed.unsettle();
    for (const problem of discovery.problems) this.#sources.addProblem(problem);
    const texts = yield* this.#readAll(discovery.sources, token);
    this.#schemas.reset(discovery.schemas, this.#overlays);
    if (await measured) this.loadConfig();
    laps.push(performance.now());

    const key = this.resultKey();
    this.#saved = key === undefined ? undefined : await recallResults(this.#caches.cache, this.#options.roots, key);
    this.#saveAs = this.#saved === undefined ? key : undefined;
    for (const { path } of this.#saved?.findings ?? []) this.#changed.add(path);
    if (this.#saved === undefined) await this.#schemas.apply();
    else for (const table of [this.#sources, this.#schemas]) table.releaseTexts();
    const cacheHits = this.#saved === undefined ? yield* this.#takeUp(texts, token) : this.#sources.hashes.size;
    laps.push(performance.now());
    yield { done: 0, total: 1, label: "linking" };
    const stages = ["discover", "read", "facts"].map(
      (stage, i) => [stage, (laps[i + 1] ?? 0) - (laps[i] ?? 0)] as const,
    );
    return {
      files: this.#sources.hashes.size,
      skipped: this.#sources.problems().length + this.#schemas.problems().length,
      cacheHits,
      durationMs: performance.now() - started,
      stageMs: Object.fromEntries(stages),
    };
  }

  /** Reads every file, unsaved texts in place of those on disk. Returns the texts. */
  async *#readAll(
    paths: readonly string[],
    token: Cancellation | undefined,
  ): AsyncGenerator<Progress, Map<string, string>> {
    const texts = new Map([...this.#overlays].filter(([path]) => !isSchemaName(basename(path))));
    for (const [path, text] of texts) this.#sources.look(path, text);
    for (const [i, path] of paths.entries()) {
      if (i % REPORT_EVERY === 0) {
        token?.throwIfCancelled();
        yield { done: i, total: paths.length, label: "discovering" };
        await new Promise((resolve) => setImmediate(resolve));
      }
      const text = this.#overlays.has(path) ? undefined : this.#sources.read(path);
      if (text === undefined) continue;
      this.#sources.look(path, text);
      texts.set(path, text);
    }
    for (const path of this.#applied.keys()) if (!this.#sources.hashes.has(path)) this.#drop(path);
    return texts;
  }

  /** Makes facts of the texts that are part of the program and hands them to the host. Returns how many the cache had. */
  async *#takeUp(texts: Map<string, string>, token: Cancellation | undefined): AsyncGenerator<Progress, number> {
    const jobs = [...this.#sources.program.program()].flatMap((path) => {
      const text = texts.get(path);
      return text === undefined || this.#isApplied(path) ? [] : [this.#job(path, text)];
    });
    const total = jobs.length;
    texts.clear();
    let cacheHits = 0;
    const take: Parameters<FactMaker["makeAll"]>[1] = ({ path, hash }, facts, cached) => {
      if (cached) cacheHits++;
      // An edit may have come first; its text is newer than what was read.
      if (this.#sources.hashes.get(path) !== hash) return;
      this.#applied.set(path, hash);
      this.#host.apply([{ path, facts, hash }]);
    };
    for await (const done of this.#caches.maker.makeAll(jobs.reverse(), take, token))
      yield { done, total, label: "reading" };
    return cacheHits;
  }

  /** Undefined where results cannot be saved, or unsaved texts would go into them. */
  resultKey(): string | undefined {
    if (this.#overlays.size > 0) return undefined;
    const hashes = new Map([...this.#sources.hashes, ...this.#schemas.hashes]);
    const options = this.#measured.over(this.#config.analysis);
    return this.#caches.resultKey({ options, manifests: this.#manifests, hashes });
  }

  #job(path: string, text: string): FactJob {
    return { path, text, hash: this.#sources.hashes.get(path) ?? "" };
  }

  #isApplied(path: string): boolean {
    return this.#applied.has(path) && this.#applied.get(path) === this.#sources.hashes.get(path);
  }

  #apply(job: FactJob, keep: boolean): void {
    const { path, hash } = job;
    this.#applied.set(path, hash);
    this.#host.apply([{ path, facts: this.#caches.maker.make(job, keep), hash }]);
  }

  /** Takes in a file's new text, and whatever it brings into the program. */
  #take(path: string, text: string, keep: boolean): void {
    const before = this.#saved === undefined ? this.#sources.program.program() : undefined;
    if (!this.#sources.look(path, text)) return;
    this.#leaveSaved();
    const program = this.#sources.program.program();
    // What was parsed once stays, unless its new text makes it a file that says nothing.
    const stays = this.#applied.has(path) && this.#sources.program.mayMatter(path);
    if (program.has(path) || stays) this.#apply(this.#job(path, text), keep);
    else this.#unload(path);
    if (program === before) return;
    this.#flawed.unsettle();
    this.#applyMissing(program);
  }

  /** Parses files that ought to be, and are not yet. True when there were any. */
  #applyMissing(paths: Iterable<string>): boolean {
    let any = false;
    for (const path of paths) {
      if (this.#isApplied(path) || !this.#sources.hashes.has(path)) continue;
      const text = this.#overlays.get(path) ?? this.#sources.read(path);
      if (text === undefined) {
        this.#drop(path);
        continue;
      }
      this.#sources.look(path, text);
      this.#apply(this.#job(path, text), true);
      any = true;
    }
    return any;
  }

  #drop(path: string): void {
    this.#sources.drop(path);
    this.#unload(path);
  }

  #unload(path: string): void {
    if (this.#applied.delete(path)) this.#host.apply([{ path, removed: true }]);
  }

  setOverlay(path: string, text: string | undefined): void {
    if (text === undefined) {
      if (this.#overlays.delete(path)) this.#reread(path);
      void this.#schemas.apply();
      return;
    }
    if (!isInside(path, this.#options.roots) || !this.#config.scan.enabled) return;
    if (isSchemaName(basename(path))) this.#takeSchema(path, text);
    if (!isSourceName(basename(path)) || classifyText(text).kind !== "text") return;
    this.#overlays.set(path, text);
    // Texts between two keystrokes are not worth a place in the cache.
    this.#take(path, text, false);
  }

  #takeSchema(path: string, text: string): void {
    this.#overlays.set(path, text);
    if (this.#schemas.take(path, text)) this.#leaveSaved();
    void this.#schemas.apply();
  }

  #reread(path: string): void {
    if (isSchemaName(basename(path))) {
      this.#leaveSaved();
      this.#schemas.reread(path);
      return;
    }
    const text = this.#sources.read(path);
    if (text !== undefined) this.#take(path, text, true);
    else if (this.#sources.hashes.has(path)) {
      this.#leaveSaved();
      this.#drop(path);
    }
  }

  async fileEvents(events: readonly FileEvent[]): Promise<void> {
    const configured = events.some(({ path }) => basename(path) === CONFIG_NAME);
    if (configured) this.loadConfig();
    if (configured || events.some((event) => isStructural(event, this.#manifests))) {
      await drain(this.scan());
      return;
    }
    for (const { path } of events) {
      const name = basename(path);
      if ((!isSourceName(name) && !isSchemaName(name)) || this.#overlays.has(path)) continue;
      if (
        this.#sources.hashes.has(path) ||
        this.#schemas.hashes.has(path) ||
        wouldFind(path, this.#options.roots, this.#config.scan)
      )
        this.#reread(path);
    }
    await this.#schemas.apply();
  }

  reconfigure(overrides: ServiceOptions["overrides"]): void {
    this.#overrides = overrides;
    this.#leaveSaved();
    this.loadConfig();
    this.#applyMissing(this.#sources.program.program());
  }

  /** From here on the host is needed: what the saved results stand for is loaded. */
  #leaveSaved(): void {
    this.#saveAs = undefined;
    if (this.#saved === undefined) return;
    for (const { path } of this.#saved.findings) this.#changed.add(path);
    this.#saved = undefined;
    void this.#schemas.apply();
    this.#applyMissing(this.#sources.program.program());
  }

  /** Brings the host up to date behind saved results, a little at a time, so that the first edit does not have to wait for it. */
  *#warmUp(saved: SavedResults): Generator<void, void> {
    void this.#schemas.apply();
    for (const path of this.#sources.program.program()) {
      this.#applyMissing([path]);
      yield;
    }
    yield* untilCancelled((token) => this.#refreshHost(token));
    const told = (path: string): readonly Finding[] => saved.findings.filter((finding) => finding.path === path);
    for (const path of this.#changed)
      if (JSON.stringify(told(path)) === JSON.stringify(this.#host.findings(path))) this.#changed.delete(path);
    this.#saved = undefined;
  }

  refresh(token?: Cancellation): RefreshResult {
    const saved = this.#saved;
    const result = saved === undefined ? this.#refreshHost(token) : noWork([]);
    const changed = [...this.#changed];
    this.#changed.clear();
    if (saved !== undefined && !this.#warming.has(saved)) {
      this.#warming.add(saved);
      runInSlices(this.#warmUp(saved), () => !this.#closed && this.#saved === saved);
    }
    return { ...result, changed };
  }

  #refreshHost(token: Cancellation | undefined): RefreshResult {
    this.#proofs.recall();
    const result = this.#host.refresh(token);
    this.#noteChanges(result.changed);
    for (let round = 0; round < MAX_ROUNDS && this.#applyImporters(); round++)
      this.#noteChanges(this.#host.refresh(token).changed);
    if (this.#saveAs !== undefined && this.#proofs.settled) {
      const results = { findings: this.#host.allFindings(), problems: this.#host.problems() };
      saveResults(this.#caches.cache, this.#options.roots, this.#saveAs, results);
      this.#saveAs = undefined;
    }
    return result;
  }

  #noteChanges(paths: readonly string[]): void {
    for (const path of paths) {
      this.#changed.add(path);
      this.#flawed.note(path, this.#host.findings(path).length > 0);
    }
  }

  /** Parses what imports the places of findings. True when that brought anything. */
  #applyImporters(): boolean {
    const fresh = this.#flawed.takeFresh();
    return fresh.length > 0 && this.#applyMissing(this.#sources.program.importersOf(fresh));
  }

  readonly prove = (): Promise<boolean> => this.#proofs.run();
  readonly plansOf: WorkspaceService["plansOf"] = (requests) => this.#proofs.plansOf(requests);

  findings(path: string): readonly Finding[] {
    return this.#saved?.findings.filter((finding) => finding.path === path) ?? this.#host.findings(path);
  }

  readonly allFindings = (): readonly Finding[] => this.#saved?.findings ?? this.#host.allFindings();

  problems(): readonly Problem[] {
    const outside = [this.#measured, this.#sources, this.#schemas].flatMap((one) => one.problems());
    return [...outside, ...(this.#saved?.problems ?? this.#host.problems())];
  }

  hover(path: string, offset: number): ReturnType<WorkspaceService["hover"]> {
    this.#wakeHost();
    return this.#host.hover(path, offset);
  }

  readonly isWarm = (): boolean => this.#saved === undefined;
  readonly ask: WorkspaceService["ask"] = (question) => {
    this.#wakeHost();
    return question(this.#host.inspect());
  };

  /** Remembered results answer only for findings; everything else asks the analyzer. */
  #wakeHost(): void {
    if (this.isWarm()) return;
    this.#leaveSaved();
    this.#refreshHost(undefined);
  }

  readonly rules: WorkspaceService["rules"] = () => ruleInfos();
  textOf(path: string): string | undefined {
    const onDisk = this.#sources.hashes.has(path) ? this.#sources.read(path) : this.#schemas.textOf(path);
    return this.#overlays.get(path) ?? onDisk;
  }

  get cache(): TieredCache {
    return this.#caches.cache;
  }

  files(): readonly string[] {
    return this.isWarm() ? this.#host.files() : [...this.#sources.program.program()];
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#proofs.close();
    await this.#caches.close();
  }
}
