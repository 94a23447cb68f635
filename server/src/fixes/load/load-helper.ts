/** The function that asks for many keys in several queries, put at the end of the file for its owner to see and to move. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { freshName } from "../names.js";
import { arrow, layOut, styleOf } from "../style.js";

/** Databases take 65,535 parameters (PostgreSQL, MySQL), 32,766 (SQLite) or 2,100 (SQL Server); a query may have others beside its keys. */
const BATCH = 1000;
const NAME = "loadInBatches";

export interface LoadHelper {
  readonly name: string;
  /** Empty when the file has it already. */
  readonly edits: readonly TextEdit[];
}

export function loadHelper(tree: ts.SourceFile): LoadHelper {
  const own = tree.statements.find((one) => ts.isFunctionDeclaration(one) && one.name?.text === NAME);
  if (own !== undefined) return { name: NAME, edits: [] };
  const name = freshName(tree, [NAME]);
  const style = styleOf(tree);
  const { semicolon, newline } = style;
  const typed = /\.[cm]?tsx?$/.test(tree.fileName);
  const head = typed
    ? `async function ${name}<K, R>(keys: readonly K[], load: ${arrow("batch: K[]", style)} PromiseLike<R[]>): Promise<R[]> {`
    : `async function ${name}(keys, load) {`;
  const lines = [
    "/** Loads the rows of many keys, asking for no more of them at once than a database takes as parameters. */",
    head,
    `\tconst unique = [...new Set(keys)]${semicolon}`,
    `\tconst rows${typed ? ": R[]" : ""} = []${semicolon}`,
    `\tfor (let i = 0; i < unique.length; i += ${BATCH}) {`,
    `\t\trows.push(...(await load(unique.slice(i, i + ${BATCH}))))${semicolon}`,
    "\t}",
    `\treturn rows${semicolon}`,
    "}",
  ];
  const { end } = tree;
  const before = tree.text.endsWith("\n") ? newline : newline + newline;
  return { name, edits: [{ start: end, end, newText: `${before}${layOut(lines, "", style)}${newline}` }] };
}
