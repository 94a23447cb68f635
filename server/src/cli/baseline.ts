/**
 * Baselines: findings a team has accepted for now. A baselined finding is not reported; one that is gone from the code is told, so that the
 * file shrinks. Entries are fingerprints that survive unrelated edits, with a message for the reader of a diff.
 */
import type { Finding } from "../analysis/finding.js";
import { relativeTo } from "./report.js";

export interface BaselineEntry {
  readonly fingerprint: string;
  readonly rule: string;
  readonly file: string;
  readonly message: string;
}

export interface Baseline {
  readonly version: 1;
  readonly findings: readonly BaselineEntry[];
}

export interface BaselineResult {
  /** Findings that are not in the baseline. */
  readonly fresh: readonly Finding[];
  /** Baselined findings that no longer occur in the files looked at. */
  readonly gone: readonly BaselineEntry[];
}

export function makeBaseline(findings: readonly Finding[], root: string): Baseline {
  const entries = findings.map((finding) => ({
    fingerprint: finding.fingerprint,
    rule: finding.rule,
    file: relativeTo(root, finding.path),
    message: finding.message,
  }));
  entries.sort(
    (a, b) =>
      a.file.localeCompare(b.file) || a.rule.localeCompare(b.rule) || a.fingerprint.localeCompare(b.fingerprint),
  );
  return { version: 1, findings: entries };
}

/** Parses a baseline file; the error is a sentence for the person who named it. */
export function parseBaseline(text: string): Baseline | { readonly error: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { error: "it is not JSON" };
  }
  if (typeof value !== "object" || value === null || !("version" in value) || value.version !== 1) {
    return { error: "it is not a version 1 baseline" };
  }
  if (!("findings" in value) || !Array.isArray(value.findings) || !value.findings.every(isEntry)) {
    return { error: "its list of findings is damaged" };
  }
  return { version: 1, findings: value.findings };
}

function isEntry(value: unknown): value is BaselineEntry {
  if (typeof value !== "object" || value === null) return false;
  const entry = value as Record<string, unknown>;
  return ["fingerprint", "rule", "file", "message"].every((key) => typeof entry[key] === "string");
}

/**
 * @param isLookedAt Whether a file (relative to the root) was part of this check; entries of other files are neither used nor gone.
 */
export function applyBaseline(
  findings: readonly Finding[],
  baseline: Baseline,
  isLookedAt: (file: string) => boolean,
): BaselineResult {
  const known = new Set(baseline.findings.map((entry) => entry.fingerprint));
  const present = new Set(findings.map((finding) => finding.fingerprint));
  return {
    fresh: findings.filter((finding) => !known.has(finding.fingerprint)),
    gone: baseline.findings.filter((entry) => !present.has(entry.fingerprint) && isLookedAt(entry.file)),
  };
}
