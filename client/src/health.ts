/** Health of the parts, in the language status and on request as a list. The server tries them; nothing is called healthy here. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { healthMethod, type HealthPart, type HealthReport } from "../../protocol/src/health.js";

/** Long enough after the start that trying parts holds up nothing a person waits for. */
const FIRST_LOOK_MS = 10_000;

export interface HealthView {
  dispose(): void;
  /** A new server has started. */
  attach(client: LanguageClient): void;
}

export function createHealthView(
  selector: vscode.DocumentSelector,
  clientOf: () => LanguageClient | undefined,
): HealthView {
  const item = vscode.languages.createLanguageStatusItem("hotpath.health", selector);
  item.name = "Hotpath Health";
  item.command = { command: "hotpath.showHealth", title: "Show" };
  item.text = "health: not looked at yet";
  const timer: { id?: NodeJS.Timeout } = {};

  const look = async (thorough: boolean): Promise<HealthReport | undefined> => {
    const client = clientOf();
    if (client === undefined) return undefined;
    item.busy = true;
    try {
      const report = await client.sendRequest<HealthReport>(healthMethod, { thorough });
      draw(item, report);
      return report;
    } finally {
      item.busy = false;
    }
  };
  const command = vscode.commands.registerCommand("hotpath.showHealth", async () => {
    const report = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: "Hotpath: trying each part" },
      () => look(true),
    );
    if (report === undefined) void vscode.window.showWarningMessage("The Hotpath server is not running: restart it.");
    else await vscode.window.showQuickPick(report.parts.map(row), { title: "Hotpath: Health", matchOnDetail: true });
  });
  return {
    attach() {
      clearTimeout(timer.id);
      timer.id = setTimeout(() => void look(false).catch(() => undefined), FIRST_LOOK_MS);
    },
    dispose() {
      clearTimeout(timer.id);
      item.dispose();
      command.dispose();
    },
  };
}

function draw(item: vscode.LanguageStatusItem, { state, parts }: HealthReport): void {
  const bad = parts.filter((part) => part.state === "degraded");
  item.text = state === "healthy" ? "all parts healthy" : `degraded: ${bad.map(({ name }) => name).join(", ")}`;
  item.detail = bad.map(({ detail, next }) => `${detail}${next === undefined ? "" : `: ${next}`}`).join("; ");
  item.severity =
    state === "healthy" ? vscode.LanguageStatusSeverity.Information : vscode.LanguageStatusSeverity.Warning;
}

const ICONS = { healthy: "pass", degraded: "warning", absent: "circle-slash" } as const;

function row({ name, state, detail, next }: HealthPart): vscode.QuickPickItem {
  return {
    label: `$(${ICONS[state]}) ${name}`,
    description: state,
    detail: next === undefined ? detail : `${detail}: ${next}`,
  };
}
