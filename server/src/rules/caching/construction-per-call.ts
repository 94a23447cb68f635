/**
 * Finds things that are costly to make and are made anew although nothing in them changes: formatters for every row, validators, templates and files for every
 * request.
 *
 * Whether it matters is a matter of microseconds: what takes under half a millisecond is worth a word only where it is multiplied by a loop.
 */
import { argumentsOf } from "../../facts/expressions.js";
import type { Span } from "../../base/span.js";
import { NONE } from "../../facts/model.js";
import type { ConstructionKind } from "../../project/construction-catalog.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import { hoistConstant } from "../../fixes/requests/hoist-constant.js";
import type { Fix, FixSources } from "../../fixes/fix.js";
import { isKeptFunction } from "../clients/kept-function.js";
import { moduleNames } from "../clients/module-names.js";
import { fateOf } from "../clients/value-fate.js";
import { defineRule, type Description } from "../define-rule.js";
import { boundOf } from "../loops/bounds.js";
import { iterationsAround, type Iteration } from "../loops/iteration.js";
import { entryPath, perUnit, runtimeOf, type Runtime } from "../runtime-code.js";
import { isConstant, isInvariant } from "./invariance.js";

interface Rebuilt {
  readonly at: Span;
  readonly site: CallSite;
  readonly kind: ConstructionKind;
  /** Of one, with all its parts. */
  readonly micros: number;
  readonly runtime: Runtime;
  /** The iteration that multiplies it, when that is in this file. */
  readonly iteration: Iteration | undefined;
  readonly constant: boolean;
}

/** Cost of one from which it is worth a word once per request, and once per element; microseconds. */
const WORTH_PER_REQUEST = 500;
const WORTH_PER_ELEMENT = 2;
/** Parsing with a schema costs about as much as making a small one. */
const WORTH_OF_SCHEMA = 20;
const WORTH_BESIDE_ROUND_TRIP = 100;
/** Packages that by their name run in a browser; asked only where no request is known to lead. */
const BROWSER = /(^|[/-])(client|frontend|front-end|ui|webapp|browser)\//i;

export const constructionPerCall = defineRule({
  id: "construction-per-call",
  family: "uncached-hot-path",
  since: "0.1.0",
  severity: "information",
  fixSafety: "safe",
  docs: {
    what: "Something costly to make (a formatter, a validator, a compiled template, the contents of a file) is made for every request or every element, although it is always the same.",
    why: "A date formatter takes 50 µs and formatting with it 1 µs: for a thousand rows that is 50 ms of computing during which nothing else runs. Compiling a schema or a template, or reading a file, takes milliseconds each time.",
    instead: "Make it once: at module level, before the loop, or lazily behind a variable that keeps it.",
    limits:
      "Whatever depends on the request or the element is left alone, and so are regular expressions, which V8 keeps. Costs are orders of magnitude measured with Node.js.",
  },
  *check(view) {
    const found: Rebuilt[] = [];
    for (const site of view.calls) {
      const one = examine(view, site);
      if (one !== undefined && !found.some(({ at }) => at.start <= one.at.start && one.at.end <= at.end))
        found.push(one);
    }
    yield* found;
  },
  describe,
  fixes: ({ site, kind, constant }, view, sources) => (constant ? hoistOf(view, site, kind, sources) : []),
});

/** Formatters and schemas are the same value for everybody; most other things can be changed by whoever has them. */
const UNCHANGING = /formatter|collator|plural rules|display names|segmenter|schema|compiled template|key set/;

function hoistOf(view: FileView, site: CallSite, kind: ConstructionKind, sources: FixSources): readonly Fix[] {
  const made = view.facts.exprs[site.expr];
  const callee = made?.kind === "call" ? view.facts.exprs[made.callee] : undefined;
  if (made === undefined || !UNCHANGING.test(kind.noun)) return [];
  const method = callee?.kind === "member" && site.external === undefined ? callee.name : undefined;
  const [first] = method === undefined ? [] : argumentsOf(view.facts, site.expr).slice(1);
  const settings = first === undefined ? made : { start: view.facts.exprs[first]?.start ?? made.start, end: made.end };
  const declaredBefore = moduleNames(view, settings);
  if (declaredBefore === undefined) return [];
  return hoistConstant(sources, { path: view.path, made, noun: kind.noun, declaredBefore, method });
}

