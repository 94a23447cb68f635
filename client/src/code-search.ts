/** Search Slow Code and Find Similar Code: quick picks filled by the server. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import {
  searchCodeMethod,
  similarCodeMethod,
  type FoundCodeMessage,
  type SearchCodeParams,
  type SearchCodeResult,
  type SimilarCodeParams,
} from "../../protocol/src/search.js";
import { showPlace } from "./show-place.js";

type ClientOf = () => LanguageClient | undefined;

interface Item extends vscode.QuickPickItem {
  readonly found?: FoundCodeMessage;
}

/** Typing is faster than searching; the last pause counts. */
const PAUSE_MS = 200;

export function registerCodeSearch(clientOf: ClientOf): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand("hotpath.searchCode", () => searchCode(clientOf)),
    vscode.commands.registerCommand("hotpath.findSimilar", (place?: Partial<SimilarCodeParams>) =>
      findSimilar(clientOf, place),
    ),
  );
}

function searchCode(clientOf: ClientOf): void {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = "Search Slow Code";
  pick.placeholder = "What the code does, in your words: “load the orders of a user one by one”";
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  const state: { timer?: NodeJS.Timeout; asked: number } = { asked: 0 };
  const search = async (text: string): Promise<void> => {
    const asked = ++state.asked;
    const params: SearchCodeParams = { text };
    pick.busy = true;
    const result = await clientOf()
      ?.sendRequest<SearchCodeResult>(searchCodeMethod, params)
      .catch(() => undefined);
    if (asked !== state.asked) return;
    pick.busy = false;
    pick.items = itemsOf(result, text);
  };
  pick.onDidChangeValue((text) => {
    clearTimeout(state.timer);
    if (text.trim() === "") pick.items = [];
    else state.timer = setTimeout(() => void search(text), PAUSE_MS);
  });
  const open = (): void => {
    const [item] = pick.selectedItems;
    if (item?.found === undefined) return;
    pick.hide();
    void showPlace(item.found, false);
  };
  pick.onDidAccept(open);
  pick.onDidHide(() => {
    clearTimeout(state.timer);
    pick.dispose();
  });
  pick.show();
}

/** From the place a code action names, or from the cursor. */
async function findSimilar(clientOf: ClientOf, place: Partial<SimilarCodeParams> | undefined): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const uri = place?.uri ?? editor?.document.uri.toString();
  const position = place?.position ?? editor?.selection.active;
  const client = clientOf();
  if (uri === undefined || position === undefined || client === undefined) return;
  const params: SimilarCodeParams = {
    uri,
    position: { line: position.line, character: position.character },
    ...(place?.rule === undefined ? {} : { rule: place.rule }),
  };
  const result = await client.sendRequest<SearchCodeResult | null>(similarCodeMethod, params).catch(() => null);
  if (result === null || result.found.length === 0) {
    void vscode.window.showInformationMessage(
      result === null ? "There is no function here to compare with." : "Nothing in this workspace is like this code.",
    );
    return;
  }
  const chosen = await vscode.window.showQuickPick(itemsOf(result, ""), {
    title: place?.rule === undefined ? "Similar Code" : `Similar Code: ${place.rule} first`,
    matchOnDescription: true,
    matchOnDetail: true,
    onDidSelectItem: (item: Item) => item.found !== undefined && void showPlace(item.found, true),
  });
  if (chosen?.found !== undefined) await showPlace(chosen.found, false);
}

/** The order is the server's: every item is shown whatever was typed, and the editor's own filter must not take it away. */
function itemsOf(result: SearchCodeResult | undefined, typed: string): Item[] {
  const items = (result?.found ?? []).map((found): Item => {
    const place = `${vscode.workspace.asRelativePath(vscode.Uri.parse(found.uri))}:${found.line + 1}`;
    const alike = found.similarity === undefined ? "" : ` · ${Math.round(found.similarity * 100)} % alike`;
    return {
      label: `$(${found.kind === "query" ? "database" : "symbol-method"}) ${found.name}`,
      description: found.rules.join(", "),
      detail: `${place}${alike}${(found.fixes ?? []).map((title) => ` · $(lightbulb) ${title}`).join("")}`,
      alwaysShow: true,
      found,
    };
  });
  if (items.length === 0 && typed !== "") return [{ label: "Nothing found", alwaysShow: true }];
  return result?.note === undefined ? items : [...items, { label: `$(info) ${result.note}`, alwaysShow: true }];
}
