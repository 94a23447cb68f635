/**
 * Text of one file → tree. The one place that reads with TypeScript's parser; everything above `facts/` never sees a node.
 */
import { ts } from "ts-morph";

export { ts };

export type ParseResult =
  | { readonly kind: "tree"; readonly tree: ts.SourceFile }
  /** The parser itself gave up: nesting deeper than the stack. */
  | { readonly kind: "failed"; readonly reason: string };

/** Parses without parents and without reporting: broken code gives a tree with holes. Never throws. */
export function parse(path: string, text: string): ParseResult {
  try {
    return { kind: "tree", tree: treeOf(path, text, false) };
  } catch (error) {
    const deep = error instanceof RangeError;
    return {
      kind: "failed",
      reason: deep ? "the code is nested too deeply to be read" : "the parser cannot read this file",
    };
  }
}

/** The same with parents, for fixes, which look outwards; undefined where the parser gives up. */
export function parseWithParents(path: string, text: string): ts.SourceFile | undefined {
  try {
    return treeOf(path, text, true);
  } catch {
    return undefined;
  }
}

/** Nobody reads what comments say of types, and reading it takes a tenth of the time. */
function treeOf(path: string, text: string, parents: boolean): ts.SourceFile {
  const options = { languageVersion: ts.ScriptTarget.Latest, jsDocParsingMode: ts.JSDocParsingMode.ParseNone };
  return ts.createSourceFile(path, text, options, parents, scriptKindOf(path));
}

function scriptKindOf(path: string): ts.ScriptKind {
  if (path.endsWith(".tsx")) return ts.ScriptKind.TSX;
  // Plain JavaScript often holds JSX without saying so in its name.
  if (/\.[cm]?jsx?$/.test(path)) return ts.ScriptKind.JSX;
  return ts.ScriptKind.TS;
}

/** Messages of the parser for broken code, with their places. */
export function syntaxErrorsOf(
  tree: ts.SourceFile,
): readonly { readonly message: string; readonly start: number; readonly end: number }[] {
  const { parseDiagnostics } = tree as ts.SourceFile & {
    readonly parseDiagnostics?: readonly ts.DiagnosticWithLocation[];
  };
  return (parseDiagnostics ?? []).map(({ messageText, start, length }) => ({
    message: typeof messageText === "string" ? messageText : messageText.messageText,
    start,
    end: start + length,
  }));
}
