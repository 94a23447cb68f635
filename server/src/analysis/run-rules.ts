/** Runs rules over one file's view and turns evidence into findings. A rule that throws is muted for this file, no more. */
import { contentHash } from "../base/content-hash.js";
import { unexpected } from "../base/unexpected.js";
import type { Span } from "../base/span.js";
import type { ExprId, FileFacts } from "../facts/model.js";
import { oncePerFile } from "../facts/once-per-file.js";
import { render } from "../facts/render.js";
import type { FileView } from "../project/file-view.js";
import type { Evidence, Rule, SchemaView, Severity } from "../rules/define-rule.js";
import { evidenceByFingerprint } from "./evidence-by-fingerprint.js";
import type { Finding } from "./finding.js";
import { toRange } from "./positions.js";

const noSchema: SchemaView = {
  rowsOf: () => undefined,
  statisticsOf: () => undefined,
  lackedIn: () => [],
  proofOf: () => undefined,
};

export interface RuleRun {
  readonly rules: readonly Rule[];
  /** What rules about queries see of the schema; nothing by default. */
  readonly schema?: SchemaView;
  /** Severity a rule or its family was set to; `off` rules are not among `rules`. */
  readonly severityOf: (rule: Rule) => Severity | undefined;
  readonly factsOf: (path: string) => FileFacts | undefined;
  /** Path below its root, for fingerprints that survive a move of the checkout. */
  readonly relative: (path: string) => string;
  readonly timed: (rule: string, ms: number) => void;
}

/** Findings in source order, before suppressions. */
export function runRules(view: FileView, run: RuleRun): Finding[] {
  const findings: Finding[] = [];
  const seen = new Map<string, number>();
  for (const rule of run.rules) {
    const started = performance.now();
    try {
      for (const evidence of rule.check(view, run.schema ?? noSchema))
        findings.push(toFinding(view, rule, evidence, run, seen));
    } catch (error) {
      unexpected(`rule ${rule.id} failed`, error);
    }
    run.timed(rule.id, performance.now() - started);
  }
  return inOrder(findings);
}

/** By place; sorts the list itself. */
export function inOrder(findings: Finding[]): Finding[] {
  return findings.sort(
    (a, b) =>
      a.range.start.line - b.range.start.line ||
      a.range.start.column - b.range.start.column ||
      a.rule.localeCompare(b.rule),
  );
}

/** The evidence of one rule in one file by the fingerprints of its findings, found by running the rule again. */
export function evidenceOf(
  view: FileView,
  rule: Rule,
  run: Pick<RuleRun, "schema" | "relative">,
): (fingerprint: string) => Evidence | undefined {
  const seen = new Map<string, number>();
  return evidenceByFingerprint(rule.check(view, run.schema ?? noSchema), (evidence) =>
    fingerprintOf(view, rule, evidence, run, seen),
  );
}

/** @param seen How often each identity came before, to tell equal ones apart. */
function fingerprintOf(
  view: FileView,
  rule: Rule,
  evidence: Evidence,
  run: Pick<RuleRun, "relative">,
  seen: Map<string, number>,
): string {
  const base = `${rule.id}\0${run.relative(view.path)}\0${enclosingName(view.facts, evidence)}\0${textAt(view.facts, evidence)}`;
  const ordinal = seen.get(base) ?? 0;
  seen.set(base, ordinal + 1);
  return contentHash(`${base}\0${ordinal}`);
}

function toFinding(view: FileView, rule: Rule, evidence: Evidence, run: RuleRun, seen: Map<string, number>): Finding {
  const description = rule.describe(evidence, view, run.schema ?? noSchema);
  return {
    rule: rule.id,
    family: rule.family,
    severity: run.severityOf(rule) ?? description.severity,
    confidence: description.confidence,
    message: description.message,
    path: view.path,
    range: toRange(view.facts, evidence.at),
    related: description.related.map(({ at, message }) => ({
      path: at.file,
      range: toRange(run.factsOf(at.file), at.span),
      message,
    })),
    cost: description.cost,
    fixes: [],
    fingerprint: fingerprintOf(view, rule, evidence, run, seen),
  };
}

/** Names of the functions around a place, outermost first. */
function enclosingName(facts: FileFacts, { at }: Evidence): string {
  const names = facts.functions
    .filter((fn) => fn.span.start <= at.start && at.end <= fn.span.end && fn.name !== "")
    .map((fn) => fn.name);
  return names.join(".");
}

/** The operation as facts print it: formatting, comments and lines above do not change it. */
function textAt(facts: FileFacts, { at }: Evidence): string {
  const id = exprsBySpan(facts).get(spanKey(at));
  return id === undefined ? "" : render(facts, id, 200);
}

/** Of several at one place the first, which holds the others. */
const exprsBySpan = oncePerFile(({ exprs }): ReadonlyMap<number, ExprId> => {
  const found = new Map<number, ExprId>();
  for (const [id, expr] of exprs.entries()) if (!found.has(spanKey(expr))) found.set(spanKey(expr), id);
  return found;
});

/** One number for both ends: no text that is read is longer than 2 to the 26. */
function spanKey({ start, end }: Span): number {
  return start * 2 ** 26 + end;
}
