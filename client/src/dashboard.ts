/** *Hotpath: Open Dashboard*: the page in a tab of its own, fed by the server while it is visible. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import { State, type LanguageClient } from "vscode-languageclient/node";
import {
  dashboardMethod,
  liveMethod,
  watchLiveMethod,
  type DashboardData,
  type LiveParams,
} from "../../protocol/src/dashboard.js";

export interface Dashboard {
  /** A new server is about to start. */
  attach(client: LanguageClient): void;
  dispose(): void;
}

export function createDashboard(clientOf: () => LanguageClient | undefined): Dashboard {
  const state: { panel?: vscode.WebviewPanel } = {};
  const post = (message: unknown): void => void state.panel?.webview.postMessage(message);
  const refresh = async (): Promise<void> => {
    const client = clientOf();
    if (state.panel === undefined || client === undefined) return;
    post({ kind: "data", data: await client.sendRequest<DashboardData>(dashboardMethod) });
    watch(client, state.panel.visible);
  };
  const open = async (): Promise<void> => {
    if (state.panel !== undefined) {
      state.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel("hotpath.dashboard", "Hotpath Dashboard", vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [],
      enableFindWidget: true,
      retainContextWhenHidden: true,
    });
    state.panel = panel;
    panel.onDidDispose(() => {
      delete state.panel;
      watch(clientOf(), false);
    });
    panel.onDidChangeViewState(() => watch(clientOf(), panel.visible));
    panel.webview.onDidReceiveMessage(() => void refresh().catch(failed));
    panel.webview.html = await page();
  };
  const command = vscode.commands.registerCommand("hotpath.openDashboard", () => open().catch(failed));
  return {
    attach(client) {
      client.onNotification(liveMethod, (params: LiveParams) => post({ kind: "live", params }));
      client.onDidChangeState(({ newState }) => {
        if (newState === State.Running) void refresh().catch(() => undefined);
      });
    },
    dispose() {
      command.dispose();
      state.panel?.dispose();
    },
  };
}

function watch(client: LanguageClient | undefined, on: boolean): void {
  client?.sendNotification(watchLiveMethod, { on }).catch(() => undefined);
}

function failed(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  void vscode.window.showErrorMessage(`The dashboard cannot be shown: ${reason}`);
}

/** Nothing but this page's own script and style runs or loads, and nothing is fetched. */
async function page(): Promise<string> {
  const nonce = randomBytes(16).toString("base64");
  const read = (name: string): Promise<string> => readFile(path.join(__dirname, name), "utf8");
  const [html, style, script] = await Promise.all(["dashboard.html", "dashboard.css", "dashboard.js"].map(read));
  const parts: Readonly<Record<string, string>> = {
    policy: `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'`,
    nonce: `nonce="${nonce}"`,
    style: style ?? "",
    script: script ?? "",
    data: "null",
  };
  return (html ?? "").replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => parts[name] ?? "");
}
