/** Finds embeddings and completions of text that never changes, asked of a model while requests are served. */
import { argumentsOf } from "../../facts/expressions.js";
import type { Span } from "../../base/span.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import { isKeptFunction } from "../clients/kept-function.js";
import { fateOf } from "../clients/value-fate.js";
import { defineRule } from "../define-rule.js";
import { entryPath, perUnit, runtimeOf, type Runtime } from "../runtime-code.js";
import { isConstant } from "./invariance.js";

interface ConstantQuestion {
  readonly at: Span;
  readonly method: string;
  readonly runtime: Runtime;
}

export const inferenceOfConstant = defineRule({
  id: "inference-of-constant",
  family: "uncached-hot-path",
  since: "0.1.0",
  severity: "information",
  fixSafety: "none",
  docs: {
    what: "A model is asked about the same text each time: nothing of the call comes from the request.",
    why: "Every request waits from a tenth of a second to a minute and pays for tokens, for an answer that was known before.",
    instead:
      "Ask once, when the program starts or on first use, and keep the answer; embeddings of fixed texts can be stored with them.",
    limits:
      "Calls whose answers are meant to differ (a temperature above nought asked for on purpose) look the same as others.",
  },
  *check(view) {
    for (const site of view.calls) {
      const found = examine(view, site);
      if (found !== undefined) yield found;
    }
  },
  describe: ({ method, runtime }) => ({
    message: `\`${method}\` asks the model the same each time; ask once and keep the answer`,
    severity: "information",
    confidence: 0.75,
    cost: `1 model call ${perUnit(runtime.reach)}`,
    related: entryPath(runtime.reach),
  }),
});

/** Health checks ask the same on purpose. */
const CHECKS = /health|ping|test|check|verify|warm|probe|valid/i;

function examine(view: FileView, site: CallSite): ConstantQuestion | undefined {
  const { operation } = site;
  if (operation?.kind !== "inference" || operation.access !== "read" || operation.confidence === "low")
    return undefined;
  const args = argumentsOf(view.facts, site.expr);
  if (args.length === 0 || !args.every((arg) => isConstant(view, arg))) return undefined;
  const runtime = runtimeOf(view, site.fn);
  if (runtime === undefined || isKeptFunction(view, site.fn) || view.isCacheGuarded(site)) return undefined;
  const names = [view.facts.functions[site.fn]?.name ?? "", runtime.reach.entry?.point.label ?? ""];
  if (names.some((name) => CHECKS.test(name)) || fateOf(view, site.expr) === "kept") return undefined;
  return { at: site.span, method: operation.method, runtime };
}
