/** What the status bar and the language status show, from what the server says of itself. */
import * as vscode from "vscode";
import type { StatusParams } from "../../protocol/src/messages.js";

export interface StatusView {
  dispose(): void;
  show(status: StatusParams): void;
  /** The server is not running and will not restart by itself. */
  failed(reason: string): void;
  /** Whether findings are still to come. */
  readonly isScanning: () => boolean;
}

export function createStatusView(selector: vscode.DocumentSelector): StatusView {
  const bar = vscode.window.createStatusBarItem("hotpath.status", vscode.StatusBarAlignment.Left, 1);
  bar.name = "Hotpath";
  bar.command = "hotpath.showMenu";
  const language = vscode.languages.createLanguageStatusItem("hotpath.status", selector);
  language.name = "Hotpath";
  language.command = { command: "hotpath.showOutput", title: "Open Log" };

  const draw = (
    text: string,
    icon: string,
    tooltip: string,
    severity: vscode.LanguageStatusSeverity,
    busy = false,
  ): void => {
    bar.text = `$(${icon}) Hotpath: ${text}`;
    bar.tooltip = tooltip;
    bar.accessibilityInformation = { label: `Hotpath: ${text}` };
    bar.backgroundColor =
      severity === vscode.LanguageStatusSeverity.Error
        ? new vscode.ThemeColor("statusBarItem.errorBackground")
        : undefined;
    bar.command = severity === vscode.LanguageStatusSeverity.Error ? "hotpath.showOutput" : "hotpath.showMenu";
    bar.show();
    language.text = text;
    language.detail = tooltip;
    language.severity = severity;
    language.busy = busy;
  };

  const { Information, Error: Failure } = vscode.LanguageStatusSeverity;
  draw("starting", "loading~spin", "The analyzer is starting", Information, true);
  const now = { isScanning: true };
  return {
    isScanning: () => now.isScanning,
    show(status) {
      now.isScanning = status.state === "starting" || status.state === "scanning";
      const where = status.server === "shared" ? "shared daemon" : "private server";
      const about = `Hotpath ${status.version}, ${where}`;
      if (status.state === "starting") draw("starting", "loading~spin", about, Information, true);
      else if (status.state === "scanning")
        draw(`scanning ${status.percent ?? 0} %`, "loading~spin", about, Information, true);
      else if (status.state === "error") draw("error", "error", status.message ?? "See the log", Failure);
      else draw(countText(status), "flame", status.message ?? readyText(status, about), Information);
    },
    failed(reason) {
      now.isScanning = false;
      draw("error", "error", `${reason} Click for the log.`, Failure);
    },
    dispose: () => {
      bar.dispose();
      language.dispose();
    },
  };
}

function countText({ findings = 0 }: StatusParams): string {
  return findings === 1 ? "1 finding" : `${findings} findings`;
}

function readyText({ files }: StatusParams, about: string): string {
  return files === undefined ? about : `${files} files analyzed. ${about}`;
}
