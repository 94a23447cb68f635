/** What runs once per element: loops and callbacks of iteration methods, seen from a call inside them. */
import { isInside, regionChain } from "../../facts/regions.js";
import { NONE, type BindingId, type ExprId, type FunctionId, type LoopFact, type RegionId } from "../../facts/model.js";
import type { Span } from "../../base/span.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";

export interface Iteration {
  readonly kind: "loop" | "callback";
  /** Region of the body. */
  readonly region: RegionId;
  readonly fn: FunctionId;
  /** What is iterated, or `NONE` for loops that count or wait. */
  readonly over: ExprId;
  readonly loop?: LoopFact;
  /** The call the callback is given to. */
  readonly site?: CallSite;
  /** The element (and its parts), the counters, or what a work list hands out. */
  readonly element: ReadonlySet<BindingId>;
  /** Place a reader would point at: the loop's head or the iteration method. */
  readonly head: Span;
}

const known = new WeakMap<FileView, Map<CallSite, readonly Iteration[]>>();

/** Iterations around a call, innermost first, up to the function that is called from elsewhere. Several rules ask about the same calls. */
export function iterationsAround(view: FileView, site: CallSite): readonly Iteration[] {
  const bySite = known.get(view) ?? new Map<CallSite, readonly Iteration[]>();
  known.set(view, bySite);
  const found = bySite.get(site) ?? findIterations(view, site);
  bySite.set(site, found);
  return found;
}

function findIterations(view: FileView, site: CallSite): Iteration[] {
  const found: Iteration[] = [];
  let region = site.region;
  for (let hops = 0; hops < 20; hops++) {
    for (const { id, region: at } of regionChain(view.facts, region)) {
      if (at.loop !== undefined) found.push(fromLoop(view, id, at.loop));
    }
    const fn = view.facts.regions[region]?.fn ?? 0;
    const inlined = view.inlinedInto(fn);
    if (inlined === undefined) return found;
    const use = inlined.site.callbacks.find((callback) => callback.arg === inlined.arg && callback.ref.fn === fn);
    if (use?.runs === "per-element") found.push(fromCallback(view, inlined.site, fn, use.over ?? NONE));
    region = inlined.site.region;
  }
  return found;
}

function fromLoop(view: FileView, region: RegionId, loop: LoopFact): Iteration {
  const { facts } = view;
  const body = facts.regions[region];
  const statement = loop.statement;
  const element = new Set(loop.bindings);
  if (loop.over === NONE) for (const id of handedOut(view, region)) element.add(id);
  const headEnd = Math.max(statement.start + 3, Math.min(body?.span.start ?? statement.end, statement.end));
  return {
    kind: "loop",
    region,
    fn: body?.fn ?? 0,
    over: overOf(view, loop),
    loop,
    element,
    head: { start: statement.start, end: headEnd },
  };
}

/** For a counting loop, the collection whose length bounds it. */
function overOf(view: FileView, loop: LoopFact): ExprId {
  if (loop.over !== NONE || loop.form !== "for") return loop.over;
  const test = view.facts.exprs[loop.test];
  if (test?.kind !== "binary") return NONE;
  for (const side of [test.right, test.left]) {
    const expr = view.facts.exprs[side];
    if (expr?.kind === "member" && (expr.name === "length" || expr.name === "size")) return expr.object;
  }
  return NONE;
}

const TAKES = new Set(["shift", "pop", "dequeue", "poll", "next", "splice"]);

/** Variables of a work list's loop: `const job = queue.shift()`. */
function handedOut(view: FileView, region: RegionId): BindingId[] {
  const { facts } = view;
  const found: BindingId[] = [];
  facts.bindings.forEach((binding, id) => {
    if (binding.init === NONE || !isInside(facts, binding.region, region)) return;
    const init = unwrap(view, binding.init);
    const call = facts.exprs[init];
    const callee = call?.kind === "call" ? facts.exprs[call.callee] : undefined;
    if (callee?.kind === "member" && TAKES.has(callee.name)) found.push(id);
  });
  return found;
}

function fromCallback(view: FileView, site: CallSite, fn: FunctionId, over: ExprId): Iteration {
  const { facts } = view;
  const element = new Set<BindingId>();
  facts.bindings.forEach((binding, id) => {
    if (binding.fn === fn && binding.kind === "param") element.add(id);
  });
  const call = facts.exprs[site.expr];
  const callee = call?.kind === "call" || call?.kind === "new" ? facts.exprs[call.callee] : undefined;
  const head = callee === undefined ? site.span : { start: callee.start, end: callee.end };
  return { kind: "callback", region: facts.functions[fn]?.body ?? NONE, fn, over, site, element, head };
}

/** The expression below `await`, spreads and `Promise.resolve`. */
export function unwrap(view: FileView, id: ExprId): ExprId {
  for (let at = id; ;) {
    const expr = view.facts.exprs[at];
    if (expr?.kind === "await" || expr?.kind === "spread") at = expr.value;
    else return at;
  }
}

/** Name of the called method or function, without what stands before it. */
export function calledName(view: FileView, id: ExprId): string {
  const expr = view.facts.exprs[id];
  const callee = expr?.kind === "call" || expr?.kind === "new" ? view.facts.exprs[expr.callee] : undefined;
  return callee?.kind === "ref" || callee?.kind === "member" ? callee.name : "";
}

/** Whether the iterations of a callback overlap in time: its promises are collected before they are awaited. */
export function isConcurrent(view: FileView, iteration: Iteration): boolean {
  if (iteration.kind !== "callback" || iteration.site === undefined) return false;
  const name = calledName(view, iteration.site.expr);
  return view.facts.functions[iteration.fn]?.async === true || name === "map" || name === "flatMap";
}
