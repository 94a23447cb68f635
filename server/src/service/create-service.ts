/** A workspace service over the real file system. */
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { contentHash } from "../base/content-hash.js";
import { extractFacts } from "../facts/extract.js";
import type { AnalysisOptions, Cancellation, RefreshResult } from "../analysis/host.js";
import type { Finding, Problem } from "../analysis/finding.js";
import { createHost } from "../analysis/create-host.js";
import { isWorthReading } from "../analysis/worth-reading.js";
import { ruleInfos } from "../analysis/explain.js";
import { CONFIG_NAME, ConfigError, readConfigFile } from "../workspace/config-file.js";
import { discover, isDiscoverable, isManifestName, isSourceName } from "../workspace/discover.js";
import { noStore, openFactStore, type FactStore } from "../workspace/fact-store.js";
import { analysisOverrides, DEFAULT_SCAN, scanOptions, type ScanOptions } from "./options.js";
import { createExtractPool, noPool, type ExtractPool } from "../workspace/extract-pool.js";
import { decodeFacts, encodeFacts } from "../workspace/facts-codec.js";
import { classifyText, readManifest, readSource } from "../workspace/read-source.js";
import type { FileEvent, Progress, ScanStats, ServiceOptions, WorkspaceService } from "./workspace-service.js";

/** Loops proven to run at most this often are no N+1; see the rule's documentation. */
const SMALL_LOOP = 10;
/** Files between two progress reports; each report lets the thread answer other calls. */
const REPORT_EVERY = 32;
/** Files given to a worker at a time: some 20 ms of work, far above what the message costs. */
const BATCH = 48;
/** Below this many files a worker is not worth the 0.3 s it takes to load the parser. */
const POOL_FROM_FILES = 600;
/** More than these wait for the one thread that reads and decodes. */
const MAX_WORKERS = 3;

/** A file whose facts are still to be made. */
interface Unread {
  readonly path: string;
  readonly text: string;
  readonly hash: string;
}

/** Opens a workspace without scanning it. Rejects with `ConfigError` for a configuration file that was named and cannot be used. */
export function createService(options: ServiceOptions): Promise<WorkspaceService> {
  const service = new Service(options);
  service.loadConfig(true);
  return Promise.resolve(service);
}

