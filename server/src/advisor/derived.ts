/** Passes known rows along joins: where the rows of one side are found, the other side is looked up by their values. */
import type { BoundJoin, BoundQuery } from "./bind.js";
import { pathsOf } from "./paths.js";
import { bestService } from "./served.js";
import type { Need, TableNeeds } from "./table-needs.js";

/** Chains of tables longer than this are rare. */
const maxRounds = 4;

/** Whether a query loads the rows of a relation: the rows they belong to are there already. */
export function isLoad({ query }: BoundQuery): boolean {
  return query.joins[0]?.kind === "load";
}

/**
 * Needs with those that follow from joins.
 *
 * @param assumed Tables whose rows are taken to be found, by an index that is not there yet.
 */
export function withDerived(
  bound: BoundQuery,
  all: readonly TableNeeds[],
  assumed: ReadonlySet<number>,
): readonly TableNeeds[] {
  const needs = new Map(all.map((one) => [one.index, [...one.needs]]));
  const isKnown = (index: number): boolean => {
    const one = all.find((each) => each.index === index);
    if (assumed.has(index)) return true;
    return one !== undefined && isFound({ ...one, needs: needs.get(index) ?? [] });
  };
  for (let round = 0, changed = true; changed && round < maxRounds; round++) {
    changed = false;
    for (const join of bound.joins) {
      if (join.flow === "none") continue;
      const fromLeft = (isLoad(bound) && join.right === 0) || isKnown(join.left);
      if (fromLeft && derive(needs.get(join.right), join, "right")) changed = true;
      if (join.flow === "both" && isKnown(join.right) && derive(needs.get(join.left), join, "left")) changed = true;
    }
  }
  return all.map((one) => ({ ...one, needs: needs.get(one.index) ?? one.needs }));
}

/** Whether an index finds a table's rows: by what all of them have, or by each of some alternatives. */
export function isFound({ table, needs, choices }: TableNeeds): boolean {
  const paths = pathsOf(table);
  const finds = (some: readonly Need[]): boolean => {
    const service = bestService(paths, some);
    return service === "unique" || service === "equal";
  };
  return finds(needs) || choices.some((choice) => choice.every(finds));
}

/** True when that added something. */
function derive(own: Need[] | undefined, { pairs }: BoundJoin, side: "left" | "right"): boolean {
  const columns = pairs.map((pair) => pair[side]);
  const isThere = columns.every((column) => own?.some((need) => need.derived === true && need.column === column));
  if (own === undefined || isThere) return false;
  own.push(...columns.map((column): Need => ({ kind: "in", column, derived: true })));
  return true;
}
