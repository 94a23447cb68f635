/** Ignore comments: which findings they take away, and which of them take away nothing. */
import { contentHash } from "../base/content-hash.js";
import type { FileFacts, SuppressionFact } from "../facts/model.js";
import type { Finding } from "./finding.js";
import { toRange } from "./positions.js";

export const STALE_RULE = "stale-suppression";

/**
 * Removes ignored findings and adds one for each comment that ignores nothing or gives no reason.
 *
 * @param isActive Whether a rule or family took part in this run; a comment about one that did not cannot be called stale.
 */
export function applySuppressions(
  path: string,
  facts: FileFacts,
  findings: readonly Finding[],
  isActive: (name: string) => boolean,
  reportStale: boolean,
): readonly Finding[] {
  if (facts.suppressions.length === 0) return findings;
  const used = new Set<SuppressionFact>();
  const kept = findings.filter((finding) => {
    const by = facts.suppressions.filter((one) => covers(one, finding));
    for (const one of by) used.add(one);
    return by.length === 0;
  });
  if (!reportStale) return kept;
  const stale = facts.suppressions.flatMap((one): Finding[] => {
    if (!used.has(one))
      return one.rules.length === 0 || one.rules.some(isActive) ? [staleFinding(path, facts, one)] : [];
    return one.reason === undefined ? [unexplained(path, facts, one)] : [];
  });
  return [...kept, ...stale].sort(
    (a, b) => a.range.start.line - b.range.start.line || a.range.start.column - b.range.start.column,
  );
}

function covers(suppression: SuppressionFact, finding: Finding): boolean {
  const names =
    suppression.rules.length === 0 ||
    suppression.rules.some((name) => name === finding.rule || name === finding.family);
  if (!names) return false;
  return suppression.scope === "file" || finding.range.start.line === suppression.line + 1;
}

function staleFinding(path: string, facts: FileFacts, one: SuppressionFact): Finding {
  const what = one.rules.length === 0 ? "any rule" : one.rules.join(", ");
  const where = one.scope === "file" ? "in this file" : "on the next line";
  return suppressionFinding(
    path,
    facts,
    one,
    "information",
    `this comment ignores nothing: no finding of ${what} ${where}, so it can be removed`,
  );
}

function unexplained(path: string, facts: FileFacts, one: SuppressionFact): Finding {
  return suppressionFinding(
    path,
    facts,
    one,
    "hint",
    "this comment ignores a finding without saying why: add a reason after --",
  );
}

function suppressionFinding(
  path: string,
  facts: FileFacts,
  one: SuppressionFact,
  severity: "information" | "hint",
  message: string,
): Finding {
  return {
    rule: STALE_RULE,
    family: "suppression",
    severity,
    confidence: 1,
    message,
    path,
    range: toRange(facts, one.span),
    related: [],
    cost: "none",
    fixes: [],
    fingerprint: contentHash(`${STALE_RULE}\0${message}\0${one.rules.join()}\0${facts.suppressions.indexOf(one)}`),
  };
}
