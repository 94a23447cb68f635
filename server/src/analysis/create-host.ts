/** The analyzer of one workspace: keeps facts, links, summaries, reachability and findings up to date with the least work. */
import type { FileFacts } from "../facts/model.js";
import { isSchemaPath } from "../catalog/catalog-store.js";
import { extractFacts } from "../facts/extract.js";
import { buildFileView } from "../project/build-file-view.js";
import { createCallGraph, type FunctionNode } from "../project/call-graph.js";
import type { Fix, FixSources } from "../fixes/fix.js";
import { createCostTable } from "../cost/cost-table.js";
import { findEntries } from "../project/entry-points/find-entries.js";
import type { FileView } from "../project/file-view.js";
import { roleOf } from "../project/file-role.js";
import { declaredQueries } from "../project/declared-queries.js";
import { createLinker } from "../project/linker.js";
import { computeReachability, sameReachability, type ReachabilityTable } from "../project/reachability.js";
import { updateSummaries } from "../project/summaries.js";
import { loadPostgres } from "../syntax/postgres.js";
import { catalogRules as allCatalogRules } from "../rules/catalog-registry.js";
import type { CatalogRule } from "../rules/define-catalog-rule.js";
import { rules as allRules } from "../rules/registry.js";
import type { Rule } from "../rules/define-rule.js";
import { ruleInfos } from "./explain.js";
import type { Finding, Problem } from "./finding.js";
import type { AnalysisHost, AnalysisOptions, Cancellation, FileInput, RefreshResult, RefreshWork } from "./host.js";
import { callLookup, DEFAULTS, NEVER, newFileState, timed, type FileState } from "./host-state.js";
import { hoverText } from "./hover.js";
import type { Inspection } from "./inspection.js";
import { createPathMatcher } from "./path-matcher.js";
import { analyzedSources } from "./analyzed-sources.js";
import { fixProgram } from "./fix-program.js";
import { fixesOf } from "./fixes-of.js";
import { FileChecks, merged } from "./file-checks.js";
import { problemOf } from "./file-problems.js";
import { type CatalogRun, isQuietSchema, SchemaAnalysis } from "./schema-analysis.js";
import { applySuppressions, STALE_RULE } from "./suppressions.js";
import { WriterStore } from "./writer-store.js";

/** An empty workspace; configure it, apply files, refresh. */
export function createHost(): AnalysisHost {
  return new Host();
}

