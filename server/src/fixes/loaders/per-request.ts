/** The function that keeps one loader for each request, put at the end of the file for its owner to see and to move. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { freshName } from "../names.js";
import { arrow, layOut, styleOf } from "../style.js";

const NAME = "perRequest";

export interface PerRequestHelper {
  readonly name: string;
  /** Empty when the file has it already. */
  readonly edits: readonly TextEdit[];
}

export function perRequestHelper(tree: ts.SourceFile): PerRequestHelper {
  const own = tree.statements.find((one) => ts.isFunctionDeclaration(one) && one.name?.text === NAME);
  if (own !== undefined) return { name: NAME, edits: [] };
  const name = freshName(tree, [NAME]);
  const style = styleOf(tree);
  const { semicolon, newline } = style;
  const typed = /\.[cm]?tsx?$/.test(tree.fileName);
  const lines = [
    "/** Makes one loader for each request's context, so that no request is given what another one has loaded. */",
    typed
      ? `function ${name}<C extends object, L>(create: (context: C) => L): (context: C) => L {`
      : `function ${name}(create) {`,
    `\tconst loaders = new WeakMap${typed ? "<C, L>" : ""}()${semicolon}`,
    `\treturn ${arrow("context", style)} {`,
    `\t\tlet loader = loaders.get(context)${semicolon}`,
    "\t\tif (loader === undefined) {",
    `\t\t\tloader = create(context)${semicolon}`,
    `\t\t\tloaders.set(context, loader)${semicolon}`,
    "\t\t}",
    `\t\treturn loader${semicolon}`,
    `\t}${semicolon}`,
    "}",
  ];
  const { end } = tree;
  const before = tree.text.endsWith("\n") ? newline : newline + newline;
  return { name, edits: [{ start: end, end, newText: `${before}${layOut(lines, "", style)}${newline}` }] };
}
