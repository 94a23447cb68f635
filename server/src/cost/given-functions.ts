/**
 * Functions that are given as arguments: how often a function calls its parameters is part of its cost, and whoever gives a function pays for it. So a cache that
 * calls what it is given on a miss costs nothing by itself, and a helper that calls it for each of a list costs as many as the list is long.
 */
import { type ExprId, NONE } from "../facts/model.js";
import type { FileView } from "../project/file-view.js";
import type { CallSite, FunctionRef } from "../project/model.js";
import { both, type Cost, counted, free, oneOf, repeated, unseen } from "./cost.js";
import { exactly } from "./range.js";

/** Costs of the functions a call can be given for one of its arguments. */
export type CostOf = (ref: FunctionRef) => Cost;

const PREFIX = "call ";

/** A call of a parameter, of this function or of one around it; undefined for any other expression. */
export function parameterCall(view: FileView, callee: ExprId): Cost | undefined {
  const expr = view.facts.exprs[callee];
  const binding = expr?.kind === "ref" ? view.facts.bindings[expr.binding] : undefined;
  if (binding?.kind !== "param" || binding.param === undefined || 1 < (binding.path?.length ?? 0)) return undefined;
  return counted(metricOf({ file: view.path, fn: binding.fn }, binding.param, binding.path?.[0]), exactly(1));
}

/**
 * Puts what a call gives in place of the parameters its target calls.
 *
 * @param cost Of the target, its sizes already in the caller's terms.
 * @returns The cost, and which arguments are accounted for.
 */
export function withGiven(
  view: FileView,
  site: CallSite,
  target: FunctionRef,
  cost: Cost,
  costOf: CostOf,
): { readonly cost: Cost; readonly handled: ReadonlySet<number> } {
  const own = `${PREFIX}${keyOf(target)}#`;
  const handled = new Set<number>();
  let total = cost;
  for (const [metric, range] of cost.counts) {
    if (!metric.startsWith(own)) continue;
    const [index = "", ...path] = metric.slice(own.length).split(".");
    handled.add(Number(index));
    const given = givenCost(view, site, Number(index), path[0], costOf);
    total = both(total, repeated(given, { range, symbols: [...cost.symbols.values()] }));
  }
  return { cost: handled.size === 0 ? cost : without(total, own), handled };
}

/** What is left when nobody is there any more who could say what was given. */
export function withoutCalls(cost: Cost): Cost {
  return without(cost, PREFIX);
}

function givenCost(view: FileView, site: CallSite, index: number, name: string | undefined, costOf: CostOf): Cost {
  const call = view.facts.exprs[site.expr];
  let arg = call?.kind === "call" || call?.kind === "new" ? (call.args[index] ?? NONE) : NONE;
  let expr = view.facts.exprs[arg];
  if (name !== undefined && expr?.kind === "object") {
    arg = expr.props.find((prop) => prop.name === name)?.value ?? NONE;
    expr = view.facts.exprs[arg];
  }
  if (expr === undefined) return free;
  if (expr.kind === "function") return costOf({ file: view.path, fn: expr.fn });
  const passedOn = parameterCall(view, arg);
  if (passedOn !== undefined) return passedOn;
  const [first, ...others] = site.callbacks.filter((use) => use.arg === index);
  if (first !== undefined) return others.reduce((sofar, use) => oneOf(sofar, costOf(use.ref)), costOf(first.ref));
  // Anything but a name or a property is no function, or one that cannot be seen.
  if (expr.kind !== "ref" && expr.kind !== "member") return free;
  return unseen({ kind: "call", text: `${view.textOf(arg, 40)}()`, at: { file: view.path, span: site.span } });
}

function without(cost: Cost, prefix: string): Cost {
  if (![...cost.counts.keys()].some((metric) => metric.startsWith(prefix))) return cost;
  return { ...cost, counts: new Map([...cost.counts].filter(([metric]) => !metric.startsWith(prefix))) };
}

function metricOf(owner: FunctionRef, index: number, name: string | undefined): string {
  return `${PREFIX}${keyOf(owner)}#${index}${name === undefined ? "" : `.${name}`}`;
}

function keyOf({ file, fn }: FunctionRef): string {
  return `${file}#${fn}`;
}
