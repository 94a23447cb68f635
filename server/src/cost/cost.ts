/**
 * What one run of a function costs: how many queries, remote calls and so on it makes at least and at most, which calls hold the event loop, and
 * what could not be seen. Plain data; costs are added, chosen among and multiplied.
 */
import type { FunctionRef, Location } from "../project/model.js";
import { either, isNone, none, perhaps, plus, type Range, shared, substitutedIn, timesOver } from "./range.js";

/**
 * What is counted: `queries` (SQL and documents), `remote` (HTTP and RPC), `inference`, `cache`, `queue`, `blocks fs` and its like, `batch …` for
 * queries that a library merges when they start in one tick, and `call …` for calls of a parameter.
 */
export type Metric = string;

/** A size that is not known before the program runs. */
export interface CostSymbol {
  readonly id: string;
  /** What is iterated, as the code names it: `orders`. */
  readonly name: string;
  /** It is a parameter of the function, or something in it: what is given decides. */
  readonly param?: { readonly owner: FunctionRef; readonly index: number; readonly path: readonly string[] };
}

/** Something that makes a cost a lower bound. */
export interface Unseen {
  readonly kind: "call" | "recursion" | "loop";
  /** `auth()`, as the code has it. */
  readonly text: string;
  readonly at: Location;
}

export interface Cost {
  readonly counts: ReadonlyMap<Metric, Range>;
  readonly symbols: ReadonlyMap<string, CostSymbol>;
  readonly unseen: readonly Unseen[];
  /** Some call was followed by a guess among implementations or by name. */
  readonly guessed?: true;
}

const MAX_UNSEEN = 6;

export const free: Cost = { counts: new Map(), symbols: new Map(), unseen: [] };

/** So many of one thing. */
export function counted(metric: Metric, range: Range): Cost {
  return { ...free, counts: new Map([[metric, range]]) };
}

export function unseen(what: Unseen): Cost {
  return { ...free, unseen: [what] };
}

/** One after the other, or both at once: both are paid for. */
export function both(a: Cost, b: Cost): Cost {
  if (isFree(a)) return b;
  if (isFree(b)) return a;
  return combined(a, b, (metric, x, y) => (isBatch(metric) ? shared(x, y) : plus(x, y)));
}

/** One or the other. */
export function oneOf(a: Cost, b: Cost): Cost {
  if (isFree(a) && isFree(b)) return free;
  return combined(a, b, (_, x, y) => either(x, y));
}

/** It may also not happen. */
export function optional(a: Cost): Cost {
  return mapped(a, (_, range) => perhaps(range));
}

/** How many there are of something. */
export interface Size {
  readonly range: Range;
  readonly symbols: readonly CostSymbol[];
}

/** Stands for a size while a cost is multiplied with it. */
const COUNT: CostSymbol = { id: "#", name: "#" };

/** At least the one, at most the other. */
export function atLeast(least: Cost, most: Cost): Cost {
  return combined(least, most, (_, x, y) => ({ min: x.min, max: y.max }));
}

/** Once for each of so many, one after the other. */
export function repeated(a: Cost, size: Size): Cost {
  if (a.counts.size === 0) return a;
  const many = mapped(settled(a), (_, range) => timesOver(range, COUNT.id));
  return withSizes({ ...many, symbols: new Map([...many.symbols, [COUNT.id, COUNT]]) }, (symbol) =>
    symbol === COUNT ? size : undefined,
  );
}

/** Once for each of so many, all started in one tick: what a library merges is paid for once. */
export function repeatedAtOnce(a: Cost, size: Size): Cost {
  const merged = split(a, isBatch);
  if (merged.counts.size === 0) return repeated(a, size);
  return both(
    repeated(
      split(a, (metric) => !isBatch(metric)),
      size,
    ),
    { ...merged, unseen: [] },
  );
}

/** Queries that were to be merged with others of their tick are queries like any other. */
export function settled(a: Cost): Cost {
  if (!hasBatch(a)) return a;
  const counts = new Map<Metric, Range>();
  for (const [metric, range] of a.counts) {
    const to = isBatch(metric) ? "queries" : metric;
    counts.set(to, plus(counts.get(to) ?? none, range));
  }
  return { ...a, counts };
}

/** Puts sizes in place of symbols. */
export function withSizes(a: Cost, sizeOf: (symbol: CostSymbol) => Size | undefined): Cost {
  const sizes = new Map<string, Range>();
  const symbols = new Map<string, CostSymbol>();
  for (const symbol of a.symbols.values()) {
    const size = sizeOf(symbol);
    if (size === undefined) symbols.set(symbol.id, symbol);
    else {
      sizes.set(symbol.id, size.range);
      for (const one of size.symbols) symbols.set(one.id, one);
    }
  }
  if (sizes.size === 0) return a;
  return { ...mapped(a, (_, range) => substitutedIn(range, (id) => sizes.get(id))), symbols };
}

export function isFree(a: Cost): boolean {
  return a.counts.size === 0 && a.unseen.length === 0;
}

function isBatch(metric: Metric): boolean {
  return metric.startsWith("batch ");
}

/** Whether some of it may be merged with others of its tick. */
export function hasBatch(a: Cost): boolean {
  for (const metric of a.counts.keys()) if (isBatch(metric)) return true;
  return false;
}

export function rangeOf(a: Cost, metric: Metric): Range {
  return a.counts.get(metric) ?? none;
}

function mapped(a: Cost, change: (metric: Metric, range: Range) => Range): Cost {
  if (a.counts.size === 0) return a;
  const counts = new Map([...a.counts].map(([metric, range]) => [metric, change(metric, range)] as const));
  return { ...a, counts: new Map([...counts].filter(([, range]) => !isNone(range))) };
}

function split(a: Cost, keep: (metric: Metric) => boolean): Cost {
  return { ...a, counts: new Map([...a.counts].filter(([metric]) => keep(metric))) };
}

function combined(a: Cost, b: Cost, join: (metric: Metric, x: Range, y: Range) => Range): Cost {
  const counts = new Map<Metric, Range>();
  for (const metric of new Set([...a.counts.keys(), ...b.counts.keys()]))
    counts.set(metric, join(metric, rangeOf(a, metric), rangeOf(b, metric)));
  const guessed = a.guessed === true || b.guessed === true;
  return {
    counts,
    symbols: b.symbols.size === 0 ? a.symbols : new Map([...a.symbols, ...b.symbols]),
    unseen: distinct([...a.unseen, ...b.unseen]),
    ...(guessed ? { guessed: true as const } : {}),
  };
}

function distinct(all: readonly Unseen[]): readonly Unseen[] {
  if (all.length < 2) return all;
  const byPlace = new Map(all.map((one) => [`${one.at.file} ${one.at.span.start}`, one]));
  return [...byPlace.values()].slice(0, MAX_UNSEEN);
}
