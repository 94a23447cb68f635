/** Counting loops that cut a slice off a list in each pass: `const part = ids.slice(i * size, (i + 1) * size)`. */
import { exprsWithin, isInside } from "../../facts/regions.js";
import { NONE, type BindingId, type ExprId } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import { calledName, type Iteration } from "./iteration.js";

const CUTS = /^(slice|splice|subarray)$/;

export function takesSlice(view: FileView, iteration: Iteration, site: CallSite): boolean {
  if (iteration.loop?.form !== "for" || iteration.element.size === 0) return false;
  const { facts, flow } = view;
  const cuts = (id: ExprId): boolean => {
    const expr = facts.exprs[id];
    if (expr?.kind !== "call" || !CUTS.test(calledName(view, id))) return false;
    const [from] = expr.args;
    return from !== undefined && flow.dependsOn(from, iteration.element);
  };
  const slices = new Set<BindingId>();
  facts.bindings.forEach(({ init, region }, id) => {
    if (init !== NONE && isInside(facts, region, iteration.region) && cuts(init)) slices.add(id);
  });
  if (0 < slices.size && flow.dependsOn(site.expr, slices)) return true;
  return [...exprsWithin(facts, site.expr)].some(({ id }) => cuts(id));
}
