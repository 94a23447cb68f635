/** Fixes of one finding: its rule runs again to find the evidence, and says what can be done about it. */
import type { Fix, FixSources } from "../fixes/fix.js";
import type { FileView } from "../project/file-view.js";
import type { CatalogEvidence, CatalogRule, CatalogView } from "../rules/define-catalog-rule.js";
import type { Evidence, Rule, SchemaView } from "../rules/define-rule.js";
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
    if (rule !== undefined) return ofRule(question, rule, finding);
    const catalogRule = catalogRules.find(({ id }) => id === finding.rule);
    return catalogRule === undefined ? [] : ofCatalogRule(question, catalogRule, finding.fingerprint);
  });
}

/** The file a request last asked about. Whoever asks about all findings asks file by file, and each rule runs once for a file then. */
interface Known {
  readonly path: string;
  readonly view: FileView;
  readonly evidence: Map<Rule, (fingerprint: string) => Evidence | undefined>;
}

const lastOf = new WeakMap<FixSources, Known>();

function knownOf(question: FixQuestion, path: string): Known | undefined {
  const last = lastOf.get(question.sources);
  if (last?.path === path) return last;
  const view = question.view();
  if (view === undefined) return undefined;
  const known: Known = { path, view, evidence: new Map() };
  lastOf.set(question.sources, known);
  return known;
}

function ofRule(question: FixQuestion, rule: Rule, { path, fingerprint }: Finding): readonly Fix[] {
  const { schema, relative, sources } = question;
  const known = rule.fixes === undefined ? undefined : knownOf(question, path);
  if (known === undefined) return [];
  const { view } = known;
  const lookUp = known.evidence.get(rule) ?? evidenceOf(view, rule, { schema, relative });
  known.evidence.set(rule, lookUp);
  const evidence = lookUp(fingerprint);
  return evidence === undefined ? [] : (rule.fixes?.(evidence, view, sources, schema) ?? []);
}

interface KnownOfCatalog {
  readonly view: CatalogView;
  readonly lookUp: (fingerprint: string) => CatalogEvidence | undefined;
}

const catalogOf = new WeakMap<FixSources, Map<CatalogRule, KnownOfCatalog>>();

function ofCatalogRule(question: FixQuestion, rule: CatalogRule, fingerprint: string): readonly Fix[] {
  const { sources } = question;
  if (rule.fixes === undefined) return [];
  const byRule = catalogOf.get(sources) ?? new Map<CatalogRule, KnownOfCatalog>();
  catalogOf.set(sources, byRule);
  const known = byRule.get(rule) ?? knownOfCatalog(question, rule);
  byRule.set(rule, known);
  const evidence = known.lookUp(fingerprint);
  return evidence === undefined ? [] : rule.fixes(evidence, known.view, sources);
}

function knownOfCatalog({ catalogView, relative }: FixQuestion, rule: CatalogRule): KnownOfCatalog {
  const view = catalogView();
  return { view, lookUp: catalogEvidenceOf(rule, view, relative) };
}
