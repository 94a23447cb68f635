/**
 * What running a function's body costs, given what each of its calls does: statements one after the other, branches as alternatives, loops as
 * products, and ways that leave early kept apart until the function ends.
 *
 * A way that ends in `throw` is a failed request and not counted, unless every way does. What is caught is counted on top of what was tried.
 */
import { type FileFacts, NONE, type RegionFact, type RegionId } from "../facts/model.js";
import type { CallSite } from "../project/model.js";
import { type Decisions, decisionsOf } from "./correlated-conditions.js";
import { atLeast, both, type Cost, free, isFree, oneOf, optional, rangeOf, repeated, type Size } from "./cost.js";
import { isAtMost } from "./polynomial.js";

export interface BodyInput {
  readonly facts: FileFacts;
  readonly calls: readonly CallSite[];
  readonly costOf: (site: CallSite) => Cost;
  /** How often a loop runs, and a note where that cannot be told. Asked only for loops whose rounds cost something. */
  readonly roundsOf: (loop: RegionId) => { readonly size: Size; readonly note: Cost };
}

/** Cost of each way out of a stretch of code; absent where there is none. */
interface Ways {
  readonly next?: Cost;
  readonly returns?: Cost;
  readonly breaks?: Cost;
  readonly continues?: Cost;
  readonly throws?: Cost;
}

type Exit = Exclude<keyof Ways, "next">;

type Item =
  | { readonly at: number; readonly site: CallSite }
  | { readonly at: number; readonly region: RegionId; readonly fact: RegionFact }
  | { readonly at: number; readonly exit: Exit };

const EXITS: readonly Exit[] = ["returns", "breaks", "continues", "throws"];
const EXIT_OF = { return: "returns", break: "breaks", continue: "continues", throw: "throws" } as const;

/** Cost of one run of the function whose body region is given. */
export function bodyCost(input: BodyInput, body: RegionId): Cost {
  const fn = input.facts.regions[body]?.fn ?? 0;
  const items = itemsByRegion(input, fn);
  const matters = (region: RegionId): boolean =>
    (items.get(region) ?? []).some((item) => !("region" in item) || matters(item.region));
  const together = decisionsOf(input.facts, fn, matters);
  const all = (together.length === 0 ? [NOTHING_DECIDED] : together).map((decided) =>
    regionWays({ ...input, items, decided }, body),
  );
  const { next, returns, throws } = alternatives(all);
  return merge(next, returns) ?? throws ?? free;
}

const NOTHING_DECIDED: Decisions = new Map();

interface Walk extends BodyInput {
  readonly items: ReadonlyMap<RegionId, readonly Item[]>;
  /** Branches of which it is known whether they are taken. */
  readonly decided: Decisions;
}

function itemsByRegion({ facts, calls }: BodyInput, fn: number): Map<RegionId, Item[]> {
  const items = new Map<RegionId, Item[]>();
  const add = (region: RegionId, item: Item): void => {
    const list = items.get(region);
    if (list === undefined) items.set(region, [item]);
    else list.push(item);
  };
  for (const site of calls) add(site.region, { at: site.span.start, site });
  facts.regions.forEach((fact, region) => {
    if (fact.fn === fn && fact.parent !== NONE) add(fact.parent, { at: fact.span.start, region, fact });
  });
  for (const { kind, region, span } of facts.exits) {
    if (kind === "yield" || facts.regions[region]?.fn !== fn) continue;
    // What an exit hands out is computed before it leaves.
    add(region, { at: span.end, exit: EXIT_OF[kind] });
  }
  for (const list of items.values()) list.sort((a, b) => a.at - b.at);
  return items;
}

function regionWays(walk: Walk, region: RegionId): Ways {
  return listWays(walk, walk.items.get(region) ?? [], region);
}

function listWays(walk: Walk, items: readonly Item[], region: RegionId): Ways {
  let ways: Ways = { next: free };
  for (let i = 0; i < items.length;) {
    const { taken, result } = groupWays(walk, items, i, region);
    ways = then(ways, result);
    i += taken;
    // What stands behind an exit never runs.
    if (ways.next === undefined) break;
  }
  return ways;
}

