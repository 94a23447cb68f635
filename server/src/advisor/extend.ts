/**
 * Chooses indexes for all queries on one table together, by greedy extension: begin with nothing; in each step either add an index on one column or lengthen
 * a chosen one by one column, whichever cuts most cost for the room it takes; stop when no step is worth it.
 *
 * The algorithm is Extend: R. Schlosser, J. Kossmann, M. Boissier, "Efficient Scalable Multi-Attribute Index Selection Using Recursive Strategies", ICDE 2019,
 * which came out as the best trade of quality and time in J. Kossmann, S. Halfpap, M. Jankrift, R. Schlosser, "Magic mirror in my hand, which is the best in the
 * land? An Experimental Evaluation of Index Selection Algorithms", PVLDB 13(12), 2020. Theirs stops at a budget of storage; nobody gives one here, so a step has
 * to save more than it costs the places that write, and a further column has to cut some query's cost to half.
 */
import type { IndexPart } from "../catalog/model.js";
import type { Candidate } from "./candidate.js";
import { partKey, type Wish } from "./demand.js";
import { indexCost, scanCost, writeCost } from "./estimate.js";

export interface Shape {
  readonly parts: readonly IndexPart[];
  readonly method: Candidate["method"];
}

export interface Workload {
  readonly wishes: readonly Wish[];
  readonly rows: number;
  /** Places in the code that write the table. */
  readonly writes: number;
  /** Cost of a wish with an index, where it is known better than by rule of thumb: what a planner refuses to use costs a scan. */
  readonly refuses?: (wish: Wish, shape: Shape) => boolean;
}

/** A further column has to cut the cost of some query to this share, as a planner's proof has to. */
const neededCut = 0.5;
/** Columns of one index beyond these add weight, not selectivity. */
const maxParts = 5;
/** More indexes than this on one table nobody makes; a workload that asks for more is odd. */
const maxIndexes = 24;

/** One thing that could be done next: an index more, or one that takes the place of a shorter one. */
export interface Step {
  readonly shape: Shape;
  readonly replaced?: Shape;
}

/**
 * The greedy course itself, for whoever knows what steps are worth: gives all steps that are possible, takes the worth of each (undefined: none), and takes the
 * best one, the first of equals, until there is none. Returns what is chosen at the end.
 */
export function* greedily<C, S>(
  start: C,
  stepsFrom: (chosen: C) => readonly S[],
  after: (chosen: C, step: S) => C,
): Generator<{ readonly chosen: C; readonly steps: readonly S[] }, C, readonly (number | undefined)[]> {
  for (let chosen = start; ;) {
    const steps = stepsFrom(chosen);
    const worth = yield { chosen, steps };
    const best = steps.reduce<number>((best, _, i) => ((worth[best] ?? 0) < (worth[i] ?? 0) ? i : best), 0);
    const step = steps[best];
    if (step === undefined || (worth[best] ?? 0) <= 0) return chosen;
    chosen = after(chosen, step);
  }
}

/** Chosen indexes, in the order in which they were begun. */
export function extend(workload: Workload): readonly Shape[] {
  const { wishes, rows } = workload;
  const course = greedily<readonly Shape[], Step>([], (chosen) => stepsFrom(wishes, chosen), afterStep);
  let next = course.next();
  while (next.done !== true) {
    const { chosen, steps } = next.value;
    const costs = wishes.map((wish) => (chosen.length === 0 ? scanCost(wish, rows) : cheapest(workload, wish, chosen)));
    next = course.next(steps.map((step) => worthOf(workload, costs, step)));
  }
  return withoutIdle(workload, next.value);
}

export function stepsFrom(wishes: readonly Wish[], chosen: readonly Shape[]): readonly Step[] {
  const firsts = chosen.length < maxIndexes ? firstParts(wishes, chosen) : [];
  return [
    ...firsts.map(({ part, method }): Step => ({ shape: { parts: [part], method } })),
    ...chosen.flatMap((replaced) =>
      nextParts(wishes, replaced).map((part): Step => ({
        shape: { ...replaced, parts: [...replaced.parts, part] },
        replaced,
      })),
    ),
  ];
}

export function afterStep(chosen: readonly Shape[], { shape, replaced }: Step): readonly Shape[] {
  return replaced === undefined ? [...chosen, shape] : chosen.map((one) => (one === replaced ? shape : one));
}

/** Cost of a wish with the best of some indexes, or none. */
export function cheapest(workload: Workload, wish: Wish, chosen: readonly Shape[]): number {
  return Math.min(scanCost(wish, workload.rows), ...chosen.map((shape) => costWith(workload, wish, shape)));
}

