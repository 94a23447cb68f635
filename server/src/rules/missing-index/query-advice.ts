/** The queries of one file that lack an index, as the workspace's workload has it. Shared by the rules about queries, which tell them apart by kind. */
import type { Advice, AdviceKind } from "../../advisor/advise.js";
import type { Candidate } from "../../advisor/candidate.js";
import { rowsOf } from "../../advisor/cardinality.js";
import { type IndexSpec, indexSpec } from "../../advisor/index-spec.js";
import type { Judged } from "../../advisor/judge.js";
import type { LackedQuery } from "../../advisor/lacked-query.js";
import type { RecordedStatement } from "../../advisor/recorded-statement.js";
import type { Span } from "../../base/span.js";
import type { FileView } from "../../project/file-view.js";
import type { Location } from "../../project/model.js";
import type { QueryModel } from "../../queries/model.js";
import type { Evidence, SchemaView } from "../define-rule.js";

export interface LackedIndex extends Evidence {
  readonly advice: Advice;
  /** The indexes to make, all of them together; the first one names the finding. */
  readonly indexes: readonly IndexSpec[];
  readonly candidates: readonly Candidate[];
  readonly query: QueryModel;
  /** How it was judged: `confirmed` by the planner, `pending` while it is asked, or by rules alone, and why. */
  readonly judged: Judged;
  /** What the planner was told, or would be. */
  readonly rows: number;
  /** Who says how many rows; undefined: nobody, they are assumed. */
  readonly rowsFrom?: string;
  /** `per request`, `per job`. */
  readonly unit: string;
  /** How often a database has seen it, and how long it took. */
  readonly recorded?: RecordedStatement;
  /** The index is told at this query of another function, and would serve this one too. */
  readonly toldAt?: Location;
  /** Queries of the same function that lack the same index: the count beside a page, the delete after a look. */
  readonly twins: readonly Span[];
  /** Where the index is told: queries elsewhere that it would serve as well. */
  readonly alsoServes: readonly Location[];
}

/** Advice of these kinds, one for each index and function. */
export function* lackedIndexes(
  view: FileView,
  schema: SchemaView,
  kinds: readonly AdviceKind[],
): Generator<LackedIndex> {
  const groups = new Map<string, LackedQuery[]>();
  for (const lacked of schema.lackedIn(view.path)) {
    const { advice, fn } = lacked.demand;
    if (!kinds.includes(advice.kind)) continue;
    const indexes = lacked.candidates.map((candidate) => indexSpec(candidate).key);
    const key = [fn, advice.kind, ...indexes].join("\0");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [lacked]);
    else group.push(lacked);
  }
  for (const group of groups.values()) {
    // Where the index is told is the finding, wherever in the function that is.
    const told = group.find(({ toldAt }) => toldAt === undefined) ?? group[0];
    if (told !== undefined) yield toEvidence(told, group);
  }
}

function toEvidence(lacked: LackedQuery, group: readonly LackedQuery[]): LackedIndex {
  const { demand, candidates, judged, statistics, toldAt, others } = lacked;
  const at = demand.at.span;
  const spans = group.map((one) => one.demand.at.span).filter((span) => span.start !== at.start);
  const twins = spans.filter((span, i) => spans.findIndex((one) => one.start === span.start) === i);
  const isHere = ({ file, span }: Location): boolean =>
    file === demand.at.file && (span.start === at.start || twins.some((twin) => twin.start === span.start));
  return {
    at,
    advice: demand.advice,
    indexes: candidates.map(indexSpec),
    candidates,
    query: demand.query,
    judged,
    rows: rowsOf(statistics),
    ...(statistics === undefined ? {} : { rowsFrom: statistics.source }),
    unit: demand.unit,
    ...(demand.recorded === undefined ? {} : { recorded: demand.recorded }),
    ...(toldAt === undefined ? {} : { toldAt }),
    twins,
    alsoServes: others.filter((other) => !isHere(other)),
  };
}
