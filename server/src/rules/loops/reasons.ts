/**
 * Why a loop is right as it is. Each reason is a named value with its own detector; the first that holds is given. Shared by every rule about loops, so that
 * they agree and can all say why they stay silent.
 */
import { receiversOf, refersTo } from "../../facts/expressions.js";
import { isPause } from "../../facts/pauses.js";
import { exprsWithin, isInCatch, isInside, regionChain } from "../../facts/regions.js";
import { NONE, type BindingId, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import { boundOf } from "./bounds.js";
import { calledName, isConcurrent, iterationsAround, unwrap, type Iteration } from "./iteration.js";
import { isAnsweredOnce } from "./answered-once.js";
import { isLoadedBefore } from "./loaded-before.js";
import { runsStatements } from "./own-statements.js";
import { readsPages } from "./pages.js";
import { takesSlice } from "./slices.js";

export interface LoopReason {
  readonly id:
    | "small-bound"
    | "chunk"
    | "cursor-or-poll"
    | "retry"
    | "paced"
    | "previous-iteration"
    | "element-is-batch"
    | "batched-by-library"
    | "loaded-before"
    | "answered-once"
    | "own-statements"
    | "stream"
    | "worker-pool";
  /** A sentence for people. */
  readonly text: string;
}

/** What a reason is asked about: a call and the iteration around it. */
export interface Question {
  readonly view: FileView;
  readonly iteration: Iteration;
  readonly site: CallSite;
}

type Detector = (question: Question) => LoopReason | undefined;

const DETECTORS: readonly Detector[] = [
  smallBound,
  waits,
  chunked,
  retries,
  paced,
  elementIsBatch,
  previousIteration,
  batchedByLibrary,
  loadedBefore,
  pages,
  answeredOnce,
  ownStatements,
];

const known = new WeakMap<Iteration, Map<CallSite, { readonly reason: LoopReason | undefined }>>();

/** The first reason that makes a call in an iteration fine, or undefined. Several rules ask about the same calls. */
export function reasonFor(view: FileView, iteration: Iteration, site: CallSite): LoopReason | undefined {
  const bySite = known.get(iteration) ?? new Map<CallSite, { readonly reason: LoopReason | undefined }>();
  known.set(iteration, bySite);
  const answer = bySite.get(site) ?? { reason: findReason({ view, iteration, site }) };
  bySite.set(site, answer);
  return answer.reason;
}

function findReason(question: Question): LoopReason | undefined {
  for (const detect of DETECTORS) {
    const reason = detect(question);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function smallBound({ view, iteration }: Question): LoopReason | undefined {
  const bound = boundOf(view, iteration);
  return bound !== undefined && bound <= view.options.smallLoopBound
    ? { id: "small-bound", text: `it runs at most ${bound} times` }
    : undefined;
}

/** Loops that wait for something or walk a cursor: no collection, and no work list either. */
function waits({ iteration }: Question): LoopReason | undefined {
  const { loop } = iteration;
  if (loop === undefined || iteration.over !== NONE) return undefined;
  if (loop.form === "for" && loop.bindings.length > 0 && loop.test !== NONE) return undefined;
  if (loop.form === "while" || loop.form === "do" || loop.form === "for") {
    return iteration.element.size > 0
      ? undefined
      : { id: "cursor-or-poll", text: "it pages, polls or waits; each pass needs the answer of the last" };
  }
  return undefined;
}

const CHUNK_CALL = /chunk|batch|partition|splitEvery|inGroups|groupsOf|paginate|slices|windowed/i;
const CHUNK_NAME =
  /^(chunk|batch|page|slice|bucket|window|part|segment|bundle)(s|ed|Ids|Items|Rows|OfIds)?$|(Chunk|Batch|Bundle)$/;

/** The element is a slice of a larger list: the query already takes many at once. */
function chunked({ view, iteration, site }: Question): LoopReason | undefined {
  const reason: LoopReason = { id: "chunk", text: "it goes through chunks; each query already takes many" };
  const named = iteration.over === NONE ? undefined : comesFromChunking(view, iteration.over, 0);
  if (named === "made" || takesSlice(view, iteration, site)) return reason;
  const step = iteration.loop === undefined ? undefined : view.facts.exprs[iteration.loop.step];
  if (step?.kind === "assign" && step.op === "+=" && step.value !== NONE) {
    const by = view.facts.exprs[step.value];
    if (by?.kind !== "literal" || by.value !== 1) return reason;
  }
  if (iteration.loop?.over === NONE && [...iteration.element].some((id) => isSplice(view, id))) return reason;
  for (const id of iteration.element) {
    const binding = view.facts.bindings[id];
    if (binding === undefined || binding.path !== undefined) continue;
    if (named === undefined && !CHUNK_NAME.test(binding.name)) continue;
    // A page can be a slice of rows or a row of a wiki: only what is used as a list is one.
    if (isUsedAsList(view, id, iteration)) return reason;
  }
  return undefined;
}

const LIST_MEMBERS =
  /^(length|map|filter|forEach|flatMap|slice|reduce|some|every|find|join|values|entries|size|concat|includes|at|indexOf)$/;

const HOLDS_LIST = /^(chunk|batch|bundle|data|in|\$in|values|rows|records|ids|uuids|items|documents|keys)$/;

/** Whether a variable is taken for a list in a loop: iterated, spread, asked for its length, or given whole to a call. */
function isUsedAsList(view: FileView, binding: BindingId, iteration: Iteration): boolean {
  const { exprs, regions } = view.facts;
  const loops = regions.some(({ loop }) => loop !== undefined && refersTo(view.facts, loop.over, binding));
  return (
    loops ||
    exprs.some((expr) => {
      if (expr.kind === "member") return LIST_MEMBERS.test(expr.name) && refersTo(view.facts, expr.object, binding);
      if (expr.kind === "spread") return refersTo(view.facts, expr.value, binding);
      if (!isInside(view.facts, expr.region, iteration.region)) return false;
      if (expr.kind === "object")
        return expr.props.some((prop) => HOLDS_LIST.test(prop.name ?? "") && refersTo(view.facts, prop.value, binding));
      if (expr.kind !== "call") return false;
      return expr.args.some((arg) => refersTo(view.facts, arg, binding));
    })
  );
}

/** `made`: a call cuts a list into slices; `named`: a variable is only called as if it held some. */
function comesFromChunking(view: FileView, given: ExprId, depth: number): "made" | "named" | undefined {
  const id = unwrap(view, given);
  const expr = view.facts.exprs[id];
  if (expr === undefined || depth > 4) return undefined;
  if (expr.kind === "call") {
    if (CHUNK_CALL.test(calledName(view, id))) return "made";
    const callee = view.facts.exprs[expr.callee];
    return callee?.kind === "member" ? comesFromChunking(view, callee.object, depth + 1) : undefined;
  }
  if (expr.kind !== "ref" || expr.binding === NONE) return undefined;
  const binding = view.facts.bindings[expr.binding];
  if (binding === undefined) return undefined;
  const made =
    binding.init !== NONE && binding.path === undefined ? comesFromChunking(view, binding.init, depth + 1) : undefined;
  if (made === "made") return made;
  return /^(chunks|batches|pages|slices|bundles|chunked\w*|batched\w*)$|(Chunks|Batches|Bundles)$/.test(binding.name)
    ? "named"
    : made;
}

function isSplice(view: FileView, id: BindingId): boolean {
  const init = view.facts.bindings[id]?.init ?? NONE;
  return init !== NONE && calledName(view, unwrap(view, init)) === "splice";
}

const ATTEMPT = /attempt|retry|retries|tries|^try/i;

/** A loop that is left as soon as it succeeds. */
function retries({ view, iteration, site }: Question): LoopReason | undefined {
  const reason: LoopReason = { id: "retry", text: "it tries again; the next pass is taken only when this one fails" };
  const { facts } = view;
  if (standsInCatch(view, iteration)) return { id: "retry", text: "it runs only after something has failed" };
  if (iteration.loop === undefined) return undefined;
  for (const id of iteration.element) if (ATTEMPT.test(facts.bindings[id]?.name ?? "")) return reason;
  // for-of over data with an early exit is a search, not a retry.
  if (iteration.loop.over !== NONE) return undefined;
  const inTry = [...regionChain(facts, site.region)].find(
    ({ region }) => region.kind === "try" && isInside(facts, region.parent, iteration.region),
  );
  if (inTry === undefined) return undefined;
  const leaves = facts.exits.some(
    (exit) => (exit.kind === "break" || exit.kind === "return") && isInside(facts, exit.region, inTry.id),
  );
  return leaves ? reason : undefined;
}

/** The whole iteration belongs to the handling of an error: one by one what could not be done at once, or the clearing away. */
function standsInCatch(view: FileView, iteration: Iteration): boolean {
  const { regions } = view.facts;
  let region = iteration.site?.region ?? regions[iteration.region]?.parent ?? NONE;
  for (let hops = 0; hops < 20; hops++) {
    if (isInCatch(view.facts, region)) return true;
    const inlined = view.inlinedInto(regions[region]?.fn ?? 0);
    if (inlined === undefined) return false;
    region = inlined.site.region;
  }
  return false;
}

const pauses = new WeakMap<FileView, readonly CallSite[]>();

function pausesOf(view: FileView): readonly CallSite[] {
  const found =
    pauses.get(view) ?? view.calls.filter((call) => isPause(calledName(view, call.expr)) && isAwaited(view, call.expr));
  pauses.set(view, found);
  return found;
}

/** It sleeps between passes, or takes a token from a limiter: somebody paces it on purpose. */
function paced({ view, iteration }: Question): LoopReason | undefined {
  if (
    iteration.kind === "callback" &&
    iteration.site !== undefined &&
    /limit|throttle|queue/i.test(calledName(view, iteration.site.expr))
  )
    return undefined;
  const reason: LoopReason = { id: "paced", text: "it pauses between passes on purpose" };
  // The function that is given the callback pauses between its runs.
  const use = iteration.site?.callbacks.find(({ ref }) => ref.file === view.path && ref.fn === iteration.fn);
  if (use?.paced === true) return reason;
  const found = pausesOf(view).some((call) => isInside(view.facts, call.region, iteration.region));
  return found ? reason : undefined;
}

function isAwaited(view: FileView, id: ExprId): boolean {
  for (let at = view.facts.exprs[id]?.parent ?? NONE; at !== NONE; at = view.facts.exprs[at]?.parent ?? NONE) {
    if (view.facts.exprs[at]?.kind === "await") return true;
  }
  return false;
}

const TAKES_MANY =
  /^(inArray|notInArray|In|whereIn|orWhereIn|whereNotIn|in|any|Any|arrayContains|mget|findByIds|createMany|insertMany|bulkCreate|bulkWrite|addBulk|sendBatch|bulk|msearch|batchWrite|embedMany)$/;

/** The element is itself a list that one query takes whole. */
function elementIsBatch({ view, iteration, site }: Question): LoopReason | undefined {
  const reason: LoopReason = {
    id: "element-is-batch",
    text: "each element is a list of its own, and one query takes it whole",
  };
  const { facts } = view;
  const whole = new Set([...iteration.element].filter((id) => (facts.bindings[id]?.path?.length ?? 0) <= 1));
  for (const { id, expr } of exprsWithin(facts, site.expr)) {
    if (expr.kind === "call" && TAKES_MANY.test(calledName(view, id))) {
      if (expr.args.some((arg) => isBareElement(view, arg, whole))) return reason;
    } else if (expr.kind === "object") {
      const lists = expr.props.filter(({ name }) => name === "in" || name === "$in" || name === "notIn");
      if (lists.some((prop) => isBareElement(view, prop.value, whole))) return reason;
    }
  }
  return dependsOnListsAlone(view, iteration, site, whole) ? reason : undefined;
}

const LIST_METHOD = /^(map|filter|reduce|forEach|flatMap|some|every)$/;

/** Nothing of a pass reaches the call but lists it was handed: `process(chunks, async (images) => load(images.map(({ id }) => id)))`. */
function dependsOnListsAlone(
  view: FileView,
  iteration: Iteration,
  site: CallSite,
  whole: ReadonlySet<BindingId>,
): boolean {
  // A loop over such a list has elements of its own.
  if (iterationsAround(view, site)[0]?.region !== iteration.region) return false;
  const sources = view.flow.sourcesOf(site.expr);
  const own = [...iteration.element].filter((id) => sources.has(id));
  return 0 < own.length && own.every((id) => whole.has(id) && mapped(view.facts).has(id));
}

/** Variables whose elements a method goes through somewhere in the file. */
const mapped = receiversOf((method) => LIST_METHOD.test(method));

/** The element, or the group that stands under it: `groups[key]`, also by way of a variable. */
function isBareElement(view: FileView, id: ExprId, element: ReadonlySet<BindingId>, depth = 0): boolean {
  const expr = view.facts.exprs[id];
  if (expr?.kind === "index") return depth < 3 && isBareElement(view, expr.index, element, depth + 1);
  if (expr?.kind === "call" && /^(get|sort|toSorted|filter|slice|flat)$/.test(calledName(view, id))) {
    const callee = view.facts.exprs[expr.callee];
    if (callee?.kind !== "member" || 3 <= depth) return false;
    const [key] = expr.args;
    if (callee.name === "get") return key !== undefined && isBareElement(view, key, element, depth + 1);
    return isBareElement(view, callee.object, element, depth + 1);
  }
  if (expr?.kind !== "ref") return false;
  if (element.has(expr.binding)) return true;
  const binding = view.facts.bindings[expr.binding];
  const init = binding?.path === undefined ? (binding?.init ?? NONE) : NONE;
  return (
    init !== NONE &&
    depth < 3 &&
    view.facts.exprs[init]?.kind !== "ref" &&
    isBareElement(view, init, element, depth + 1)
  );
}

/** Expressions written as part of one, functions' bodies left out. */
/** What the call is given comes from what the last pass found: a list can only be walked one by one. */
function previousIteration({ view, iteration, site }: Question): LoopReason | undefined {
  const { facts } = view;
  if (iteration.kind !== "loop") return undefined;
  const sources = view.flow.sourcesOf(site.expr);
  for (const id of sources) {
    const binding = facts.bindings[id];
    if (
      binding === undefined ||
      binding.fn === 0 ||
      iteration.element.has(id) ||
      isInside(facts, binding.region, iteration.region)
    )
      continue;
    const fed = binding.writes.some((write) => {
      const expr = facts.exprs[write];
      return (
        expr !== undefined &&
        isInside(facts, expr.region, iteration.region) &&
        expr.kind === "assign" &&
        expr.value !== NONE &&
        reads(view, expr.value, site.expr)
      );
    });
    if (fed) return { id: "previous-iteration", text: "each pass needs what the last one found" };
  }
  return undefined;
}

/** Whether a value comes from a call, directly or through a variable. */
function reads(view: FileView, value: ExprId, call: ExprId, depth = 0): boolean {
  if (depth > 4) return false;
  for (const { id, expr } of exprsWithin(view.facts, value)) {
    if (id === call) return true;
    const init = expr.kind === "ref" ? (view.facts.bindings[expr.binding]?.init ?? NONE) : NONE;
    if (init !== NONE && init !== value && reads(view, init, call, depth + 1)) return true;
  }
  return false;
}

function batchedByLibrary({ view, iteration, site }: Question): LoopReason | undefined {
  const text = site.operation?.batchedByLibrary;
  if (text === undefined || site.operation?.transaction === true || !isConcurrent(view, iteration)) return undefined;
  return { id: "batched-by-library", text };
}

function loadedBefore({ view, iteration, site }: Question): LoopReason | undefined {
  return isLoadedBefore(view, iteration, site)
    ? { id: "loaded-before", text: "rows were loaded before, and what is missing fails at once" }
    : undefined;
}

function pages({ view, iteration, site }: Question): LoopReason | undefined {
  return readsPages(view, iteration, site)
    ? { id: "cursor-or-poll", text: "it reads one page after another; each query already takes many rows" }
    : undefined;
}

function answeredOnce({ view, iteration, site }: Question): LoopReason | undefined {
  return isAnsweredOnce(view, iteration, site)
    ? { id: "answered-once", text: "the loop is left with this call's answer, so one pass makes it" }
    : undefined;
}

function ownStatements({ view, iteration, site }: Question): LoopReason | undefined {
  return runsStatements(view, iteration, site)
    ? { id: "own-statements", text: "each element is a statement of its own" }
    : undefined;
}
