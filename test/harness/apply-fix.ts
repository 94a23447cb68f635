/** Applies a fix to files held in memory the way everybody else does: through the host, by fingerprint. */
import type { AnalysisHost, AnalysisOptions } from "../../server/src/analysis/host.js";
import type { Finding } from "../../server/src/analysis/finding.js";
import { applyEdits } from "../../server/src/fixes/edits.js";
import type { Fix } from "../../server/src/fixes/fix.js";
import { createFixSources } from "../../server/src/fixes/sources.js";
import { analyzeFiles, ROOT } from "./check-case.js";

export type Files = Readonly<Record<string, string>>;

export interface AppliedFix {
  readonly finding: Finding;
  readonly fix: Fix;
  /** All files afterwards, those that the fix made included. */
  readonly files: Files;
}

/** Fixes of every finding of a rule (or of all rules), in source order. */
export function fixesIn(
  files: Files,
  rule?: string,
  options: Partial<AnalysisOptions> = {},
): readonly { readonly finding: Finding; readonly fixes: readonly Fix[] }[] {
  const host = analyzeFiles(files, options);
  return host
    .allFindings()
    .filter((finding) => rule === undefined || finding.rule === rule)
    .map((finding) => ({ finding, fixes: fixesOf(host, files, finding) }));
}

function fixesOf(host: AnalysisHost, files: Files, { path, fingerprint }: Finding): readonly Fix[] {
  const nameOf = (file: string): string => file.slice(ROOT.length + 1);
  const sources = createFixSources(
    (file) => files[nameOf(file)],
    (file) => nameOf(file) in files,
  );
  return host.fixesOf(path, fingerprint, sources);
}

/** Applies the first fix, or the first of this id, of the first finding of the rule that has it. Undefined when none is offered. */
export function applyFirstFix(files: Files, rule: string, id?: string): AppliedFix | undefined {
  for (const { finding, fixes } of fixesIn(files, rule)) {
    const fix = id === undefined ? fixes[0] : fixes.find((one) => one.id === id);
    if (fix !== undefined) return { finding, fix, files: filesAfter(files, fix) };
  }
  return undefined;
}

export function filesAfter(files: Files, { edits }: Fix): Files {
  const changed = edits.map(({ path, edits: own, createText }) => {
    const name = path.slice(ROOT.length + 1);
    return [name, createText ?? applyEdits(files[name] ?? "", own)] as const;
  });
  return { ...files, ...Object.fromEntries(changed) };
}

/** Sentences for what a fix did not make better: its finding is still there, or something is found that was not before. */
export function leftovers(before: Files, { finding, files }: AppliedFix): readonly string[] {
  const was = analyzeFiles(before).allFindings();
  const now = analyzeFiles(files).allFindings();
  const still = now.some(({ fingerprint }) => fingerprint === finding.fingerprint);
  const counts = new Map<string, number>();
  for (const one of was) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  const fresh = now.filter((one) => {
    const left = counts.get(keyOf(one)) ?? 0;
    counts.set(keyOf(one), left - 1);
    return left <= 0;
  });
  return [
    ...(still ? [`still found: ${finding.rule}: ${finding.message}`] : []),
    ...fresh.map((one) => `newly found at line ${one.range.start.line}: ${one.rule}: ${one.message}`),
  ];
}

function keyOf({ rule, path, message }: Finding): string {
  return `${rule} ${path} ${message}`;
}