function examine(view: FileView, site: CallSite): Rebuilt | undefined {
  const kind = site.builds;
  if (kind === undefined || view.isCacheGuarded(site)) return undefined;
  const runtime = runtimeOf(view, site.fn);
  if (runtime === undefined) return undefined;
  // Light things matter only where somebody waits for many of them.
  const isHeavy = WORTH_PER_REQUEST <= kind.micros || kind.loses !== undefined;
  if (!isHeavy && (runtime.kind === "possible" || runtime.reach.entry?.point.confidence !== "high")) return undefined;
  if (runtime.kind === "possible" && BROWSER.test(view.path)) return undefined;
  const args = argumentsOf(view.facts, site.expr);
  const micros = kind.composed === true ? kind.micros * partsOf(view, site) : kind.micros;
  const base = { at: site.span, site, kind, micros, runtime };
  if (worthPerElement(view, site, kind) <= micros) {
    // The formatting methods format their receiver and first argument; what they make depends on the others.
    const settings = isComparison(view, site) ? args.slice(1) : args;
    const iteration = iterationsAround(view, site).find(
      (one) =>
        one.loop?.form !== "while" &&
        one.loop?.form !== "do" &&
        settings.every((arg) => isInvariant(view, arg, one)) &&
        !isFew(view, one),
    );
    if (iteration !== undefined)
      return { ...base, iteration, constant: settings.every((arg) => isConstant(view, arg)) };
    if (isStart(view, site) || !settings.every((arg) => isConstant(view, arg))) return undefined;
    if (view.reachabilityOf(site.fn).repeatedFrom !== undefined && /^(local|returned)$/.test(fateOf(view, site.expr)))
      return { ...base, iteration: undefined, constant: true };
  }
  if ((micros < WORTH_PER_REQUEST && kind.loses === undefined) || isStart(view, site)) return undefined;
  if (!args.every((arg) => isConstant(view, arg)) || fateOf(view, site.expr) === "kept") return undefined;
  return { ...base, iteration: undefined, constant: true };
}

/** A round trip in the same function takes longer than most of what is made there. */
function worthPerElement(view: FileView, site: CallSite, kind: ConstructionKind): number {
  if (view.summaryOf({ file: view.path, fn: site.fn }).effects.length > 0) return WORTH_BESIDE_ROUND_TRIP;
  return kind.composed === true ? WORTH_OF_SCHEMA : WORTH_PER_ELEMENT;
}

/** Routes are registered, and schemas put together for them, while the program starts. */
function isStart(view: FileView, site: CallSite): boolean {
  return isKeptFunction(view, site.fn) || view.reachabilityOf(site.fn).startup === true;
}

function isComparison(view: FileView, { expr }: CallSite): boolean {
  const call = view.facts.exprs[expr];
  const callee = call?.kind === "call" ? view.facts.exprs[call.callee] : undefined;
  return callee?.kind === "member" && callee.name === "localeCompare";
}

function isFew(view: FileView, iteration: Iteration): boolean {
  const bound = boundOf(view, iteration);
  return bound !== undefined && bound <= view.options.smallLoopBound;
}

/** Calls that put a schema together. */
function partsOf(view: FileView, { span }: CallSite): number {
  return view.calls.filter((call) => span.start <= call.span.start && call.span.end <= span.end).length;
}

function describe({ site, kind, micros, runtime, iteration, constant }: Rebuilt, view: FileView): Description {
  const name = view.textOf(calleeOf(view, site), 40);
  const entry = runtime.reach.entry;
  const from = view.reachabilityOf(site.fn).repeatedFrom;
  const isRepeated = iteration !== undefined || from !== undefined;
  const served = entry === undefined ? "each time this function runs" : `each time ${entry.point.label} is served`;
  const when =
    iteration !== undefined
      ? iteration.over === NONE
        ? "in every pass of this loop"
        : `for every element of \`${view.textOf(iteration.over, 40)}\``
      : from === undefined
        ? served
        : "for every element that a caller goes through";
  const loses = kind.loses === undefined ? "" : ` and loses ${kind.loses}`;
  const where = constant ? "make it once for the module" : "make it once before the loop";
  const verb = kind.noun === "file" ? "reads the same file" : `makes a new ${kind.noun}`;
  return {
    message: `\`${name}\` ${verb} ${when}${loses}; it is always the same, so ${kind.noun === "file" ? "read it once" : where}`,
    severity: isRepeated || WORTH_PER_REQUEST * 4 <= micros || kind.loses !== undefined ? "information" : "hint",
    confidence: entry?.point.confidence === "high" ? 0.75 : 0.65,
    cost: `${isRepeated ? "N × " : ""}about ${timeText(micros)} ${perUnit(runtime.reach)}`,
    related: [
      ...entryPath(runtime.reach),
      ...(iteration !== undefined
        ? [{ at: { file: view.path, span: iteration.head }, message: "once per element here" }]
        : []),
      ...(iteration === undefined && from !== undefined ? [{ at: from, message: "called once per element here" }] : []),
    ],
  };
}

function calleeOf(view: FileView, { expr }: CallSite): number {
  const call = view.facts.exprs[expr];
  return call?.kind === "call" || call?.kind === "new" ? call.callee : expr;
}

function timeText(micros: number): string {
  return micros < 1000 ? `${micros} µs` : `${Math.round(micros / 1000)} ms`;
}
