/** A workspace service over the real file system. */
import { basename, join } from "node:path";
import { contentHash } from "../base/content-hash.js";
import { extractFacts } from "../facts/extract.js";
import type { AnalysisOptions, Cancellation, FileInput, RefreshResult } from "../analysis/host.js";
import type { Finding, Problem } from "../analysis/finding.js";
import { createHost } from "../analysis/create-host.js";
import { ruleInfos } from "../analysis/explain.js";
import { CONFIG_NAME, ConfigError, readConfigFile } from "../workspace/config-file.js";
import { discover, isDiscoverable, isManifestName, isSourceName } from "../workspace/discover.js";
import { noStore, openFactStore, type FactStore } from "../workspace/fact-store.js";
import { analysisOverrides, DEFAULT_SCAN, scanOptions, type ScanOptions } from "./options.js";
import { classifyText, readManifest, readSource } from "../workspace/read-source.js";
import type { FileEvent, Progress, ScanStats, ServiceOptions, WorkspaceService } from "./workspace-service.js";

/** Loops proven to run at most this often are no N+1; see the rule's documentation. */
const SMALL_LOOP = 10;
/** Files between two progress reports; each report lets the thread answer other calls. */
const BATCH = 64;

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
    for (let i = 0; i < discovery.sources.length; i++) {
      if (i % BATCH === 0) {
        token?.throwIfCancelled();
        yield { done: i, total: discovery.sources.length, label: "reading" };
        // Messages that arrived meanwhile (edits, a shutdown) are taken before the next batch.
        await new Promise((resolve) => setImmediate(resolve));
      }
      const path = discovery.sources[i];
      if (path !== undefined && !this.#overlays.has(path) && this.#load(path, store)) stats.cacheHits++;
    }
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

  #openStore(): FactStore {
    const { cacheFolder } = this.#options;
    this.#store ??=
      cacheFolder === undefined
        ? noStore
        : openFactStore(cacheFolder, (line) => void process.stderr.write(`hotpath: ${line}\n`));
    return this.#store;
  }

  /** Takes a file's text from disk. True when its facts came from the cache. */
  #load(path: string, store: FactStore): boolean {
    const source = readSource(path, this.#scan.maxFileBytes);
    this.#problems.delete(path);
    if (source.kind !== "text") {
      this.#remove(path);
      if (source.kind === "skipped") this.#problems.set(path, source.reason);
      return false;
    }
    return this.#take(path, source.text, store);
  }

  #take(path: string, text: string, store: FactStore): boolean {
    // The language of a file is part of what its text means.
    const hash = contentHash(`${path.slice(path.lastIndexOf("."))}\0${text}`);
    this.#known.add(path);
    if (this.#hashes.get(path) === hash) return true;
    this.#hashes.set(path, hash);
    const cached = store.get(hash);
    const facts = cached ?? extractFacts(path, text);
    if (cached === undefined) store.put(hash, facts);
    this.#apply({ path, facts, hash });
    return cached !== undefined;
  }

  #apply(input: FileInput): void {
    this.#host.apply([input]);
  }

  #remove(path: string): void {
    this.#hashes.delete(path);
    if (this.#known.delete(path)) this.#apply({ path, removed: true });
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
    this.#take(path, text, noStore);
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
