/** The report of a run, in a tab of its own. The page is our own and holds no script. */
import { readFile } from "node:fs/promises";
import * as vscode from "vscode";

export async function showReport(file: string | undefined): Promise<void> {
  if (file === undefined) {
    void vscode.window.showInformationMessage("There is no evaluation report yet: run an evaluation first.");
    return;
  }
  try {
    const html = await readFile(file, "utf8");
    const panel = vscode.window.createWebviewPanel("hotpath.report", "Hotpath Evaluation", vscode.ViewColumn.Active, {
      enableScripts: false,
      localResourceRoots: [],
      enableFindWidget: true,
    });
    panel.webview.html = html.replace(
      "<head>",
      `<head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`The report cannot be shown: ${reason}`);
  }
}
