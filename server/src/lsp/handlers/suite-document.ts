/** Suite files while they are written: mistakes at their line, completion, hover. Other editors' YAML support is not needed for it. */
import {
  type _Connection,
  CompletionItemKind,
  CompletionRequest,
  DiagnosticSeverity,
  MarkupKind,
  type CompletionItem,
  type Diagnostic,
  type Hover,
  type Position,
  type TextDocuments,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { suiteFileName } from "../../../../protocol/src/evaluation.js";
import { loadSuiteText } from "../../evaluation/load-suite.js";
import type { SuiteProblem } from "../../evaluation/suite.js";
import { completeSuite, hoverSuite, type SuiteCompletion } from "../../evaluation/suite-assist.js";
import { suiteFilesOnDisk } from "../../evaluation-io/suite-files-on-disk.js";
import { pathOf } from "../uri.js";

/** Those whose keys are known here; of configurations of promptfoo only mistakes are told. */
const OWN_SUITE = /\.hotpath-eval\.ya?ml$/;
/** Typing goes on for this long before a suite is read; included files are read with it. */
const PAUSE_MS = 200;

export function isSuite({ uri }: { readonly uri: string }): boolean {
  return suiteFileName.test(uri);
}

export function isOwnSuite({ uri }: { readonly uri: string }): boolean {
  return OWN_SUITE.test(uri);
}

/** Keeps the diagnostics of open suites current and answers completion in them. `rootsOf` names the folders suites may read. */
export function serveSuites(
  connection: _Connection,
  documents: TextDocuments<TextDocument>,
  rootsOf: () => readonly string[],
): void {
  const waiting = new Map<string, NodeJS.Timeout>();
  const check = async (uri: string): Promise<void> => {
    const document = documents.get(uri);
    const path = document === undefined ? undefined : pathOf(uri);
    if (document === undefined || path === undefined) return;
    const { version } = document;
    const { problems } = await loadSuiteText(path, document.getText(), suiteFilesOnDisk(rootsOf()));
    if (documents.get(uri)?.version !== version) return;
    const diagnostics = problems.filter(({ file }) => file === path).map((problem) => toDiagnostic(problem, document));
    await connection.sendDiagnostics({ uri, version, diagnostics });
  };
  documents.onDidChangeContent(({ document }) => {
    if (!isSuite(document)) return;
    const { uri } = document;
    clearTimeout(waiting.get(uri));
    const timer = setTimeout(() => {
      waiting.delete(uri);
      // A client that has left takes no diagnostics; nothing else can fail here.
      void check(uri).catch(() => undefined);
    }, PAUSE_MS);
    timer.unref();
    waiting.set(uri, timer);
  });
  connection.onCompletion(({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    return document === undefined || !isOwnSuite(document) ? [] : suiteCompletions(document, position);
  });
  documents.onDidClose(({ document }) => {
    if (!isSuite(document)) return;
    clearTimeout(waiting.get(document.uri));
    waiting.delete(document.uri);
    void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] }).catch(() => undefined);
  });
}

/** Asks the client for completion requests in suites alone, because a space in code should ask nothing. */
export async function registerSuiteCompletion(connection: _Connection): Promise<void> {
  await connection.client.register(CompletionRequest.type, {
    documentSelector: [{ scheme: "file", pattern: "**/*.hotpath-eval.{yaml,yml}" }],
    triggerCharacters: [" ", ":"],
  });
}

function suiteCompletions(document: TextDocument, position: Position): CompletionItem[] {
  return completeSuite(document.getText(), document.offsetAt(position)).map((item, index) =>
    toItem(item, index, document),
  );
}

export function suiteHover(document: TextDocument, position: Position): Hover | null {
  const found = hoverSuite(document.getText(), document.offsetAt(position));
  if (found === undefined) return null;
  return {
    contents: { kind: MarkupKind.Markdown, value: found.markdown },
    range: { start: document.positionAt(found.start), end: document.positionAt(found.end) },
  };
}

function toItem(item: SuiteCompletion, index: number, document: TextDocument): CompletionItem {
  const range = { start: document.positionAt(item.start), end: document.positionAt(item.end) };
  return {
    label: item.label,
    kind: item.kind === "key" ? CompletionItemKind.Property : CompletionItemKind.EnumMember,
    ...(item.detail === "" ? {} : { detail: item.required ? `${item.detail}, required` : item.detail }),
    ...(item.doc === "" ? {} : { documentation: { kind: MarkupKind.Markdown, value: item.doc } }),
    sortText: String(index).padStart(3, "0"),
    textEdit: { range, newText: item.insert },
  };
}

function toDiagnostic({ line, column, message, severity }: SuiteProblem, document: TextDocument): Diagnostic {
  const start = { line: line - 1, character: column - 1 };
  const lineEnd = document.offsetAt({ line, character: 0 });
  const text = document.getText({ start, end: document.positionAt(lineEnd) });
  // Up to the end of the key or value, not of the comment behind it.
  const length = /^[^\s#:,}\]]*/.exec(text)?.[0].length ?? 0;
  return {
    range: { start, end: { line: start.line, character: start.character + Math.max(1, length) } },
    severity: severity === "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    source: "hotpath",
    message,
  };
}
