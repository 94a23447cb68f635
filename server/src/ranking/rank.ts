/**
 * The order in which findings deserve a look, and why. Severity leads, because nothing learned from other projects has beaten it (docs/model.md); what the user
 * said of similar findings moves one by up to a step of severity. The same findings and answers give the same order, on every machine.
 */
import { evidenceOf, type Evidence, type RankedFinding } from "./evidence.js";
import type { Opinion } from "./neighbours.js";

export interface Rankable extends RankedFinding {
  readonly path: string;
  readonly range: { readonly start: { readonly line: number; readonly column: number } };
}

export interface Ranked<T extends Rankable> {
  readonly finding: T;
  readonly score: number;
  /** Clauses, most important first. */
  readonly reasons: readonly string[];
}

/**
 * Shares of what decides between findings of one severity; together less than a step of it. How the cost grows was tried and made the order worse on both sets of
 * labels.
 */
const WEIGHTS = { confidence: 0.4, perRequest: 0.1 } as const;
/** How far the user's own answers can move a finding, in steps of severity. */
const OPINION_STEPS = 1.2;

/** @param opinionOf What the user's answers say of a finding; undefined where they say nothing. */
export function rank<T extends Rankable>(
  findings: readonly T[],
  opinionOf: (finding: T) => Opinion | undefined = () => undefined,
): readonly Ranked<T>[] {
  return findings
    .map((finding) => {
      const evidence = evidenceOf(finding);
      const opinion = opinionOf(finding);
      return { finding, score: scoreOf(evidence, opinion), reasons: reasonsFor(finding, evidence, opinion) };
    })
    .sort((a, b) => b.score - a.score || byPlace(a.finding, b.finding));
}

export function scoreOf(evidence: Evidence, opinion: Opinion | undefined): number {
  const { severity, confidence, perRequest } = evidence;
  const own = severity + WEIGHTS.confidence * confidence + WEIGHTS.perRequest * perRequest;
  return own + OPINION_STEPS * (opinion?.leaning ?? 0);
}

function reasonsFor(finding: RankedFinding, evidence: Evidence, opinion: Opinion | undefined): string[] {
  return [
    `severity ${finding.severity}`,
    ...opinionReason(opinion),
    `confidence ${Math.round(finding.confidence * 100)} %`,
    `cost ${finding.cost}`,
    ...(evidence.fixable === 1 ? ["there is a fix"] : []),
  ];
}

function opinionReason(opinion: Opinion | undefined): string[] {
  if (opinion === undefined) return [];
  const { accepted, rejected, leaning } = opinion;
  const moved = leaning < 0 ? "down" : "up";
  return [`moved ${moved}: of ${accepted + rejected} similar findings you judged, ${accepted} were useful to you`];
}

function byPlace(a: Rankable, b: Rankable): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  const [one, other] = [a.range.start, b.range.start];
  return one.line - other.line || one.column - other.column || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);
}
