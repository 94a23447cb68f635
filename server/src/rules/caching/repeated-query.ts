/**
 * Finds the same query asked twice with the same values while one request is served, also when one or both of them stand in functions that are called.
 *
 * Values are compared by where they come from. The first must have run whenever the second does, nothing between them may write the table, and neither may
 * stand behind a cache or a condition of the function it is in.
 */
import type { Span } from "../../base/span.js";
import { exprChain, isInside, regionChain } from "../../facts/regions.js";
import { NONE, type RegionId } from "../../facts/model.js";
import { reuseAnswer } from "../../fixes/requests/reuse-answer.js";
import type { FileView } from "../../project/file-view.js";
import { questionOf, type KeyedRead } from "../../project/keyed-reads.js";
import type { CallSite } from "../../project/model.js";
import { readsAt } from "../../project/summarize-reads.js";
import { defineRule, type Description } from "../define-rule.js";
import { calledName } from "../loops/iteration.js";
import { functionText } from "../function-text.js";
import { operationNoun } from "../operation-noun.js";
import { entryPath, perUnit, runtimeOf, type Runtime } from "../runtime-code.js";
import { mayWrite, readingOf } from "./table-writes.js";

interface Occurrence {
  readonly site: CallSite;
  readonly read: KeyedRead;
}

interface AskedTwice {
  readonly at: Span;
  readonly first: Occurrence;
  readonly second: Occurrence;
  readonly runtime: Runtime;
}

export const repeatedQuery = defineRule({
  id: "repeated-query",
  family: "uncached-hot-path",
  since: "0.1.0",
  severity: "information",
  fixSafety: "review",
  docs: {
    what: "The same database query is asked twice with the same values while one request is served, in one function or through the functions it calls.",
    why: "The second answer is the first one again: a round trip, a connection and the database's work for nothing.",
    instead:
      "Hand the row on to the function that needs it, or keep it for the request (a data loader, React's `cache`, a field of the request's context).",
    limits:
      "Values are compared by where they come from. Reads behind a condition, a cache or a transaction of their own, and reads with a write to the table between them, are left alone.",
  },
  *check(view) {
    for (let fn = 0; fn < view.facts.functions.length; fn++) yield* inFunction(view, fn);
  },
  describe,
  fixes: ({ first, second }, view, sources) =>
    first.read.path.length > 0 || second.read.path.length > 0
      ? []
      : reuseAnswer(sources, { path: view.path, first: first.read.at.span, second: second.read.at.span }),
});

function* inFunction(view: FileView, fn: number): Generator<AskedTwice> {
  const sites = view.callsIn(fn);
  if (sites.length < 2) return;
  const byQuestion = new Map<string, Occurrence[]>();
  for (const site of sites) {
    for (const read of readsAt(view.facts, view.path, site, (ref) => view.summaryOf(ref))) {
      const question = questionOf(read);
      const list = byQuestion.get(question);
      if (list === undefined) byQuestion.set(question, [{ site, read }]);
      else list.push({ site, read });
    }
  }
  const told = new Set<CallSite>();
  for (const list of byQuestion.values()) {
    if (list.length < 2) continue;
    const runtime = runtimeOf(view, fn);
    if (runtime === undefined) return;
    for (const [i, second] of list.entries()) {
      const first = list.slice(0, i).find((one) => isSame(view, one, second));
      if (first === undefined || told.has(second.site)) continue;
      told.add(second.site);
      yield { at: second.read.path.length === 0 ? second.read.at.span : second.site.span, first, second, runtime };
    }
  }
}

function isSame(view: FileView, first: Occurrence, second: Occurrence): boolean {
  if (first.site === second.site || !isSure(first) || !isSure(second)) return false;
  if (!runsBefore(view, first.site, second.site) || isFallback(view, first.site, second.site)) return false;
  const reading = readingOf(second.read);
  return !view.calls.some(
    (site) =>
      first.site.span.start <= site.span.start &&
      site.span.end <= second.site.span.end &&
      (mayWrite(view, site, reading) || takesLock(view, site)),
  );
}

