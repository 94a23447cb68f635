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
import { AppliedFiles } from "./applied-files.js";
import { isInside, isStructural, wouldFind } from "./file-scope.js";
import { FlawedFiles } from "./flawed-files.js";
import { loadConfig, type LoadedConfig } from "./load-config.js";
import { Measured } from "./measured.js";
import { Proofs } from "./proofs.js";
import { Remembered } from "./remembered.js";
import { noWork, recallResults, saveResults } from "./saved-results.js";
import { SchemaFiles } from "./schema-files.js";
import { SourceTable } from "./source-table.js";
import { drain, runAtOnce, runInSlices, untilCancelled } from "./slices.js";
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
  readonly #applied: AppliedFiles;
  readonly #caches: Caches;
  readonly #proofs: Proofs;
  readonly plannerTimes = (): readonly number[] => this.#proofs.takeTimes();
  readonly #measured: Measured;
  readonly #flawed = new FlawedFiles();
  /** Files whose findings have changed since the last refresh that came to its end. */
  readonly #changed = new Set<string>();
  /** Results of an earlier run; the host is not up to date meanwhile. */
  #remembered: Remembered | undefined;
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
    this.#applied = new AppliedFiles({
      host: this.#host,
      sources: this.#sources,
      maker: () => this.#caches.maker,
      textOf: (path) => this.#overlays.get(path) ?? this.#sources.read(path),
    });
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

    const key = this.#keyOfTexts();
    const saved = key === undefined ? undefined : await recallResults(this.#caches.cache, this.#options.roots, key);
    this.#remember(saved === undefined ? undefined : new Remembered(saved));
    this.#saveAs = saved === undefined && !this.#hasUnsaved() ? key : undefined;
    for (const path of this.#remembered?.paths() ?? []) this.#changed.add(path);
    if (saved !== undefined) this.#sources.releaseTexts();
    await (saved === undefined ? this.#schemas.apply() : this.#schemas.releaseTexts());
    this.#layOver(texts);
    this.#applied.sweep();
    const cacheHits = saved === undefined ? yield* this.#applied.takeUp(texts, token) : this.#sources.hashes.size;
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

  /** Reads every file as it is on disk. Returns the texts. */
  async *#readAll(
    paths: readonly string[],
    token: Cancellation | undefined,
  ): AsyncGenerator<Progress, Map<string, string>> {
    const texts = new Map<string, string>();
    for (const [i, path] of paths.entries()) {
      if (i % REPORT_EVERY === 0) {
        token?.throwIfCancelled();
        yield { done: i, total: paths.length, label: "discovering" };
        await new Promise((resolve) => setImmediate(resolve));
      }
      const text = this.#overlays.has(path) ? this.#sources.onDisk(path) : this.#sources.read(path);
      if (text === undefined) continue;
      this.#sources.look(path, text);
      texts.set(path, text);
    }
    return texts;
  }

  /** Puts unsaved texts in place of those on disk. */
  #layOver(texts: Map<string, string>): void {
    for (const [path, text] of this.#overlays) {
      if (isSchemaName(basename(path))) continue;
      if (this.#sources.look(path, text)) this.#remembered?.edit(path, texts.get(path), text);
      texts.set(path, text);
    }
  }

  #hasUnsaved(): boolean {
    const onDisk = (path: string): string | undefined => this.#sources.onDisk(path) ?? this.#schemas.textOf(path);
    return [...this.#overlays].some(([path, text]) => text !== onDisk(path));
  }

  resultKey(): string | undefined {
    return this.#hasUnsaved() ? undefined : this.#keyOfTexts();
  }

  /** Undefined where results cannot be saved. */
  #keyOfTexts(): string | undefined {
    const hashes = new Map([...this.#sources.hashes, ...this.#schemas.hashes]);
    const options = this.#measured.over(this.#config.analysis);
    return this.#caches.resultKey({ options, manifests: this.#manifests, hashes });
  }

  /** Takes in a file's new text, and whatever it brings into the program. */
  #take(path: string, text: string, keep: boolean, previous?: string): void {
    const before = this.#remembered === undefined ? this.#sources.program.program() : undefined;
    if (!this.#sources.look(path, text) || this.#isLater(path, previous, text)) return;
    this.#applied.settle(path, text, keep);
    const program = this.#sources.program.program();
    if (program === before) return;
    this.#flawed.unsettle();
    this.#applied.applyMissing(program);
  }

  /** Notes that a text has changed. True where the host learns of it when the others do. */
  #isLater(path: string, previous: string | undefined, text: string | undefined): boolean {
    this.#saveAs = undefined;
    this.#remembered?.edit(path, previous, text);
    if (this.#remembered !== undefined) this.#changed.add(path);
    return this.#remembered !== undefined;
  }

  setOverlay(path: string, text: string | undefined): void {
    const previous = this.#remembered === undefined ? undefined : this.textOf(path);
    if (text === undefined) {
      if (this.#overlays.delete(path)) this.#reread(path, previous);
      void this.#schemas.apply();
      return;
    }
    if (!isInside(path, this.#options.roots) || !this.#config.scan.enabled) return;
    if (isSchemaName(basename(path))) this.#takeSchema(path, text, previous);
    if (!isSourceName(basename(path)) || classifyText(text).kind !== "text") return;
    this.#overlays.set(path, text);
    // Texts between two keystrokes are not worth a place in the cache.
    this.#take(path, text, false, previous);
  }

  #takeSchema(path: string, text: string, previous: string | undefined): void {
    this.#overlays.set(path, text);
    if (this.#schemas.take(path, text)) this.#isLater(path, previous, text);
    void this.#schemas.apply();
  }

  #reread(path: string, previous?: string): void {
    if (isSchemaName(basename(path))) {
      const known = this.#schemas.hashes.get(path);
      this.#schemas.reread(path);
      if (this.#schemas.hashes.get(path) !== known) this.#isLater(path, previous, this.#schemas.textOf(path));
      return;
    }
    const text = this.#sources.read(path);
    if (text !== undefined) this.#take(path, text, true, previous);
    else if (this.#sources.hashes.has(path)) {
      this.#isLater(path, previous, undefined);
      this.#applied.drop(path);
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
    this.#leaveRemembered();
    this.#saveAs = undefined;
    this.loadConfig();
    this.#applied.applyMissing(this.#sources.program.program());
  }

  #remember(results: Remembered | undefined): void {
    this.#remembered?.end();
    this.#remembered = results;
  }

  /** From here on the host is needed: all there is is loaded at once. */
  #leaveRemembered(): void {
    const remembered = this.#remembered;
    if (remembered === undefined) return;
    for (const path of remembered.paths()) this.#changed.add(path);
    this.#remember(undefined);
    runAtOnce(this.#load(remembered));
  }

  /** Hands the host everything, a file at a time; texts may change meanwhile. */
  *#load({ edited }: Remembered): Generator<void, void> {
    void this.#schemas.apply();
    yield* this.#sources.glanceAll();
    for (const path of this.#sources.program.program()) {
      this.#applied.applyMissing([path]);
      yield;
    }
    for (const path of edited) {
      const text = this.#applied.isCurrent(path) ? undefined : this.textOf(path);
      if (text !== undefined && isSourceName(basename(path))) this.#applied.settle(path, text, false);
    }
    this.#applied.applyMissing(this.#sources.program.program());
  }

  /** Brings the host up to date behind remembered results, a little at a time, so that nobody has to wait for it. */
  *#warmUp(remembered: Remembered): Generator<void, void> {
    try {
      yield* this.#load(remembered);
      yield* untilCancelled((token) => this.#refreshHost(token), this.#options.isAwaited);
    } catch (error) {
      this.#leaveRemembered();
      throw error;
    }
    // What was typed in the last moment is for the next refresh.
    runAtOnce(this.#load(remembered));
    for (const path of remembered.paths()) this.#changed.add(path);
    for (const path of this.#changed)
      if (remembered.hasTold(path, this.#host.findings(path))) this.#changed.delete(path);
    this.#remember(undefined);
  }

  #startWarming(): void {
    const remembered = this.#remembered;
    if (remembered?.isFirstCall() !== true) return;
    runInSlices(this.#warmUp(remembered), () => !this.#closed && this.#remembered === remembered);
  }

  refresh(token?: Cancellation): RefreshResult {
    if (this.#remembered !== undefined && 0 < this.#remembered.edited.size) this.#leaveRemembered();
    const result = this.isWarm() ? this.#refreshHost(token) : noWork([]);
    return { ...result, changed: this.atHand() };
  }

  atHand(): readonly string[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    this.#startWarming();
    return changed;
  }

  readonly warmed = (): Promise<void> => this.#remembered?.ended ?? Promise.resolve();

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
    return fresh.length > 0 && this.#applied.applyMissing(this.#sources.program.importersOf(fresh));
  }

  readonly prove = (): Promise<boolean> => this.#proofs.run();
  readonly plansOf: WorkspaceService["plansOf"] = (requests) => this.#proofs.plansOf(requests);

  findings(path: string): readonly Finding[] {
    return this.#remembered?.findings(path) ?? this.#host.findings(path);
  }

  readonly allFindings = (): readonly Finding[] => this.#remembered?.all() ?? this.#host.allFindings();

  problems(): readonly Problem[] {
    const outside = [this.#measured, this.#sources, this.#schemas].flatMap((one) => one.problems());
    return [...outside, ...(this.#remembered?.problems ?? this.#host.problems())];
  }

  hover(path: string, offset: number): ReturnType<WorkspaceService["hover"]> {
    this.#wakeHost();
    return this.#host.hover(path, offset);
  }

  readonly isWarm = (): boolean => this.#remembered === undefined;
  readonly ask: WorkspaceService["ask"] = (question) => {
    this.#wakeHost();
    return question(this.#host.inspect());
  };

  /** Remembered results answer only for findings; everything else asks the analyzer. */
  #wakeHost(): void {
    if (this.isWarm()) return;
    this.#leaveRemembered();
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
