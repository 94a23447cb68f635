/** What the connected editor can do, read once from its `initialize` request. */
import type { InitializeParams } from "vscode-languageserver";

export interface ClientAbilities {
  readonly pullDiagnostics: boolean;
  readonly diagnosticRefresh: boolean;
  readonly relatedInformation: boolean;
  /** It takes reports of other documents in the answer to a pull. */
  readonly relatedDocuments: boolean;
  readonly workDoneProgress: boolean;
  readonly configuration: boolean;
  readonly configurationRegistration: boolean;
  readonly workspaceFolders: boolean;
  readonly watchedFiles: boolean;
  /** It can be asked to send completion requests for some files only. */
  readonly completionRegistration: boolean;
  readonly codeActionLiterals: boolean;
  /** It asks for the edit of a code action once that is chosen. */
  readonly resolvesEdits: boolean;
  /** It takes edits of documents by version. */
  readonly documentChanges: boolean;
  /** It shows edits that need a look before they are applied. */
  readonly changeAnnotations: boolean;
  readonly createsFiles: boolean;
  /** It asks for code lenses again when it is told to. */
  readonly lensRefresh: boolean;
  /** Our own client: it has the `hotpath.*` commands that some code actions call. */
  readonly hotpathCommands: boolean;
  /** Fixes may be proved: our own client, and a workspace that is trusted. */
  readonly provesFixes: boolean;
}

/** Options our own client sends with `initialize`. */
export interface InitializationOptions {
  readonly hotpathCommands?: boolean;
  /** Settings, for clients that cannot be asked for them. */
  readonly settings?: unknown;
  /** False in a workspace the user has not trusted: text is parsed, nothing else happens. */
  readonly trusted?: boolean;
}

export function abilitiesOf(params: InitializeParams): ClientAbilities {
  const { textDocument, workspace, window } = params.capabilities;
  const options = initializationOptionsOf(params);
  return {
    pullDiagnostics: textDocument?.diagnostic !== undefined,
    diagnosticRefresh: workspace?.diagnostics?.refreshSupport === true,
    relatedDocuments: textDocument?.diagnostic?.relatedDocumentSupport === true,
    relatedInformation:
      textDocument?.publishDiagnostics?.relatedInformation === true ||
      textDocument?.diagnostic?.relatedInformation === true,
    workDoneProgress: window?.workDoneProgress === true,
    configuration: workspace?.configuration === true,
    configurationRegistration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    workspaceFolders: workspace?.workspaceFolders === true,
    watchedFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    completionRegistration: textDocument?.completion?.dynamicRegistration === true,
    codeActionLiterals: textDocument?.codeAction?.codeActionLiteralSupport !== undefined,
    resolvesEdits:
      textDocument?.codeAction?.resolveSupport?.properties.includes("edit") === true &&
      textDocument.codeAction.dataSupport === true,
    documentChanges: workspace?.workspaceEdit?.documentChanges === true,
    changeAnnotations: workspace?.workspaceEdit?.changeAnnotationSupport !== undefined,
    createsFiles: workspace?.workspaceEdit?.resourceOperations?.includes("create") === true,
    lensRefresh: workspace?.codeLens?.refreshSupport === true,
    hotpathCommands: options.hotpathCommands === true,
    provesFixes: options.hotpathCommands === true && options.trusted !== false,
  };
}

/** Anything may stand in `initializationOptions`; only fields of the right type are taken. */
export function initializationOptionsOf(params: InitializeParams): InitializationOptions {
  const given = params.initializationOptions as unknown;
  if (typeof given !== "object" || given === null) return {};
  const { hotpathCommands, settings, trusted } = given as Record<string, unknown>;
  return {
    ...(typeof hotpathCommands === "boolean" ? { hotpathCommands } : {}),
    ...(settings === undefined ? {} : { settings }),
    ...(typeof trusted === "boolean" ? { trusted } : {}),
  };
}
