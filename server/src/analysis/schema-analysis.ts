/** The schema's side of the analyzer: the catalog, the rules that look at it alone, and the files that hold nothing but schema. */
import { contentHash } from "../base/content-hash.js";
import { unexpected } from "../base/unexpected.js";
import type { SchemaFile } from "../catalog/change.js";
import { createCatalogStore } from "../catalog/catalog-store.js";
import { LIVE_FILE, liveCatalog, withLive } from "../catalog/with-live.js";
import type { Catalog } from "../catalog/model.js";
import type { FileFacts } from "../facts/model.js";
import { textFacts } from "../facts/text-facts.js";
import { roleOf } from "../project/file-role.js";
import type { ManifestSource } from "../project/manifests.js";
import { postgresFailure } from "../syntax/postgres.js";
import type { CatalogEvidence, CatalogRule, CatalogView } from "../rules/define-catalog-rule.js";
import type { Severity } from "../rules/define-rule.js";
import { evidenceByFingerprint } from "./evidence-by-fingerprint.js";
import type { Finding, Problem } from "./finding.js";
import { toRange } from "./positions.js";
import { beginning } from "./workload-store.js";

export interface CatalogRun {
  readonly rules: readonly CatalogRule[];
  readonly severityOf: (rule: CatalogRule) => Severity | undefined;
  readonly factsOf: (path: string) => FileFacts | undefined;
  readonly relative: (path: string) => string;
  readonly isQuiet: (path: string) => boolean;
  readonly timed: (rule: string, ms: number) => void;
  readonly suppressed: (path: string, facts: FileFacts, findings: readonly Finding[]) => readonly Finding[];
}

/** Tests, seeds and examples; migrations are where schemas are, so their folder's name says nothing here. */
export function isQuietSchema(path: string, roots: readonly string[], isQuiet: (path: string) => boolean): boolean {
  if (path === LIVE_FILE) return true;
  const role = roleOf(path, { directives: [], imports: [] }, roots, isQuiet);
  return role === "test" || role === "seed" || role === "example" || isQuiet(path);
}

/** A class because it has a lifetime and owns state that only it may change. */
export class SchemaAnalysis {
  readonly #store = createCatalogStore();
  readonly #texts = new Map<string, FileFacts>();
  #catalog: Catalog | undefined;
  #live: { readonly catalog: Catalog; readonly hash: string } | undefined;
  #merged: { readonly declared: Catalog; readonly catalog: Catalog } | undefined;
  #found: ReadonlyMap<string, readonly Finding[]> = new Map();
  /** What the index begins with that a finding asks for, by fingerprint; see `WorkloadStore.beginnings`. */
  #lacks: ReadonlyMap<string, readonly string[]> = new Map();
  /** Beginnings of the indexes that queries' findings ask for already. */
  #proposed: ReadonlySet<string> = new Set();
  /** What is left of them in schema files once ignore comments are applied. */
  readonly #findings = new Map<string, readonly Finding[]>();

  setText(path: string, text: string): void {
    this.#texts.set(path, textFacts(text));
    this.#store.setText(path, text);
  }

  setFacts(path: string, facts: FileFacts): void {
    this.#store.setFacts(path, facts);
  }

  /** True when the file had findings. */
  remove(path: string): boolean {
    this.#texts.delete(path);
    this.#store.remove(path);
    const had = this.findings(path).length > 0;
    this.#findings.delete(path);
    return had;
  }

  setManifests(manifests: readonly ManifestSource[]): void {
    this.#store.setManifests(manifests);
  }

  needsGrammar(): boolean {
    return this.#store.needsGrammar();
  }

  held(path: string): { readonly facts: FileFacts } | undefined {
    const facts = this.#texts.get(path);
    return facts === undefined ? undefined : { facts };
  }

  /** Lines and ignore comments of a schema file. */
  factsOf(path: string): FileFacts | undefined {
    return this.#texts.get(path);
  }

