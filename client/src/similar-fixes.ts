/** *Apply the same fix to similar places*: from the light bulb, or after a fix was applied. Places are chosen in a list, edits are the server's. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { WorkspaceEdit } from "vscode-languageserver-protocol";
import {
  fixAppliedMethod,
  similarEditsMethod,
  similarFixesMethod,
  type FixAppliedParams,
  type FixPlaceParams,
  type SimilarEditsParams,
  type SimilarEditsResult,
  type SimilarFixesResult,
  type SimilarFixMessage,
} from "../../protocol/src/similar-fixes.js";
import { showPlace } from "./show-place.js";

export interface SimilarFixes {
  /** Listens to a client that is about to start. */
  attach(client: LanguageClient): void;
  dispose(): void;
}

interface Item extends vscode.QuickPickItem {
  readonly place: SimilarFixMessage;
}

const show: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("go-to-file"), tooltip: "Show the Code" };
const COMMAND = "hotpath.applyToSimilar";

export function createSimilarFixes(clientOf: () => LanguageClient | undefined): SimilarFixes {
  /** Kinds of fixes for which similar places were offered already: once is a help, each time is a nuisance. */
  const offered = new Set<string>();
  const command = vscode.commands.registerCommand(COMMAND, async (asked?: FixPlaceParams) => {
    const [client, params] = [clientOf(), asked ?? (await atCursor())];
    if (client === undefined || params === undefined) return;
    // Where a rule has hundreds of findings this takes seconds.
    const progress = { location: vscode.ProgressLocation.Window, title: "Hotpath: looking for similar places" };
    const found = await vscode.window.withProgress(progress, () =>
      client.sendRequest<SimilarFixesResult>(similarFixesMethod, params),
    );
    if (found.kind === "refused") void vscode.window.showInformationMessage(`Hotpath: ${found.reason}`);
    else if (found.places[0] !== undefined) await choose(client, found.rule, found.places, offered);
  });
  return {
    attach: (client) =>
      void client.onNotification(fixAppliedMethod, (applied: FixAppliedParams) => void offer(client, applied, offered)),
    dispose: () => void command.dispose(),
  };
}

/** A fix was applied: says once that it fits other places too. */
async function offer(client: LanguageClient, applied: FixAppliedParams, offered: Set<string>): Promise<void> {
  const { rule, fix } = applied;
  if (offered.has(`${rule} ${fix}`)) return;
  const found = await client.sendRequest<SimilarFixesResult>(similarFixesMethod, applied).catch(() => undefined);
  if (found?.kind !== "found" || offered.has(`${rule} ${fix}`)) return;
  offered.add(`${rule} ${fix}`);
  const count = found.places.length === 1 ? "one similar place" : `${found.places.length} similar places`;
  const text = `Hotpath: the same fix fits ${count}.`;
  // The places are asked for anew: much may happen before the button is pressed.
  if ((await vscode.window.showInformationMessage(text, "Show Them")) !== undefined)
    await vscode.commands.executeCommand(COMMAND, applied);
}

async function choose(
  client: LanguageClient,
  rule: string,
  places: readonly SimilarFixMessage[],
  offered: Set<string>,
): Promise<void> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = `Apply the Same Fix: ${rule}, ${places.length} ${places.length === 1 ? "place" : "places"}`;
  pick.placeholder = "Fixes to be read first are shown in a preview before anything changes";
  pick.canSelectMany = true;
  // Ticks somebody has set are not lost by a click into the code.
  pick.ignoreFocusOut = true;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = places.map(itemOf);
  pick.selectedItems = pick.items;
  pick.onDidTriggerItemButton(({ item }) => void showPlace(item.place, true));
  const chosen = await new Promise<readonly Item[]>((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve([]);
      pick.dispose();
    });
    pick.show();
  });
  const [first] = chosen;
  if (first === undefined) return;
  offered.add(`${rule} ${first.place.fix}`);
  await apply(
    client,
    chosen.map(({ place }) => place),
  );
}

function itemOf(place: SimilarFixMessage): Item {
  const { uri, line, message, title, safety, reasons } = place;
  const why = reasons.length === 0 ? "this place" : reasons.join(", ");
  return {
    label: message,
    description: safety === "review" ? "$(eye) to be read first" : "",
    detail: `${vscode.workspace.asRelativePath(vscode.Uri.parse(uri))}:${line + 1} · ${why} · ${title}`,
    buttons: [show],
    place,
  };
}

async function apply(client: LanguageClient, places: readonly SimilarFixMessage[]): Promise<void> {
  const params: SimilarEditsParams = { places: places.map(({ uri, fingerprint, fix }) => ({ uri, fingerprint, fix })) };
  const result = await client.sendRequest<SimilarEditsResult>(similarEditsMethod, params);
  if (result.kind === "refused") {
    void vscode.window.showInformationMessage(`Hotpath: ${result.reason}`);
    return;
  }
  const edit = await client.protocol2CodeConverter.asWorkspaceEdit(result.edit as WorkspaceEdit);
  if (!(await vscode.workspace.applyEdit(edit, { isRefactoring: true }))) return;
  const left = result.waiting + result.gone;
  if (left === 0) return;
  const them = left === 1 ? "One place was" : `${left} places were`;
  void vscode.window.showInformationMessage(
    `Hotpath: ${them} left out, because another fix changes the same code: ask again for the rest.`,
  );
}

/** From the palette: the finding under the cursor. */
async function atCursor(): Promise<FixPlaceParams | undefined> {
  const editor = vscode.window.activeTextEditor;
  const actions =
    editor === undefined
      ? []
      : await vscode.commands.executeCommand<readonly vscode.CodeAction[]>(
          "vscode.executeCodeActionProvider",
          editor.document.uri,
          editor.selection,
          vscode.CodeActionKind.QuickFix.value,
        );
  const found = actions.find(({ command }) => command?.command === COMMAND)?.command;
  if (found === undefined)
    void vscode.window.showInformationMessage(
      "Put the cursor into a finding that has a fix, and of whose rule there are others.",
    );
  return found?.arguments?.[0] as FixPlaceParams | undefined;
}
