/**
 * What becomes of a value after the expression that makes it: used and forgotten, handed to the caller (alone or as part of something larger), or kept
 * somewhere that outlives the call.
 */
import { NONE, type BindingId, type ExprId, type ExprOf } from "../../facts/model.js";
import { isReturned } from "../../facts/regions.js";
import type { FileView } from "../../project/file-view.js";

export type Fate = "local" | "returned" | "returned-inside" | "kept";

/** Methods that put their argument into something that lives on. */
const STORES = /^(set|add|push|unshift|register|provide|attach|decorate|bind|use|addInstance|defineProperty|assign)$/;

export function fateOf(view: FileView, made: ExprId): Fate {
  return follow(view, made, new Set());
}

function follow(view: FileView, start: ExprId, seen: Set<BindingId>): Fate {
  const { exprs } = view.facts;
  let child = start;
  let inside = false;
  for (let hops = 0; hops < 30; hops++) {
    if (isReturned(view.facts, child)) {
      const call = immediateCall(view, child);
      if (call === NONE) return inside ? "returned-inside" : "returned";
      child = call;
      continue;
    }
    const parent = exprs[child]?.parent ?? NONE;
    const expr = exprs[parent];
    if (expr === undefined) return fateOfBindings(view, child, seen);
    if (expr.kind === "assign") return expr.value === child ? fateOfTarget(view, expr, seen) : "local";
    if (expr.kind === "object" || expr.kind === "array") inside = true;
    // The value is used up by a look-up or a call on it.
    if (expr.kind === "member" || expr.kind === "index") return isChainedPromise(view, parent) ? "returned" : "local";
    if (expr.kind === "call" && expr.callee !== child && storesArgument(view, expr.callee)) return "kept";
    if (expr.kind === "yield") return "returned";
    child = parent;
  }
  return "local";
}

/** The call that runs a function where it is written, `(async () => …)()`: what it returns goes on there. */
function immediateCall(view: FileView, returned: ExprId): ExprId {
  const fn = view.facts.regions[view.facts.exprs[returned]?.region ?? 0]?.fn ?? 0;
  const own = view.facts.functions[fn]?.expr ?? NONE;
  const call = view.facts.exprs[own]?.parent ?? NONE;
  const expr = view.facts.exprs[call];
  return expr?.kind === "call" && expr.callee === own ? call : NONE;
}

/** `connect().then(…)`: somebody further on has the client. */
function isChainedPromise(view: FileView, member: ExprId): boolean {
  const expr = view.facts.exprs[member];
  return expr?.kind === "member" && expr.name === "then";
}

function storesArgument(view: FileView, callee: ExprId): boolean {
  const expr = view.facts.exprs[callee];
  return expr?.kind === "member" && STORES.test(expr.name);
}

/** Variables initialised with the expression. */
function fateOfBindings(view: FileView, init: ExprId, seen: Set<BindingId>): Fate {
  const fates = view.facts.bindings.flatMap((binding, id) =>
    binding.init === init ? [fateOfBinding(view, id, seen)] : [],
  );
  return worst(fates);
}

/** A variable of a function around outlives the one that fills it. */
function fateOfTarget(view: FileView, assignment: ExprOf<"assign">, seen: Set<BindingId>): Fate {
  const target = view.facts.exprs[assignment.target];
  if (target?.kind !== "ref" || target.binding === NONE) return "kept";
  const home = view.facts.bindings[target.binding]?.fn;
  return home === view.facts.regions[assignment.region]?.fn ? fateOfBinding(view, target.binding, seen) : "kept";
}

/** A variable of the module lives on; a local one is followed to where it is used. */
function fateOfBinding(view: FileView, id: BindingId, seen: Set<BindingId>): Fate {
  if (seen.has(id)) return "local";
  seen.add(id);
  const binding = view.facts.bindings[id];
  if (binding === undefined || binding.fn === 0) return "kept";
  const fates: Fate[] = [];
  view.facts.exprs.forEach((expr, use) => {
    if (expr.kind === "ref" && expr.binding === id) fates.push(follow(view, use, seen));
  });
  return worst(fates);
}

function worst(fates: readonly Fate[]): Fate {
  if (fates.includes("kept")) return "kept";
  if (fates.includes("returned-inside")) return "returned-inside";
  return fates.includes("returned") ? "returned" : "local";
}
