/** A language client in a few lines, talking to the built server over standard streams, for protocol cases that editors do not produce on demand. */
import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import type { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from "vscode-languageserver-protocol/node";
import type { ClientCapabilities, Diagnostic, PublishDiagnosticsParams } from "vscode-languageserver-protocol";
import { repositoryRoot } from "./repository.js";

export interface ScriptedClient {
  readonly connection: MessageConnection;
  readonly process: ChildProcess | undefined;
  readonly statuses: { readonly state: string; readonly findings?: number }[];
  readonly progress: unknown[];
  readonly pushed: Map<string, readonly Diagnostic[]>;
  readonly refreshes: { count: number };
  /** What the client answers when it is asked for its `hotpath` settings. */
  readonly settings: { value: unknown };
  /** Resolves once the condition holds; rejects after ten seconds. */
  until(what: string, holds: () => boolean): Promise<void>;
  open(file: string, text: string): void;
  change(file: string, version: number, text: string): void;
  pull(
    file: string,
    previousResultId?: string,
  ): Promise<{ readonly kind: string; readonly resultId?: string; readonly items?: readonly Diagnostic[] }>;
  stop(): Promise<number | null>;
}

export const PULL: ClientCapabilities = {
  textDocument: {
    diagnostic: { dynamicRegistration: false, relatedDocumentSupport: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } },
  },
  workspace: { diagnostics: { refreshSupport: true }, workspaceFolders: true },
  window: { workDoneProgress: true },
};

export const PUSH: ClientCapabilities = {
  textDocument: {
    publishDiagnostics: { relatedInformation: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } },
  },
};

export const uriOf = (file: string): string => pathToFileURL(file).href;

export async function startClient(
  roots: readonly string[],
  capabilities: ClientCapabilities,
  cacheFolder: string,
  initializationOptions?: unknown,
): Promise<ScriptedClient> {
  const child = spawn(process.execPath, [path.join(repositoryRoot, "dist/server.js"), "--stdio"], {
    env: { ...process.env, HOTPATH_CACHE_DIR: cacheFolder },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const client = bindClient(child.stdout, child.stdin, child);
  await initializeClient(client, roots, capabilities, initializationOptions);
  return client;
}

/** A client over any pair of streams; `child` is the server's process where there is one of its own. */
export function bindClient(input: Readable, output: Writable, child: ChildProcess | undefined): ScriptedClient {
  const connection = createMessageConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
  const client = bind(connection, child);
  connection.listen();
  return client;
}

export async function initializeClient(
  { connection }: ScriptedClient,
  roots: readonly string[],
  capabilities: ClientCapabilities,
  initializationOptions?: unknown,
): Promise<void> {
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: roots[0] === undefined ? null : uriOf(roots[0]),
    workspaceFolders: roots.map((root) => ({ uri: uriOf(root), name: path.basename(root) })),
    capabilities,
    ...(initializationOptions === undefined ? {} : { initializationOptions }),
  });
  await connection.sendNotification("initialized", {});
}

function bind(connection: MessageConnection, child: ChildProcess | undefined): ScriptedClient {
  const statuses: { state: string; findings?: number }[] = [];
  const progress: unknown[] = [];
  const pushed = new Map<string, readonly Diagnostic[]>();
  const refreshes = { count: 0 };
  const settings: { value: unknown } = { value: null };
  connection.onRequest("workspace/configuration", () => [settings.value]);
  connection.onNotification("hotpath/status", (status: { state: string; findings?: number }) => {
    statuses.push(status);
  });
  connection.onNotification("$/progress", ({ value }: { value: unknown }) => {
    progress.push(value);
  });
  connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }: PublishDiagnosticsParams) => {
    pushed.set(uri, diagnostics);
  });
  connection.onRequest("window/workDoneProgress/create", () => null);
  connection.onRequest("workspace/diagnostic/refresh", () => {
    refreshes.count++;
    return null;
  });
  connection.onRequest("workspace/workspaceFolders", () => null);
  return {
    connection,
    process: child,
    statuses,
    progress,
    pushed,
    refreshes,
    settings,
    async until(what, holds) {
      for (let waited = 0; !holds(); waited += 20) {
        if (10_000 < waited) throw new Error(`not in time: ${what}; last status ${JSON.stringify(statuses.at(-1))}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    open: (file, text) =>
      void connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri: uriOf(file), languageId: "typescript", version: 1, text },
      }),
    change: (file, version, text) =>
      void connection.sendNotification("textDocument/didChange", {
        textDocument: { uri: uriOf(file), version },
        contentChanges: [{ text }],
      }),
    pull: (file, previousResultId) =>
      connection.sendRequest("textDocument/diagnostic", {
        textDocument: { uri: uriOf(file) },
        ...(previousResultId === undefined ? {} : { previousResultId }),
      }),
    async stop() {
      if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
      const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
      return await ended;
    },
  };
}
