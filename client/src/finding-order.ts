/** Findings by importance: a quick pick with the reasons for the order, and buttons that teach it. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import {
  judgeFindingMethod,
  orderedFindingsMethod,
  resetLearningMethod,
  type JudgeFindingParams,
  type OrderedFinding,
} from "../../protocol/src/search.js";
import { showPlace } from "./show-place.js";

type ClientOf = () => LanguageClient | undefined;

interface Item extends vscode.QuickPickItem {
  readonly finding: OrderedFinding;
}

const useful: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("thumbsup"),
  tooltip: "Useful: show findings like it higher",
};
const useless: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("thumbsdown"),
  tooltip: "Not useful: show findings like it lower",
};
const why: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("question"),
  tooltip: "Why this order?",
};

const SHOW = "Show the Finding";

/** How long until a list that is not whole yet is asked for again. */
const AGAIN_MS = 1000;

/** @param isScanning Whether findings are still to come. */
export function registerFindingOrder(clientOf: ClientOf, isScanning: () => boolean): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand("hotpath.showByImportance", () => showByImportance(clientOf, isScanning)),
    vscode.commands.registerCommand("hotpath.resetLearning", () => resetLearning(clientOf)),
    vscode.commands.registerCommand("hotpath.judgeFinding", (params: JudgeFindingParams) => judge(clientOf, params)),
  );
}

async function judge(clientOf: ClientOf, params: JudgeFindingParams): Promise<void> {
  const kept = await clientOf()
    ?.sendRequest<boolean>(judgeFindingMethod, params)
    .catch(() => false);
  vscode.window.setStatusBarMessage(
    kept === true ? "Hotpath: noted, on this machine only" : "Hotpath: that finding is not there any more",
    4000,
  );
}

async function itemsFrom(clientOf: ClientOf): Promise<Item[]> {
  const found = await clientOf()
    ?.sendRequest<readonly OrderedFinding[]>(orderedFindingsMethod)
    .catch(() => []);
  const copies = new Map<number, number>();
  for (const { copyOf } of found ?? []) if (copyOf !== undefined) copies.set(copyOf, (copies.get(copyOf) ?? 0) + 1);
  return (found ?? []).map((finding, index) => ({
    label: `$(${finding.severity === "error" || finding.severity === "warning" ? finding.severity : "info"}) ${finding.message}`,
    description: `${finding.rule}${copiesText(finding, copies.get(index) ?? 0)}`,
    detail: `${vscode.workspace.asRelativePath(vscode.Uri.parse(finding.uri))}:${finding.line + 1}`,
    buttons: [useful, useless, why],
    finding,
  }));
}

/** Findings in nearly the same code are worth one look. */
function copiesText({ copyOf }: OrderedFinding, count: number): string {
  if (copyOf !== undefined) return " · like one above";
  return count === 0 ? "" : ` · ${count} more like it`;
}

async function showByImportance(clientOf: ClientOf, isScanning: () => boolean): Promise<void> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = "Findings by Importance";
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.busy = true;
  pick.show();
  const shown = { open: true };
  pick.onDidHide(() => {
    shown.open = false;
    pick.dispose();
  });
  pick.onDidAccept(() => {
    const [item] = pick.selectedItems;
    pick.hide();
    if (item !== undefined) void showPlace(item.finding, false);
  });
  pick.onDidTriggerItemButton(({ item, button }) => void pressed(clientOf, pick, item.finding, button));
  for (;;) {
    const early = isScanning();
    const items = await itemsFrom(clientOf);
    if (!shown.open) return;
    // A list that is drawn anew loses its place.
    if (items.length !== pick.items.length) pick.items = items;
    pick.placeholder = early
      ? "The workspace is still being scanned"
      : items.length === 0
        ? "No findings"
        : "The most important first";
    pick.busy = early;
    if (!early) return;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

async function pressed(
  clientOf: ClientOf,
  pick: vscode.QuickPick<Item>,
  finding: OrderedFinding,
  button: vscode.QuickInputButton,
): Promise<void> {
  if (button === why) {
    const text = `${finding.rule} stands here because: ${finding.reasons.join("; ")}.`;
    // A message with a button is shown whole, one without is cut to a line.
    if ((await vscode.window.showInformationMessage(text, SHOW)) === SHOW) await showPlace(finding, false);
    return;
  }
  const { uri, line, rule } = finding;
  await judge(clientOf, { uri, line, rule, verdict: button === useful ? "accepted" : "dismissed" });
  pick.items = await itemsFrom(clientOf);
}

async function resetLearning(clientOf: ClientOf): Promise<void> {
  const answer = await vscode.window.showWarningMessage(
    "Forget what you have told Hotpath about findings?",
    { modal: true, detail: "The order of findings goes back to severity. Ignore comments in the code stay." },
    "Forget",
  );
  if (answer !== "Forget") return;
  const count = (await clientOf()?.sendRequest<number>(resetLearningMethod)) ?? 0;
  void vscode.window.showInformationMessage(`Hotpath has forgotten ${count} ${count === 1 ? "answer" : "answers"}.`);
}
