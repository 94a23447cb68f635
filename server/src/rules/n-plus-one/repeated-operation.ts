/**
 * The evidence all n-plus-one rules share: a call that reaches another system, once per element of something, with an argument that depends on
 * the element, and no reason why that is fine. Computed once per view; each rule takes its part of it.
 */
import { argumentsOf } from "../../facts/expressions.js";
import { hasEarlyExitBefore, regionChain } from "../../facts/regions.js";
import { NONE, type BindingId, type ExprId } from "../../facts/model.js";
import type { Span } from "../../base/span.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite, FunctionRef, Location, Operation, ReachedEffect } from "../../project/model.js";
import { runtimeOf, type Runtime } from "../runtime-code.js";
import { isConcurrent, iterationsAround, type Iteration } from "../loops/iteration.js";
import { reasonFor } from "../loops/reasons.js";
import { isPartOfStatement } from "./handed-over.js";
import { namesOwnTable } from "./own-table.js";
import { lightnessOf, type Lightness } from "./weight.js";

export interface RepeatedOperation {
  readonly at: Span;
  readonly site: CallSite;
  readonly iterations: readonly Iteration[];
  readonly operation: Operation;
  /** Other operations the same call reaches. */
  readonly moreCount: number;
  readonly operationAt: Location;
  /** Calls from here down to the operation, this one left out. */
  readonly path: readonly Location[];
  /** Function called here, when the operation stands in another. */
  readonly through: FunctionRef | undefined;
  readonly concurrent: boolean;
  readonly recursive: boolean;
  readonly conditional: boolean;
  readonly cached: boolean;
  readonly sure: boolean;
  /** Why one statement for all would win less than it looks. */
  readonly light: Lightness | undefined;
  readonly runtime: Runtime;
}

const memo = new WeakMap<FileView, readonly RepeatedOperation[]>();

export function repeatedOperations(view: FileView): readonly RepeatedOperation[] {
  let found = memo.get(view);
  if (found === undefined) {
    found = view.calls.flatMap((site) => examine(view, site) ?? []);
    memo.set(view, found);
  }
  return found;
}

export function isDatabase(operation: Operation): boolean {
  return operation.kind === "sql" || operation.kind === "document";
}

/** An operation a call performs itself, or reaches through a function it calls. */
export interface Candidate {
  readonly operation: Operation;
  readonly effect: ReachedEffect | undefined;
  readonly target: FunctionRef | undefined;
}

function examine(view: FileView, site: CallSite): RepeatedOperation | undefined {
  const candidates = candidatesOf(view, site);
  if (candidates.length === 0) return undefined;
  const iterations = iterationsAround(view, site);
  const [inner] = iterations;
  if (inner === undefined) return undefined;
  const runtime = runtimeOf(view, site.fn);
  if (runtime === undefined || isPartOfStatement(view, site)) return undefined;
  const element = new Set(iterations.flatMap((iteration) => [...iteration.element]));
  const dependent = candidates.filter(
    (candidate) =>
      dependsOnElement(view, site, candidate, element) &&
      !isMerged(view, inner, candidate) &&
      !namesOwnTable(view, candidate.operation, site, element),
  );
  const best = dependent.sort((a, b) => rankOf(a) - rankOf(b))[0];
  if (best === undefined) return undefined;
  // A loop around a fine loop counts: the first iteration outwards that is not fine is the one to report.
  const bad = iterations.filter(
    (iteration) => varies(view, site, best, iteration) && reasonFor(view, iteration, site) === undefined,
  );
  if (bad.length === 0 || iterations.some((iteration) => stopsAll(view, iteration, site))) return undefined;
  return toEvidence(view, site, bad, best, dependent, runtime);
}

/** The library merges what functions called in one tick start in that tick. */
function isMerged(view: FileView, inner: Iteration, { effect }: Candidate): boolean {
  const { prompt, operation } = effect ?? {};
  return prompt === true && operation?.transaction !== true && isConcurrent(view, inner);
}

/** A chunk, batch, pause or list of statements anywhere around speaks for the whole nest. */
function stopsAll(view: FileView, iteration: Iteration, site: CallSite): boolean {
  const id = reasonFor(view, iteration, site)?.id;
  return (
    id === "chunk" ||
    id === "element-is-batch" ||
    id === "batched-by-library" ||
    id === "paced" ||
    id === "own-statements"
  );
}

function varies(view: FileView, site: CallSite, candidate: Candidate, iteration: Iteration): boolean {
  return dependsOnElement(view, site, candidate, iteration.element);
}

