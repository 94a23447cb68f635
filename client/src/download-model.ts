/** *Download Model…*: pick a known model, see where it comes from and agree, watch it arrive, and decide to use it. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import {
  downloadModelMethod,
  downloadProgressMethod,
  knownModelsMethod,
  PUBLIC_HUB,
  type DownloadModelParams,
  type DownloadModelResult,
  type DownloadProgressParams,
  type KnownModelMessage,
} from "../../protocol/src/model-download.js";

type ClientOf = () => LanguageClient | undefined;

export function registerModelDownload(clientOf: ClientOf): vscode.Disposable {
  return vscode.commands.registerCommand("hotpath.downloadModel", () => downloadModel(clientOf));
}

async function downloadModel(clientOf: ClientOf): Promise<void> {
  const client = clientOf();
  const known = (await client?.sendRequest<readonly KnownModelMessage[]>(knownModelsMethod).catch(() => [])) ?? [];
  if (client === undefined || known.length === 0) {
    void vscode.window.showWarningMessage("The analyzer is not ready yet: try again in a moment.");
    return;
  }
  const chosen = await pick(known);
  if (chosen === undefined) return;
  const hub = hubAddress();
  if (!(await agreed(chosen, hub))) return;
  const result = await fetched(client, chosen, hub);
  if (result.kind === "failed")
    void vscode.window.showErrorMessage(`${chosen.name} was not downloaded. ${sentence(result.reason)}`);
  if (result.kind === "done") await offer(chosen, result.folder);
}

async function pick(known: readonly KnownModelMessage[]): Promise<KnownModelMessage | undefined> {
  const items = known.map((model) => ({
    label: model.name,
    description: `${megabytes(model.bytes)} MB, ${model.license}`,
    detail: model.about,
    model,
  }));
  const title = "Download Model";
  return (await vscode.window.showQuickPick(items, { title, placeHolder: "A model to search code with" }))?.model;
}

/** The user's setting, then what the tools of the hub read, then the public hub. */
function hubAddress(): string {
  const set = vscode.workspace.getConfiguration("hotpath").get<string>("model.hub", "").trim();
  return set || (process.env["HF_ENDPOINT"] ?? "").trim() || PUBLIC_HUB;
}

/** Nothing is connected to before this. */
async function agreed(model: KnownModelMessage, hub: string): Promise<boolean> {
  const detail =
    `${megabytes(model.bytes)} MB of ${model.repository} (${model.license}) are fetched from ${hub}. ` +
    "The files are checked against the SHA-256 sums that come with Hotpath before anything uses them. Nothing of your code is sent.";
  return (
    (await vscode.window.showInformationMessage(`Download ${model.name}?`, { modal: true, detail }, "Download")) ===
    "Download"
  );
}

async function fetched(client: LanguageClient, model: KnownModelMessage, hub: string): Promise<DownloadModelResult> {
  const proxy = vscode.workspace.getConfiguration("http").get<string>("proxy", "");
  const params: DownloadModelParams = { name: model.name, hub, ...(proxy === "" ? {} : { proxy }) };
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Downloading ${model.name}`,
    cancellable: true,
  };
  return await vscode.window.withProgress(options, async (progress, token) => {
    const state = { percent: 0 };
    const listening = client.onNotification(downloadProgressMethod, ({ name, done, total }: DownloadProgressParams) => {
      if (name !== model.name) return;
      const percent = Math.floor((100 * done) / total);
      progress.report({ increment: percent - state.percent, message: `${megabytes(done)} of ${megabytes(total)} MB` });
      state.percent = percent;
    });
    try {
      return await client.sendRequest<DownloadModelResult>(downloadModelMethod, params, token);
    } catch (error) {
      if (token.isCancellationRequested) return { kind: "cancelled" };
      return { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
    } finally {
      listening.dispose();
    }
  });
}

async function offer(model: KnownModelMessage, folder: string): Promise<void> {
  const answer = await vscode.window.showInformationMessage(
    `${model.name} is in ${folder}. Use it? The functions of the workspace are embedded again.`,
    "Use It",
    "Not Now",
  );
  if (answer !== "Use It") return;
  await vscode.workspace.getConfiguration("hotpath").update("model.path", folder, vscode.ConfigurationTarget.Global);
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1_000_000);
}

function sentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}
