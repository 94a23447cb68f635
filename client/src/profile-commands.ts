/** *Import Profile…* and *Clear Profile*: measured times in place of estimates. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import {
  clearProfilesMethod,
  importProfileMethod,
  type ImportProfileParams,
  type ImportProfileResult,
} from "../../protocol/src/costs.js";

const FILTERS = {
  "Profiles, traces and results": ["cpuprofile", "heapprofile", "json", "jsonl", "ndjson", "csv"],
  "All files": ["*"],
};

/** @param changed Called when what was measured has changed. */
export function registerProfileCommands(
  clientOf: () => LanguageClient | undefined,
  changed: () => void,
): vscode.Disposable {
  const register = vscode.commands.registerCommand.bind(vscode.commands);
  return vscode.Disposable.from(
    register("hotpath.importProfile", async (given?: vscode.Uri) => {
      const file = given ?? (await pick());
      const client = clientOf();
      if (file === undefined || client === undefined) return;
      await importProfile(client, file);
      changed();
    }),
    register("hotpath.clearProfile", async () => {
      await clientOf()?.sendRequest(clearProfilesMethod);
      changed();
    }),
  );
}

async function pick(): Promise<vscode.Uri | undefined> {
  const files = await vscode.window.showOpenDialog({
    title: "Import a profile: .cpuprofile, .heapprofile, pg_stat_statements, OTLP traces, autocannon or k6 results",
    filters: FILTERS,
    openLabel: "Import",
  });
  return files?.[0];
}

async function importProfile(client: LanguageClient, file: vscode.Uri): Promise<void> {
  const params: ImportProfileParams = { file: file.fsPath };
  const options = { location: vscode.ProgressLocation.Window, title: "Hotpath: reading the profile" };
  try {
    const { message } = await vscode.window.withProgress(options, () =>
      client.sendRequest<ImportProfileResult>(importProfileMethod, params),
    );
    void vscode.window.showInformationMessage(`Hotpath: ${message}`);
  } catch (error) {
    void vscode.window.showErrorMessage(`Hotpath: ${error instanceof Error ? error.message : String(error)}`);
  }
}