  paths(): readonly string[] {
    return [...this.#texts.keys()].filter((path) => !path.endsWith(".json"));
  }

  /** @param schema What a live database is made of, as SQL; undefined: none is asked. */
  setLive(schema: string | undefined): void {
    const hash = schema === undefined ? "" : contentHash(schema);
    if (hash === this.#live?.hash || (schema === undefined && this.#live === undefined)) return;
    this.#live = schema === undefined ? undefined : { catalog: liveCatalog(schema), hash };
    this.#merged = undefined;
  }

  /** The same object until something in it changes. */
  catalog(): Catalog {
    const declared = this.#store.catalog();
    if (this.#live === undefined) return declared;
    if (this.#merged?.declared !== declared)
      this.#merged = { declared, catalog: withLive(declared, this.#live.catalog, this.#live.hash) };
    return this.#merged.catalog;
  }

  /** What a file by itself says; see `Inspection`. */
  declaredIn(path: string): SchemaFile | undefined {
    return this.#store.declaredIn(path);
  }

  problems(): readonly Problem[] {
    const { problems } = this.catalog();
    const sql = [...this.#texts.keys()].find((path) => path.endsWith(".sql"));
    const failure = sql === undefined ? undefined : postgresFailure();
    const reason = `PostgreSQL's grammar could not be loaded, so SQL is read less exactly: ${failure ?? ""}; reinstalling Hotpath may help`;
    const ofGrammar = sql === undefined || failure === undefined ? [] : [{ path: sql, message: reason }];
    const ofTexts = problems.map(({ at, message }) => {
      const { line, column } = toRange(this.#texts.get(at.file), at.span).start;
      return { path: at.file, message: `line ${line}, column ${column}: ${message}` };
    });
    return [...ofGrammar, ...ofTexts];
  }

  /** Findings of a schema file as of the last check. */
  findings(path: string): readonly Finding[] {
    return this.#findings.get(path) ?? [];
  }

  /** Findings about the schema in any file, before ignore comments are applied. An index that a query's finding asks for is not asked for twice. */
  foundIn(path: string): readonly Finding[] {
    const found = this.#found.get(path) ?? [];
    return found.some((finding) => this.#isTold(finding)) ? found.filter((finding) => !this.#isTold(finding)) : found;
  }

  #isTold({ fingerprint }: Finding): boolean {
    return this.#lacks.get(fingerprint)?.some((beginning) => this.#proposed.has(beginning)) === true;
  }

  /**
   * Runs the rules when the catalog has changed, or `force` says that something else they depend on has. Gives the files whose findings are not the
   * same: code files, whose own findings have to be put together again, and schema files, whose findings are final.
   */
  check(run: CatalogRun, force: boolean): readonly string[] {
    const catalog = this.catalog();
    const isNew = catalog !== this.#catalog || force;
    this.#catalog = catalog;
    if (!isNew) return this.#settleAll(run);
    return this.#different(run, () => {
      const lacks = new Map<string, readonly string[]>();
      this.#found = grouped(runCatalogRules(catalog, run, lacks));
      this.#lacks = lacks;
    });
  }

  /** Takes back findings about indexes that queries ask for, and gives those again that none asks for any more. Gives files like `check`. */
  leaveOut(proposed: ReadonlySet<string>, run: CatalogRun): readonly string[] {
    if (isSameSet(proposed, this.#proposed)) return [];
    return this.#different(run, () => (this.#proposed = proposed));
  }

  #different(run: CatalogRun, change: () => void): readonly string[] {
    const told = (): ReadonlyMap<string, string> =>
      new Map([...this.#found.keys()].map((path) => [path, JSON.stringify(this.foundIn(path))]));
    const before = told();
    change();
    const after = told();
    const inCode = [...new Set([...before.keys(), ...after.keys()])].filter(
      (path) => !this.#texts.has(path) && before.get(path) !== after.get(path),
    );
    return [...inCode, ...this.#settleAll(run)];
  }

  #settleAll(run: CatalogRun): readonly string[] {
    return this.paths().filter((path) => this.#settle(path, run));
  }

  /** Applies ignore comments. True when the file's findings are not what they were. */
  #settle(path: string, run: CatalogRun): boolean {
    const facts = this.#texts.get(path);
    if (facts === undefined) return false;
    const found = this.foundIn(path);
    const next = facts.suppressions.length === 0 ? found : run.suppressed(path, facts, found);
    const known = this.findings(path);
    if (next === known || JSON.stringify(next) === JSON.stringify(known)) return false;
    this.#findings.set(path, next);
    return true;
  }
}

/** The evidence behind a finding of one rule, found by running the rule again; undefined when the finding is gone. */
export function catalogEvidenceOf(
  rule: CatalogRule,
  view: CatalogView,
  relative: (path: string) => string,
): (fingerprint: string) => CatalogEvidence | undefined {
  const seen = new Map<string, number>();
  return evidenceByFingerprint(rule.check(view), (evidence) => fingerprintOf(rule, evidence, relative, seen));
}

/** @param seen How often each identity came before, to tell equal ones apart. */
function fingerprintOf(
  rule: CatalogRule,
  evidence: CatalogEvidence,
  relative: (path: string) => string,
  seen: Map<string, number>,
): string {
  const base = `${rule.id}\0${relative(evidence.at.file)}\0${evidence.subject}`;
  const ordinal = seen.get(base) ?? 0;
  seen.set(base, ordinal + 1);
  return contentHash(`${base}\0${ordinal}`);
}

function isSameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}

/** @param lacks Filled with what findings ask for, by fingerprint. */
function runCatalogRules(catalog: Catalog, run: CatalogRun, lacks: Map<string, readonly string[]>): readonly Finding[] {
  const view: CatalogView = { catalog, isQuiet: run.isQuiet };
  const seen = new Map<string, number>();
  return run.rules.flatMap((rule) => {
    const started = performance.now();
    const findings: Finding[] = [];
    try {
      for (const evidence of rule.check(view)) {
        const finding = toFinding(rule, evidence, view, run, seen);
        findings.push(finding);
        const { lacks: { tableId, columns } = { tableId: "", columns: [] } } = evidence;
        if (columns.length > 0)
          lacks.set(
            finding.fingerprint,
            columns.map((column) => beginning(tableId, column)),
          );
      }
    } catch (error) {
      unexpected(`rule ${rule.id} failed`, error);
    }
    run.timed(rule.id, performance.now() - started);
    return findings;
  });
}

function toFinding(
  rule: CatalogRule,
  evidence: CatalogEvidence,
  view: CatalogView,
  run: CatalogRun,
  seen: Map<string, number>,
): Finding {
  const { message, severity, confidence, cost, related } = rule.describe(evidence, view);
  return {
    rule: rule.id,
    family: rule.family,
    severity: run.severityOf(rule) ?? severity,
    confidence,
    message,
    path: evidence.at.file,
    range: toRange(run.factsOf(evidence.at.file), evidence.at.span),
    related: related.map(({ at, message }) => ({
      path: at.file,
      range: toRange(run.factsOf(at.file), at.span),
      message,
    })),
    cost,
    fixes: [],
    fingerprint: fingerprintOf(rule, evidence, run.relative, seen),
  };
}

function grouped(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.path);
    if (group === undefined) groups.set(finding.path, [finding]);
    else group.push(finding);
  }
  for (const group of groups.values())
    group.sort(
      (a, b) =>
        a.range.start.line - b.range.start.line ||
        a.range.start.column - b.range.start.column ||
        a.rule.localeCompare(b.rule),
    );
  return groups;
}
