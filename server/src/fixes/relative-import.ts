/** How a file names another one of the workspace in an import. */
import { ts } from "../syntax/typescript.js";

/** Relative, with the ending the file's other relative imports have. @param to Absolute path of the other file. */
export function relativeImport(tree: ts.SourceFile, to: string): string {
  const from = tree.fileName.split("/").slice(0, -1);
  const target = to.split("/");
  let same = 0;
  while (same < from.length && same < target.length - 1 && from[same] === target[same]) same++;
  const up = from.length - same;
  const path = `${up === 0 ? "./" : "../".repeat(up)}${target.slice(same).join("/")}`;
  return withEnding(tree, path);
}

function withEnding(tree: ts.SourceFile, path: string): string {
  const known = tree.statements
    .filter(ts.isImportDeclaration)
    .map(({ moduleSpecifier }) => (ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : ""))
    .filter((module) => module.startsWith("."));
  const bare = path.replace(/\.[cm]?[jt]sx?$/, "");
  const [ending] = known.flatMap((module) => /\.[cm]?[jt]sx?$/.exec(module)?.[0] ?? []);
  if (ending === undefined) return bare.replace(/\/index$/, "") || bare;
  if (ending.includes("ts")) return path;
  // What the compiler makes of it: `.mts` becomes `.mjs`, `.tsx` becomes `.js`.
  const own = /\.([cm]?)[jt]sx?$/.exec(path)?.[1] ?? "";
  return `${bare}.${own}js`;
}
