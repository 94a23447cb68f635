/**
 * Code actions of a diagnostic: ignore it here, ignore its rule in the file, read about the rule. Computed from the diagnostic's data and the
 * current text alone, so nothing has to be remembered between requests.
 */
import {
  CodeActionKind,
  type CodeAction,
  type CodeActionParams,
  type Diagnostic,
  type TextEdit,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { ClientAbilities } from "../client-abilities.js";
import { dataOf, type DiagnosticData } from "../to-lsp.js";

/** Written where a reason belongs when the editor cannot ask for one; the analyzer reminds of it until it is replaced. */
const NO_REASON = "";

export function codeActions(
  document: TextDocument,
  params: CodeActionParams,
  abilities: ClientAbilities,
): CodeAction[] {
  if (!abilities.codeActionLiterals || !wantsQuickFix(params.context.only)) return [];
  return params.context.diagnostics.flatMap((diagnostic) => {
    const data = diagnostic.source === "hotpath" ? dataOf(diagnostic) : undefined;
    return data === undefined ? [] : actionsFor(document, diagnostic, data, abilities);
  });
}

function wantsQuickFix(only: readonly string[] | undefined): boolean {
  return (
    only === undefined ||
    only.some(
      (kind) => kind === "" || kind === CodeActionKind.QuickFix || kind.startsWith(`${CodeActionKind.QuickFix}.`),
    )
  );
}

function actionsFor(
  document: TextDocument,
  diagnostic: Diagnostic,
  data: DiagnosticData,
  abilities: ClientAbilities,
): CodeAction[] {
  const line = ignoreLine(document, diagnostic, data.rule);
  const file = ignoreFile(document, data.rule);
  const ignore = (title: string, edit: TextEdit, scope: "next-line" | "file"): CodeAction => {
    const base = { title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic] };
    if (!abilities.hotpathCommands) return { ...base, edit: { changes: { [document.uri]: [edit] } } };
    return {
      ...base,
      command: {
        title,
        command: "hotpath.ignoreWithReason",
        arguments: [{ uri: document.uri, version: document.version, edit, rule: data.rule, scope }],
      },
    };
  };
  const actions = [
    ignore(`Ignore ${data.rule} on this line, with a reason`, line, "next-line"),
    ignore(`Ignore ${data.rule} in this file, with a reason`, file, "file"),
  ];
  if (abilities.hotpathCommands) {
    const title = `Explain ${data.rule}`;
    actions.push({
      title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      command: { title, command: "hotpath.explainRule", arguments: [data.rule] },
    });
    const place = { uri: document.uri, position: diagnostic.range.start, rule: data.rule };
    actions.push({
      title: "Find similar code",
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      command: { title: "Find similar code", command: "hotpath.findSimilar", arguments: [place] },
    });
  }
  return actions;
}

/** Comment above the line a diagnostic starts on, indented like it. */
function ignoreLine(document: TextDocument, diagnostic: Diagnostic, rule: string): TextEdit {
  const line = diagnostic.range.start.line;
  const text = lineText(document, line);
  const indent = /^[ \t]*/.exec(text)?.[0] ?? "";
  const start = { line, character: 0 };
  return {
    range: { start, end: start },
    newText: `${indent}${commentOf(document)} hotpath-ignore-next-line ${rule} -- ${NO_REASON}${newlineOf(document)}`,
  };
}

/** Comment at the top of the file, below a shebang line and above everything else. */
function ignoreFile(document: TextDocument, rule: string): TextEdit {
  const start = { line: lineText(document, 0).startsWith("#!") ? 1 : 0, character: 0 };
  return {
    range: { start, end: start },
    newText: `${commentOf(document)} hotpath-ignore-file ${rule} -- ${NO_REASON}${newlineOf(document)}`,
  };
}

/** What starts a comment in the document's language. */
function commentOf({ uri }: TextDocument): string {
  return /\.sql$/i.test(uri) ? "--" : "//";
}

function lineText(document: TextDocument, line: number): string {
  return document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
}

function newlineOf(document: TextDocument): string {
  return document.getText().includes("\r\n") ? "\r\n" : "\n";
}
