/** All entry points a file declares or registers. */
import type { EntryPoint } from "../model.js";
import { declarations } from "./declarations.js";
import type { EntryContext, FoundEntry } from "./recognizer.js";
import { registrations } from "./registrations.js";

export function findEntries(context: EntryContext): EntryPoint[] {
  const byFunction = new Map<string, EntryPoint>();
  for (const found of [...declarations(context), ...registrations(context)]) {
    const key = `${found.ref.file}#${found.ref.fn}`;
    const known = byFunction.get(key);
    if (known !== undefined && (known.confidence === "high" || found.confidence === "low")) continue;
    byFunction.set(key, {
      ref: found.ref,
      kind: found.kind,
      framework: found.framework,
      label: found.label,
      at: { file: context.path, span: spanOf(context, found) },
      confidence: found.confidence,
    });
  }
  return [...byFunction.values()];
}

function spanOf({ facts }: EntryContext, { at }: FoundEntry): { start: number; end: number } {
  if ("fn" in at) return facts.functions[at.fn]?.nameSpan ?? { start: 0, end: 0 };
  const expr = facts.exprs[at.expr];
  // The whole registration would underline the handler's body; its callee is enough to recognise it.
  const callee = expr?.kind === "call" || expr?.kind === "new" ? facts.exprs[expr.callee] : expr;
  return callee === undefined ? { start: 0, end: 0 } : { start: callee.start, end: callee.end };
}
