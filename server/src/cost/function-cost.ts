/** What one run of a function costs, from its calls and what those it calls cost. */
import type { Catalog } from "../catalog/model.js";
import { NONE, type ExprId, type RegionId } from "../facts/model.js";
import { render } from "../facts/render.js";
import { isCacheWrapper } from "../project/cache-guards.js";
import type { FunctionNode } from "../project/call-graph.js";
import type { FileView } from "../project/file-view.js";
import type { CallbackUse, CallSite, FunctionRef } from "../project/model.js";
import { calledName } from "../rules/loops/iteration.js";
import { boundOf } from "../rules/loops/bounds.js";
import { atMost, plain, sizeOf, symbolOf, symbolSize } from "./collection-size.js";
import { bodyCost } from "./control-flow.js";
import {
  both,
  type Cost,
  type CostSymbol,
  counted,
  free,
  hasBatch,
  isFree,
  oneOf,
  optional,
  repeated,
  repeatedAtOnce,
  settled,
  type Size,
  unseen,
  withSizes,
} from "./cost.js";
import { parameterCall, withGiven } from "./given-functions.js";
import { loaderCost } from "./loader-cost.js";
import { operationCost } from "./operation-cost.js";
import { anything, exactly } from "./range.js";
import { isUnseen } from "./unseen-calls.js";

/** What a function's cost is put together from. */
export interface CostContext {
  readonly viewOf: (file: string) => FileView | undefined;
  readonly catalog: () => Catalog;
  /** Cost of another function; of one that is being computed, what stands for recursion. */
  readonly costOf: (ref: FunctionRef, from: { readonly view: FileView; readonly site: CallSite }) => Cost;
}

const STOPS_EARLY = /^(find|findIndex|findLast|findLastIndex|some|every|detect|includes)$/;
const unknownSize: Size = { range: anything, symbols: [] };

export function functionCost(context: CostContext, node: FunctionNode): Cost {
  const view = context.viewOf(node.ref.file);
  const fact = node.file.facts.functions[node.ref.fn];
  if (view === undefined || fact === undefined) return free;
  const costs = new Map(node.calls.map((site) => [site, siteCost(context, view, site)]));
  if ([...costs.values()].every(isFree)) return free;
  return bodyCost(
    {
      facts: view.facts,
      calls: node.calls.filter((site) => costs.get(site) !== undefined && !isFree(costs.get(site) ?? free)),
      costOf: (site) => costs.get(site) ?? free,
      roundsOf: (region) => roundsOf(view, region),
    },
    fact.body,
  );
}

/** What one call costs: what it does itself, what it calls, and what the functions it is given do. */
export function siteCost(context: CostContext, view: FileView, site: CallSite): Cost {
  const called = view.facts.exprs[site.expr];
  const parameter = called?.kind === "call" ? parameterCall(view, called.callee) : undefined;
  if (parameter !== undefined) return parameter;
  const loader = loaderCost(
    view,
    site,
    (ref, from) => context.costOf(ref, { view, site: from }),
    () => startsAtOnce(view, site),
  );
  if (loader !== undefined) return loader;
  let total = free;
  if (site.operation !== undefined)
    total = operationCost(view, context.catalog(), site.operation, () => startsAtOnce(view, site));
  if (site.blocking !== undefined) total = both(total, counted(`blocks ${site.blocking.category}`, exactly(1)));
  const targets = targetsCost(context, view, site);
  total = both(total, targets.cost);
  for (const [i, use] of site.callbacks.entries()) {
    // A name that may stand for several functions is given once.
    const isRepeated = site.callbacks.findIndex((other) => other.arg === use.arg) < i && isPassedOn(view, site, use);
    if (!targets.handled.has(use.arg) && !isRepeated) total = both(total, callbackCost(context, view, site, use));
  }
  if (isFree(total) && isUnseen(view, site))
    return unseen({ kind: "call", text: `${calleeText(view, site)}()`, at: { file: view.path, span: site.span } });
  return total;
}

function calleeText(view: FileView, site: CallSite): string {
  const expr = view.facts.exprs[site.expr];
  return expr?.kind === "call" || expr?.kind === "new" ? render(view.facts, expr.callee, 40) : "call";
}

interface TargetsCost {
  readonly cost: Cost;
  /** Arguments whose functions are accounted for. */
  readonly handled: ReadonlySet<number>;
}

const nothing: TargetsCost = { cost: free, handled: new Set() };

function targetsCost(context: CostContext, view: FileView, site: CallSite): TargetsCost {
  const [first, ...others] = site.targets;
  if (first === undefined) return nothing;
  let { cost, handled } = carried(context, view, site, first);
  for (const ref of others) {
    const other = carried(context, view, site, ref);
    cost = oneOf(cost, other.cost);
    handled = new Set([...handled, ...other.handled]);
  }
  const guessed = !isFree(cost) && (site.confidence === "low" || 0 < others.length);
  return { cost: guessed ? { ...cost, guessed: true } : cost, handled };
}

/** A called function's cost in the caller's terms. */
function carried(context: CostContext, view: FileView, site: CallSite, ref: FunctionRef): TargetsCost {
  const cost = context.costOf(ref, { view, site });
  if (isFree(cost)) return nothing;
  const own = hasBatch(cost) && !startsAtOnce(view, site) ? settled(cost) : cost;
  const sized = withSizes(own, (symbol) => givenSize(view, site, ref, symbol));
  return withGiven(view, site, ref, sized, (given) => context.costOf(given, { view, site }));
}

/** An argument that is a parameter itself: who calls this function says what it is. */
function isPassedOn(view: FileView, site: CallSite, use: CallbackUse): boolean {
  return passedOn(view, site, use) !== undefined;
}

