/** Costs as people read them: `2 + 3·orders queries, 1 remote call, blocks ~fs`. */
import { type Cost, type Metric, rangeOf, settled } from "./cost.js";
import { hasUnknown, isAtMost, lower, type Polynomial, type Term, upper, withoutUnknown } from "./polynomial.js";
import { isUncertain, type Range } from "./range.js";

/** What is counted, in the order it is told, with the words for one and for any other number. */
const COUNTED: readonly (readonly [Metric, one: string, many: string])[] = [
  ["queries", "query", "queries"],
  ["remote", "remote call", "remote calls"],
  ["inference", "model call", "model calls"],
  ["cache", "cache call", "cache calls"],
  ["queue", "queue call", "queue calls"],
];

/** The whole cost in one line; `no queries` when there is nothing. */
export function renderCost(given: Cost): string {
  const cost = settled(given);
  const parts = COUNTED.flatMap(([metric, one, many]) => {
    const unknown = metric === "queries" && 0 < cost.unseen.length;
    const text = renderCount(cost, metric, unknown);
    return text === undefined ? [] : [`${text} ${text === "1" ? one : many}`];
  });
  const blocking = renderBlocking(cost);
  if (blocking !== undefined) parts.push(blocking);
  return parts.length === 0 ? "no queries" : parts.join(", ");
}

/** `2 + 3·orders`, `1–2 + 0–3·orders`, `1 … 3·orders`, `2 + ?`; undefined when there is none. */
export function renderCount(given: Cost, metric: Metric, unknown = false): string | undefined {
  const cost = settled(given);
  const range = rangeOf(cost, metric);
  const names = namesOf(cost);
  const open = unknown || isUncertain(range);
  const text = renderRange(range, (id) => names.get(id) ?? id);
  if (text === "0") return open ? "?" : undefined;
  return open ? `${text} + ?` : text;
}

/** `blocks fs, ~crypto`: `~` where it happens only on some ways. */
function renderBlocking(cost: Cost): string | undefined {
  const kinds = [...cost.counts].flatMap(([metric, range]) => {
    if (!metric.startsWith("blocks ")) return [];
    const always = range.min.every((way) => way.some((term) => term.over.length === 0 && 0 < term.times));
    return [`${always ? "" : "~"}${metric.slice("blocks ".length)}`];
  });
  return kinds.length === 0 ? undefined : `blocks ${kinds.sort().join(", ")}`;
}

function renderRange(range: Range, nameOf: (id: string) => string): string {
  const min = joinedWays(range.min.map(withoutUnknown), lower);
  const max = joinedWays(range.max.map(withoutUnknown), upper);
  const [low] = min;
  const [high] = max;
  if (low !== undefined && high !== undefined && min.length === 1 && max.length === 1 && isAtMost(low, high))
    return renderTerms(low, high, nameOf);
  const least = min.map((way) => renderTerms(way, way, nameOf));
  const most = max.map((way) => renderTerms(way, way, nameOf));
  const lowText = least.length === 1 ? (least[0] ?? "0") : `min(${least.join(", ")})`;
  const highText = most.length === 1 ? (most[0] ?? "0") : `max(${most.join(", ")})`;
  return `${lowText} … ${highText}`;
}

/** Two ways are told as they are; of more, or of long ones, what bounds them all. */
function joinedWays(
  ways: readonly Polynomial[],
  join: (a: Polynomial, b: Polynomial) => Polynomial,
): readonly Polynomial[] {
  const length = ways.reduce((sum, way) => sum + way.length, 0);
  const [first, ...rest] = ways;
  if (first === undefined || ways.length < 2 || (ways.length === 2 && length <= 4)) return ways;
  return [rest.reduce(join, first)];
}

/** The terms worth showing: all of a few; of many, the number by itself and those that grow most. */
function shownTerms(high: Polynomial): readonly Term[] {
  if (high.length <= MAX_SHOWN) return high;
  const [first] = high;
  const plain = first?.over.length === 0 ? [first] : [];
  const growing = high.filter((term) => 0 < term.over.length);
  growing.sort((a, b) => b.over.length - a.over.length || b.times - a.times);
  return [...plain, ...growing.slice(0, MAX_SHOWN - plain.length).sort((a, b) => a.over.length - b.over.length)];
}

const MAX_SHOWN = 5;

/** Term by term, where the upper end has at least as much of each. */
function renderTerms(low: Polynomial, high: Polynomial, nameOf: (id: string) => string): string {
  if (high.length === 0) return "0";
  const shown = shownTerms(high);
  const text = shown
    .map((term) => {
      const least = low.find((other) => keyOf(other) === keyOf(term))?.times ?? 0;
      const times = least === term.times ? String(term.times) : `${least}–${term.times}`;
      if (term.over.length === 0) return times;
      const product = term.over.map(nameOf).join("·");
      return times === "1" ? product : `${times}·${product}`;
    })
    .join(" + ");
  return shown.length < high.length ? `${text} + …` : text;
}

function keyOf(term: Term): string {
  return term.over.join("*");
}

/** Names of symbols; those that share a name are told apart by a number. */
export function namesOf(cost: Cost): ReadonlyMap<string, string> {
  const taken = new Map<string, number>();
  const names = new Map<string, string>();
  const used = new Set([...cost.counts.values()].flatMap((range) => [...range.min, ...range.max]).flatMap(symbolsIn));
  for (const { id, name } of cost.symbols.values()) {
    if (!used.has(id)) continue;
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    names.set(id, count === 1 ? name : `${name}${SUBSCRIPTS.charAt(Math.min(count, 9))}`);
  }
  return names;
}

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

function symbolsIn(way: Polynomial): readonly string[] {
  return way.flatMap((term) => term.over);
}

/** Whether any part of it is not known. */
export function isOpen(cost: Cost): boolean {
  return 0 < cost.unseen.length || [...cost.counts.values()].some((range) => range.max.some(hasUnknown));
}