class Service implements WorkspaceService {
  readonly #options: ServiceOptions;
  #overrides: ServiceOptions["overrides"];
  readonly #host = createHost();
  readonly #overlays = new Map<string, string>();
  readonly #problems = new Map<string, string>();
  readonly #manifests = new Map<string, string>();
  readonly #known = new Set<string>();
  /** Hash of the text whose facts the host holds, by path. */
  readonly #hashes = new Map<string, string>();
  #store: FactStore | undefined;
  #scan: ScanOptions = DEFAULT_SCAN;
  #closed = false;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#overrides = options.overrides;
  }

  /** @param strict Whether a mistake is thrown to whoever opens, or only reported among the problems. */
  loadConfig(strict: boolean): void {
    const { roots, configFile } = this.#options;
    const rules = {
      ids: ruleInfos().map((rule) => rule.id),
      families: [...new Set(ruleInfos().map((rule) => rule.family))],
    };
    const files = configFile === undefined ? roots.map((root) => join(root, CONFIG_NAME)) : [configFile];
    let scan: ScanOptions = DEFAULT_SCAN;
    let analysis: Partial<AnalysisOptions> = {};
    for (const file of files) {
      this.#problems.delete(file);
      try {
        const values = readConfigFile(file, rules, configFile !== undefined);
        if (values === undefined) continue;
        scan = { ...scan, ...scanOptions(values) };
        analysis = { ...analysis, ...analysisOverrides(values) };
      } catch (error) {
        if (strict || !(error instanceof ConfigError)) throw error;
        this.#problems.set(file, error.message);
      }
    }
    const { maxFileBytes, exclude } = this.#options;
    this.#scan = {
      ...scan,
      ...(maxFileBytes === undefined ? {} : { maxFileBytes }),
      exclude: [...scan.exclude, ...(exclude ?? [])],
    };
    this.#host.configure({
      roots,
      rules: [],
      quietPaths: [],
      smallLoopBound: SMALL_LOOP,
      queryFunctions: [],
      ...analysis,
      ...this.#overrides,
      severities: { ...analysis.severities, ...this.#overrides.severities },
    });
  }

  async *scan(token?: Cancellation): AsyncGenerator<Progress, ScanStats> {
    const started = performance.now();
    const stageMs: Record<string, number> = {};
    yield { done: 0, total: 1, label: "discovering" };
    const discovery = discover(this.#options.roots, this.#scan.exclude);
    stageMs["discover"] = performance.now() - started;
    for (const { path, message } of discovery.problems) this.#problems.set(path, message);
    this.#loadManifests(discovery.manifests);
    const store = this.#openStore();
    const found = new Set(discovery.sources);
    for (const path of this.#known) if (!found.has(path) && !this.#overlays.has(path)) this.#remove(path);
    const stats = { cacheHits: 0 };
    const readingSince = performance.now();
    yield* this.#readAll(discovery.sources, store, stats, token);
    stageMs["read"] = performance.now() - readingSince;
    yield { done: 0, total: 1, label: "linking" };
    return {
      files: this.#known.size,
      skipped: this.#problems.size,
      cacheHits: stats.cacheHits,
      durationMs: performance.now() - started,
      stageMs,
    };
  }

  /** Reads every file; those whose facts are not cached are gathered into batches for the workers and this thread. */
  async *#readAll(
    sources: readonly string[],
    store: FactStore,
    stats: { cacheHits: number },
    token: Cancellation | undefined,
  ): AsyncGenerator<Progress, void> {
    const pool =
      sources.length < POOL_FROM_FILES
        ? noPool
        : createExtractPool(this.#options.extractWorkerFile, this.#workerCount());
    const running = new Set<Promise<void>>();
    let batch: Unread[] = [];
    try {
      for (const [i, path] of sources.entries()) {
        if (i % REPORT_EVERY === 0) {
          token?.throwIfCancelled();
          yield { done: i, total: sources.length, label: "reading" };
          // Messages that arrived meanwhile (edits, a shutdown, a worker's reply) are taken before going on.
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (this.#overlays.has(path)) continue;
        const outcome = this.#read(path, store);
        if (outcome === "cached") stats.cacheHits++;
        else if (outcome !== "done") batch.push(outcome);
        if (batch.length < BATCH) continue;
        this.#extract(batch, pool, store, running);
        batch = [];
      }
      this.#extract(batch, noPool, store, running);
      await Promise.all(running);
    } finally {
      await pool.close();
    }
  }

  #workerCount(): number {
    const { workers } = this.#options;
    // On two cores a worker only competes with this thread and its garbage collector (measured: no gain, a fifth more work).
    return workers ?? Math.min(MAX_WORKERS, Math.max(0, availableParallelism() - 2));
  }

  #extract(batch: readonly Unread[], pool: ExtractPool, store: FactStore, running: Set<Promise<void>>): void {
    const taken = pool.tryTake(batch);
    if (taken === undefined) {
      for (const unread of batch) this.#extractHere(unread, store);
      return;
    }
    const work = taken.then((replies) => {
      batch.forEach((unread, i) => {
        const bytes = replies?.[i];
        const facts = bytes === undefined ? undefined : decodeFacts(bytes);
        // An edit may have come first; its text is newer than what the worker was given.
        if (this.#overlays.has(unread.path) || this.#hashes.get(unread.path) !== unread.hash) return;
        if (facts === undefined || bytes === undefined) this.#extractHere(unread, store);
        else {
          store.put(unread.hash, bytes);
          this.#host.apply([{ path: unread.path, facts, hash: unread.hash }]);
        }
      });
      running.delete(work);
    });
    running.add(work);
  }

  #extractHere({ path, text, hash }: Unread, store: FactStore): void {
    const facts = extractFacts(path, text);
    if (store !== noStore) store.put(hash, encodeFacts(facts));
    this.#host.apply([{ path, facts, hash }]);
  }

  #openStore(): FactStore {
    const { cacheFolder } = this.#options;
    this.#store ??=
      cacheFolder === undefined
        ? noStore
        : openFactStore(cacheFolder, (line) => void process.stderr.write(`hotpath: ${line}\n`));
    return this.#store;
  }

  /** Takes a file's text from disk and extracts it here and now. */
  #load(path: string, store: FactStore): void {
    const outcome = this.#read(path, store);
    if (typeof outcome === "object") this.#extractHere(outcome, store);
  }

  /** Reads a file; what still has to be extracted is handed back. */
  #read(path: string, store: FactStore): Unread | "cached" | "done" {
    const source = readSource(path, this.#scan.maxFileBytes);
    this.#problems.delete(path);
    if (source.kind === "text") return this.#take(path, source.text, store);
    this.#remove(path);
    if (source.kind === "skipped") this.#problems.set(path, source.reason);
    return "done";
  }

  #take(path: string, text: string, store: FactStore): Unread | "cached" | "done" {
    if (!isWorthReading(path, text, this.#options.roots)) {
      this.#remove(path);
      return "done";
    }
    // The language of a file is part of what its text means.
    const hash = contentHash(`${path.slice(path.lastIndexOf("."))}\0${text}`);
    this.#known.add(path);
    if (this.#hashes.get(path) === hash) return "cached";
    this.#hashes.set(path, hash);
    const facts = store.get(hash);
    if (facts === undefined) return { path, text, hash };
    this.#host.apply([{ path, facts, hash }]);
    return "cached";
  }

  #remove(path: string): void {
    this.#hashes.delete(path);
    if (this.#known.delete(path)) this.#host.apply([{ path, removed: true }]);
  }

  #loadManifests(paths: readonly string[]): void {
    this.#manifests.clear();
    for (const path of paths) {
      const text = readManifest(path);
      // One that vanished since the walk, or is no manifest of a sane size: modules are found without it.
      if (text !== undefined) this.#manifests.set(path, text);
    }
    this.#host.setManifests([...this.#manifests].map(([path, text]) => ({ path, text })));
  }

  setOverlay(path: string, text: string | undefined): void {
    if (text === undefined) {
      if (!this.#overlays.delete(path)) return;
      this.#load(path, this.#openStore());
      return;
    }
    if (!isSourceName(basename(path)) || !this.#options.roots.some((root) => path.startsWith(`${root}/`))) return;
    if (path.includes("/node_modules/") || classifyText(text).kind !== "text") return;
    this.#overlays.set(path, text);
    // Texts between two keystrokes are not worth a place in the cache.
    const outcome = this.#take(path, text, noStore);
    if (typeof outcome === "object") this.#extractHere(outcome, noStore);
  }

  async fileEvents(events: readonly FileEvent[]): Promise<void> {
    const names = events.map(({ path }) => basename(path));
    if (names.some((name) => name === CONFIG_NAME)) this.loadConfig(false);
    const structural = events.some(
      ({ path, kind }) =>
        basename(path) === ".gitignore" ||
        (isManifestName(basename(path)) && (kind !== "changed" || this.#manifests.has(path))),
    );
    if (structural) {
      await drain(this.scan());
      return;
    }
    for (const { path, kind } of events) {
      if (!isSourceName(basename(path)) || this.#overlays.has(path)) continue;
      if (kind === "deleted") this.#remove(path);
      else if (this.#known.has(path)) this.#load(path, this.#openStore());
      else if (discoverable(path, this.#options.roots, this.#scan.exclude)) this.#load(path, this.#openStore());
    }
  }

  reconfigure(overrides: ServiceOptions["overrides"]): void {
    this.#overrides = overrides;
    this.loadConfig(false);
  }

  refresh(token?: Cancellation): RefreshResult {
    return this.#host.refresh(token);
  }

  findings(path: string): readonly Finding[] {
    return this.#host.findings(path);
  }

  allFindings(): readonly Finding[] {
    return this.#host.allFindings();
  }

  problems(): readonly Problem[] {
    return [...[...this.#problems].map(([path, message]) => ({ path, message })), ...this.#host.problems()];
  }

  hover(path: string, offset: number): ReturnType<WorkspaceService["hover"]> {
    return this.#host.hover(path, offset);
  }

  rules(): ReturnType<WorkspaceService["rules"]> {
    return ruleInfos();
  }

  files(): readonly string[] {
    return [...this.#known];
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#store?.close();
  }
}

/** Whether a full walk would find a new file: no folder on its way is skipped or ignored. */
function discoverable(path: string, roots: readonly string[], exclude: readonly string[]): boolean {
  const root = roots.find((one) => path.startsWith(`${one}/`));
  return root !== undefined && isDiscoverable(path, root, exclude);
}

/** Runs long work to its end without looking at its progress. */
export async function drain<T>(work: AsyncGenerator<unknown, T>): Promise<T> {
  let step = await work.next();
  while (step.done !== true) step = await work.next();
  return step.value;
}
