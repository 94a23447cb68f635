/**
 * The workspace of one client: opens the analyzer on its folders, feeds it every edit, keeps the findings it produced, and tells the client
 * (by push, or by asking it to pull) when they change.
 */
import {
  CodeLensRefreshRequest,
  DiagnosticRefreshRequest,
  type TextDocuments,
  type _Connection,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { version } from "../base/version.js";
import { fixAppliedMethod, type FixAppliedParams } from "../../../protocol/src/similar-fixes.js";
import { statusMethod, type StatusParams } from "../../../protocol/src/messages.js";
import { defaultCacheFolder } from "../workspace/cache-folder.js";
import type { AppliedFix } from "../service/fix-acceptance.js";
import type { FileEvent } from "../service/workspace-service.js";
import type { AsyncService, HoverContent, RefreshOutcome } from "./async-service.js";
import type { ClientAbilities } from "./client-abilities.js";
import { readSettings, type SessionSettings } from "./configuration.js";
import { FindingStore } from "./finding-store.js";
import { beginWork, percentOf } from "./progress.js";
import { createIndexKeeper, type IndexKeeper } from "./index-keeper.js";
import { createRefreshLoop, type RefreshLoop } from "./refresh-loop.js";
import type { Monitor } from "../monitor/monitor.js";
import type { Relief } from "./memory-watchdog.js";
import type { Turns } from "./turns.js";
import { recordScan } from "../history/finding-history.js";
import { toDiagnostic } from "./to-lsp.js";
import { pathOf, uriOf } from "./uri.js";

export interface WorkspaceSessionOptions {
  readonly connection: _Connection;
  readonly documents: TextDocuments<TextDocument>;
  readonly abilities: ClientAbilities;
  readonly startService: () => AsyncService;
  readonly serverKind: NonNullable<StatusParams["server"]>;
  readonly fallbackSettings: unknown;
  /** Told what takes how long. */
  readonly monitor?: Monitor | undefined;
  /** Where several clients share a server. */
  readonly turns?: Turns | undefined;
  /** See `ServiceOptions.databaseUrl`; none in a workspace that is not trusted. */
  readonly databaseUrl?: string;
  readonly trusted: boolean;
}

interface OpenWorkspace {
  readonly service: AsyncService;
  readonly loop: RefreshLoop;
  readonly index: IndexKeeper;
}

export type WorkspaceSession = InstanceType<typeof Session>;

export function createWorkspaceSession(options: WorkspaceSessionOptions): WorkspaceSession {
  return new Session(options);
}

/** An analyzer that is lost more often than this in so long is lost for a reason that another start does not mend. */
const MAX_RESTARTS = 3;
const RESTART_WINDOW_MS = 600_000;

/** A class because it has a lifetime: folders can be opened again, and it must be closed. */
class Session {
  readonly #options: WorkspaceSessionOptions;
  readonly #store = new FindingStore();
  #open: OpenWorkspace | undefined;
  #roots: readonly string[] = [];
  #settings: SessionSettings | undefined;
  #generation = 0;
  /** When the analyzer was started again. */
  #restarts: readonly number[] = [];
  /** Documents edited since the last refresh: a client that pulls asks for these by itself. */
  readonly #edited = new Set<string>();

  constructor(options: WorkspaceSessionOptions) {
    this.#options = options;
  }

  /** Opens these folders, closing what was open; returns when the first scan is done or has failed visibly. */
  async open(roots: readonly string[]): Promise<void> {
    const generation = ++this.#generation;
    await this.#closeService();
    this.#roots = roots;
    this.#status({ state: "starting" });
    const { connection, abilities, fallbackSettings } = this.#options;
    const settings = await readSettings(connection, abilities, fallbackSettings);
    this.#settings = settings;
    if (generation !== this.#generation) return;
    if (!settings.enabled || roots.length === 0) {
      this.#forgetFindings();
      this.#status({
        state: "ready",
        findings: 0,
        files: 0,
        message: roots.length === 0 ? "No folder is open." : "Hotpath is switched off by hotpath.enable.",
      });
      return;
    }
    const service = this.#options.startService();
    service.onLost((reason) => void this.#lost(generation, reason));
    try {
      await this.#scan(service, settings, generation);
    } catch (error) {
      if (generation !== this.#generation) return;
      const message = error instanceof Error ? error.message : String(error);
      connection.console.error(message);
      this.#status({ state: "error", message });
    }
  }

  async #scan(service: AsyncService, settings: SessionSettings, generation: number): Promise<void> {
    const { connection, abilities, documents, databaseUrl, trusted } = this.#options;
    const cacheFolder = settings.cacheEnabled ? (settings.cacheFolder ?? defaultCacheFolder()) : undefined;
    await service.open({
      roots: this.#roots,
      cacheFolder,
      overrides: settings.overrides,
      ...settings.scan,
      readsHistory: trusted,
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
    });
    const loop = createRefreshLoop(
      service,
      (outcome) => {
        this.#take(outcome);
        void this.#prove(service, loop);
      },
      (message) => connection.console.error(message),
    );
    const index = createIndexKeeper({ service, connection, embeds: settings.embedsInBackground });
    this.#open = { service, loop, index };
    for (const document of documents.all()) this.#overlay(document);
    const work = await beginWork(
      connection,
      abilities.workDoneProgress,
      "Hotpath: scanning the workspace",
      `hotpath-scan-${generation}`,
    );
    const stats = await this.#inTurn(async () => {
      const scanned = await service.scan((progress) => {
        work.report(progress);
        this.#status({ state: "scanning", percent: percentOf(progress) });
      });
      // Whoever asked for the findings of an open document before or during the scan has got none.
      this.#edited.clear();
      loop.request();
      await loop.settled();
      return scanned;
    });
    this.#options.monitor?.work(stats.stageMs, {});
    const scan = { ...stats, findings: this.#store.all() };
    const before = cacheFolder !== undefined && recordScan(cacheFolder, this.#roots, scan);
    this.#options.monitor?.scanned({ cache: (await service.figures()).cache, before });
    work.end(`${stats.files} files, ${this.#store.count()} findings`);
    connection.console.info(
      `scanned ${stats.files} files in ${Math.round(stats.durationMs)} ms, ${stats.cacheHits} from the cache, ${stats.skipped} skipped`,
    );
    for (const problem of await service.problems()) connection.console.warn(`${problem.path}: ${problem.message}`);
    this.#status({ state: "ready", findings: this.#store.count(), files: stats.files });
    index.request();
  }

  /** Whole analyses of several clients one after another, so that a window that is in use keeps a processor. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const { turns } = this.#options;
    return turns === undefined ? work() : turns.take(this, work);
  }

  /** The analyzer is started again on the same folders and texts; the session goes on. */
  async #lost(generation: number, reason: string): Promise<void> {
    if (generation !== this.#generation || this.#open === undefined) return;
    const now = Date.now();
    this.#restarts = [...this.#restarts.filter((at) => now - at < RESTART_WINDOW_MS), now];
    if (MAX_RESTARTS < this.#restarts.length) {
      const wayOut = "see the log, or leave files out with hotpath.exclude";
      this.#status({ state: "error", message: `${reason}, again and again: ${wayOut}` });
      return;
    }
    this.#options.connection.console.warn(`${reason}: it is started again`);
    await this.open(this.#roots);
  }

  /** Gives memory back; see `memory-watchdog.ts`. */
  async relieve(relief: Relief, reason: string): Promise<void> {
    const { console } = this.#options.connection;
    const open = this.#open;
    if (open === undefined) return;
    if (relief === "caches") {
      console.info(`${reason}: its caches are given up`);
      await open.service.shed().catch(() => undefined);
    } else if (relief === "background") {
      console.warn(`${reason}: work in the background is given up`);
      open.index.close();
    } else {
      console.warn(`${reason}: it is started again`);
      await this.open(this.#roots);
    }
  }

  /** Findings are shown as the rules see them; what the planner says changes them when it is there. */
  async #prove(service: AsyncService, loop: RefreshLoop): Promise<void> {
    try {
      if (await service.prove()) loop.request();
    } catch (error) {
      if (this.#open?.service === service)
        this.#options.connection.console.error(error instanceof Error ? error.message : String(error));
    }
  }

  roots(): readonly string[] {
    return this.#roots;
  }

  visibleStore(): FindingStore {
    return this.#store;
  }

  /** Whether a file's findings are to be shown: all of them, or those of open files only, as the user has set. */
  readonly isShown = (path: string): boolean => this.#settings?.scope !== "openFiles" || this.#isOpenDocument(path);

  async settled(): Promise<void> {
    await this.#open?.loop.settled();
  }

  /** For requests that ask the analyzer directly; undefined while nothing is open. */
  service(): AsyncService | undefined {
    return this.#open?.service;
  }

  settings(): SessionSettings | undefined {
    return this.#settings;
  }

  async hover(path: string, offset: number): Promise<HoverContent | undefined> {
    return await this.#open?.service.hover(path, offset);
  }

  documentChanged(document: TextDocument): void {
    this.#overlay(document);
    this.#open?.loop.request();
  }

  /** Where only open files show their findings, opening one brings them up even if its text changes none. */
  async documentOpened(document: TextDocument): Promise<void> {
    this.documentChanged(document);
    const path = pathOf(document.uri);
    if (path === undefined || this.#settings?.scope !== "openFiles") return;
    await this.settled();
    this.#push(path);
  }

  documentClosed(document: TextDocument): void {
    const path = pathOf(document.uri);
    if (path === undefined || this.#open === undefined) return;
    this.#open.service.setOverlay(path, undefined);
    this.#open.loop.request();
    if (!this.isShown(path)) this.#push(path);
  }

  /** Clients that watch no files tell at least what they save. */
  documentSaved(document: TextDocument, watched: boolean): void {
    const path = pathOf(document.uri);
    if (path !== undefined && !watched) void this.filesChanged([{ path, kind: "changed" }]);
  }

  async filesChanged(events: readonly FileEvent[]): Promise<void> {
    if (this.#open === undefined || events.length === 0) return;
    try {
      await this.#open.service.fileEvents(events);
      this.#open.loop.request();
    } catch (error) {
      this.#options.connection.console.error(error instanceof Error ? error.message : String(error));
    }
  }

  async settingsChanged(pushed: unknown): Promise<void> {
    const { connection, abilities, fallbackSettings } = this.#options;
    const section =
      typeof pushed === "object" && pushed !== null && "hotpath" in pushed ? pushed.hotpath : fallbackSettings;
    const before = this.#settings;
    const settings = await readSettings(connection, abilities, section);
    this.#settings = settings;
    if (before === undefined || before.reopenKey !== settings.reopenKey || this.#open === undefined) {
      await this.open(this.#roots);
      return;
    }
    await this.#open.service.reconfigure(settings.overrides);
    this.#open.loop.request();
    if (before.scope !== settings.scope) this.#showAgain();
    this.#refreshLenses();
  }

  /** What was found in the profile, in a sentence; undefined when no folder is open. Rejects with a sentence for one that cannot be used. */
  async importProfile(file: string): Promise<string | undefined> {
    const message = await this.#open?.service.importProfile(file);
    await this.#takeAnew();
    return message;
  }

  async clearProfiles(): Promise<void> {
    await this.#open?.service.clearProfiles();
    await this.#takeAnew();
  }

  /** Every finding may read differently now. */
  async #takeAnew(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    const all = await open.service.allFindings();
    const paths = [...new Set([...this.#store.paths(), ...all.map(({ path }) => path)])];
    const findings = paths.map((path) => all.filter((one) => one.path === path));
    this.#take({ revision: 0, changed: paths, findings, cancelled: false });
  }

  async close(): Promise<void> {
    this.#generation++;
    await this.#closeService();
  }

  #overlay(document: TextDocument): void {
    const path = pathOf(document.uri);
    if (path === undefined || this.#open === undefined) return;
    this.#edited.add(path);
    this.#open.index.touch(path);
    this.#open.service.supersede();
    this.#open.service.setOverlay(path, document.getText());
  }

  #take(outcome: RefreshOutcome): void {
    const { abilities, connection } = this.#options;
    if (outcome.work !== undefined) this.#options.monitor?.work(outcome.work.stageMs, outcome.work.ruleMs);
    outcome.changed.forEach((path, index) => this.#store.replace(path, outcome.findings[index] ?? []));
    this.#open?.index.request();
    for (const applied of outcome.applied ?? []) this.#fixApplied(applied);
    // Edits before a refresh that changed nothing explain none of the changes after it.
    const edited = new Set(this.#edited);
    this.#edited.clear();
    if (outcome.changed.length === 0) return;
    this.#status({ state: "ready", findings: this.#store.count() });
    this.#refreshLenses();
    const elsewhere = outcome.changed.some((path) => !edited.has(path));
    if (!abilities.pullDiagnostics) outcome.changed.forEach((path) => this.#push(path));
    else if (abilities.diagnosticRefresh && elsewhere)
      connection.sendRequest(DiagnosticRefreshRequest.type).catch(() => undefined);
  }

  #fixApplied({ path, ...applied }: AppliedFix): void {
    const { abilities, connection } = this.#options;
    const params: FixAppliedParams = { ...applied, uri: uriOf(path) };
    if (abilities.hotpathCommands) void connection.sendNotification(fixAppliedMethod, params);
  }

  #refreshLenses(): void {
    const { abilities, connection } = this.#options;
    if (abilities.lensRefresh) connection.sendRequest(CodeLensRefreshRequest.type).catch(() => undefined);
  }

  /** Sends one file's findings to clients that do not pull. */
  #push(path: string): void {
    const { abilities, connection, documents } = this.#options;
    if (abilities.pullDiagnostics) return;
    const uri = uriOf(path);
    const findings = this.isShown(path) ? this.#store.of(path).findings : [];
    const version = documents.get(uri)?.version;
    const diagnostics = findings.map((finding) => toDiagnostic(finding, abilities.relatedInformation));
    void connection.sendDiagnostics({ uri, diagnostics, ...(version === undefined ? {} : { version }) });
  }

  #showAgain(): void {
    const { abilities, connection } = this.#options;
    for (const path of this.#store.paths()) this.#push(path);
    if (abilities.pullDiagnostics && abilities.diagnosticRefresh)
      connection.sendRequest(DiagnosticRefreshRequest.type).catch(() => undefined);
  }

  #forgetFindings(): void {
    const paths = this.#store.paths();
    for (const path of paths) this.#store.replace(path, []);
    this.#showAgain();
  }

  #isOpenDocument(path: string): boolean {
    return this.#options.documents.all().some((document) => pathOf(document.uri) === path);
  }

  #status(status: Omit<StatusParams, "version" | "server">): void {
    const params: StatusParams = { ...status, version, server: this.#options.serverKind };
    void this.#options.connection.sendNotification(statusMethod, params);
  }

  async #closeService(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    open?.index.close();
    await open?.service.close();
  }
}
