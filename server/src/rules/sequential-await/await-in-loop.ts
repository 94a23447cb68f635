/**
 * Finds file work that is awaited one element after another although the elements have nothing to do with each other.
 *
 * Queries and remote calls per element belong to `n-plus-one`: there the number of round trips is the trouble, not only that they wait for one another. What
 * remains is asynchronous work that has no batched form, where a bounded number at a time is the whole cure.
 */
import type { Span } from "../../base/span.js";
import { NONE, type BindingId, type RegionId } from "../../facts/model.js";
import { isAwaited } from "../../facts/regions.js";
import { isInside } from "../../facts/regions.js";
import type { FileView } from "../../project/file-view.js";
import { isFileWork } from "../../project/file-work.js";
import type { CallSite } from "../../project/model.js";
import { isAtHand } from "../../fixes/at-hand.js";
import { limitedLoop } from "../../fixes/awaits/limited-loop.js";
import { defineRule } from "../define-rule.js";
import { calledName, iterationsAround, unwrap, type Iteration } from "../loops/iteration.js";
import { sequentialReasonFor } from "../loops/sequential-reasons.js";
import { perUnit, runtimeOf, type Runtime } from "../runtime-code.js";

interface AwaitPerElement {
  readonly at: Span;
  readonly site: CallSite;
  readonly iteration: Iteration;
  readonly runtime: Runtime;
}

/**
 * How many at once: `fs` work runs on libuv's four threads unless `UV_THREADPOOL_SIZE` says otherwise, so more than some multiple of that only
 * queues, and each open file costs a descriptor.
 */
const ADVISED_CONCURRENCY = 8;

export const awaitInLoop = defineRule({
  id: "await-in-loop",
  family: "sequential-await",
  since: "0.1.0",
  severity: "information",
  fixSafety: "review",
  docs: {
    what: "Asynchronous file work is awaited for one element after another, in a loop or a `reduce` over promises, although no element needs another's result.",
    why: "Each pass waits for the disk (or a network share) while nothing else happens; the times of all elements add up.",
    instead: `Run a bounded number at a time, for example ${ADVISED_CONCURRENCY} with \`p-map\` or \`p-limit\`: Node does file work on four threads by default, so more than some multiple of that only queues. Never an unbounded \`Promise.all\` over a list that can grow: each element holds a file descriptor.`,
    limits:
      "Loops with a reason to go in order are left alone: early exits, shared variables, ordered output, retries, pauses, chunks, locks, transactions, small proven bounds.",
  },
  *check(view) {
    // One word for each loop is enough: the cure is the same for all it awaits.
    const said = new Set<RegionId>();
    for (const site of view.calls) {
      const found = examine(view, site);
      if (found === undefined || said.has(found.iteration.region)) continue;
      said.add(found.iteration.region);
      yield found;
    }
  },
  describe: ({ iteration, runtime, site }, view) => {
    const over = iteration.over === NONE ? "this loop" : `\`${view.textOf(iteration.over, 40)}\``;
    return {
      message: `\`${calledName(view, site.expr)}\` is awaited for one element of ${over} after another; ${ADVISED_CONCURRENCY} at a time would do`,
      severity: "information",
      confidence: 0.65,
      cost: `N waits in a row ${perUnit(runtime.reach)}`,
      related: [{ at: { file: view.path, span: iteration.head }, message: `for each element of ${over}` }],
    };
  },
  fixes: ({ iteration }, view, sources) => {
    const loop = view.facts.regions[iteration.region]?.loop;
    if (loop?.form !== "for-of" || asksOthers(view, iteration.region)) return [];
    return limitedLoop(sources, {
      path: view.path,
      loop: loop.statement,
      concurrency: ADVISED_CONCURRENCY,
      packages: { pMap: isAtHand(sources, view.path, "p-map"), pLimit: isAtHand(sources, view.path, "p-limit") },
    });
  },
});

function examine(view: FileView, site: CallSite): AwaitPerElement | undefined {
  if (!isFileWork(site) || !isAwaited(view.facts, site.expr)) return undefined;
  const [iteration] = iterationsAround(view, site);
  if (iteration === undefined || !goesOneByOne(view, iteration)) return undefined;
  if (!view.flow.dependsOn(site.expr, iteration.element)) return undefined;
  if (sequentialReasonFor(view, iteration, site) !== undefined) return undefined;
  const runtime = runtimeOf(view, site.fn);
  return runtime?.kind === "request" ? { at: site.span, site, iteration, runtime } : undefined;
}

/** Loops, and `reduce` whose callback awaits what the last pass gave. */
function goesOneByOne(view: FileView, iteration: Iteration): boolean {
  if (iteration.kind === "loop") return iteration.over !== NONE;
  if (iteration.site === undefined || !/^reduce(Right)?$/.test(calledName(view, iteration.site.expr))) return false;
  const accumulator = firstParameter(view, iteration);
  return view.facts.exprs.some((expr) => {
    if (expr.kind !== "await" || view.facts.regions[expr.region]?.fn !== iteration.fn) return false;
    const value = view.facts.exprs[unwrap(view, expr.value)];
    return value?.kind === "ref" && value.binding === accumulator;
  });
}

function firstParameter(view: FileView, iteration: Iteration): BindingId {
  return view.facts.bindings.findIndex((binding) => binding.fn === iteration.fn && binding.param === 0);
}

/** Queries and requests of a pass share connections and limits that are not in sight: how many at once is right is not known. */
function asksOthers(view: FileView, region: RegionId): boolean {
  return view.calls.some(
    (site) =>
      isInside(view.facts, site.region, region) &&
      (site.operation !== undefined || site.targets.some((target) => 0 < view.summaryOf(target).effects.length)),
  );
}
