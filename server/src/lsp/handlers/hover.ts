/** Hover: what the analyzer knows about the finding or call under the cursor. */
import { MarkupKind, type Hover, type Position } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { pathOf } from "../uri.js";
import type { WorkspaceSession } from "../workspace-session.js";

export async function hover(
  workspace: WorkspaceSession,
  document: TextDocument,
  position: Position,
): Promise<Hover | null> {
  const path = pathOf(document.uri);
  if (path === undefined) return null;
  await workspace.settled();
  const content = await workspace.hover(path, document.offsetAt(position));
  if (content === undefined) return null;
  return {
    contents: { kind: MarkupKind.Markdown, value: content.markdown },
    range: { start: document.positionAt(content.start), end: document.positionAt(content.end) },
  };
}
