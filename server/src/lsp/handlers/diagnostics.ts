/** Pull diagnostics: of one document, and of the whole workspace. */
import {
  DocumentDiagnosticReportKind,
  type DocumentDiagnosticReport,
  type FullDocumentDiagnosticReport,
  type PreviousResultId,
  type WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver";
import type { FindingStore } from "../finding-store.js";
import { toDiagnostic } from "../to-lsp.js";
import { pathOf, uriOf } from "../uri.js";

/** What a client can do with diagnostics beyond a plain list. */
export interface DiagnosticAbilities {
  readonly relatedInformation: boolean;
  /** It takes reports of other documents along with the one it asked about. */
  readonly relatedDocuments: boolean;
}

/** With this many other documents at most an answer stays small; the workspace pull has them all. */
const MAX_RELATED = 50;

export function documentDiagnostics(
  store: FindingStore,
  uri: string,
  previous: string | undefined,
  abilities: DiagnosticAbilities,
): DocumentDiagnosticReport {
  const path = pathOf(uri) ?? "";
  const { resultId, findings } = store.of(path);
  const others = abilities.relatedDocuments ? relatedReports(store, path, abilities) : undefined;
  const more = others === undefined ? {} : { relatedDocuments: others };
  if (previous === resultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId, ...more };
  return {
    kind: DocumentDiagnosticReportKind.Full,
    resultId,
    items: findings.map((finding) => toDiagnostic(finding, abilities.relatedInformation)),
    ...more,
  };
}

/** Reports of the documents whose findings run through this one: an edit here can change them. */
function relatedReports(
  store: FindingStore,
  path: string,
  abilities: DiagnosticAbilities,
): Record<string, FullDocumentDiagnosticReport> | undefined {
  const reports: [string, FullDocumentDiagnosticReport][] = [];
  for (const other of store.paths()) {
    if (MAX_RELATED <= reports.length) break;
    const { resultId, findings } = store.of(other);
    if (other === path || !findings.some((finding) => finding.related.some((place) => place.path === path))) continue;
    const items = findings.map((finding) => toDiagnostic(finding, abilities.relatedInformation));
    reports.push([uriOf(other), { kind: DocumentDiagnosticReportKind.Full, resultId, items }]);
  }
  return reports.length === 0 ? undefined : Object.fromEntries(reports);
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
