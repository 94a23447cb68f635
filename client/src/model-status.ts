/** The model's own line in the language status: what it runs on, how far it is, and why not where it does not. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { modelStatusMethod, type ModelStatusParams } from "../../protocol/src/search.js";

export interface ModelStatusView {
  /** Listens to a client that is about to start. */
  attach(client: LanguageClient): void;
  dispose(): void;
}

export function createModelStatusView(selector: vscode.DocumentSelector): ModelStatusView {
  const item = vscode.languages.createLanguageStatusItem("hotpath.model", selector);
  item.name = "Hotpath Model";
  item.command = { command: "hotpath.searchCode", title: "Search" };
  const draw = ({ state, text, detail }: ModelStatusParams): void => {
    item.text = `$(sparkle) ${text}`;
    item.detail = detail;
    item.busy = state === "indexing" || state === "loading";
    item.severity =
      state === "failed" ? vscode.LanguageStatusSeverity.Warning : vscode.LanguageStatusSeverity.Information;
  };
  draw({ state: "idle", text: "model", detail: "It is loaded when it is needed." });
  return {
    attach: (client) => void client.onNotification(modelStatusMethod, draw),
    dispose: () => item.dispose(),
  };
}
