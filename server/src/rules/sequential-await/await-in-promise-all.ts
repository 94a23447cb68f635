/**
 * Finds `await` inside the array given to a promise combinator: `Promise.all([await a(), b()])`.
 *
 * An array literal is evaluated from left to right, so each `await` in it ends before the next element starts, and the combinator gets results
 * instead of promises. An `await` in the last element costs nothing, because all the others are on their way by then.
 */
import type { Span } from "../../base/span.js";
import { NONE, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import { withoutAwaits } from "../../fixes/awaits/await-together.js";
import { defineRule, type Description } from "../define-rule.js";
import { perUnit, runtimeOf, type Runtime } from "../runtime-code.js";
import { awaitedCall, combinatorOf, isInTransaction, workOf, workText, type Work } from "./awaited-work.js";

interface AwaitedElement {
  readonly at: Span;
  readonly site: CallSite;
  readonly work: Work;
  readonly combinator: string;
  readonly combinatorAt: Span;
  readonly array: Span;
  /** Every element only reads, as far as can be seen. */
  readonly onlyReads: boolean;
  readonly elementCount: number;
  readonly awaitedCount: number;
  readonly runtime: Runtime;
}

export const awaitInPromiseAll = defineRule({
  id: "await-in-promise-all",
  family: "sequential-await",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "review",
  docs: {
    what: "An element of the array given to `Promise.all` is awaited inside the array, so the next one starts only when it has ended.",
    why: "The code is written to run its parts at once and runs them one after another: the times add up instead of the longest one counting.",
    instead: "Leave the `await` out: the array then holds promises, and `Promise.all` waits for all of them.",
    limits:
      "An `await` in the last element is left alone, because everything else has started by then; so are statements of one transaction, which the connection runs one by one anyway.",
  },
  *check(view) {
    for (const site of view.calls) {
      const found = examine(view, site);
      if (found !== undefined) yield found;
    }
  },
  describe,
  fixes: ({ array, combinator, onlyReads }, view, sources) =>
    withoutAwaits(sources, { path: view.path, array, combinator, onlyReads }),
});

function examine(view: FileView, site: CallSite): AwaitedElement | undefined {
  const combinator = combinatorOf(view, site.expr);
  const call = view.facts.exprs[site.expr];
  if (combinator === undefined || call?.kind !== "call") return undefined;
  const array = view.facts.exprs[call.args[0] ?? NONE];
  if (array?.kind !== "array") return undefined;
  const awaited = array.elements.slice(0, -1).filter((element) => view.facts.exprs[element]?.kind === "await");
  const later = (element: ExprId): boolean =>
    array.elements.slice(array.elements.indexOf(element) + 1).some((other) => startsWork(view, other));
  const [first] = awaited.filter(later);
  const waited = first === undefined ? undefined : awaitedCall(view, first);
  if (waited === undefined) return undefined;
  const work = workOf(view, waited);
  if (isInTransaction(view, waited, work)) return undefined;
  const runtime = runtimeOf(view, site.fn);
  if (runtime === undefined) return undefined;
  const awaitedCount = array.elements.filter((element) => view.facts.exprs[element]?.kind === "await").length;
  return {
    at: waited.span,
    site: waited,
    work,
    combinator,
    combinatorAt: { start: call.start, end: array.start },
    array: { start: array.start, end: array.end },
    onlyReads: array.elements.every((element) => onlyReads(view, element)),
    elementCount: array.elements.length,
    awaitedCount,
    runtime,
  };
}

function onlyReads(view: FileView, element: ExprId): boolean {
  const expr = view.facts.exprs[element];
  const site = view.callAt(expr?.kind === "await" ? expr.value : element);
  const work = site === undefined ? undefined : workOf(view, site);
  return work?.complete === true && work.operations.every((operation) => operation.access === "read");
}

/** Whether an element begins something when it is evaluated. */
function startsWork(view: FileView, element: ExprId): boolean {
  const expr = view.facts.exprs[element];
  if (expr?.kind === "await" || expr?.kind === "spread") return startsWork(view, expr.value);
  return expr?.kind === "call";
}

function describe(
  { combinator, combinatorAt, elementCount, awaitedCount, work, runtime }: AwaitedElement,
  view: FileView,
): Description {
  const reaches = work.operations.length > 0;
  // Nobody awaits a call there for its own sake: the array is made to run its elements together.
  const confidence = reaches ? 0.9 : 0.82;
  const what = reaches ? `this ${workText(work.operations)} is awaited` : "this call is awaited";
  return {
    message: `${what} inside the array of \`Promise.${combinator}\`, so the elements after it start only when it has ended`,
    severity: "warning",
    confidence,
    cost: `the sum of ${Math.min(awaitedCount + 1, elementCount)} waits ${perUnit(runtime.reach)} instead of the longest`,
    related: [
      {
        at: { file: view.path, span: combinatorAt },
        message: `\`Promise.${combinator}\` gets the result, not the promise`,
      },
    ],
  };
}