function passedOn(view: FileView, site: CallSite, use: CallbackUse): Cost | undefined {
  const call = view.facts.exprs[site.expr];
  const arg = call?.kind === "call" || call?.kind === "new" ? call.args[use.arg] : undefined;
  return arg === undefined ? undefined : parameterCall(view, arg);
}

/** Size of what a call gives for a parameter. */
function givenSize(view: FileView, site: CallSite, ref: FunctionRef, symbol: CostSymbol): Size | undefined {
  const { param } = symbol;
  if (param === undefined || param.owner.file !== ref.file || param.owner.fn !== ref.fn) return undefined;
  const call = view.facts.exprs[site.expr];
  const args: readonly ExprId[] = call?.kind === "call" || call?.kind === "new" ? call.args : [];
  let arg = args[param.index];
  const detached = symbolSize({ id: symbol.id, name: symbol.name });
  if (arg === undefined || view.facts.exprs[arg]?.kind === "spread") return detached;
  let path = param.path;
  for (let expr = view.facts.exprs[arg]; expr?.kind === "object" && 0 < path.length; expr = view.facts.exprs[arg]) {
    const [name] = path;
    const prop = expr.props.find((one) => one.name === name)?.value;
    if (prop === undefined) return detached;
    arg = prop;
    path = path.slice(1);
  }
  if (path.length === 0) return sizeOf(view, arg);
  const base = symbolOf(view, arg);
  return symbolSize({
    id: `${base.id}/${path.join(".")}`,
    name: symbol.name,
    ...(base.param === undefined ? {} : { param: { ...base.param, path: [...base.param.path, ...path] } }),
  });
}

function callbackCost(context: CostContext, view: FileView, site: CallSite, use: CallbackUse): Cost {
  if (use.runs === "deferred") return free;
  const cost = passedOn(view, site, use) ?? context.costOf(use.ref, { view, site });
  if (isFree(cost)) return free;
  const name = calledName(view, site.expr);
  if (use.runs === "once") {
    const rarely = name === "catch" || isCacheWrapper(view.facts, site.expr);
    return rarely ? optional(cost) : hasBatch(cost) && !startsAtOnce(view, site) ? settled(cost) : cost;
  }
  const over = use.over ?? NONE;
  const size = over === NONE ? unknownSize : sizeOf(view, over);
  const fn = use.ref.file === view.path ? view.facts.functions[use.ref.fn] : undefined;
  const atOnce = name === "map" || name === "flatMap" || (fn?.async === true && name === "forEach");
  const many = atOnce ? repeatedAtOnce(cost, size) : repeated(cost, size);
  const all = STOPS_EARLY.test(name) ? optional(many) : many;
  return over === NONE ? both(all, loopNote(view, site.span, `${name}(…)`)) : all;
}

/** Whether a function awaits nothing before a call, so that calls of one tick start it in one tick. */
export function startsAtOnce(view: FileView, site: CallSite): boolean {
  const { exprs, regions } = view.facts;
  return !exprs.some(
    (expr) => expr.kind === "await" && expr.end <= site.span.start && regions[expr.region]?.fn === site.fn,
  );
}

function roundsOf(view: FileView, region: RegionId): { readonly size: Size; readonly note: Cost } {
  const fact = view.facts.regions[region];
  const loop = fact?.loop;
  if (fact === undefined || loop === undefined) return { size: unknownSize, note: free };
  if (loop.over !== NONE) return { size: sizeOf(view, loop.over), note: free };
  const size = loop.form === "for" ? countedSize(view, region) : undefined;
  if (size !== undefined) return { size, note: free };
  return { size: unknownSize, note: loopNote(view, loop.statement, `${loop.form} loop`) };
}

/** `for (let i = 0; i < items.length; i++)`, `for (let page = 1; page <= pages; page++)`. */
function countedSize(view: FileView, region: RegionId): Size | undefined {
  const fact = view.facts.regions[region];
  const loop = fact?.loop;
  const test = loop === undefined ? undefined : view.facts.exprs[loop.test];
  if (fact === undefined || loop === undefined || test?.kind !== "binary" || !/^[<>]=?$/.test(test.op))
    return undefined;
  const iteration = {
    kind: "loop" as const,
    region,
    fn: fact.fn,
    over: NONE,
    loop,
    element: new Set(loop.bindings),
    head: loop.statement,
  };
  const most = boundOf(view, iteration);
  const [init] = loop.init;
  const from = init === undefined ? undefined : view.facts.exprs[init];
  const start = from?.kind === "literal" && typeof from.value === "number" ? from.value : undefined;
  const step = view.facts.exprs[loop.step];
  const byOne = step?.kind === "assign" && (step.op === "++" || step.op === "--");
  if (most !== undefined) return byOne && start !== undefined ? plain(Math.max(0, most - start)) : atMost(plain(most));
  const limit = view.facts.exprs[test.op.startsWith("<") ? test.right : test.left];
  if (limit === undefined || limit.kind === "literal") return undefined;
  const over = limit.kind === "member" && /^(length|size)$/.test(limit.name) ? limit.object : undefined;
  const named =
    over === undefined
      ? symbolSize(symbolOf(view, test.op.startsWith("<") ? test.right : test.left))
      : sizeOf(view, over);
  return byOne && (start === 0 || (start === 1 && test.op === "<=")) ? named : atMost(named);
}

function loopNote(view: FileView, span: { readonly start: number; readonly end: number }, text: string): Cost {
  return unseen({ kind: "loop", text, at: { file: view.path, span } });
}
