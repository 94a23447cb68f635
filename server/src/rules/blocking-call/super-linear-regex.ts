/**
 * Finds regular expressions that take at least the cube of a text's length, or twice as long for every few characters, where requests bring the text.
 *
 * Nothing is guessed from the expression's looks: a backtracking matcher counts its steps on texts made to be hard for it (`regexp/growth.ts`).
 */
import type { Span } from "../../base/span.js";
import type { ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import { mayBeSteep, regexpUse, type RegexpUse } from "../../project/regexp-use.js";
import { growthOf, STEPS_PER_SECOND, type Growth } from "../../regexp/growth.js";
import { defineRule, type Description } from "../define-rule.js";
import { outsideParameter } from "../outside-text.js";
import { entryPath, perUnit, runtimeOf, whileRunning, type Runtime } from "../runtime-code.js";

interface Steep {
  readonly at: Span;
  readonly source: string;
  readonly text: ExprId;
  readonly growth: Growth;
  readonly runtime: Runtime;
  /** The function that is given the text is the one that serves the request. */
  readonly direct: boolean;
  readonly declaredAt: Span;
}

/** Node.js takes 16 KiB of request line and headers, frameworks 100 KiB and more of body: a text of this many characters passes everywhere. */
const LENGTH = 5_000;
const WORTH_SECONDS = 1;

export const superLinearRegex = defineRule({
  id: "super-linear-regex",
  family: "blocking-call",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "none",
  docs: {
    what: "A regular expression whose time grows at least with the cube of the text's length is used on text that a request brings.",
    why: "The matcher tries every way to share the same characters out among several repetitions. One request with a text of a few thousand characters holds the event loop for seconds, sometimes for ever, and nobody else is served.",
    instead:
      "Let each repetition take what the next one cannot (`[^@\\s]+@[^@\\s]+` instead of `\\S+@\\S+`), anchor the expression, or refuse texts that are too long before it.",
    limits:
      "Expressions of quadratic time are left alone: there are many, and they need texts of tens of thousands of characters to be felt. So are texts whose length is compared in the same function.",
  },
  *check(view) {
    for (const site of view.calls) {
      const use = regexpUse(view.facts, site.expr);
      const found = use !== undefined && mayBeSteep(use.source) ? examine(view, site, use) : undefined;
      if (found !== undefined) yield found;
    }
  },
  describe,
});

function examine(view: FileView, site: CallSite, { source, flags, text, declared }: RegexpUse): Steep | undefined {
  const parameter = outsideParameter(view, text);
  const binding = parameter === undefined ? undefined : view.facts.bindings[parameter];
  const declaredAt = view.facts.exprs[declared];
  if (binding === undefined || declaredAt === undefined) return undefined;
  const runtime = runtimeOf(view, site.fn);
  if (runtime?.kind !== "request" || hasBound(view, text, site.fn)) return undefined;
  const growth = growthOf(source, flags);
  if (growth === undefined || growth.stepsAt(LENGTH) < WORTH_SECONDS * STEPS_PER_SECOND) return undefined;
  const direct = view.entries.some((entry) => entry.ref.fn === binding.fn);
  return { at: site.span, source: `/${source}/${flags}`, text, growth, runtime, direct, declaredAt };
}

/** Whether the length of the text, or of what it comes from, is compared with something in the same function. */
function hasBound(view: FileView, text: ExprId, fn: number): boolean {
  const { exprs, regions } = view.facts;
  const sources = view.flow.sourcesOf(text);
  return exprs.some((expr) => {
    if (expr.kind !== "binary" || !/^[<>]=?$/.test(expr.op) || regions[expr.region]?.fn !== fn) return false;
    return [expr.left, expr.right].some((side) => {
      const length = exprs[side];
      if (length?.kind !== "member" || length.name !== "length") return false;
      return [...view.flow.sourcesOf(length.object)].some((source) => sources.has(source));
    });
  });
}

function describe({ source, text, growth, runtime, direct, at, declaredAt }: Steep, view: FileView): Description {
  const { prefix, pump } = growth.attack;
  const like = JSON.stringify(`${prefix}${pump.repeat(Math.max(2, Math.ceil(6 / pump.length)))}`).slice(1, -1);
  const shown = source.length <= 60 ? source : `${source.slice(0, 59)}…`;
  const endless = growth.order === "exponential";
  const length = lengthFor(growth);
  return {
    message: `\`${shown}\` takes ${endless ? "practically for ever" : "seconds"} on ${endless ? "a few dozen" : length.toLocaleString("en")} characters like \`${like}…\`, and \`${view.textOf(text, 40)}\` comes from outside; the event loop stands still ${whileRunning(runtime.reach)}`,
    severity: direct ? "warning" : "information",
    confidence: direct ? 0.85 : 0.65,
    cost: `${endless ? "2^n" : `n^${growth.order}`} steps for n characters ${perUnit(runtime.reach)}`,
    related: [
      ...entryPath(runtime.reach),
      ...(declaredAt.start < at.start || at.end < declaredAt.end
        ? [{ at: { file: view.path, span: declaredAt }, message: "the expression is written here" }]
        : []),
    ],
  };
}

/** The shortest of these lengths that takes a second and more. */
function lengthFor(growth: Growth): number {
  return [200, 500, 1_000, 2_000, 3_000].find((length) => growth.stepsAt(length) >= STEPS_PER_SECOND) ?? LENGTH;
}
