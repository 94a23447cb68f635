/**
 * What each function does to the outside world when it runs, through any number of calls: a fixpoint over the call graph, callees
 * first, recursive groups together. Effects only grow within a group, so it ends; each keeps one shortest witness path.
 */
import { isAwaited, isConditional } from "../facts/regions.js";
import { NONE, type BindingId, type ExprId, type FunctionId } from "../facts/model.js";
import { oncePerFile } from "../facts/once-per-file.js";
import { isCacheGuarded } from "./cache-guards.js";
import { callGroups, isCyclic } from "./call-groups.js";
import { emptySummary, type CallEdge, type CallGraph, type FunctionNode } from "./call-graph.js";
import { summarizeReads } from "./summarize-reads.js";
import {
  MAX_EFFECTS,
  type CallSite,
  type FunctionSummary,
  type Location,
  type ReachedBlocking,
  type ReachedEffect,
} from "./model.js";

/** Paths longer than this say nothing a reader could follow; the effect is dropped. */
const MAX_PATH = 12;

/**
 * Brings summaries up to date after the calls of `dirty` functions changed. Callers are revisited only where a summary really changed.
 *
 * Nodes leave `dirty` as they are done and callers enter it as they are affected, so that work given up half-way (when `check` throws) is taken up where it stopped.
 *
 * @param onChanged Told of every node whose summary differs from before.
 */
export function updateSummaries(
  graph: CallGraph,
  dirty: Set<FunctionNode>,
  check: () => void,
  onChanged: (node: FunctionNode) => void,
): void {
  while (dirty.size > 0) {
    const wave = withGroups(dirty);
    for (const group of callGroups(graph, wave)) {
      check();
      const before = group.map((node) => node.summary);
      solve(graph, group);
      for (const node of group) dirty.delete(node);
      group.forEach((node, i) => {
        const old = before[i] ?? emptySummary;
        if (sameSummary(old, node.summary)) {
          node.summary = old;
          return;
        }
        onChanged(node);
        // Callers in the same wave come later anyway; adding them twice would only repeat them.
        for (const caller of node.callers) if (!wave.has(caller)) dirty.add(caller);
      });
    }
  }
}

/** A recursive function's summary may rest on itself; the whole group it was solved with starts anew. */
function withGroups(nodes: ReadonlySet<FunctionNode>): Set<FunctionNode> {
  const all = new Set(nodes);
  for (const node of all) {
    if (node.summary.recursive !== true) continue;
    for (const caller of node.callers) if (caller.summary.recursive === true) all.add(caller);
  }
  return all;
}

function solve(graph: CallGraph, group: readonly FunctionNode[]): void {
  const cyclic = isCyclic(graph, group);
  if (cyclic) for (const node of group) node.summary = { ...emptySummary, recursive: true };
  for (let again = true; again;) {
    again = false;
    for (const node of group) {
      const summary = summarize(graph, node, cyclic);
      if (cyclic && !sameSummary(node.summary, summary)) again = true;
      node.summary = summary;
    }
  }
}

function summarize(graph: CallGraph, node: FunctionNode, recursive: boolean): FunctionSummary {
  const effects = new Map<string, ReachedEffect>();
  const blocking = new Map<string, ReachedBlocking>();
  for (const site of node.calls) {
    if (site.operation === undefined && site.blocking === undefined) continue;
    const context = contextOf(node, site);
    if (site.operation !== undefined) keep(effects, effectKey, directEffect(node, site, context));
    if (site.blocking !== undefined) keep(blocking, blockingKey, directBlocking(node, site, context));
  }
  for (const edge of node.edges) {
    const callee = graph.node(edge.to);
    if (callee === undefined) continue;
    const { summary } = callee;
    if (summary.effects.length === 0 && summary.blocking.length === 0) continue;
    const context = contextOf(node, edge.site);
    const steps = edge.via === "call" ? 1 : 0;
    for (const effect of summary.effects) {
      const known = effects.get(effectKey(effect));
      if (known !== undefined && isLesser(context.cached || effect.cached === true, effect.path.length + steps, known))
        continue;
      const carried = carryEffect(node, edge, callee, effect, context);
      if (carried !== undefined) keep(effects, effectKey, carried);
    }
    for (const one of summary.blocking) {
      const carried = carryBlocking(node, edge, one, context);
      if (carried !== undefined) keep(blocking, blockingKey, carried);
    }
  }
  const sorted = bounded(effects, isRemote);
  const reads = summarizeReads(graph, node, recursive);
  const opaque = node.calls.some((site) => isOpaqueAwait(node, site)) || reachesOpaque(graph, node);
  return {
    effects: sorted,
    blocking: bounded(blocking, () => false),
    ...(effects.size > sorted.length || blocking.size > MAX_EFFECTS ? { truncated: true as const } : {}),
    ...(recursive ? { recursive: true as const } : {}),
    ...(opaque ? { opaque: true as const } : {}),
    ...(reads.length > 0 ? { reads } : {}),
  };
}