/** The item at `i`, together with those after it that belong to the same statement. */
function groupWays(walk: Walk, items: readonly Item[], i: number, region: RegionId): { taken: number; result: Ways } {
  const item = items[i];
  if (item === undefined) return { taken: 1, result: { next: free } };
  if ("site" in item) return { taken: 1, result: { next: walk.costOf(item.site) } };
  if ("exit" in item) return { taken: 1, result: { [item.exit]: free } };
  switch (item.fact.kind) {
    case "loop":
      return { taken: 1, result: loopWays(walk, item.region) };
    case "branch":
      return branchWays(walk, items, i, region);
    case "try":
      return tryWays(walk, items, i);
    default:
      return { taken: 1, result: regionWays(walk, item.region) };
  }
}

function branchWays(walk: Walk, items: readonly Item[], i: number, region: RegionId): { taken: number; result: Ways } {
  const first = branchAt(items, i);
  if (first === undefined) return { taken: 1, result: { next: free } };
  const { arm, test } = first.branch;
  if (arm === "case" || arm === "default") return switchWays(walk, items, i, region);
  const own = armWays(walk, first.region);
  // Calls of the second arm's own test stand between the arms only in chains, which nest; so the other arm comes next.
  const other = branchAt(items, i + 1);
  if (other !== undefined && other.branch.test === test && other.branch.arm === "else")
    return { taken: 2, result: alternatives([...own, ...armWays(walk, other.region)]) };
  const isTaken = walk.decided.get(first.region) === true;
  return { taken: 1, result: alternatives(isTaken ? own : [...own, { next: free }]) };
}

/** Nothing for an arm that is known not to be taken. */
function armWays(walk: Walk, region: RegionId): readonly Ways[] {
  return walk.decided.get(region) === false ? [] : [regionWays(walk, region)];
}

function branchAt(
  items: readonly Item[],
  i: number,
): { region: RegionId; branch: NonNullable<RegionFact["branch"]>; fact: RegionFact } | undefined {
  const item = items[i];
  if (item === undefined || !("region" in item) || item.fact.branch === undefined) return undefined;
  return { region: item.region, branch: item.fact.branch, fact: item.fact };
}

/** Clauses of one `switch`; a clause that does not leave runs into the next. */
function switchWays(walk: Walk, items: readonly Item[], i: number, region: RegionId): { taken: number; result: Ways } {
  const clauses: RegionId[] = [];
  let hasDefault = false;
  let end = -1;
  for (let at = i; ; at++) {
    const clause = branchAt(items, at);
    if (clause === undefined || (clause.branch.arm !== "case" && clause.branch.arm !== "default")) break;
    if (0 <= end && hasExprBetween(walk.facts, region, end, clause.fact.span.start)) break;
    clauses.push(clause.region);
    end = clause.fact.span.end;
    hasDefault ||= clause.branch.arm === "default";
  }
  const entered: Ways[] = [];
  let after: Ways = { next: free };
  for (const clause of clauses.reverse()) {
    after = then(regionWays(walk, clause), after);
    entered.push(after);
  }
  const { breaks, ...rest } = alternatives(hasDefault ? entered : [...entered, { next: free }]);
  const next = merge(rest.next, breaks);
  return { taken: Math.max(1, clauses.length), result: next === undefined ? rest : { ...rest, next } };
}

/** The subject of a second `switch` stands between its clauses and those of the first. */
function hasExprBetween(facts: FileFacts, region: RegionId, from: number, to: number): boolean {
  return facts.exprs.some((expr) => expr.region === region && from <= expr.start && expr.end <= to);
}

