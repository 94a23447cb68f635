/**
 * The order in which findings deserve a look, and why. Severity leads, because nothing learned from other projects has beaten it (docs/model.md); what the user
 * said of similar findings moves one by up to a step of severity. The same findings and answers give the same order, on every machine.
 */
import { evidenceOf, type Circumstances, type Evidence, type RankedFinding } from "./evidence.js";
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
 * labels. What was measured where the code runs, and how large its tables are there, are facts of one workspace: where they are not known they say nothing.
 */
const WEIGHTS = { confidence: 0.4, measured: 0.25, perRequest: 0.1, size: 0.1 } as const;
/** How far the user's own answers can move a finding, in steps of severity. */
const OPINION_STEPS = 1.2;

/**
 * @param opinionOf What the user's answers say of a finding; undefined where they say nothing.
 * @param around What else is known of it.
 */
export function rank<T extends Rankable>(
  findings: readonly T[],
  opinionOf: (finding: T) => Opinion | undefined = () => undefined,
  around: (finding: T) => Circumstances = () => ({}),
): readonly Ranked<T>[] {
  return findings
    .map((finding) => {
      const circumstances = around(finding);
      const evidence = evidenceOf(finding, circumstances);
      const opinion = opinionOf(finding);
      const reasons = reasonsFor(finding, { ...circumstances, ...evidence }, opinion);
      return { finding, score: scoreOf(evidence, opinion), reasons };
    })
    .sort((a, b) => b.score - a.score || byPlace(a.finding, b.finding));
}

export function scoreOf(evidence: Evidence, opinion: Opinion | undefined): number {
  const { severity, confidence, measured, perRequest, size } = evidence;
  const facts = WEIGHTS.measured * measured + WEIGHTS.size * size;
  const own = severity + WEIGHTS.confidence * confidence + WEIGHTS.perRequest * perRequest + facts;
  return own + OPINION_STEPS * (opinion?.leaning ?? 0);
}

function reasonsFor(
  finding: RankedFinding,
  evidence: Evidence & Circumstances,
  opinion: Opinion | undefined,
): string[] {
  const { measured, rows } = evidence;
  return [
    `severity ${finding.severity}`,
    ...opinionReason(opinion),
    ...(measured === 0 ? [] : [`measured: ${percent(measured ** 2)} of the time of requests`]),
    ...(rows === undefined ? [] : [`its table has ${rows.toLocaleString("en")} rows`]),
    `confidence ${percent(finding.confidence)}`,
    `cost ${finding.cost}`,
    ...(evidence.fixable === 1 ? ["there is a fix"] : []),
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
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