/** Methods that read the rest of an answer that is on its way, or wait for nothing of their own. */
const CONTINUES: ReadonlySet<string> = new Set(["json", "text", "arrayBuffer", "blob", "formData", "all", "resolve"]);

/** `await` of a call that is no operation and leads to no function of the workspace. */
function isOpaqueAwait({ file }: FunctionNode, site: CallSite): boolean {
  if (site.operation !== undefined || 0 < site.targets.length) return false;
  if (!isAwaited(file.facts, site.expr)) return false;
  const call = file.facts.exprs[site.expr];
  const callee = call?.kind === "call" ? file.facts.exprs[call.callee] : undefined;
  return !(callee?.kind === "member" && CONTINUES.has(callee.name));
}

function reachesOpaque(graph: CallGraph, node: FunctionNode): boolean {
  return node.edges.some((edge) => graph.node(edge.to)?.summary.opaque === true);
}

interface Context {
  readonly conditional: boolean;
  readonly cached: boolean;
}

function contextOf(node: FunctionNode, site: CallSite): Context {
  const { facts } = node.file;
  return { conditional: isConditional(facts, site.region, site.span.start), cached: isCacheGuarded(facts, site) };
}

function directEffect(node: FunctionNode, site: CallSite, context: Context): ReachedEffect {
  const operation = site.operation;
  if (operation === undefined) throw new Error("a direct effect needs an operation");
  const sources = node.file.flow.sourcesOf(operation.expr);
  const all = operation.expr === site.expr ? sources : new Set([...sources, ...node.file.flow.sourcesOf(site.expr)]);
  return {
    operation,
    at: { file: node.ref.file, span: operation.span },
    owner: node.ref,
    path: [],
    ...paramsAmong(node, all),
    ...flags(context),
    ...(operation.batchedByLibrary !== undefined && startsAtOnce(node, site) ? { prompt: true as const } : {}),
    confidence: operation.confidence,
  };
}

/** Whether a function awaits nothing before a call. */
function startsAtOnce({ file, ref }: FunctionNode, site: CallSite): boolean {
  return site.span.start < (firstAwaits(file.facts).get(ref.fn) ?? Infinity);
}

/** Where the first thing a function awaits has been awaited, by function. */
const firstAwaits = oncePerFile(({ exprs, regions }): ReadonlyMap<FunctionId, number> => {
  const ends = new Map<FunctionId, number>();
  for (const expr of exprs) {
    const fn = expr.kind === "await" ? regions[expr.region]?.fn : undefined;
    if (fn !== undefined) ends.set(fn, Math.min(expr.end, ends.get(fn) ?? Infinity));
  }
  return ends;
});

function directBlocking(node: FunctionNode, site: CallSite, context: Context): ReachedBlocking {
  const operation = site.blocking;
  if (operation === undefined) throw new Error("a direct blocking effect needs an operation");
  return { operation, at: { file: node.ref.file, span: operation.span }, owner: node.ref, path: [], ...flags(context) };
}

function flags(context: Context): { conditional?: true; cached?: true } {
  return { ...(context.conditional ? { conditional: true } : {}), ...(context.cached ? { cached: true } : {}) };
}

/** Parameters of the function itself, and of functions around it, among the bindings a value comes from. */
function paramsAmong(
  node: FunctionNode,
  sources: Iterable<BindingId>,
): { params: number[]; captured?: readonly BindingId[] } {
  const params = new Set<number>();
  const captured: BindingId[] = [];
  for (const id of sources) {
    const binding = node.file.facts.bindings[id];
    if (binding === undefined || binding.fn === 0) continue;
    if (binding.fn !== node.ref.fn) captured.push(id);
    else if (binding.param !== undefined) params.add(binding.param);
  }
  const sorted = [...params].sort((a, b) => a - b);
  return captured.length === 0 ? { params: sorted } : { params: sorted, captured: captured.sort((a, b) => a - b) };
}

function carryEffect(
  node: FunctionNode,
  edge: CallEdge,
  callee: FunctionNode,
  effect: ReachedEffect,
  context: Context,
): ReachedEffect | undefined {
  const path = extend(node, edge, effect.path);
  if (path === undefined) return undefined;
  return {
    operation: effect.operation,
    at: effect.at,
    owner: effect.owner,
    path,
    ...paramsAmong(node, sourcesThrough(node, edge, callee, effect)),
    ...flags({
      conditional: context.conditional || effect.conditional === true,
      cached: context.cached || effect.cached === true,
    }),
    ...(edge.via === "callback-per-element" || effect.repeated === true ? { repeated: true as const } : {}),
    ...(effect.prompt === true && startsAtOnce(node, edge.site) ? { prompt: true as const } : {}),
    confidence: edge.site.confidence === "low" ? "low" : effect.confidence,
  };
}

