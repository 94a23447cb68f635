/**
 * Finds a query inside a loop that asks the same in every pass: nothing it is given comes from the element, and nothing in the loop writes its table.
 *
 * Queries that do depend on the element are `query-in-loop`'s; loops that wait, retry or walk a cursor ask again on purpose.
 */
import type { Span } from "../../base/span.js";
import { isInside, regionChain } from "../../facts/regions.js";
import { NONE } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { KeyedRead } from "../../project/keyed-reads.js";
import type { CallSite } from "../../project/model.js";
import { readsAt } from "../../project/summarize-reads.js";
import { leavesOf } from "../../project/term.js";
import { hoistQuery } from "../../fixes/caching/hoist-query.js";
import type { Fix, FixSources } from "../../fixes/fix.js";
import { camelCase } from "../../fixes/names.js";
import { defineRule, type Description } from "../define-rule.js";
import { calledName, iterationsAround, type Iteration } from "../loops/iteration.js";
import { reasonFor } from "../loops/reasons.js";
import { repeatedOperations } from "../n-plus-one/repeated-operation.js";
import { functionText } from "../function-text.js";
import { operationNoun } from "../operation-noun.js";
import { entryPath, perUnit, runtimeOf, type Runtime } from "../runtime-code.js";
import { holdsAcross } from "./invariance.js";
import { mayWrite, readingOf } from "./table-writes.js";

interface AskedEachPass {
  readonly at: Span;
  readonly site: CallSite;
  readonly read: KeyedRead;
  readonly iteration: Iteration;
  readonly runtime: Runtime;
  /** Only some passes get there. */
  readonly conditional: boolean;
}

export const invariantQueryInLoop = defineRule({
  id: "invariant-query-in-loop",
  family: "uncached-hot-path",
  since: "0.1.0",
  severity: "information",
  fixSafety: "review",
  docs: {
    what: "A loop asks the same database query in every pass: nothing the query is given changes from one pass to the next.",
    why: "N passes cost N round trips for one answer.",
    instead: "Ask once before the loop and use the answer inside, or hand it to the function that asks.",
    limits:
      "Loops that write the table, wait, retry or walk a cursor are left alone, and so are queries behind a cache or the question whether there is an answer already.",
  },
  *check(view) {
    for (const site of view.calls) {
      const found = examine(view, site);
      if (found !== undefined) yield found;
    }
  },
  describe,
  fixes: (evidence, view, sources) => fixesOf(evidence, view, sources),
});

/** Nothing where only some passes ask, or where the function that asks does more than that. */
function fixesOf(
  { site, read, iteration, conditional }: AskedEachPass,
  view: FileView,
  sources: FixSources,
): readonly Fix[] {
  const call = view.facts.exprs[read.path.length === 0 ? read.operation.expr : site.expr];
  if (call === undefined || conditional || (read.path.length > 0 && !onlyAsks(view, site))) return [];
  const iterations = iterationsAround(view, site);
  const loops = iterations.slice(
    iterations.indexOf(iterations.find(({ region }) => region === iteration.region) ?? iteration),
  );
  const steady = loops.findIndex((one) => !asksAgain(view, site, read, one));
  return hoistQuery(sources, {
    path: view.path,
    call,
    loops: (steady < 0 ? loops : loops.slice(0, steady)).flatMap((one) => spanOf(view, one) ?? []),
    name: camelCase(
      read.path.length === 0 ? (read.operation.table ?? "answer") : answerOf(calledName(view, site.expr)),
    ),
  });
}

function spanOf(view: FileView, { loop, site }: Iteration): Span | undefined {
  return loop?.statement ?? (site === undefined ? undefined : view.facts.exprs[site.expr]);
}

/** `rateOf` gives a `rate`, `loadSettings` gives `settings`. */
function answerOf(name: string): string {
  const bare = name.replace(/^(get|find|load|fetch|read|list|lookup)(?=[A-Z])/, "").replace(/(Of|For|By[A-Z]\w*)$/, "");
  return bare === name || bare === "" ? `${name}Answer` : bare;
}

const READS_BY_NAME =
  /^(get|find|load|fetch|read|list|lookup|look|is|has|count|resolve|select|query)([A-Z_]|$)|(Of|For|By[A-Z]\w*)$/;

/** The function that is called is known through and through: it asks this one question, by a name that says no more. */
function onlyAsks(view: FileView, { targets, expr }: CallSite): boolean {
  const [target] = targets;
  if (target === undefined || targets.length > 1 || !READS_BY_NAME.test(calledName(view, expr))) return false;
  const { effects, truncated, opaque, blocking } = view.summaryOf(target);
  return effects.length === 1 && truncated !== true && opaque !== true && blocking.length === 0;
}

