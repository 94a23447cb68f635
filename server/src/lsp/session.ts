/**
 * One connected client, from `initialize` to `exit`: its documents, its workspace's analyzer and what it has been told.
 * Wires small handlers together; everything that computes lives elsewhere.
 */
import {
  type _Connection,
  type CancellationToken,
  DidChangeConfigurationNotification,
  type InitializeParams,
  type InitializeResult,
  LSPErrorCodes,
  ResponseError,
  TextDocuments,
  TextDocumentSyncKind,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { version } from "../base/version.js";
import { explainRule } from "../analysis/explain.js";
import {
  checkMethod,
  explainRuleMethod,
  rescanMethod,
  type CheckParams,
  type ExplainRuleParams,
  type ExplainRuleResult,
  type StatusParams,
} from "../../../protocol/src/messages.js";
import { abilitiesOf, initializationOptionsOf, type ClientAbilities } from "./client-abilities.js";
import { check } from "./handlers/check.js";
import { registerCosts } from "./handlers/costs.js";
import { registerEvaluation } from "./handlers/evaluation.js";
import { registerDashboard } from "./handlers/dashboard.js";
import { registerHealth } from "./handlers/health.js";
import type { Evaluations } from "./evaluations.js";
import { registerModelDownload, type ModelSource } from "./handlers/model-download.js";
import { documentDiagnostics, workspaceDiagnostics } from "./handlers/diagnostics.js";
import { fixActionKinds, registerCodeActions } from "./handlers/fixes.js";
import { registerProofs } from "./handlers/proofs.js";
import { registerSimilarFixes } from "./handlers/similar-fixes.js";
import { registerSearch } from "./handlers/search.js";
import { hover } from "./handlers/hover.js";
import { registerQueries } from "./handlers/queries.js";
import { isOwnSuite, registerSuiteCompletion, serveSuites, suiteHover } from "./handlers/suite-document.js";
import { FindingStore } from "./finding-store.js";
import { pathOf } from "./uri.js";
import { databaseUrlFrom } from "../service/database-url.js";
import { defaultCacheFolder } from "../workspace/cache-folder.js";
import { toFileEvents, watchFiles } from "./watched-files.js";
import type { Monitor } from "../monitor/monitor.js";
import { monitorClient } from "./client-monitor.js";
import type { Turns } from "./turns.js";
import { createWorkspaceSession, type WorkspaceSession } from "./workspace-session.js";
import type { Embedder } from "../ranking/embedder.js";
import type { AsyncService } from "./async-service.js";

export interface SessionOptions {
  readonly startService: () => AsyncService;
  readonly kind: NonNullable<StatusParams["server"]>;
  /** Runs of all clients of this server, and where the suites lie that come with it. */
  readonly evaluations?: { readonly runs: Evaluations; readonly bundled: string };
  /** Keys of models by the name of their variable, from the client's secret storage. */
  readonly keys?: Readonly<Record<string, string>>;
  /** What this server knows of itself. */
  readonly monitor?: Monitor;
  /** Turns at whole analyses, shared by all clients of a server. */
  readonly turns?: Turns;
  /** The model as this server has it, for whoever asks whether it works. */
  readonly embedder?: () => Embedder;
  /** Models that can be fetched by name. */
  readonly models?: ModelSource;
  /** For a log that outlives the client. */
  readonly log?: (line: string) => void;
}

/** Serves one client on a connection that is not yet listening. Returns a function that releases everything. */
export function startSession(
  connection: _Connection,
  options: SessionOptions,
): { readonly dispose: () => Promise<void> } {
  const documents = new TextDocuments(TextDocument);
  const state: { workspace?: WorkspaceSession; abilities?: ClientAbilities; initialize?: InitializeParams } = {};

  connection.onInitialize((params): InitializeResult => {
    const abilities = abilitiesOf(params);
    state.initialize = params;
    state.abilities = abilities;
    return { capabilities: capabilitiesFor(abilities), serverInfo: { name: "hotpath", version } };
  });

  connection.onInitialized(async () => {
    const { abilities, initialize } = state;
    if (abilities === undefined || initialize === undefined) return;
    const { settings: fallbackSettings, trusted } = initializationOptionsOf(initialize);
    const databaseUrl = trusted === false ? undefined : databaseUrlOf(options);
    const workspace = createWorkspaceSession({
      connection,
      documents,
      abilities,
      startService: options.startService,
      serverKind: options.kind,
      monitor: options.monitor,
      turns: options.turns,
      fallbackSettings,
      trusted: trusted !== false,
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
    });
    state.workspace = workspace;
    if (abilities.configurationRegistration)
      await connection.client.register(DidChangeConfigurationNotification.type, { section: "hotpath" });
    if (abilities.watchedFiles) await watchFiles(connection);
    if (abilities.completionRegistration) await registerSuiteCompletion(connection);
    if (abilities.workspaceFolders)
      connection.workspace.onDidChangeWorkspaceFolders(() => void reopen(connection, workspace));
    await workspace.open(rootsOf(initialize));
  });

  connection.onDidChangeConfiguration(({ settings }) => void state.workspace?.settingsChanged(settings));
  connection.onDidChangeWatchedFiles(({ changes }) => void state.workspace?.filesChanged(toFileEvents(changes)));
  documents.onDidOpen(({ document }) => void state.workspace?.documentOpened(document));
  documents.onDidChangeContent(({ document }) => state.workspace?.documentChanged(document));
  documents.onDidClose(({ document }) => state.workspace?.documentClosed(document));
  documents.onDidSave(({ document }) =>
    state.workspace?.documentSaved(document, state.abilities?.watchedFiles === true),
  );

  const related = (): boolean => state.abilities?.relatedInformation === true;
  connection.languages.diagnostics.on(async ({ textDocument, previousResultId }, token) => {
    await state.workspace?.settled();
    throwIfCancelled(token);
    return documentDiagnostics(state.workspace?.visibleStore() ?? EMPTY_STORE, textDocument.uri, previousResultId, {
      relatedInformation: related(),
      relatedDocuments: state.abilities?.relatedDocuments === true,
    });
  });
  connection.languages.diagnostics.onWorkspace(async ({ previousResultIds }, token) => {
    const { workspace } = state;
    if (workspace === undefined) return { items: [] };
    await workspace.settled();
    throwIfCancelled(token);
    const items = workspaceDiagnostics(
      workspace.visibleStore(),
      previousResultIds,
      related(),
      workspace.isShown,
      (uri) => documents.get(uri)?.version ?? null,
    );
    return { items };
  });
  connection.onHover(async ({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    if (document !== undefined && isOwnSuite(document)) return suiteHover(document, position);
    return document === undefined || state.workspace === undefined
      ? null
      : await hover(state.workspace, document, position);
  });
  registerCodeActions(connection, documents, state);
  registerProofs(connection, state, () => isTrusted(state.initialize));
  connection.onRequest(
    explainRuleMethod,
    ({ rule }: ExplainRuleParams): ExplainRuleResult | null => explainRule(rule) ?? null,
  );
  registerQueries(connection, documents, state);
  registerSearch(connection, documents, state);
  registerSimilarFixes(connection, documents, state);
  registerModelDownload(connection, options.models);
  registerCosts(connection, state);
  connection.onRequest(checkMethod, async (params: CheckParams) => {
    const work = (): ReturnType<typeof check> => check(options.startService, params);
    const result = await (options.turns === undefined ? work() : options.turns.take(connection, work));
    options.log?.("answered a check of the command line");
    return result;
  });
  registerDashboard(connection, options.monitor, () => state.workspace);
  registerHealth(connection, {
    startService: options.startService,
    settings: () => state.workspace?.settings(),
    watchesFiles: () => state.abilities?.watchedFiles === true,
    embedder: options.embedder,
  });
  connection.onRequest(rescanMethod, async () => {
    await reopen(connection, state.workspace);
    return null;
  });
  const { evaluations } = options;
  serveSuites(connection, documents, () => state.workspace?.roots() ?? []);
  if (evaluations !== undefined) {
    registerEvaluation(connection, evaluations.runs, () => ({
      roots: state.workspace?.roots() ?? [],
      bundled: evaluations.bundled,
      cacheFolder: defaultCacheFolder(),
      ...(options.keys === undefined ? {} : { keys: options.keys }),
    }));
  }
  connection.onShutdown(async () => {
    await state.workspace?.close();
  });

  const unwatch = monitorClient(connection, options.monitor, () => state.workspace);
  documents.listen(connection);
  return {
    dispose: async () => {
      unwatch();
      await state.workspace?.close();
    },
  };
}

const EMPTY_STORE = new FindingStore();

/** An answer nobody waits for any more is not put together. */
function throwIfCancelled(token: CancellationToken): void {
  if (token.isCancellationRequested)
    throw new ResponseError(LSPErrorCodes.RequestCancelled, "the client has taken the request back");
}

function capabilitiesFor(abilities: ClientAbilities): InitializeResult["capabilities"] {
  return {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: { includeText: false } },
    hoverProvider: true,
    codeLensProvider: { resolveProvider: false },
    referencesProvider: true,
    // Others are asked to send requests for suites alone, once they have said hello.
    ...(abilities.completionRegistration ? {} : { completionProvider: {} }),
    codeActionProvider: { codeActionKinds: [...fixActionKinds], resolveProvider: true },
    diagnosticProvider: { identifier: "hotpath", interFileDependencies: true, workspaceDiagnostics: true },
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  };
}

function rootsOf(params: InitializeParams): readonly string[] {
  // Older clients know one root only; the protocol keeps the field for them.
  const { rootUri } = params as { readonly rootUri?: string | null };
  const uris = params.workspaceFolders?.map((folder) => folder.uri) ?? (typeof rootUri === "string" ? [rootUri] : []);
  return uris.map(pathOf).filter((path) => path !== undefined);
}

/** Opens the workspace anew with the folders the client has now. */
/** A private server has its user's environment and secrets; a shared one only what the client hands it. */
function databaseUrlOf({ kind, keys = {} }: SessionOptions): string | undefined {
  return databaseUrlFrom(kind === "private" ? { ...process.env, ...keys } : keys);
}

async function reopen(connection: _Connection, workspace: WorkspaceSession | undefined): Promise<void> {
  if (workspace === undefined) return;
  const folders = await connection.workspace.getWorkspaceFolders().catch(() => null);
  const roots = folders?.map((folder) => pathOf(folder.uri)).filter((path) => path !== undefined);
  await workspace.open(roots ?? workspace.roots());
}

/** A client that says nothing of trust has none to give: other editors ask their users in their own way. */
function isTrusted(initialize: InitializeParams | undefined): boolean {
  return initialize !== undefined && initializationOptionsOf(initialize).trusted !== false;
}
