/**
 * The indexes that all queries on one table want together, and which of them serves which query. Pure: the same demands and the same answers of the planner
 * give the same choice, in whatever order they came.
 */
import type { IndexPart } from "../catalog/model.js";
import type { Candidate } from "./candidate.js";
import { rowsOf } from "./cardinality.js";
import { type Demand, partKey, type Wish, wishesOf } from "./demand.js";
import { scanCost, writeCost } from "./estimate.js";
import { extend, servingShape, type Shape, shapeKey, type Workload } from "./extend.js";
import type { TableStatistics } from "./statistics.js";
import { judge, type Judged, type JudgeOptions } from "./judge.js";

export interface TableWorkload extends JudgeOptions {
  /** Queries on one table that lack an index, in the order of files and places. */
  readonly demands: readonly Demand[];
  /** Places in the code that write it. */
  readonly writes: number;
  /** What was chosen for equal wishes before; kept from one choice to the next. */
  readonly memo?: ChoiceMemo;
}

export interface ChoiceMemo {
  choice?: { readonly key: string; readonly shapes: readonly Shape[] };
}

/** One query with the indexes chosen for it. */
export interface Served {
  readonly demand: Demand;
  /** One, or as many as the query has alternatives. */
  readonly candidates: readonly Candidate[];
  readonly judged: Judged;
}

/** Queries that ask the same, and are judged once. */
interface Group {
  /** Equal for groups that ask the same. */
  readonly key: string;
  readonly demands: Demand[];
  readonly wishes: readonly Wish[];
  readonly judged: Judged;
}

/** A planner that refuses a choice makes for another one; more rounds than this do not happen with answers that make sense. */
const maxRounds = 4;

/** Queries whose index the planner would not use are left out. */
export function selectIndexes(table: TableWorkload): readonly Served[] {
  const groups = grouped(table);
  const refused = new Set<string>();
  for (let round = 0; ; round++) {
    const chosen = choose(table, groups, refused);
    const served = groups.map((group) => serve(table, group, chosen, refused));
    if (served.every((one) => one !== "refused") || round === maxRounds)
      return served.flatMap((one, i) => (one === "refused" ? alone(groups[i]) : one));
  }
}

function grouped(table: TableWorkload): readonly Group[] {
  const groups = new Map<string, Group | undefined>();
  for (const demand of table.demands) {
    const { wishes, key } = askedBy(demand, table.statistics);
    const known = groups.get(key);
    if (known !== undefined) known.demands.push(demand);
    if (groups.has(key)) continue;
    const judged = judge(demand.advice, demand.query, demand.advice.candidates, table);
    groups.set(key, judged === undefined ? undefined : { key, demands: [demand], wishes, judged });
  }
  return [...groups.values()].filter((group) => group !== undefined);
}

/** Found once for each query, and for what is known of its table. */
const asked = new WeakMap<
  Demand["advice"],
  { readonly of: TableStatistics | undefined; readonly wishes: readonly Wish[]; readonly key: string }
>();

function askedBy(
  demand: Demand,
  of: TableStatistics | undefined,
): { readonly wishes: readonly Wish[]; readonly key: string } {
  const known = asked.get(demand.advice);
  if (known !== undefined && known.of === of) return known;
  const wishes = wishesOf(demand, of);
  const found = { of, wishes, key: keyOf(demand, wishes) };
  asked.set(demand.advice, found);
  return found;
}

/** Everything a planner is asked, or would be. */
function keyOf({ advice, query }: Demand, wishes: readonly Wish[]): string {
  const asked = advice.all.map(({ kind, column, fn = "" }) => `${kind} ${fn} ${column.name}`);
  const parts = wishes.map((wish) => [...wish.equal.map(({ part }) => part), ...wish.then].map(partKey).join());
  const limit = query.limit?.kind === "literal" ? String(query.limit.value) : (query.limit?.kind ?? "");
  return [advice.kind, advice.index === 0, query.aggregate === true, limit, ...asked, "", ...parts].join("\0");
}