function loopWays(walk: Walk, region: RegionId): Ways {
  const { continues, breaks, returns, throws, next: end } = regionWays(walk, region);
  const round = merge(end, continues);
  const exits = [breaks, returns].filter((way) => way !== undefined);
  if (exits.every(isFree) && (round === undefined || isFree(round)))
    return { next: free, ...(returns === undefined ? {} : { returns }), ...(throws === undefined ? {} : { throws }) };
  const { size, note } = walk.roundsOf(region);
  const all = both(repeated(round ?? free, size), note);
  // A round that leaves is the last: those before it ran to their end.
  const withLast = (last: Cost): Cost =>
    round === undefined ? last : covers(round, last) ? atLeast(last, all) : both(optional(all), last);
  const whole = round === undefined && !mayBeEmpty(size) ? undefined : all;
  const next = merge(whole, breaks === undefined ? undefined : withLast(breaks));
  return {
    ...(next === undefined ? {} : { next }),
    ...(returns === undefined ? {} : { returns: withLast(returns) }),
    ...(throws === undefined ? {} : { throws: withLast(throws) }),
  };
}

function mayBeEmpty({ range }: Size): boolean {
  return range.min.some((way) => !way.some((term) => term.over.length === 0 && 0 < term.times));
}

/** Whether one cost is never more than another. */
function covers(more: Cost, less: Cost): boolean {
  return [...less.counts].every(([metric, range]) =>
    range.max.every((way) => rangeOf(more, metric).max.some((other) => isAtMost(way, other))),
  );
}

function tryWays(walk: Walk, items: readonly Item[], i: number): { taken: number; result: Ways } {
  const parts: Item[] = [];
  for (let at = i; at < items.length; at++) {
    const item = items[at];
    const kind = item !== undefined && "region" in item ? item.fact.kind : undefined;
    if (item === undefined || (at === i ? kind !== "try" : kind !== "catch" && kind !== "finally")) break;
    parts.push(item);
    if (kind === "finally") break;
  }
  const [first, ...rest] = parts.flatMap((item) => ("region" in item ? [item] : []));
  if (first === undefined) return { taken: 1, result: { next: free } };
  const handler = rest.find((item) => item.fact.kind === "catch");
  const last = rest.find((item) => item.fact.kind === "finally");
  const tried = regionWays(walk, first.region);
  const caught = handler === undefined ? tried : caughtWays(tried, regionWays(walk, handler.region));
  const result = last === undefined ? caught : finallyWays(caught, regionWays(walk, last.region));
  return { taken: parts.length, result };
}

function caughtWays(tried: Ways, handler: Ways): Ways {
  const { throws, ...rest } = tried;
  const thrown = throws === undefined ? [] : [then({ next: throws }, handler)];
  // Anything may throw, at the latest when all was done; that matters where the handler goes on, or has something to do.
  const { returns, ...going } = handler;
  const whole = rest.next ?? rest.returns;
  const ending = returns === undefined || isFree(returns) ? going : handler;
  const late = whole === undefined ? [] : [then({ next: whole }, ending)];
  return alternatives([rest, ...thrown, ...late]);
}

function finallyWays(ways: Ways, last: Ways): Ways {
  const after = last.next;
  if (after === undefined) return last;
  const out: { -readonly [K in keyof Ways]: Ways[K] } = {};
  for (const way of ["next", ...EXITS] as const) {
    const cost = ways[way];
    if (cost !== undefined) out[way] = both(cost, after);
  }
  return out;
}

function then(first: Ways, second: Ways): Ways {
  const { next } = first;
  if (next === undefined) return first;
  const out: { -readonly [K in keyof Ways]: Ways[K] } = {};
  if (second.next !== undefined) out.next = both(next, second.next);
  for (const exit of EXITS) {
    const later = second[exit];
    const merged = merge(first[exit], later === undefined ? undefined : both(next, later));
    if (merged !== undefined) out[exit] = merged;
  }
  return out;
}

function alternatives(all: readonly Ways[]): Ways {
  const out: { -readonly [K in keyof Ways]: Ways[K] } = {};
  for (const way of ["next", ...EXITS] as const) {
    const merged = all.reduce<Cost | undefined>((sofar, ways) => merge(sofar, ways[way]), undefined);
    if (merged !== undefined) out[way] = merged;
  }
  return out;
}

function merge(a: Cost | undefined, b: Cost | undefined): Cost | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : oneOf(a, b);
}