/** A class because it has a lifetime and owns state that only it may change. */
class Host implements AnalysisHost {
  #options = DEFAULTS;
  #rules: readonly Rule[] = allRules;
  #catalogRules: readonly CatalogRule[] = allCatalogRules;
  readonly #schema = new SchemaAnalysis();
  readonly #checks = new FileChecks(DEFAULTS, {
    viewOf: (path) => this.#viewOf(path),
    factsOf: (path) => this.#factsOf(path),
    relative: (path) => this.#relative(path),
    severityOf: (rule) => this.#severity(rule.id) ?? this.#severity(rule.family),
    catalog: () => this.#schema.catalog(),
  });
  #checkedCatalog: unknown;
  #rulesChanged = true;
  #isQuiet: (path: string) => boolean = () => false;
  readonly #linker = createLinker();
  readonly #graph = createCallGraph();
  readonly #costs = createCostTable(this.#graph, (path) => this.#viewOf(path), this.#schema);
  readonly #files = new Map<string, FileState>();
  #reachability: ReachabilityTable = new Map();
  readonly #writers = new WriterStore(this.#graph, (path) => this.#files.get(path)?.role ?? "source");
  readonly #program = fixProgram(this.#files, this.#linker, (path) => this.#viewOf(path));
  /** Functions whose summaries must be computed again. */
  readonly #dirty = new Set<FunctionNode>();
  #edgesChanged = true;
  #revision = 0;
  readonly #extracted: string[] = [];
  /** Files whose findings have changed since the last refresh that came to its end. */
  readonly #changed = new Set<string>();

  configure(options: AnalysisOptions): void {
    this.#options = options;
    this.#isQuiet = createPathMatcher(options.quietPaths, options.roots);
    this.#rules = allRules.filter((rule) => this.#isEnabled(rule.id, rule.family));
    this.#catalogRules = allCatalogRules.filter((rule) => this.#isEnabled(rule.id, rule.family));
    this.#rulesChanged = true;
    this.#checks.configure(options, this.#rules);
    this.#schema.setLive(options.liveSchema);
    for (const [path, state] of this.#files) {
      state.role = roleOf(path, state.facts, options.roots, this.#isQuiet);
      state.needsCheck = true;
    }
    this.#edgesChanged = true;
    this.#linker.setQueries(declaredQueries(options));
  }

  setManifests(manifests: Parameters<AnalysisHost["setManifests"]>[0]): void {
    this.#linker.setManifests(manifests);
    this.#schema.setManifests(manifests);
  }

  prepare(paths: readonly string[] = []): Promise<void> {
    const wanted = this.#schema.needsGrammar() || paths.length > 0;
    return wanted ? loadPostgres() : Promise.resolve();
  }

  apply(changes: readonly FileInput[]): void {
    for (const change of changes) {
      if (isSchemaPath(change.path)) {
        this.#applySchema(change);
        continue;
      }
      if ("removed" in change) {
        this.#schema.remove(change.path);
        this.#checks.forget(change.path);
        if (this.#files.delete(change.path)) this.#changed.add(change.path);
        this.#linker.removeFile(change.path);
        this.#costs.forget(change.path);
        for (const caller of this.#graph.callersOf(change.path)) this.#dirty.add(caller);
        this.#graph.removeFile(change.path);
        this.#writers.setCalls(change.path, []);
        this.#edgesChanged = true;
        continue;
      }
      const facts = "facts" in change ? change.facts : extractFacts(change.path, change.text);
      if (!("facts" in change)) this.#extracted.push(change.path);
      this.#linker.setFile(change.path, facts);
      this.#schema.setFacts(change.path, facts);
      const role = roleOf(change.path, facts, this.#options.roots, this.#isQuiet);
      const known = this.#files.get(change.path);
      const hash = "hash" in change ? change.hash : undefined;
      if (known === undefined) this.#files.set(change.path, newFileState(facts, role, hash));
      else Object.assign(known, { facts, role, hash, needsCheck: true });
    }
  }

  #applySchema(change: FileInput): void {
    if ("text" in change) this.#schema.setText(change.path, change.text);
    else if ("removed" in change && this.#schema.remove(change.path)) this.#changed.add(change.path);
  }

  refresh(token: Cancellation = NEVER): RefreshResult {
    const ruleMs: Record<string, number> = {};
    const stageMs = { extract: 0, link: 0, summarize: 0, check: 0 };
    const linked = timed(stageMs, "link", () => this.#link(token));
    const summarized = timed(stageMs, "summarize", () => this.#summarize(token));
    const checked = timed(stageMs, "check", () => this.#check(token, ruleMs));
    const changed = [...this.#changed];
    this.#changed.clear();
    const work: RefreshWork = { extracted: this.#extracted.splice(0), linked, summarized, checked, ruleMs, stageMs };
    this.#revision++;
    return { revision: this.#revision, changed, work };
  }

  /** Relinks stale files. Each is finished before the next, so a cancelled run loses nothing. */
  #link(token: Cancellation): string[] {
    const linked: string[] = [];
    for (const path of this.#linker.stale()) {
      token.throwIfCancelled();
      const state = this.#files.get(path);
      if (state === undefined) continue;
      const calls = this.#linker.link(path);
      for (const caller of this.#graph.callersOf(path)) if (caller.ref.file !== path) this.#dirty.add(caller);
      this.#forget(path);
      this.#costs.forget(path);
      for (const node of this.#graph.setFile(path, state.facts, calls)) this.#dirty.add(node);
      this.#writers.setCalls(path, calls);
      state.calls = calls;
      state.entries = findEntries({
        path,
        facts: state.facts,
        calls,
        callAt: callLookup(calls),
        valueOf: (expr) => this.#linker.valueOf(path, expr),
        membersOf: () => [],
      });
      state.needsCheck = true;
      this.#edgesChanged = true;
      linked.push(path);
    }
    return linked;
  }

  #forget(path: string): void {
    for (const node of this.#graph.files.get(path)?.functions ?? []) this.#dirty.delete(node);
  }

  /** Returns how many summaries changed. */
  #summarize(token: Cancellation): number {
    let count = 0;
    for (const node of this.#dirty) if (this.#graph.node(node.ref) !== node) this.#dirty.delete(node);
    updateSummaries(
      this.#graph,
      this.#dirty,
      () => token.throwIfCancelled(),
      (node) => {
        count++;
        for (const caller of node.callers) this.#mark(caller.ref.file);
      },
    );
    if (this.#edgesChanged) this.#updateReachability();
    return count;
  }

  #updateReachability(): void {
    const entries = new Map([...this.#files].map(([path, state]) => [path, state.entries]));
    const next = computeReachability({
      graph: this.#graph,
      entries,
      roleOf: (path) => this.#files.get(path)?.role ?? "source",
    });
    for (const [node, reach] of next) {
      if (this.#files.get(node.ref.file)?.needsCheck === true) continue;
      if (!sameReachability(this.#reachability.get(node), reach)) this.#mark(node.ref.file);
    }
    this.#reachability = next;
    this.#writers.setReachability(next);
    this.#edgesChanged = false;
  }

  #mark(path: string): void {
    const state = this.#files.get(path);
    if (state === undefined) return;
    state.viewRevision++;
    state.needsCheck = true;
  }

  /** Each file is finished before the next, and what changed is kept until it is told, so a cancelled run loses nothing. */
  #check(token: Cancellation, ruleMs: Record<string, number>): string[] {
    const checked: string[] = [];
    this.#checkSchema(ruleMs);
    for (const path of this.#writers.outdated()) this.#mark(path);
    for (const [path, state] of this.#files) {
      if (!state.needsCheck) continue;
      token.throwIfCancelled();
      state.found = this.#checks.checkAlone(path, ruleMs);
      state.needsCheck = false;
      state.needsTelling = true;
      checked.push(path);
    }
    for (const path of this.#checks.updateWorkload(ruleMs)) this.#retell(path);
    this.#tellSchema(this.#schema.leaveOut(this.#checks.proposedIndexes(), this.#catalogRun(ruleMs)));
    for (const [path, state] of this.#files) {
      if (!state.needsTelling) continue;
      token.throwIfCancelled();
      const found = merged(state.found, this.#checks.checkTogether(path, ruleMs), this.#schema.foundIn(path));
      const findings = this.#suppressed(path, state.facts, found);
      state.needsTelling = false;
      if (JSON.stringify(findings) === JSON.stringify(state.findings)) continue;
      state.findings = findings;
      this.#changed.add(path);
    }
    return checked;
  }

  #retell(path: string): void {
    const state = this.#files.get(path);
    if (state !== undefined) state.needsTelling = true;
  }

  /** Rules about the catalog run before those about files, so that a code file's findings of both are told together. */
  #checkSchema(ruleMs: Record<string, number>): void {
    const catalog = this.#schema.catalog();
    if (catalog !== this.#checkedCatalog)
      for (const [path, state] of this.#files) if (state.readsCatalog) this.#mark(path);
    this.#checkedCatalog = catalog;
    this.#tellSchema(this.#schema.check(this.#catalogRun(ruleMs), this.#rulesChanged));
    this.#rulesChanged = false;
  }

  #catalogRun(ruleMs: Record<string, number>): CatalogRun {
    return {
      rules: this.#catalogRules,
      severityOf: (rule) => this.#severity(rule.id) ?? this.#severity(rule.family),
      factsOf: (path) => this.#factsOf(path),
      relative: (path) => this.#relative(path),
      isQuiet: (path) => isQuietSchema(path, this.#options.roots, this.#isQuiet),
      timed: (rule, ms) => (ruleMs[rule] = (ruleMs[rule] ?? 0) + ms),
      suppressed: (path, facts, findings) => this.#suppressed(path, facts, findings),
    };
  }

  #tellSchema(different: readonly string[]): void {
    for (const path of different)
      if (this.#files.has(path)) this.#retell(path);
      else this.#changed.add(path);
  }

  #factsOf(path: string): FileFacts | undefined {
    return this.#files.get(path)?.facts ?? this.#schema.factsOf(path);
  }

  #suppressed(path: string, facts: FileFacts, findings: readonly Finding[]): readonly Finding[] {
    const active = new Set([...this.#rules, ...this.#catalogRules].flatMap((rule) => [rule.id, rule.family]));
    return applySuppressions(
      path,
      facts,
      findings,
      (name) => active.has(name),
      this.#isEnabled(STALE_RULE, "suppression"),
    );
  }

  pendingProofs(): ReturnType<AnalysisHost["pendingProofs"]> {
    return this.#checks.pendingProofs();
  }

  giveProofs(answers: Parameters<AnalysisHost["giveProofs"]>[0]): void {
    this.#checks.giveProofs(answers);
  }

  #viewOf(path: string): FileView | undefined {
    const state = this.#files.get(path);
    return state === undefined ? undefined : this.#view(path, state);
  }

  #view(path: string, state: FileState): FileView | undefined {
    return buildFileView({
      path,
      role: state.role,
      signature: String(state.viewRevision),
      calls: state.calls,
      entries: state.entries,
      graph: this.#graph,
      reachability: this.#reachability,
      valueOf: (expr) => this.#linker.valueOf(path, expr),
      options: { smallLoopBound: this.#options.smallLoopBound },
      tableWriters: () => this.#writers.readBy(path),
      catalog: () => {
        state.readsCatalog = true;
        return this.#schema.catalog();
      },
    });
  }

  #isEnabled(id: string, family: string): boolean {
    const { rules, severities } = this.#options;
    if (rules.length > 0 && !rules.includes(id) && !rules.includes(family)) return false;
    return (severities[id] ?? severities[family]) !== "off";
  }

  #severity(name: string): Finding["severity"] | undefined {
    const set = this.#options.severities[name];
    return set === "off" ? undefined : set;
  }

  #relative(path: string): string {
    const root = this.#options.roots.find((one) => path.startsWith(`${one}/`));
    return root === undefined ? path : path.slice(root.length + 1);
  }

  findings(path: string): readonly Finding[] {
    return this.#files.get(path)?.findings ?? this.#schema.findings(path);
  }

  allFindings(): readonly Finding[] {
    return [...this.files()].sort().flatMap((path) => this.findings(path));
  }

  problems(): readonly Problem[] {
    const inCode = [...this.#files].flatMap(([path, { facts }]) => problemOf(path, facts) ?? []);
    return [...inCode, ...this.#schema.problems()];
  }

  fixesOf(path: string, fingerprint: string, sources: FixSources): readonly Fix[] {
    return fixesOf({
      finding: this.findings(path).find((one) => one.fingerprint === fingerprint),
      sources: analyzedSources(sources, (other) => this.#files.get(other) ?? this.#schema.held(other), this.#program),
      rules: this.#rules,
      catalogRules: this.#catalogRules,
      view: () => this.#viewOf(path),
      schema: this.#checks.schemaView(),
      catalogView: () => ({ catalog: this.#schema.catalog(), isQuiet: this.#catalogRun({}).isQuiet }),
      relative: (other) => this.#relative(other),
    });
  }

  hover(path: string, offset: number): ReturnType<AnalysisHost["hover"]> {
    const facts = this.#factsOf(path);
    const view = this.#viewOf(path);
    if (facts === undefined) return undefined;
    const schema = this.#checks.schemaView();
    const findings = this.findings(path);
    return hoverText({ facts, view, findings, rules: ruleInfos(), offset, costs: this.#costs, schema });
  }

  inspect(): Inspection {
    return {
      roots: this.#options.roots,
      catalog: this.#schema.catalog(),
      files: [...this.#files.keys()],
      factsOf: (path) => this.#factsOf(path),
      viewOf: (path) => this.#viewOf(path),
      declaredIn: (path) => this.#schema.declaredIn(path),
      schema: this.#checks.schemaView(),
      resolveImport: (from, specifier) => this.#linker.fileOf(from, specifier),
      importersOf: (path) => this.#linker.importersOf(path),
      findings: (path) => this.findings(path),
      fixesOf: (path, fingerprint, sources) => this.fixesOf(path, fingerprint, sources),
      costs: this.#costs,
    };
  }

  files(): readonly string[] {
    return [...this.#files.keys(), ...this.#schema.paths()];
  }
}
