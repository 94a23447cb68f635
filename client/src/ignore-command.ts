/** The code action that ignores a finding: asks for the reason, then writes the comment the server has prepared. */
import * as vscode from "vscode";

interface IgnoreRequest {
  readonly uri: string;
  readonly version: number;
  readonly edit: {
    readonly range: { readonly start: { readonly line: number; readonly character: number } };
    readonly newText: string;
  };
  readonly rule: string;
  readonly scope: "next-line" | "file";
}

export function registerIgnoreCommand(): vscode.Disposable {
  return vscode.commands.registerCommand("hotpath.ignoreWithReason", async (request: IgnoreRequest) => {
    const reason = await vscode.window.showInputBox({
      title: request.scope === "file" ? `Ignore ${request.rule} in this file` : `Ignore ${request.rule} on this line`,
      prompt: "Why is it fine here? The reason is kept in the comment.",
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === "" ? "A reason helps whoever reads this next." : undefined),
    });
    if (reason === undefined) return;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(request.uri));
    if (document.version !== request.version) {
      void vscode.window.showInformationMessage("The file has changed since; open the quick fix again.");
      return;
    }
    const { line, character } = request.edit.range.start;
    const newline = request.edit.newText.endsWith("\r\n") ? "\r\n" : "\n";
    const comment = request.edit.newText.trimEnd().replace(/\s*--$/, "");
    const edit = new vscode.WorkspaceEdit();
    // A line break inside the reason would end the comment.
    edit.insert(
      document.uri,
      new vscode.Position(line, character),
      `${comment} -- ${reason.trim().replaceAll(/\s+/g, " ")}${newline}`,
    );
    // Told before the comment takes the finding away. A whole file says nothing of one finding.
    const { uri, rule, scope } = request;
    if (scope === "next-line")
      await vscode.commands.executeCommand("hotpath.judgeFinding", { uri, line, rule, verdict: "ignored" });
    await vscode.workspace.applyEdit(edit);
  });
}
