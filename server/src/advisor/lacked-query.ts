/** A query that lacks an index, with the index chosen for it and the other queries that index would serve: what rules report. */
import type { Location } from "../project/model.js";
import type { Candidate } from "./candidate.js";
import type { Demand } from "./demand.js";
import type { Judged } from "./judge.js";
import type { Served } from "./select.js";
import type { TableStatistics } from "./statistics.js";
import { indexSpec } from "./index-spec.js";

export interface LackedQuery {
  readonly demand: Demand;
  readonly candidates: readonly Candidate[];
  readonly judged: Judged;
  /** Undefined when rows are assumed. */
  readonly statistics: TableStatistics | undefined;
  /** The query where the index is told: undefined for that query itself. */
  readonly toldAt?: Location;
  /** For the query where it is told: all others that the index would serve. */
  readonly others: readonly Location[];
}

/** Gives each index the query where it is told: one the planner has confirmed, one that a request reaches, the first one. */
export function toldOnce(all: readonly Served[], statistics: TableStatistics | undefined): readonly LackedQuery[] {
  const byIndex = new Map<string, Served[]>();
  for (const served of all)
    for (const candidate of served.candidates) {
      const { key } = indexSpec(candidate);
      byIndex.set(key, [...(byIndex.get(key) ?? []), served]);
    }
  const first = new Map([...byIndex].map(([key, some]) => [key, best(some)] as const));
  return all.map((served) => {
    const keys = served.candidates.map((candidate) => indexSpec(candidate).key);
    const own = keys.filter((key) => first.get(key) === served);
    const told = first.get(keys[0] ?? "");
    const others = own.flatMap((key) => (byIndex.get(key) ?? []).filter((one) => one !== served));
    const { demand, candidates, judged } = served;
    return {
      demand,
      candidates,
      judged,
      statistics,
      ...(own.length > 0 || told === undefined ? {} : { toldAt: told.demand.at }),
      others: [...new Set(others)].map((one) => one.demand.at),
    };
  });
}

function best(some: readonly Served[]): Served | undefined {
  return some.reduce<Served | undefined>(
    (winner, one) => (winner === undefined || rank(winner) < rank(one) ? one : winner),
    undefined,
  );
}

const certainty: Readonly<Record<Judged["kind"], number>> = { confirmed: 4, pending: 2, rules: 0 };

function rank({ demand, judged }: Served): number {
  return certainty[judged.kind] + (demand.isReached ? 1 : 0);
}
