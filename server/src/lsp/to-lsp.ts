/** Findings in the protocol's words. */
import { DiagnosticSeverity, type Diagnostic, type Range as LspRange } from "vscode-languageserver";
import type { Finding, Range } from "../analysis/finding.js";
import type { FixSafety, Severity } from "../rules/define-rule.js";
import { uriOf } from "./uri.js";

/** What travels in `Diagnostic.data`, so that a code action needs nothing but the diagnostic and the current text. */
export interface DiagnosticData {
  readonly hotpath: 1;
  readonly rule: string;
  readonly family: string;
  readonly fingerprint: string;
  readonly cost: string;
  readonly fixes: readonly { readonly title: string; readonly safety: FixSafety }[];
}

const SEVERITY: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** @param related Whether the client shows related information. */
export function toDiagnostic(finding: Finding, related: boolean): Diagnostic {
  const data: DiagnosticData = {
    hotpath: 1,
    rule: finding.rule,
    family: finding.family,
    fingerprint: finding.fingerprint,
    cost: finding.cost,
    fixes: finding.fixes,
  };
  return {
    range: toRange(finding.range),
    severity: SEVERITY[finding.severity],
    source: "hotpath",
    code: finding.rule,
    message: `${finding.message} (${finding.cost})`,
    data,
    ...(related && finding.related.length > 0
      ? {
          relatedInformation: finding.related.map((place) => ({
            location: { uri: uriOf(place.path), range: toRange(place.range) },
            message: place.message,
          })),
        }
      : {}),
  };
}

/** 1-based positions to the protocol's 0-based ones. */
export function toRange(range: Range): LspRange {
  return {
    start: { line: range.start.line - 1, character: range.start.column - 1 },
    end: { line: range.end.line - 1, character: range.end.column - 1 },
  };
}

/** Reads back what `toDiagnostic` put into a diagnostic; undefined for diagnostics of other tools or other versions. */
export function dataOf(diagnostic: Diagnostic): DiagnosticData | undefined {
  const data = diagnostic.data as Partial<DiagnosticData> | null | undefined;
  if (typeof data !== "object" || data === null || data.hotpath !== 1) return undefined;
  return typeof data.rule === "string" && typeof data.family === "string" ? (data as DiagnosticData) : undefined;
}