function carryBlocking(
  node: FunctionNode,
  edge: CallEdge,
  one: ReachedBlocking,
  context: Context,
): ReachedBlocking | undefined {
  const path = extend(node, edge, one.path);
  if (path === undefined) return undefined;
  return {
    operation: one.operation,
    at: one.at,
    owner: one.owner,
    path,
    ...flags({
      conditional: context.conditional || one.conditional === true,
      cached: context.cached || one.cached === true,
    }),
  };
}

/** A callback belongs to the function that writes it: going into it is no step a reader would count. */
function extend(node: FunctionNode, edge: CallEdge, path: readonly Location[]): readonly Location[] | undefined {
  if (edge.via !== "call") return path;
  return path.length >= MAX_PATH ? undefined : [{ file: node.ref.file, span: edge.site.span }, ...path];
}

/** Bindings of the caller's file that reach the operation: through arguments, and through what the callee captures. */
export function sourcesThrough(
  node: FunctionNode,
  edge: CallEdge,
  callee: FunctionNode,
  effect: ReachedEffect,
): Set<BindingId> {
  const sources = new Set<BindingId>();
  if (callee.ref.file === node.ref.file) for (const id of effect.captured ?? []) sources.add(id);
  const call = node.file.facts.exprs[edge.site.expr];
  if (edge.via !== "call") {
    // The element a callback gets comes from what is iterated.
    const over = edge.site.callbacks.find((callback) => callback.ref.fn === callee.ref.fn)?.over ?? NONE;
    if (effect.params.length > 0 && over !== NONE) addAll(sources, node.file.flow.sourcesOf(over));
    return sources;
  }
  const args: readonly ExprId[] =
    call?.kind === "call" || call?.kind === "new" ? call.args : call?.kind === "template" ? call.exprs : [];
  for (const param of effect.params) {
    const arg = args[param];
    if (arg !== undefined) addAll(sources, node.file.flow.sourcesOf(arg));
  }
  return sources;
}

function addAll(target: Set<BindingId>, more: Iterable<BindingId>): void {
  for (const id of more) target.add(id);
}

function effectKey({ operation }: ReachedEffect): string {
  return `${operation.dialect} ${operation.table ?? ""} ${operation.method} ${operation.access}`;
}

function blockingKey({ operation }: ReachedBlocking): string {
  return operation.api;
}

interface Witness {
  readonly path: readonly Location[];
  readonly at: Location;
  readonly conditional?: true;
  readonly cached?: true;
}

/** The surest way to the operation wins, then the shortest, then the first by place: the same input gives the same witness. */
function keep<T extends Witness>(found: Map<string, T>, keyOf: (one: T) => string, one: T): void {
  const key = keyOf(one);
  const known = found.get(key);
  if (known === undefined || compare(one, known) < 0) found.set(key, one);
}

/** Whether a witness loses against a known one by the first two of its properties, so that it need not be made. */
function isLesser(cached: boolean, pathLength: number, known: Witness): boolean {
  const by = Number(cached) - Number(known.cached === true);
  return 0 < by || (by === 0 && known.path.length < pathLength);
}

function compare(a: Witness, b: Witness): number {
  const rank = (one: Witness): number => (one.cached === true ? 2 : 0);
  return (
    rank(a) - rank(b) || a.path.length - b.path.length || compareLocation(a.at, b.at) || comparePaths(a.path, b.path)
  );
}

function comparePaths(a: readonly Location[], b: readonly Location[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i], b[i]];
    const order = x === undefined || y === undefined ? 0 : compareLocation(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

function compareLocation(a: Location, b: Location): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.span.start - b.span.start || a.span.end - b.span.end;
}

/** @param isLess What gives way when there are too many. */
function bounded<T extends Witness>(found: ReadonlyMap<string, T>, isLess: (one: T) => boolean): readonly T[] {
  const list = [...found.values()];
  if (list.length > 1) list.sort((a, b) => Number(isLess(a)) - Number(isLess(b)) || compare(a, b));
  return list.slice(0, MAX_EFFECTS);
}

function isRemote({ operation }: ReachedEffect): boolean {
  return operation.kind !== "sql" && operation.kind !== "document";
}

function sameSummary(a: FunctionSummary, b: FunctionSummary): boolean {
  if (a === b) return true;
  if (
    a.effects.length !== b.effects.length ||
    a.blocking.length !== b.blocking.length ||
    a.recursive !== b.recursive ||
    a.opaque !== b.opaque
  )
    return false;
  return JSON.stringify([a.effects, a.blocking, a.reads]) === JSON.stringify([b.effects, b.blocking, b.reads]);
}
