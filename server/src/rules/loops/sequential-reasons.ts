/**
 * Why the passes of a loop must follow one another even where a batched query could not help: reasons that matter to whoever would run them at once. Added
 * to those of `reasons.ts`, which matter to every rule about loops.
 */
import { isInside } from "../../facts/regions.js";
import { NONE, type BindingId, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import { calledName, type Iteration } from "./iteration.js";
import { reasonFor, type Question } from "./reasons.js";

export interface SequentialReason {
  readonly id: string;
  /** A sentence for people. */
  readonly text: string;
}

type Detector = (question: Question) => SequentialReason | undefined;

const DETECTORS: readonly Detector[] = [transaction, locks, earlyExit, orderedOutput, sharedState];

/** The first reason why a call must be made one pass after another, or undefined. */
export function sequentialReasonFor(
  view: FileView,
  iteration: Iteration,
  site: CallSite,
): SequentialReason | undefined {
  const known = reasonFor(view, iteration, site);
  if (known !== undefined) return known;
  for (const detect of DETECTORS) {
    const reason = detect({ view, iteration, site });
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function transaction({ view, site }: Question): SequentialReason | undefined {
  const inOne =
    site.operation?.transaction === true ||
    site.targets.some((target) =>
      view.summaryOf(target).effects.some((effect) => effect.operation.transaction === true),
    );
  return inOne
    ? { id: "transaction", text: "it runs in one transaction, whose connection takes one statement at a time" }
    : undefined;
}

const LOCK = /lock|mutex|semaphore|acquire|critical|exclusive/i;

function locks({ view, iteration }: Question): SequentialReason | undefined {
  const found = view.calls.some(
    (call) => isInside(view.facts, call.region, iteration.region) && LOCK.test(calledName(view, call.expr)),
  );
  return found ? { id: "lock", text: "it takes a lock in each pass" } : undefined;
}

/** A way out of the loop that hangs on what a pass found: later passes may never be wanted. */
function earlyExit({ view, iteration }: Question): SequentialReason | undefined {
  const { facts } = view;
  if (iteration.kind !== "loop") return undefined;
  const leaves = facts.exits.some(
    (exit) =>
      (exit.kind === "break" || exit.kind === "return") &&
      exit.region !== iteration.region &&
      isInside(facts, exit.region, iteration.region),
  );
  return leaves ? { id: "early-exit", text: "it stops as soon as one pass finds what it wants" } : undefined;
}

const WRITES_OUT =
  /^(write|writeHead|enqueue|log|info|warn|report|progress|tick|update|send|emit|next|append|appendFile|pipe|print)$/;

/** Results are handed out in order while the loop runs. */
function orderedOutput({ view, iteration }: Question): SequentialReason | undefined {
  const { facts } = view;
  const reason = { id: "ordered-output", text: "it hands out its results in order, one pass after another" };
  if (facts.exits.some((exit) => exit.kind === "yield" && isInside(facts, exit.region, iteration.region)))
    return reason;
  const writes = view.calls.some((call) => {
    if (!isInside(facts, call.region, iteration.region)) return false;
    const expr = facts.exprs[call.expr];
    const callee = expr?.kind === "call" ? facts.exprs[expr.callee] : undefined;
    if (callee?.kind !== "member" || !WRITES_OUT.test(callee.name)) return false;
    const object = facts.exprs[callee.object];
    return (
      object?.kind === "ref" &&
      /^(res|response|stream|writer|controller|output|out|process|bar|progress|spinner|reporter)$/i.test(object.name)
    );
  });
  return writes ? reason : undefined;
}

/** A variable from outside is changed in a pass and read in the next one. */
function sharedState({ view, iteration }: Question): SequentialReason | undefined {
  const { facts } = view;
  const found = facts.exprs.some((expr, id) => {
    if (expr.kind !== "assign" || !isInside(facts, expr.region, iteration.region)) return false;
    const target = facts.exprs[expr.target];
    if (target?.kind !== "ref" || target.binding === NONE || iteration.element.has(target.binding)) return false;
    const binding = facts.bindings[target.binding];
    if (binding === undefined || isInside(facts, binding.region, iteration.region)) return false;
    return isReadInside(view, target.binding, iteration, id, expr.op);
  });
  return found
    ? { id: "shared-state", text: "each pass reads what an earlier one has left in a shared variable" }
    : undefined;
}

/** Whether a variable is read in the loop other than to add to it. */
function isReadInside(
  view: FileView,
  binding: BindingId,
  iteration: Iteration,
  assignment: ExprId,
  op: string,
): boolean {
  const { facts } = view;
  const own = facts.exprs[assignment];
  return facts.exprs.some((expr, id) => {
    if (expr.kind !== "ref" || expr.binding !== binding || !isInside(facts, expr.region, iteration.region))
      return false;
    const parent = facts.exprs[expr.parent];
    if (parent?.kind === "assign" && parent.target === id) return false;
    // `total = total + x` only adds up.
    return !(op === "=" && own !== undefined && own.start <= expr.start && expr.end <= own.end);
  });
}