function toEvidence(
  view: FileView,
  site: CallSite,
  bad: readonly Iteration[],
  best: Candidate,
  all: readonly Candidate[],
  runtime: Runtime,
): RepeatedOperation {
  const { operation, effect, target } = best;
  const [inner] = bad;
  // Queries are counted with queries: a job that is queued on the way is none of them.
  const alike = all.filter(({ operation: one }) => isDatabase(one) === isDatabase(operation));
  const distinct = new Set(alike.map(({ operation: one }) => `${one.table ?? ""} ${one.method}`));
  return {
    at: target === undefined ? operation.span : site.span,
    site,
    iterations: bad,
    operation,
    moreCount: distinct.size - 1,
    operationAt: effect?.at ?? { file: view.path, span: operation.span },
    path: effect?.path ?? [],
    through: target,
    concurrent: inner !== undefined && isConcurrent(view, inner),
    recursive: target !== undefined && target.file === view.path && runsIn(view, site, target.fn),
    conditional: effect?.conditional === true || hasGuard(view, site, inner),
    cached: effect?.cached === true || view.isCacheGuarded(site),
    sure:
      operation.confidence === "high" &&
      site.confidence === "high" &&
      (effect === undefined || effect.confidence === "high"),
    light:
      inner === undefined
        ? undefined
        : lightnessOf({
            view,
            site,
            iteration: inner,
            operation,
            operationCount: distinct.size,
            runtime,
          }),
    runtime,
  };
}

/** Whether a call stands in a function, or in callbacks that run as part of it. */
export function runsIn(view: FileView, site: CallSite, wanted: number): boolean {
  for (let fn: number | undefined = site.fn, hops = 0; fn !== undefined && hops < 20; hops++) {
    if (fn === wanted) return true;
    fn = view.inlinedInto(fn)?.site.fn;
  }
  return false;
}

function hasGuard(view: FileView, site: CallSite, inner: Iteration | undefined): boolean {
  return inner?.kind === "callback" && hasEarlyExitBefore(view.facts, site.region, site.span.start);
}

export function candidatesOf(view: FileView, site: CallSite): Candidate[] {
  if (site.operation !== undefined) return [{ operation: site.operation, effect: undefined, target: undefined }];
  const found: Candidate[] = [];
  for (const target of site.targets) {
    for (const effect of view.summaryOf(target).effects) found.push({ operation: effect.operation, effect, target });
  }
  return found;
}

/** Databases before slow remote calls, those before quick ones, sure before guessed, direct before far. */
export function rankOf({ operation, effect }: Candidate): number {
  const slow = operation.kind === "http" || operation.kind === "inference";
  const kind = isDatabase(operation) ? (operation.inProcess === true ? 90 : 0) : slow ? 100 : 200;
  return (
    kind + (operation.confidence === "high" ? 0 : 50) + (effect?.cached === true ? 20 : 0) + (effect?.path.length ?? -1)
  );
}

/** Whether the operation's own arguments depend on what the iteration hands out. */
export function dependsOnElement(
  view: FileView,
  site: CallSite,
  { operation, effect, target }: Candidate,
  element: ReadonlySet<BindingId>,
): boolean {
  const { flow } = view;
  // A flush writes what the pass changed, whatever it is given; one under a condition gathers several passes.
  if (operation.flushes === true) return effect?.conditional !== true && flushesEach(view, site, element);
  if (effect === undefined || target === undefined) {
    if (!isDatabase(operation) && isElementsOwn(view, site.expr, element)) return false;
    return flow.dependsOn(operation.expr, element) || flow.dependsOn(site.expr, element);
  }
  for (const id of effect.captured ?? []) if (target.file === view.path && element.has(id)) return true;
  const args = argumentsOf(view.facts, site.expr);
  // A rest or destructured parameter list is not told apart from its position.
  if (effect.params.some((param) => args[param] !== undefined && flow.dependsOn(args[param], element))) return true;
  // A method of the element itself.
  return receiverDepends(view, site.expr, element);
}

/** Whether a call runs in every pass of the iteration that hands out these elements. */
function flushesEach(view: FileView, site: CallSite, element: ReadonlySet<BindingId>): boolean {
  const { facts } = view;
  for (const { region } of regionChain(facts, site.region)) {
    if (region.kind === "branch") return false;
    if (region.kind === "loop") return region.loop?.bindings.some((id) => element.has(id)) === true;
    if (region.kind === "function") return facts.bindings.some(({ fn }, id) => fn === region.fn && element.has(id));
  }
  return false;
}

/** A call of the element that is told nothing of it: each of several queues or nodes has to be asked itself. */
function isElementsOwn(view: FileView, id: ExprId, element: ReadonlySet<BindingId>): boolean {
  return (
    receiverDepends(view, id, element) && !argumentsOf(view.facts, id).some((arg) => view.flow.dependsOn(arg, element))
  );
}

function receiverDepends(view: FileView, id: ExprId, element: ReadonlySet<BindingId>): boolean {
  const expr = view.facts.exprs[id];
  const callee = expr?.kind === "call" ? view.facts.exprs[expr.callee] : undefined;
  if (callee?.kind !== "member" || callee.object === NONE) return false;
  const object = view.facts.exprs[callee.object];
  return object?.kind === "ref" && element.has(object.binding);
}
