/**
 * What `loader.load(key)` of DataLoader costs: its function runs once for all keys of a tick. A loader that outlives the request may have the key already. Where
 * its function is out of sight, one query is taken for it, and said to be guessed.
 */
import type { ExprId } from "../facts/model.js";
import { render } from "../facts/render.js";
import type { FileView } from "../project/file-view.js";
import type { CallSite, FunctionRef } from "../project/model.js";
import { both, type Cost, counted, free, isFree, optional, rangeOf, settled, unseen, withSizes } from "./cost.js";
import { anything, exactly } from "./range.js";

/** Gives a value without running the function, or takes one away. */
const LOCAL: ReadonlySet<string> = new Set(["clear", "clearAll", "prime"]);

/** @param costOf Of a function that the call `site` is given. @returns Undefined for calls of anything but a loader. */
export function loaderCost(
  view: FileView,
  site: CallSite,
  costOf: (ref: FunctionRef, site: CallSite) => Cost,
  startsAtOnce: () => boolean,
): Cost | undefined {
  const call = view.facts.exprs[site.expr];
  const callee = call?.kind === "call" ? view.facts.exprs[call.callee] : undefined;
  if (callee?.kind !== "member" || !(LOCAL.has(callee.name) || /^load(Many)?$/.test(callee.name))) return undefined;
  const value = view.valueOf(callee.object);
  if (value.kind !== "external-instance" || value.module !== "dataloader") return undefined;
  if (LOCAL.has(callee.name)) return free;
  const made = madeAt(view, callee.object);
  const cost = made?.batch === undefined ? undefined : settled(costOf(made.batch, made.site));
  // A loader that asks for nothing is one whose question nobody sees.
  if (cost !== undefined && isFree(cost)) return unseen(callOf(view, site));
  const queries = cost === undefined ? exactly(1) : rangeOf(cost, "queries");
  const name = `batch loader ${view.path} ${render(view.facts, callee.object, 60)}`;
  const merged = startsAtOnce() ? counted(name, queries) : counted("queries", queries);
  const rest = cost === undefined ? free : unmerged(view, site, cost);
  // Sizes inside are of the list of keys, which nobody knows here.
  const sized = withSizes({ ...both(merged, rest), symbols: cost?.symbols ?? new Map() }, () => ({
    range: anything,
    symbols: [],
  }));
  const whole = made === undefined || made.outlives ? optional(sized) : sized;
  return made === undefined ? { ...whole, guessed: true } : whole;
}

/** A function that does more than ask a database is not followed further: what it does for each tick is unknown, not nothing. */
function unmerged(view: FileView, site: CallSite, cost: Cost): Cost {
  const isPlain = [...cost.counts.keys()].every((metric) => metric === "queries");
  return isPlain ? { ...free, unseen: cost.unseen } : unseen(callOf(view, site));
}

function callOf(view: FileView, site: CallSite): Parameters<typeof unseen>[0] {
  return { kind: "call", text: view.textOf(site.expr, 40), at: { file: view.path, span: site.span } };
}

interface Made {
  readonly site: CallSite;
  readonly batch: FunctionRef | undefined;
  /** Made outside of the function that uses it. */
  readonly outlives: boolean;
}

/** Where `new DataLoader(batch)` stands, in the same file. */
function madeAt(view: FileView, object: ExprId): Made | undefined {
  const ref = view.facts.exprs[object];
  const binding = ref?.kind === "ref" ? view.facts.bindings[ref.binding] : undefined;
  if (binding === undefined || 0 < binding.writes.length || binding.path !== undefined) return undefined;
  const site = view.calls.find(({ expr }) => expr === binding.init);
  const batch = site?.callbacks.find(({ arg }) => arg === 0)?.ref;
  return site === undefined || batch === undefined ? undefined : { site, batch, outlives: binding.fn === 0 };
}
