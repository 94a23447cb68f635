/** Commands of the palette and the status bar's menu. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { rescanMethod } from "../../protocol/src/messages.js";

export interface CommandContext {
  readonly output: vscode.LogOutputChannel;
  readonly clientOf: () => LanguageClient | undefined;
  readonly restart: () => Promise<void>;
}

export function registerCommands({ output, clientOf, restart }: CommandContext): vscode.Disposable {
  const register = vscode.commands.registerCommand.bind(vscode.commands);
  return vscode.Disposable.from(
    register("hotpath.showOutput", () => output.show()),
    register("hotpath.restartServer", restart),
    register("hotpath.rescan", async () => {
      const client = clientOf();
      if (client === undefined) await restart();
      else await client.sendRequest(rescanMethod);
    }),
    register("hotpath.showMenu", showMenu),
    register("hotpath.openSettings", () =>
      vscode.commands.executeCommand("workbench.action.openSettings", "@ext:hotpath.hotpath"),
    ),
  );
}

async function showMenu(): Promise<void> {
  const choice = await vscode.window.showQuickPick(
    [
      { label: "$(warning) Show Findings", command: "workbench.actions.view.problems" },
      { label: "$(question) Explain Rule…", command: "hotpath.explainRule" },
      { label: "$(list-tree) Explain Query at Cursor", command: "hotpath.explainQuery" },
      { label: "$(verified) Prove Fix at Cursor", command: "hotpath.proveFix" },
      { label: "$(list-ordered) Show Findings by Importance", command: "hotpath.showByImportance" },
      { label: "$(search) Search Slow Code…", command: "hotpath.searchCode" },
      { label: "$(beaker) Run Evaluation…", command: "hotpath.runEvaluation" },
      { label: "$(dashboard) Open Dashboard", command: "hotpath.openDashboard" },
      { label: "$(pulse) Show Health", command: "hotpath.showHealth" },
      { label: "$(refresh) Rescan Workspace", command: "hotpath.rescan" },
      { label: "$(output) Open Log", command: "hotpath.showOutput" },
      { label: "$(debug-restart) Restart Server", command: "hotpath.restartServer" },
      { label: "$(gear) Settings", command: "hotpath.openSettings" },
    ],
    { title: "Hotpath" },
  );
  if (choice !== undefined) await vscode.commands.executeCommand(choice.command);
}
