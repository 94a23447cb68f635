/** Opens a file at a place, as a list does while somebody walks through it, or for good. */
import * as vscode from "vscode";

export interface Place {
  readonly uri: string;
  /** Zero-based. */
  readonly line: number;
  readonly character?: number;
}

/** @param preview The list keeps the focus, and the next file takes this one's tab. */
export async function showPlace({ uri, line, character = 0 }: Place, preview: boolean): Promise<void> {
  const position = new vscode.Position(line, character);
  const selection = new vscode.Range(position, position);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection, preserveFocus: preview, preview });
}
