/** Rule pages: read-only Markdown documents under `hotpath-rule:`, filled by the server, shown in the editor's own preview. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { explainRuleMethod, type ExplainRuleResult } from "../../protocol/src/messages.js";

const SCHEME = "hotpath-rule";

export function registerRulePages(clientOf: () => LanguageClient | undefined): vscode.Disposable {
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    async provideTextDocumentContent(uri) {
      const rule = uri.path.replace(/^\//, "").replace(/\.md$/, "");
      const page = await clientOf()?.sendRequest<ExplainRuleResult | null>(explainRuleMethod, { rule });
      return page?.markdown ?? `There is no rule called \`${rule}\`.`;
    },
  });
  const command = vscode.commands.registerCommand("hotpath.explainRule", async (given?: unknown) => {
    const rule = typeof given === "string" ? given : await askForRule();
    if (rule === undefined) return;
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${rule}.md` });
    await vscode.commands.executeCommand("markdown.showPreview", uri);
  });
  return vscode.Disposable.from(provider, command);
}

/** Offers the rules of the findings on screen first; any name can be typed. */
async function askForRule(): Promise<string | undefined> {
  const codes = vscode.languages
    .getDiagnostics()
    .flatMap(([, diagnostics]) => diagnostics.filter((diagnostic) => diagnostic.source === "hotpath"))
    .map(({ code }) => String(typeof code === "object" ? code.value : code));
  const seen = [...new Set(codes)].sort();
  if (seen.length === 0) {
    return await vscode.window.showInputBox({ title: "Explain Rule", prompt: "Name of a rule, such as query-in-loop" });
  }
  return await vscode.window.showQuickPick(seen, {
    title: "Explain Rule",
    placeHolder: "Rules of the present findings",
  });
}
