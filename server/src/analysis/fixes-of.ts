/** Fixes of one finding: its rule runs again to find the evidence, and says what can be done about it. */
import type { Fix, FixSources } from "../fixes/fix.js";
import type { FileView } from "../project/file-view.js";
import type { CatalogRule, CatalogView } from "../rules/define-catalog-rule.js";
import type { Rule, SchemaView } from "../rules/define-rule.js";
import type { Finding } from "./finding.js";
import { evidenceOf } from "./run-rules.js";
import { catalogEvidenceOf } from "./schema-analysis.js";
import { soundFixes } from "./sound-fixes.js";

export interface FixQuestion {
  /** Undefined when it is gone. */
  readonly finding: Finding | undefined;
  readonly sources: FixSources;
  readonly rules: readonly Rule[];
  readonly catalogRules: readonly CatalogRule[];
  /** Of the finding's file. */
  readonly view: () => FileView | undefined;
  readonly schema: SchemaView;
  readonly catalogView: () => CatalogView;
  readonly relative: (path: string) => string;
}

/** The best first. */
export function fixesOf(question: FixQuestion): readonly Fix[] {
  const { finding, sources, rules, catalogRules } = question;
  if (finding === undefined) return [];
  return soundFixes(sources, () => {
    const rule = rules.find(({ id }) => id === finding.rule);
    if (rule !== undefined) return ofRule(question, rule, finding.fingerprint);
    const catalogRule = catalogRules.find(({ id }) => id === finding.rule);
    return catalogRule === undefined ? [] : ofCatalogRule(question, catalogRule, finding.fingerprint);
  });
}

function ofRule(question: FixQuestion, rule: Rule, fingerprint: string): readonly Fix[] {
  const { schema, relative, sources } = question;
  const view = rule.fixes === undefined ? undefined : question.view();
  const evidence = view === undefined ? undefined : evidenceOf(view, rule, fingerprint, { schema, relative });
  return view === undefined || evidence === undefined ? [] : (rule.fixes?.(evidence, view, sources, schema) ?? []);
}

function ofCatalogRule(question: FixQuestion, rule: CatalogRule, fingerprint: string): readonly Fix[] {
  if (rule.fixes === undefined) return [];
  const view = question.catalogView();
  const evidence = catalogEvidenceOf(rule, fingerprint, view, question.relative);
  return evidence === undefined ? [] : rule.fixes(evidence, view, question.sources);
}
