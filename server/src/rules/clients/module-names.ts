/** What an expression needs of its module, for fixes that move it there. */
import type { Span } from "../../base/span.js";
import { NONE } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";

/** Names of the module that an expression uses; undefined when it uses others. */
export function moduleNames(view: FileView, { start, end }: Span): readonly string[] | undefined {
  const names = new Set<string>();
  for (const expr of view.facts.exprs) {
    if (expr.kind !== "ref" || expr.start < start || end < expr.end || expr.binding === NONE) continue;
    const binding = view.facts.bindings[expr.binding];
    const inside = binding !== undefined && start <= binding.span.start && binding.span.end <= end;
    if (inside) continue;
    if (binding?.fn !== 0 || binding.region !== 0) return undefined;
    if (binding.kind !== "import") names.add(binding.name);
  }
  return [...names];
}
