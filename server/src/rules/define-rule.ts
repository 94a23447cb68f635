/**
 * The contract of a rule: a value that declares what it is, looks at one linked file through a view, yields evidence, and
 * turns evidence into words. Detecting, describing and fixing are separate so that each can be read and tested alone.
 */
import type { Span } from "../base/span.js";
import type { LackedQuery } from "../advisor/lacked-query.js";
import type { Proof, ProofRequest } from "../advisor/proof.js";
import type { TableStatistics } from "../advisor/statistics.js";
import type { Table } from "../catalog/model.js";
import type { Fix, FixSources } from "../fixes/fix.js";
import type { FileView } from "../project/file-view.js";
import type { FilePath, Location } from "../project/model.js";

/** Stable families, as documented; scored. */
export type RuleFamily =
  | "n-plus-one"
  | "sequential-await"
  | "missing-index"
  | "blocking-call"
  | "uncached-hot-path"
  | "unbounded-query"
  | "client-per-request"
  | "no-timeout"
  | "suppression";

export type Severity = "error" | "warning" | "information" | "hint";
/** How sure we are, 0 to 1. Severity follows it: `warning` only from 0.8 on. */
export type Confidence = number;
export type FixSafety = "none" | "safe" | "review";

export interface RuleDocs {
  readonly what: string;
  readonly why: string;
  readonly instead: string;
  readonly limits: string;
}

/** What a rule says about one piece of evidence. */
export interface Description {
  /** One sentence without a final full stop: what happens here, naming the table, the loop and the path's end. */
  readonly message: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Cost as an expression: `1 + N queries per request`. */
  readonly cost: string;
  /** The path from entry point or loop to the operation, outermost first. */
  readonly related: readonly { readonly at: Location; readonly message: string }[];
}

/** What rules about queries may look at beside the file and its catalog: how big tables are, and what the planner said. */
export interface SchemaView {
  /** Rows of a table where somebody says how many. */
  rowsOf(table: Table): number | undefined;
  /** What is known of a table's contents, and who says so. */
  statisticsOf(table: Table): TableStatistics | undefined;
  /** Queries of a file that lack an index, with what was chosen for all queries of the workspace together; for rules with `readsWorkload` only. */
  lackedIn(path: FilePath): readonly LackedQuery[];
  /** The planner's answer, where it has one. */
  proofOf(request: ProofRequest): Proof | undefined;
}

export interface Evidence {
  /** The exact range: the query or call itself. */
  readonly at: Span;
}

export interface Rule<E extends Evidence = Evidence> {
  /** Kebab-case, states the pattern found: `query-in-loop`; also the name of its file, case file and docs page. */
  readonly id: string;
  readonly family: RuleFamily;
  readonly since: string;
  /** Highest severity it can have. */
  readonly severity: Severity;
  readonly fixSafety: FixSafety;
  readonly docs: RuleDocs;
  /** It tells of the workspace's workload (`SchemaView.lackedIn`), and runs again when another file changes that. */
  readonly readsWorkload?: true;
  /** Pure: reads only the views, so that unchanged views mean an unchanged result. */
  check(view: FileView, schema: SchemaView): Iterable<E>;
  describe(evidence: E, view: FileView, schema: SchemaView): Description;
  /**
   * Ways to make it right, the best first; nothing when anything is unclear. Pure, and only asked on demand, so it may be slow beside `check`. Translates the
   * evidence into spans and names for a builder in `fixes/`; never looks into trees itself. `fixSafety` above is the highest safety it can give.
   */
  fixes?(evidence: E, view: FileView, sources: FixSources, schema: SchemaView): readonly Fix[];
}

/** Ties the evidence type of `check` to `describe` by inference; otherwise the identity. */
export function defineRule<E extends Evidence>(rule: Rule<E>): Rule<E> {
  return rule;
}
