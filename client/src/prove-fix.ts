/** *Prove Fix*: asks the server to run a fix beside the code as it is, and shows what came out. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { proveFixMethod, type ProveFixParams, type ProveFixResult } from "../../protocol/src/fix-proof.js";

const SCHEME = "hotpath-proof";
const page = vscode.Uri.parse(`${SCHEME}:/Proof.md`);

export function registerProveFix(clientOf: () => LanguageClient | undefined): vscode.Disposable {
  const shown = { markdown: "" };
  const changed = new vscode.EventEmitter<vscode.Uri>();
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: () => shown.markdown,
    }),
    vscode.commands.registerCommand("hotpath.proveFix", async (asked?: ProveFixParams) => {
      const params = asked ?? (await atCursor());
      const result = params === undefined ? undefined : await prove(clientOf(), params);
      if (result === undefined) return;
      shown.markdown = result.markdown;
      changed.fire(page);
      await tell(result);
    }),
  );
}

/** From the palette: the finding under the cursor. */
async function atCursor(): Promise<ProveFixParams | undefined> {
  const editor = vscode.window.activeTextEditor;
  const found = editor === undefined ? undefined : await actionAt(editor);
  if (found === undefined) void vscode.window.showInformationMessage("Put the cursor into a finding that has a fix.");
  return found;
}

async function actionAt({ document, selection }: vscode.TextEditor): Promise<ProveFixParams | undefined> {
  const actions = await vscode.commands.executeCommand<readonly vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    document.uri,
    selection,
    vscode.CodeActionKind.QuickFix.value,
  );
  const command = actions.find((action) => action.command?.command === "hotpath.proveFix")?.command;
  return command?.arguments?.[0] as ProveFixParams | undefined;
}

async function prove(client: LanguageClient | undefined, params: ProveFixParams): Promise<ProveFixResult | undefined> {
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showWarningMessage(
      "Hotpath proves fixes only in workspaces you trust: a proof runs their code.",
    );
    return undefined;
  }
  if (client === undefined) return undefined;
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: "Hotpath: running the fix on made-up rows",
      cancellable: true,
    },
    (_progress, token) => client.sendRequest<ProveFixResult>(proveFixMethod, params, token),
  );
}

async function tell({ kind, summary }: ProveFixResult): Promise<void> {
  const show = kind === "different" ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const chosen = await show(`Hotpath: ${summary}.`, "Show Details");
  if (chosen !== undefined) await vscode.commands.executeCommand("markdown.showPreview", page);
}
