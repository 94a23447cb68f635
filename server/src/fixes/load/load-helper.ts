/** The function that asks for many keys in several queries. */
import type { ts } from "../../syntax/typescript.js";
import { type FileHelper, fileHelper } from "../file-helper.js";
import { arrow } from "../style.js";

/** Databases take 65,535 parameters (PostgreSQL, MySQL), 32,766 (SQLite) or 2,100 (SQL Server); a query may have others beside its keys. */
const BATCH = 1000;

export function loadHelper(tree: ts.SourceFile): FileHelper {
  return fileHelper(tree, "loadInBatches", (name, style, typed) => {
    const { semicolon } = style;
    const head = typed
      ? `async function ${name}<K, R>(keys: readonly K[], load: ${arrow("batch: K[]", style)} PromiseLike<R[]>): Promise<R[]> {`
      : `async function ${name}(keys, load) {`;
    return [
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
  });
}
