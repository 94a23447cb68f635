/** Puts the edits of one file into its text, as an editor does. */
import { TextDocument } from "vscode-languageserver-textdocument";
import { toRange } from "../../server/src/lsp/to-lsp.js";
import type { FileChange } from "../../server/src/service/fixes.js";

export function applyChange(text: string, { edits, createText }: FileChange): string {
  const document = TextDocument.create("file:///a.ts", "typescript", 1, text);
  const plain = edits.map(({ range, newText }) => ({ range: toRange(range), newText }));
  return createText ?? TextDocument.applyEdits(document, plain);
}
