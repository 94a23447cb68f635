/** A small function that fixes rely on, put at the end of the file once, for its owner to see and to move. */
import { ts } from "../syntax/typescript.js";
import type { TextEdit } from "./fix.js";
import { freshName } from "./names.js";
import { layOut, type Style, styleOf } from "./style.js";

export interface FileHelper {
  readonly name: string;
  /** Empty when the file has it already. */
  readonly edits: readonly TextEdit[];
}

/** @param lines The function under a name, in the file's style, with types where the file has some. */
export function fileHelper(
  tree: ts.SourceFile,
  wanted: string,
  lines: (name: string, style: Style, typed: boolean) => readonly string[],
): FileHelper {
  const own = tree.statements.find((one) => ts.isFunctionDeclaration(one) && one.name?.text === wanted);
  if (own !== undefined) return { name: wanted, edits: [] };
  const name = freshName(tree, [wanted]);
  const style = styleOf(tree);
  const { end } = tree;
  const { newline } = style;
  const before = tree.text.endsWith("\n") ? newline : newline + newline;
  const text = layOut(lines(name, style, /\.[cm]?tsx?$/.test(tree.fileName)), "", style);
  return { name, edits: [{ start: end, end, newText: `${before}${text}${newline}` }] };
}
