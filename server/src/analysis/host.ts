/**
 * The API boundary of the analyzer. A host owns one workspace's facts and everything derived from them; it does no I/O, knows no protocol, and
 * recomputes only what a change can have altered.
 *
 * This file declares the contract; `create-host.ts` implements it.
 */
import type { FileFacts } from "../facts/model.js";
import type { RuleDocs, RuleFamily, Severity, FixSafety } from "../rules/define-rule.js";
import type { Proof, ProofRequest } from "../advisor/proof.js";
import type { RecordedStatement } from "../advisor/recorded-statement.js";
import type { TableStatistics } from "../advisor/statistics.js";
import type { Inspection } from "./inspection.js";
import type { Fix, FixSources } from "../fixes/fix.js";
import type { Finding, Problem } from "./finding.js";
import type { DeclaredQuery } from "../project/declared-queries.js";
import type { ManifestSource } from "../project/manifests.js";

export type FileInput =
  /** Text to extract here and now (open editors, small projects). Schema files (`isSchemaPath`) are always given as text. */
  | { readonly path: string; readonly text: string }
  /** Facts made elsewhere (a worker, the disk cache). `hash`: `sourceHash` of their text, or anything else where it is not known. */
  | { readonly path: string; readonly facts: FileFacts; readonly hash: string }
  | { readonly path: string; readonly removed: true };

export interface AnalysisOptions {
  /** Absolute, `/` separators; several in a multi-root workspace. */
  readonly roots: readonly string[];
  /** Rule ids or families; empty means all. */
  readonly rules: readonly string[];
  /** Per rule id or family: `off` or a severity that replaces the rule's own. */
  readonly severities: Readonly<Record<string, Severity | "off">>;
  /** Globs (relative to a root) whose files count as scripts, tests, seeds: rules stay silent there. */
  readonly quietPaths: readonly string[];
  /** Loops proven to run at most this often are no N+1. */
  readonly smallLoopBound: number;
  /** Wrappers that perform queries though their code is out of sight: `@acme/db#query`. */
  readonly queryFunctions: readonly string[];
  /** The same, and functions of the workspace, with what they do. */
  readonly queries?: readonly DeclaredQuery[];
  /** Rows of tables, by their name or `schema.name`; others are assumed to be big. */
  readonly tableRows?: Readonly<Record<string, number>>;
  /** What a database, or a dump of its statistics, says of tables, by the same names. `tableRows` wins over its rows. */
  readonly statistics?: Readonly<Record<string, TableStatistics>>;
  /** Dumps of statistics that the configuration names, below a root; read by the service. */
  readonly statisticsFiles?: readonly string[];
  /** What a live database is made of, as SQL. */
  readonly liveSchema?: string;
  /** How often statements run, by a dump or a live database. */
  readonly statements?: readonly RecordedStatement[];
  /** How much memory the planner's process may take; heeded by the service. */
  readonly plannerMemoryBytes?: number;
  /** Why no planner can be asked. Undefined: rules may ask, and answers are given with `giveProofs`. */
  readonly noPlanner?: string;
}

export interface RefreshResult {
  readonly revision: number;
  /** Paths whose findings differ from the previous refresh. */
  readonly changed: readonly string[];
  /** What was recomputed, for tests and `--timing`. */
  readonly work: RefreshWork;
}

export interface RefreshWork {
  readonly extracted: readonly string[];
  readonly linked: readonly string[];
  /** Functions whose summary was recomputed, `path#name`. */
  readonly summarized: number;
  readonly checked: readonly string[];
  readonly ruleMs: Readonly<Record<string, number>>;
  readonly stageMs: Readonly<Record<"extract" | "link" | "summarize" | "check", number>>;
}

export interface Cancellation {
  /** Throws `Cancelled` (base/cancellation.ts) once the work is superseded. */
  throwIfCancelled(): void;
}

export interface AnalysisHost {
  configure(options: AnalysisOptions): void;
  /** package.json, tsconfig.json, lockfiles: parsed elsewhere or given as text. */
  setManifests(manifests: readonly ManifestSource[]): void;
  apply(changes: readonly FileInput[]): void;
  /**
   * Loads what files need to be read, PostgreSQL's grammar if there is any SQL: those applied, and those of these paths, which are about to be. Until then
   * a refresh makes do without.
   */
  prepare(paths?: readonly string[]): Promise<void>;
  /** Brings everything up to date. Throws `Cancelled`, after which a later refresh continues. */
  refresh(token?: Cancellation): RefreshResult;
  /** What rules asked of a planner since, and has no answer. */
  pendingProofs(): readonly ProofRequest[];
  /** Takes a planner's answers, by key of the request; the next refresh takes them into account. */
  giveProofs(answers: ReadonlyMap<string, Proof>): void;
  /** Findings of one file as of the last refresh, in source order, suppressions applied, stale suppressions reported. */
  findings(path: string): readonly Finding[];
  allFindings(): readonly Finding[];
  problems(): readonly Problem[];
  /**
   * Fixes of one finding as of the last refresh, the best first; empty for a finding that is gone. Computed now: `sources` must give the texts whose facts the
   * host holds. Every fix it returns can be applied to those texts and leaves no new syntax error.
   */
  fixesOf(path: string, fingerprint: string, sources: FixSources): readonly Fix[];
  /** Everything a hover shows for the finding or call at an offset of a file, as Markdown; undefined where there is nothing. */
  hover(
    path: string,
    offset: number,
  ): { readonly markdown: string; readonly start: number; readonly end: number } | undefined;
  /** Everything that is known, for answers that are put together on request. */
  inspect(): Inspection;
  files(): readonly string[];
}

export interface RuleInfo {
  readonly id: string;
  readonly family: RuleFamily;
  readonly severity: Severity;
  readonly fixSafety: FixSafety;
  readonly since: string;
  readonly docs: RuleDocs;
}