/** `(await replica.find(…)) ?? (await primary.find(…))`: asked again because the first knew nothing. */
function isFallback(view: FileView, first: CallSite, second: CallSite): boolean {
  return [...exprChain(view.facts, second.expr)].some((id) => {
    const expr = view.facts.exprs[id];
    if (expr?.kind !== "logical") return false;
    const left = view.facts.exprs[expr.left];
    return left !== undefined && left.start <= first.span.start && first.span.end <= left.end;
  });
}

const LOCKS = /^(for|forUpdate|forNoKeyUpdate|forShare|lock|acquire|runExclusive|withLock|setLock)$|[a-z]Lock$/;

/** Asked again under a lock, because somebody else may have been first. */
function takesLock(view: FileView, site: CallSite): boolean {
  return (
    LOCKS.test(calledName(view, site.expr)) ||
    /for (no key )?update|advisory|for share/i.test(site.operation?.sqlText ?? "")
  );
}

/** Inside a function that is called, a condition may well be the question whether the row is there already. */
function isSure({ read }: Occurrence): boolean {
  return read.path.length === 0 || read.conditional !== true;
}

/** Whether the first has run whenever the second runs, and both run as often. */
function runsBefore(view: FileView, first: CallSite, second: CallSite): boolean {
  const home = block(view, first.region);
  if (second.span.start < first.span.end || !isInside(view.facts, second.region, home)) return false;
  for (const { id, region } of regionChain(view.facts, second.region)) {
    if (id === home) return true;
    if (region.loop !== undefined) return false;
    // `if (row === undefined) row = await load()`: asked again because of the first answer.
    if (region.branch !== undefined && dependsOnAnswer(view, region.branch.test, first)) return false;
    if (region.kind === "catch") return false;
  }
  return false;
}

/** The region that runs whole once it is entered: a `try` and a block are left only by the way that leaves what is around them too. */
function block(view: FileView, start: RegionId): RegionId {
  for (const { id, region } of regionChain(view.facts, start)) {
    if (region.kind !== "block" && region.kind !== "try") return id;
  }
  return start;
}

/** Whether a test looks at what a call has given. */
function dependsOnAnswer(view: FileView, test: number, { expr }: CallSite): boolean {
  const call = view.facts.exprs[expr];
  if (call === undefined) return true;
  return [...view.flow.sourcesOf(test)].some((source) => {
    const binding = view.facts.bindings[source];
    const init = view.facts.exprs[binding?.init ?? NONE];
    if (init !== undefined && init.start <= call.start && call.end <= init.end) return true;
    return binding?.writes.some((write) => {
      const value = view.facts.exprs[write];
      return value !== undefined && value.start <= call.start && call.end <= value.end;
    });
  });
}

function describe({ first, second, runtime }: AskedTwice, view: FileView): Description {
  const noun = operationNoun(second.read.operation);
  const direct = first.read.path.length === 0 && second.read.path.length === 0;
  const before = throughText(view, first);
  const here =
    second.read.path.length === 0
      ? `this ${noun} has been asked`
      : `${throughText(view, second)} asks a ${noun} that has been asked`;
  const place = (message: string, { site, read }: Occurrence): Description["related"] => [
    { at: { file: view.path, span: site.span }, message },
    ...(read.path.length === 0
      ? []
      : [
          ...read.path.slice(1).map((at) => ({ at, message: "which calls on from here" })),
          { at: read.at, message: `the ${noun}: ${read.operation.dialect} ${read.operation.method}` },
        ]),
  ];
  return {
    message: `${here} with the same values ${first.read.path.length === 0 ? "above" : `by ${before} above`}; hand the answer on instead`,
    severity: "information",
    confidence: (direct ? 0.8 : 0.7) - (runtime.kind === "request" ? 0 : 0.1),
    cost: `1 query too many ${perUnit(runtime.reach)}`,
    related: [
      ...entryPath(runtime.reach),
      ...place("asked here first", first),
      ...(second.read.path.length === 0 ? [] : place("and again here", second).slice(1)),
    ],
  };
}

function throughText(view: FileView, { site, read }: Occurrence): string {
  const [target] = site.targets;
  return read.path.length === 0 || target === undefined ? "the query" : functionText(view, target);
}