/** Wishes of a group weigh as much as its queries do together. */
function choose(table: TableWorkload, groups: readonly Group[], refused: ReadonlySet<string>): readonly Shape[] {
  const { memo, writes, statistics } = table;
  const asks = groups.map(
    (group) => `${group.key} ${group.demands.reduce((sum, demand) => sum + weightOf(demand), 0)}`,
  );
  const key = [rowsOf(statistics), writes, ...refused, "", ...asks].join("\n");
  if (memo?.choice?.key === key) return memo.choice.shapes;
  const merged = mergedWishes(groups, refused);
  const workload: Workload = {
    wishes: [...merged.keys()],
    rows: rowsOf(statistics),
    writes,
    refuses: (wish, shape) => {
      const group = refused.size === 0 ? undefined : merged.get(wish);
      return group !== undefined && refused.has(refusalKey(group, shape));
    },
  };
  const shapes = extend(workload);
  if (memo !== undefined) memo.choice = { key, shapes };
  return shapes;
}

/**
 * Wishes with the group they are of; equal ones are one with the weight of all. Where the planner has refused something to a group, its wishes stay its own.
 */
function mergedWishes(groups: readonly Group[], refused: ReadonlySet<string>): ReadonlyMap<Wish, Group> {
  const known = new Map<string, { readonly wish: Wish; readonly group: Group; weight: number }>();
  for (const group of groups) {
    const weight = group.demands.reduce((sum, demand) => sum + weightOf(demand), 0);
    for (const wish of group.wishes) {
      const key = `${JSON.stringify(wish)}${refused.size === 0 ? "" : group.key}`;
      const one = known.get(key);
      if (one === undefined) known.set(key, { wish, group, weight });
      else one.weight += weight;
    }
  }
  return new Map([...known.values()].map(({ wish, group, weight }) => [{ ...wish, weight }, group]));
}

/** Weight of a query that only might run on a request. */
const possibleWeight = 0.5;

/** One that a database has counted weighs more the more often it ran: by its order of magnitude, for how often places write is not known as well. */
function weightOf({ isReached, recorded }: Demand): number {
  const plain = isReached ? 1 : possibleWeight;
  return recorded === undefined ? plain : 1 + Math.log10(1 + recorded.calls);
}

function refusalKey({ key }: Group, shape: Shape): string {
  return `${key} ${shapeKey(shape)}`;
}

/** `refused` when the planner does not take what was chosen: that is noted, and the choice has to be made again. */
function serve(
  table: TableWorkload,
  group: Group,
  chosen: readonly Shape[],
  refused: Set<string>,
): readonly Served[] | "refused" {
  const [first] = group.demands;
  if (first === undefined) return [];
  const rows = rowsOf(table.statistics);
  const workload: Workload = {
    wishes: group.wishes,
    rows,
    writes: table.writes,
    refuses: (_, shape) => refused.has(refusalKey(group, shape)),
  };
  const own = first.advice.candidates;
  const shapes = group.wishes.map((wish) => servingShape(workload, wish, chosen));
  if (shapes.some((shape) => shape === undefined)) return isWorthIt(table, group) ? alone(group) : [];
  const candidates = own.flatMap((candidate, i) => {
    const shape = shapes[i];
    return shape === undefined ? [] : [{ ...candidate, parts: shape.parts, method: shape.method }];
  });
  if (candidates.every((candidate, i) => sameParts(candidate.parts, own[i]?.parts ?? []))) return alone(group);
  const judged = judge(first.advice, first.query, candidates, table);
  if (judged !== undefined) return group.demands.map((demand) => ({ demand, candidates, judged }));
  for (const shape of shapes) if (shape !== undefined) refused.add(refusalKey(group, shape));
  return "refused";
}

/** Each query with the index that would serve it alone. */
function alone(group: Group | undefined): readonly Served[] {
  if (group === undefined) return [];
  const { demands, judged } = group;
  return demands.map((demand) => ({ demand, candidates: demand.advice.candidates, judged }));
}

/** Whether all scans of a group cost more than the upkeep of its index by the places that write. */
function isWorthIt({ statistics, writes }: TableWorkload, { demands, wishes }: Group): boolean {
  const once = wishes.reduce((sum, wish) => sum + scanCost(wish, rowsOf(statistics)), 0);
  const candidates = demands[0]?.advice.candidates ?? [];
  return candidates.reduce((sum, { parts }) => sum + writeCost(parts, writes), 0) < once * demands.length;
}

function sameParts(a: readonly IndexPart[], b: readonly IndexPart[]): boolean {
  return a.length === b.length && a.every((part, i) => partKey(part) === partKey(b[i] ?? {}));
}
