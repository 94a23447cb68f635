/**
 * How much would be won by one statement in place of many. A repeated operation that stands alone in its pass is all of the pass's cost; one that goes with
 * a file, a mail or a remote call for the same element is the smaller part of it, and stays when the larger part cannot be merged either.
 */
import { isInside } from "../../facts/regions.js";
import { NONE, type BindingId, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import { isFileWork } from "../../project/file-work.js";
import type { CallSite } from "../../project/model.js";
import { calledName, type Iteration } from "../loops/iteration.js";

/** Why a finding is worth less than it looks; the first that holds. */
export type Lightness = "other-work" | "several-steps" | "handed-over";

export interface WeightQuestion {
  readonly view: FileView;
  readonly site: CallSite;
  readonly iteration: Iteration;
  readonly isWrite: boolean;
  /** Distinct operations the call reaches. */
  readonly operationCount: number;
}

export function lightnessOf(question: WeightQuestion): Lightness | undefined {
  const { view, site, iteration, isWrite, operationCount } = question;
  if (isHandedOver(view, site)) return "handed-over";
  // Reads can be made before the loop, whatever else it does for each element, unless the call that reads is the one that sends or starts something.
  if (!isWrite) return sendsSomething(view, site) ? "other-work" : undefined;
  // A function that writes in several places for its element (a row, its history, its members) has no bulk form to swap in.
  if (0 < site.targets.length && 1 < operationCount) return "several-steps";
  return doesOtherWork(view, site) || hasOtherWork(view, site, iteration) ? "other-work" : undefined;
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
    if (!isAwaited(view, other)) return false;
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

function isAwaited(view: FileView, site: CallSite): boolean {
  return view.facts.exprs[view.facts.exprs[site.expr]?.parent ?? NONE]?.kind === "await";
}

/** Awaited, or given on as a promise; a message that is only enqueued is none of the pass's waits. */
function isStarted(view: FileView, site: CallSite): boolean {
  const parent = view.facts.exprs[view.facts.exprs[site.expr]?.parent ?? NONE];
  return parent?.kind === "await" || parent?.kind === "array" || parent?.kind === "call";
}

const TAKES_ALL = /^(\$?transaction|batch|\$batch)$/;

/** Given with all the others to one call: `$transaction(items.map((item) => update(item)))`, or pushed to an array that is. */
function isHandedOver(view: FileView, site: CallSite): boolean {
  const { facts } = view;
  let fn = site.fn;
  for (let at = site.expr, hops = 0; hops < 40; hops++) {
    const parent = facts.exprs[at]?.parent ?? NONE;
    const expr = facts.exprs[parent];
    if (expr === undefined) {
      // The value of a callback goes on where the callback is given.
      const own = facts.functions[fn];
      if (own === undefined || own.expr === NONE || !own.returns.includes(at))
        return facts.bindings.some((binding, id) => binding.init === at && isTakenWhole(view, id));
      at = own.expr;
      fn = own.parent;
      continue;
    }
    if (expr.kind === "await") return false;
    if (expr.kind === "call" && expr.callee !== at) {
      const name = calledName(view, parent);
      if (TAKES_ALL.test(name)) return true;
      if (name === "push") return isPushedOn(view, expr.callee);
    }
    at = parent;
  }
  return false;
}

function isPushedOn(view: FileView, push: ExprId): boolean {
  const member = view.facts.exprs[push];
  const list = member?.kind === "member" ? view.facts.exprs[member.object] : undefined;
  return list?.kind === "ref" && list.binding !== NONE && isTakenWhole(view, list.binding);
}

/** Whether a list goes, itself or as part of another, into a call that takes all of it. */
function isTakenWhole(view: FileView, list: BindingId): boolean {
  return view.facts.exprs.some(
    (expr, id) =>
      expr.kind === "call" &&
      TAKES_ALL.test(calledName(view, id)) &&
      expr.args.some((arg) => view.facts.exprs[arg]?.kind !== "function" && view.flow.sourcesOf(arg).has(list)),
  );
}
