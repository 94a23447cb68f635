/**
 * How much would be won by one statement in place of many. A repeated operation that stands alone in its pass is all of the pass's cost; one that goes with
 * a file, a mail or a remote call for the same element is the smaller part of it, and stays when the larger part cannot be merged either.
 */
import { exprsWithin, isAwaited, isInside, regionChain } from "../../facts/regions.js";
import { NONE, type BindingId, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import { isFileWork } from "../../project/file-work.js";
import type { CallSite, Operation } from "../../project/model.js";
import { calledName, type Iteration } from "../loops/iteration.js";
import type { Runtime } from "../runtime-code.js";
import { isGroup, isKind, isOneOfThem } from "./elements.js";
import { isHandedOver } from "./handed-over.js";
import { isSeldom } from "./occasion.js";
import { setsOwnValues, updatesByText } from "./own-values.js";

/** Why a finding is worth less than it looks; the first that holds. */
export type Lightness =
  | "other-work"
  | "several-steps"
  | "handed-over"
  | "own-values"
  | "own-rows"
  | "own-transaction"
  | "search"
  | "few"
  | "group"
  | "kind"
  | "one-of-them"
  | "queued"
  | "seldom"
  | "exceptional";

export interface WeightQuestion {
  readonly view: FileView;
  readonly site: CallSite;
  readonly iteration: Iteration;
  readonly operation: Operation;
  /** Distinct operations the call reaches. */
  readonly operationCount: number;
  readonly runtime: Runtime;
}

/** A look-up and a write for each element can still be two statements for all; a command of more parts is redesigned rather than merged. */
const MANY_STEPS = 3;
/** Reads alone that nobody merges: a function that asks so many questions about its element is redesigned, too. */
const MANY_READS = 4;

export function lightnessOf(question: WeightQuestion): Lightness | undefined {
  const { view, site, iteration, operation, operationCount, runtime } = question;
  const isWrite = operation.access === "write" || isWriteByName(view, site, operation);
  if (isHandedOver(view, site)) return "handed-over";
  if (isSearch(view, iteration)) return "search";
  if (isFewByNature(view, iteration)) return "few";
  if (isGroup(view, site, iteration)) return "group";
  if (isKind(view, site, iteration)) return "kind";
  if (isOneOfThem(view, site, iteration)) return "one-of-them";
  if (isQueued(view, site, iteration)) return "queued";
  if (isSeldom(view, site, runtime)) return "seldom";
  if (isExceptional(view, site, iteration)) return "exceptional";
  if (hasOwnTransaction(view, site, iteration)) return "own-transaction";
  // SQL that cannot be read is taken for a question, but the text may say otherwise.
  if (isWrite ? setsOwnValues(view, site, iteration, operation) : updatesByText(view, site, iteration))
    return "own-values";
  // Reads can be made before the loop, whatever else it does for each element, unless the call that reads is the one that sends or starts something.
  if (!isWrite)
    return sendsSomething(view, site)
      ? "other-work"
      : MANY_READS <= operationCount || (MANY_STEPS <= operationCount && writesSomething(view, site))
        ? "several-steps"
        : undefined;
  // A function that writes in several places for its element (a row, its history, its members) has no bulk form to swap in.
  if (0 < site.targets.length && 1 < operationCount) return "several-steps";
  if (doesOtherWork(view, site) || hasOtherWork(view, site, iteration)) return "other-work";
  return needsOwnRow(view, site, operation, iteration) ? "own-rows" : undefined;
}

const WRITES = /^[$_]?(drop|delete|remove|destroy|insert|create|update|upsert|save|store|free)($|[A-Z_])/;

/** SQL that cannot be seen is taken for a read; the name of the function that runs it may know better. */
function isWriteByName(view: FileView, { expr }: CallSite, { table, sqlText }: Operation): boolean {
  return table === undefined && sqlText === undefined && WRITES.test(calledName(view, expr));
}

const CREATES = /^(create|insert|insertOne|save)$/;
const NESTED = /^(create|createMany|connectOrCreate)$/;

/**
 * A row that other writes of its pass refer to, or that is made with rows of other tables: bulk inserts give no rows back in most libraries (Prisma's
 * `createMany` counts them), and make no nested ones.
 */
function needsOwnRow(view: FileView, site: CallSite, operation: Operation, iteration: Iteration): boolean {
  if (site.operation === undefined || !CREATES.test(operation.method)) return false;
  for (const { expr } of exprsWithin(view.facts, operation.expr)) {
    if (expr.kind !== "object" || !expr.props.some(({ name }) => name === "data")) continue;
    const data = expr.props.find(({ name }) => name === "data")?.value ?? NONE;
    if (hasNestedRows(view, data)) return true;
  }
  const made = new Set<BindingId>();
  const awaited = view.facts.exprs[site.expr]?.parent ?? NONE;
  view.facts.bindings.forEach(({ init }, id) => {
    if (init !== NONE && (init === awaited || init === site.expr)) made.add(id);
  });
  if (made.size === 0) return false;
  return view.calls.some(
    (other) =>
      site.span.end <= other.span.start &&
      isInside(view.facts, other.region, iteration.region) &&
      (other.operation?.access === "write" || writesSomething(view, other)) &&
      view.flow.dependsOn(other.expr, made),
  );
}

/** `items: { create: […] }` below the `data` of a Prisma call. */
function hasNestedRows(view: FileView, data: ExprId): boolean {
  const whole = view.facts.exprs[data];
  if (whole?.kind !== "object") return false;
  return whole.props.some(({ value }) => {
    const inner = view.facts.exprs[value];
    return inner?.kind === "object" && inner.props.some(({ name }) => NESTED.test(name ?? ""));
  });
}

/** Things of which a person sets up a handful: what a form, a step or a table has, not what a table holds. */
const FEW =
  /^(\w*(filter|relation|channel|variant|locale|language|operator|condition|dimension|metric|datasource|provider|region|environment|permission|scope|subscription|role|setting|predicate|range|credential))s(Of[A-Z]\w*)?$/i;

/** A guess by name, which is why it only lowers how sure we are. */
function isFewByNature(view: FileView, { over }: Iteration): boolean {
  const expr = view.facts.exprs[over];
  return (expr?.kind === "ref" || expr?.kind === "member") && FEW.test(expr.name);
}

const COMPLAINS = /^(warn|warning|error|fatal)$/;
const LOGGER = /log(ger)?$|^console$/i;

/** It happens to elements that failed or should not be there: in a `catch`, or after a warning in the log for each of them. */
function isExceptional(view: FileView, site: CallSite, iteration: Iteration): boolean {
  const { facts } = view;
  for (const { id, region } of regionChain(facts, site.region)) {
    if (id === iteration.region) break;
    if (region.kind === "catch") return true;
  }
  return view.calls.some((other) => {
    if (site.span.start <= other.span.start || !COMPLAINS.test(calledName(view, other.expr))) return false;
    const call = facts.exprs[other.expr];
    const callee = call?.kind === "call" ? facts.exprs[call.callee] : undefined;
    const logger = callee?.kind === "member" ? facts.exprs[callee.object] : undefined;
    const isLogger = (logger?.kind === "ref" || logger?.kind === "member") && LOGGER.test(logger.name);
    // Whoever complains on the way here complains about each element that comes here.
    return isLogger && isInside(facts, site.region, other.region) && isInside(facts, other.region, iteration.region);
  });
}

const TAKES_JOBS = /^(add|push|schedule|run|enqueue|submit|use|withLock|runExclusive)$/;
const LIMITS = /(queue|limit|limiter|pool|throttle|semaphore|mutex|bottleneck)$/i;

/** Each element is a job of a queue that runs a few at a time: `queue.add(() => work(item))`, `limit(() => work(item))`. */
function isQueued(view: FileView, site: CallSite, iteration: Iteration): boolean {
  const { exprs } = view.facts;
  let fn = site.fn;
  for (let hops = 0; hops < 10 && fn !== iteration.fn; hops++) {
    const inlined = view.inlinedInto(fn);
    if (inlined === undefined) return false;
    const call = exprs[inlined.site.expr];
    const callee = call?.kind === "call" ? exprs[call.callee] : undefined;
    if (callee?.kind === "ref" && LIMITS.test(callee.name)) return true;
    const taker = callee?.kind === "member" && TAKES_JOBS.test(callee.name) ? exprs[callee.object] : undefined;
    if ((taker?.kind === "ref" || taker?.kind === "member") && LIMITS.test(taker.name)) return true;
    fn = inlined.site.fn;
  }
  return false;
}

/** Each element is worked on in a transaction of its own, so that one failure leaves the others alone. */
function hasOwnTransaction(view: FileView, site: CallSite, iteration: Iteration): boolean {
  let fn = site.fn;
  for (let hops = 0; hops < 10 && fn !== iteration.fn; hops++) {
    const inlined = view.inlinedInto(fn);
    if (inlined === undefined) return false;
    if (/transaction/i.test(calledName(view, inlined.site.expr))) return true;
    fn = inlined.site.fn;
  }
  return false;
}

/** The loop is left as soon as an element fits: `return true`, `return item`, `break`. Leaving with an error is no success. */
function isSearch(view: FileView, iteration: Iteration): boolean {
  if (iteration.kind !== "loop" || iteration.over === NONE) return false;
  return view.facts.exits.some((exit) => {
    if (exit.region === iteration.region || !isInside(view.facts, exit.region, iteration.region)) return false;
    if (exit.kind === "break") return true;
    const value = view.facts.exprs[exit.expr];
    if (exit.kind !== "return" || value === undefined) return false;
    return (
      (value.kind === "literal" && value.value === true) ||
      (value.kind === "ref" && iteration.element.has(value.binding))
    );
  });
}

function writesSomething(view: FileView, site: CallSite): boolean {
  return site.targets.some((target) =>
    view.summaryOf(target).effects.some(({ operation }) => operation.access === "write" && operation.kind !== "cache"),
  );
}

function sendsSomething(view: FileView, site: CallSite): boolean {
  return site.targets.some((target) =>
    view.summaryOf(target).effects.some(({ operation }) => isRemote(operation.kind)),
  );
}

/** The call itself goes beyond databases: it also sends, copies or starts something for the element. */
function doesOtherWork(view: FileView, site: CallSite): boolean {
  return site.targets.some((target) => {
    const summary = view.summaryOf(target);
    return summary.opaque === true || summary.effects.some(({ operation }) => isRemote(operation.kind));
  });
}

/** Another call of the same pass is awaited that is no database operation, or cannot be seen into. */
function hasOtherWork(view: FileView, site: CallSite, iteration: Iteration): boolean {
  return view.calls.some((other) => {
    if (other === site || !isInside(view.facts, other.region, iteration.region)) return false;
    if (other.operation !== undefined) return isRemote(other.operation.kind) && isStarted(view, other);
    if (!isAwaited(view.facts, other.expr)) return false;
    if (isFileWork(other)) return true;
    return other.targets.length === 0 ? isUnseen(view, other) : doesOtherWork(view, other);
  });
}

function isRemote(kind: string): boolean {
  return kind === "http" || kind === "rpc" || kind === "queue" || kind === "inference";
}

const COMBINES = /^(all|allSettled|race|any|then|catch|finally|json|text|arrayBuffer|resolve)$/;

/** An awaited call of unknown make, promise combinators and the reading of an answer left out. */
function isUnseen(view: FileView, site: CallSite): boolean {
  return !COMBINES.test(calledName(view, site.expr));
}

/** Awaited, or given on as a promise; a message that is only enqueued is none of the pass's waits. */
function isStarted(view: FileView, site: CallSite): boolean {
  const parent = view.facts.exprs[view.facts.exprs[site.expr]?.parent ?? NONE];
  return parent?.kind === "await" || parent?.kind === "array" || parent?.kind === "call";
}
