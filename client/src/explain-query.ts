/** *Explain Query*: asks the server about the query at the cursor, and shows the answer as a page with the plan's picture, or as text. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import {
  explainQueryMethod,
  type ExplainQueryParams,
  type QueryExplanation,
} from "../../protocol/src/query-explanation.js";
import { PAGE_COMMANDS, queryPage } from "./query-page.js";

const SCHEME = "hotpath-query";

/** What a lens or the page itself asks about; the palette asks about the cursor. */
interface Asked {
  readonly uri?: string;
  readonly file?: string;
  readonly line: number;
  readonly character: number;
}

/** What is on screen: one page, made anew for each query. */
interface Shown {
  panel?: vscode.WebviewPanel;
  explanation?: QueryExplanation;
}

export function registerExplainQuery(clientOf: () => LanguageClient | undefined): vscode.Disposable {
  const shown: Shown = {};
  const texts = new vscode.EventEmitter<vscode.Uri>();
  const register = vscode.commands.registerCommand.bind(vscode.commands);
  return vscode.Disposable.from(
    texts,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: texts.event,
      provideTextDocumentContent: () => shown.explanation?.markdown ?? "",
    }),
    register("hotpath.explainQuery", async (asked?: Asked) => {
      const explanation = await explain(clientOf(), asked);
      if (explanation === undefined) return;
      shown.explanation = explanation;
      texts.fire(textUri);
      show(shown, explanation);
    }),
    register("hotpath.showQueryText", () => showText(shown.explanation)),
    register("hotpath.openPlace", openPlace),
    { dispose: () => void shown.panel?.dispose() },
  );
}

async function explain(
  client: LanguageClient | undefined,
  asked: Asked | undefined,
): Promise<QueryExplanation | undefined> {
  const params = paramsFor(asked);
  if (client === undefined || params === undefined) {
    void vscode.window.showInformationMessage("Open a file with a query and put the cursor into it.");
    return undefined;
  }
  const explanation = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: "Hotpath: planning the query" },
    () => client.sendRequest<QueryExplanation | null>(explainQueryMethod, params),
  );
  if (explanation !== null) return explanation;
  void vscode.window.showInformationMessage("There is no query here that Hotpath can read.");
  return undefined;
}

function paramsFor(asked: Asked | undefined): ExplainQueryParams | undefined {
  if (asked !== undefined) {
    const uri = asked.uri ?? vscode.Uri.file(asked.file ?? "").toString();
    return { uri, line: asked.line, character: asked.character };
  }
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const { line, character } = editor.selection.active;
  return { uri: editor.document.uri.toString(), line, character };
}

function show(shown: Shown, explanation: QueryExplanation): void {
  const { title } = explanation;
  const panel = shown.panel ?? createPanel(title);
  if (shown.panel === undefined) panel.onDidDispose(() => delete shown.panel);
  shown.panel = panel;
  panel.title = `Query: ${title}`;
  panel.webview.html = queryPage(explanation, randomBytes(16).toString("hex"));
  panel.reveal(panel.viewColumn ?? vscode.ViewColumn.Beside);
}

function createPanel(title: string): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel("hotpath.query", title, vscode.ViewColumn.Beside, {
    enableScripts: false,
    enableCommandUris: PAGE_COMMANDS,
    enableFindWidget: true,
    localResourceRoots: [],
  });
}

const textUri = vscode.Uri.from({ scheme: SCHEME, path: "/query.md" });

async function showText(explanation: QueryExplanation | undefined): Promise<void> {
  if (explanation === undefined) {
    void vscode.window.showInformationMessage("No query has been explained yet: run Explain Query first.");
    return;
  }
  await vscode.window.showTextDocument(textUri, { preview: true });
}

async function openPlace(file: string, line: number, column: number): Promise<void> {
  const at = new vscode.Position(line - 1, column - 1);
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(at, at),
    viewColumn: vscode.ViewColumn.One,
  });
}
