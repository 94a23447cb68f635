/** Chooses and starts the server: the user's shared daemon when it is wanted and works, otherwise a private process over IPC. */
import { join } from "node:path";
import * as vscode from "vscode";
import {
  LanguageClient,
  TransportKind,
  type LanguageClientOptions,
  type NodeModule,
  type ServerOptions,
} from "vscode-languageclient/node";
import { suitePattern } from "../../protocol/src/evaluation.js";
import { connectToDaemon } from "./daemon-socket.js";
import { storedKeys } from "./evaluation-keys.js";

export interface StartedServer {
  readonly client: LanguageClient;
  /** Why the shared daemon is not used although it was wanted; undefined when all is as wished. */
  readonly fallbackReason: string | undefined;
}

const LANGUAGES = ["typescript", "typescriptreact", "javascript", "javascriptreact", "sql", "prisma"];
const DEBUG_PORT = 6009;

/** Makes a client that is not yet started. */
export async function createClient(
  context: vscode.ExtensionContext,
  output: vscode.LogOutputChannel,
): Promise<StartedServer> {
  const folder = join(context.extensionPath, "dist");
  const version = (context.extension.packageJSON as { readonly version: string }).version;
  const settings = vscode.workspace.getConfiguration("hotpath");
  // Starting a process that outlives the window is more than an untrusted folder may cause.
  const wanted = settings.get<boolean>("daemon.enabled", false) && vscode.workspace.isTrusted;
  const first = wanted ? await connectToDaemon(folder, version, {}) : undefined;
  const fallbackReason = first?.kind === "failed" ? first.reason : undefined;
  if (first?.kind === "connected") first.socket.destroy();
  if (fallbackReason !== undefined)
    output.warn(`The shared daemon cannot be used, so a private server is started: ${fallbackReason}`);
  const keys = await storedKeys(context);
  const server =
    first?.kind === "connected" ? overDaemon(folder, version, keys) : privateServer(join(folder, "server.js"), keys);
  return { client: new LanguageClient("hotpath", "Hotpath", server, clientOptions(output)), fallbackReason };
}

function privateServer(module: string, env: Readonly<Record<string, string>>): ServerOptions {
  const run: NodeModule = { module, transport: TransportKind.ipc, options: { env } };
  return { run, debug: { ...run, options: { env, execArgv: ["--nolazy", `--inspect=${DEBUG_PORT}`] } } };
}

/** Called again by the client library for each restart, so that a daemon that died is started anew. */
function overDaemon(folder: string, version: string, keys: Readonly<Record<string, string>>): ServerOptions {
  return async () => {
    const result = await connectToDaemon(folder, version, keys);
    if (result.kind === "failed") throw new Error(`the shared daemon cannot be used: ${result.reason}`);
    return { reader: result.socket, writer: result.socket };
  };
}

function hasYamlSupport(): boolean {
  return vscode.extensions.getExtension("redhat.vscode-yaml") !== undefined;
}

function clientOptions(output: vscode.LogOutputChannel): LanguageClientOptions {
  return {
    documentSelector: [
      ...LANGUAGES.map((language) => ({ scheme: "file", language })),
      // Without an extension that knows them, these files are plain text.
      { scheme: "file", pattern: "**/*.{sql,prisma}" },
      { scheme: "file", pattern: suitePattern },
    ],
    outputChannel: output,
    initializationOptions: { hotpathCommands: true, trusted: vscode.workspace.isTrusted },
    diagnosticPullOptions: { onChange: true, onTabs: true, onFocus: true },
    middleware: {
      // Where somebody else completes YAML by our schema, everything would be offered twice.
      provideCompletionItem: (document, position, context, token, next) =>
        hasYamlSupport() ? [] : next(document, position, context, token),
      provideHover: (document, position, token, next) =>
        document.languageId === "yaml" && hasYamlSupport() ? null : next(document, position, token),
    },
  };
}