/** The index that serves a wish best; undefined when none does. */
export function servingShape(workload: Workload, wish: Wish, chosen: readonly Shape[]): Shape | undefined {
  let best: { readonly shape: Shape; readonly cost: number } | undefined;
  for (const shape of chosen) {
    const cost = costWith(workload, wish, shape);
    if (cost < (best?.cost ?? scanCost(wish, workload.rows))) best = { shape, cost };
  }
  return best?.shape;
}

function costWith({ rows, refuses }: Workload, wish: Wish, shape: Shape): number {
  if (wish.method !== shape.method || refuses?.(wish, shape) === true) return scanCost(wish, rows);
  // What other kinds of index save cannot be told from rows and values: they serve the column they are on.
  if (wish.method === "gin") {
    const same = wish.equal.some(({ part }) => partKey(part) === partKey(shape.parts[0] ?? {}));
    return same ? scanCost(wish, rows) / 10 : scanCost(wish, rows);
  }
  return indexCost(wish, shape.parts, rows);
}

/** Cost saved for the room taken; undefined when the step is not worth it. */
function worthOf(workload: Workload, costs: readonly number[], { shape, replaced }: Step): number | undefined {
  const { wishes, writes } = workload;
  let saved = 0;
  let halves = false;
  for (const [i, wish] of wishes.entries()) {
    const before = costs[i] ?? 0;
    const after = costWith(workload, wish, shape);
    if (before <= after) continue;
    saved += (before - after) * wish.weight;
    if (after <= before * neededCut) halves = true;
  }
  const upkeep = writeCost(shape.parts, writes) - (replaced === undefined ? 0 : writeCost(replaced.parts, writes));
  if (saved <= upkeep || (replaced !== undefined && !halves)) return undefined;
  // An entry takes as much room as a column, whatever it holds.
  return (saved - upkeep) / (replaced === undefined ? 2 : 1);
}

/** Columns an index could begin with, in the order of the wishes: of equal gains the first one wins. */
function firstParts(
  wishes: readonly Wish[],
  chosen: readonly Shape[],
): readonly { readonly part: IndexPart; readonly method: Candidate["method"] }[] {
  const taken = new Set(chosen.filter(({ parts }) => parts.length === 1).map((shape) => shapeKey(shape)));
  const found = new Map<string, { readonly part: IndexPart; readonly method: Candidate["method"] }>();
  for (const { equal, then, method } of wishes) {
    const firsts = equal.length > 0 ? equal.map(({ part }) => part) : then.slice(0, 1);
    for (const part of firsts) {
      const key = shapeKey({ parts: [part], method });
      if (!taken.has(key) && !found.has(key)) found.set(key, { part, method });
    }
  }
  return [...found.values()];
}

/** Columns that some wish which the index serves so far wants next. */
function nextParts(wishes: readonly Wish[], { parts, method }: Shape): readonly IndexPart[] {
  if (method !== "btree" || parts.length >= maxParts) return [];
  const has = new Set(parts.map(({ column, expression }) => column ?? expression));
  const found = new Map<string, IndexPart>();
  for (const wish of wishes) {
    if (wish.method !== "btree") continue;
    for (const part of wantedNext(wish, parts))
      if (!has.has(part.column ?? part.expression)) found.set(partKey(part), found.get(partKey(part)) ?? part);
  }
  return [...found.values()];
}

function wantedNext({ equal, then }: Wish, parts: readonly IndexPart[]): readonly IndexPart[] {
  const keys = parts.map(partKey);
  const rest = equal.map(({ part }) => part).filter((part) => !keys.includes(partKey(part)));
  const matched = keys.filter((key) => equal.some(({ part }) => partKey(part) === key)).length;
  if (matched === keys.length) return [...rest, ...then.slice(0, 1)];
  // Past the equal columns only the order goes on, as far as it has been followed.
  const tail = keys.slice(matched);
  return tail.every((key, i) => partKey(then[i] ?? {}) === key) ? then.slice(tail.length, tail.length + 1) : [];
}

/** Leaves out indexes begun early whose queries later ones serve nearly as well. */
function withoutIdle(workload: Workload, chosen: readonly Shape[]): readonly Shape[] {
  let kept = chosen;
  for (const shape of chosen) {
    const others = kept.filter((one) => one !== shape);
    const isMissed = workload.wishes.some(
      (wish) => cheapest(workload, wish, kept) <= cheapest(workload, wish, others) * neededCut,
    );
    if (!isMissed) kept = others;
  }
  return kept;
}

export function shapeKey({ parts, method }: Shape): string {
  return `${method} ${parts.map(partKey).join(", ")}`;
}
