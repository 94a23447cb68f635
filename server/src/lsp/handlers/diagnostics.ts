/** Pull diagnostics: of one document, and of the whole workspace. */
import {
  DocumentDiagnosticReportKind,
  type DocumentDiagnosticReport,
  type PreviousResultId,
  type WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver";
import type { FindingStore } from "../finding-store.js";
import { toDiagnostic } from "../to-lsp.js";
import { pathOf, uriOf } from "../uri.js";

export function documentDiagnostics(
  store: FindingStore,
  uri: string,
  previous: string | undefined,
  related: boolean,
): DocumentDiagnosticReport {
  const path = pathOf(uri);
  const { resultId, findings } = store.of(path ?? "");
  if (previous === resultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
  return {
    kind: DocumentDiagnosticReportKind.Full,
    resultId,
    items: findings.map((finding) => toDiagnostic(finding, related)),
  };
}

/**
 * Reports of every file that has findings or had some when the client last asked.
 *
 * @param isShown Whether a file's findings belong in the workspace list (the setting may limit it to open files).
 * @param versionOf Version of an open document, null for closed ones, as the protocol wants it.
 */
export function workspaceDiagnostics(
  store: FindingStore,
  previous: readonly PreviousResultId[],
  related: boolean,
  isShown: (path: string) => boolean,
  versionOf: (uri: string) => number | null,
): WorkspaceDocumentDiagnosticReport[] {
  const known = new Map(previous.map(({ uri, value }) => [uri, value]));
  const uris = new Set([...known.keys(), ...store.paths().map(uriOf)]);
  const reports: WorkspaceDocumentDiagnosticReport[] = [];
  for (const uri of uris) {
    const path = pathOf(uri);
    if (path === undefined) continue;
    const before = known.get(uri);
    const shown = isShown(path);
    const { resultId, findings } = store.of(path);
    if (before === undefined && (!shown || findings.length === 0)) continue;
    const id = shown ? resultId : "hidden";
    if (before === id)
      reports.push({ kind: DocumentDiagnosticReportKind.Unchanged, uri, version: versionOf(uri), resultId: id });
    else {
      const items = shown ? findings.map((finding) => toDiagnostic(finding, related)) : [];
      reports.push({ kind: DocumentDiagnosticReportKind.Full, uri, version: versionOf(uri), resultId: id, items });
    }
  }
  return reports;
}