function examine(view: FileView, site: CallSite): AskedEachPass | undefined {
  const reads = readsAt(view.facts, view.path, site, (ref) => view.summaryOf(ref));
  if (reads.length === 0) return undefined;
  const iterations = iterationsAround(view, site);
  if (iterations.length === 0) return undefined;
  const runtime = runtimeOf(view, site.fn);
  if (runtime === undefined) return undefined;
  // Whoever rids the loop of the queries that depend on the element sees the others on the way.
  if (repeatedOperations(view).some((one) => one.site === site)) return undefined;
  for (const iteration of iterations) {
    if (reasonFor(view, iteration, site) !== undefined || endsLoop(view, site, iteration)) return undefined;
    const read = reads.find((one) => asksAgain(view, site, one, iteration));
    if (read === undefined) continue;
    return {
      at: read.path.length === 0 ? read.at.span : site.span,
      site,
      read,
      iteration,
      runtime,
      conditional: isGuarded(view, site, iteration),
    };
  }
  return undefined;
}

function asksAgain(view: FileView, site: CallSite, read: KeyedRead, iteration: Iteration): boolean {
  if (read.path.length > 0 && read.conditional === true && !isGuarded(view, site, iteration)) return false;
  for (const leaf of leavesOf(read.term))
    if (leaf.kind === "local" && !holdsAcross(view, leaf.binding, iteration)) return false;
  if (isLookedFor(view, site, iteration)) return false;
  const body = bodySpan(view, iteration);
  const reading = readingOf(read);
  return !view.calls.some(
    (other) => body.start <= other.span.start && other.span.end <= body.end && mayWrite(view, other, reading),
  );
}

function bodySpan(view: FileView, { region, loop }: Iteration): Span {
  return loop?.statement ?? view.facts.regions[region]?.span ?? { start: 0, end: 0 };
}

/** The pass that gets there is the last one. */
function endsLoop(view: FileView, site: CallSite, iteration: Iteration): boolean {
  const { facts } = view;
  return facts.exits.some((exit) => {
    if (exit.kind === "continue" || exit.kind === "yield") return false;
    if (exit.kind === "return" && iteration.kind === "callback") return false;
    if (exit.region === iteration.region && exit.kind === "throw" && exit.span.start > site.span.start) return true;
    return (
      exit.span.end >= site.span.end &&
      isInside(facts, site.region, exit.region) &&
      isInside(facts, exit.region, iteration.region)
    );
  });
}

/** `if (all === undefined) all = await load()`: the test looks at what is kept between passes. */
function isLookedFor(view: FileView, site: CallSite, iteration: Iteration): boolean {
  const { facts } = view;
  for (const { id, region } of regionChain(facts, site.region)) {
    if (id === iteration.region) return false;
    if (region.branch === undefined) continue;
    // One element at most is of that kind.
    if (region.branch.arm === "case" || isOneElement(view, region.branch.test, iteration)) return true;
    for (const source of view.flow.sourcesOf(region.branch.test)) {
      const binding = facts.bindings[source];
      if (
        binding?.writes.some((write) => isInside(facts, facts.exprs[write]?.region ?? NONE, iteration.region)) === true
      )
        return true;
    }
    const test = facts.exprs[region.branch.test];
    // A property or an element of something is looked at: kept there, perhaps.
    if (test?.kind === "unary" || test?.kind === "member" || test?.kind === "index") return true;
  }
  return false;
}

/** `element === "admin"`: elements that are told apart whole. */
function isOneElement(view: FileView, id: number, iteration: Iteration): boolean {
  const test = view.facts.exprs[id];
  if (test?.kind !== "binary" || !/^[!=]==?$/.test(test.op)) return false;
  return [test.left, test.right].some((side) => {
    const expr = view.facts.exprs[side];
    return expr?.kind === "ref" && iteration.element.has(expr.binding);
  });
}

function isGuarded(view: FileView, site: CallSite, iteration: Iteration): boolean {
  for (const { id, region } of regionChain(view.facts, site.region)) {
    if (id === iteration.region) return false;
    if (region.branch !== undefined || region.kind === "catch") return true;
  }
  return false;
}

function describe({ site, read, iteration, runtime, conditional }: AskedEachPass, view: FileView): Description {
  const noun = operationNoun(read.operation);
  const [target] = site.targets;
  const over = iteration.over === NONE ? "of this loop" : `over \`${view.textOf(iteration.over, 40)}\``;
  const who =
    read.path.length === 0 || target === undefined
      ? `this ${noun} asks`
      : `${functionText(view, target)} asks a ${noun} that is`;
  const confidence =
    (read.path.length === 0 ? 0.8 : 0.7) - (conditional ? 0.15 : 0) - (runtime.kind === "request" ? 0 : 0.05);
  return {
    message: `${who} the same in every pass ${over}; ask once before the loop`,
    severity: confidence < 0.6 ? "hint" : "information",
    confidence: Math.round(confidence * 100) / 100,
    cost: `N queries for one answer ${perUnit(runtime.reach)}`,
    related: [
      ...entryPath(runtime.reach),
      { at: { file: view.path, span: iteration.head }, message: "in every pass of this" },
      ...(read.path.length === 0
        ? []
        : [
            ...read.path.slice(1).map((at) => ({ at, message: "which calls on from here" })),
            { at: read.at, message: `the ${noun}: ${read.operation.dialect} ${read.operation.method}` },
          ]),
    ],
  };
}
