/**
 * Loops that make a call once although it stands in them: they are left with its answer, or right after it. `for (const doc of docs) if (fits(doc)) return await
 * choose(doc)`.
 */
import { exprChain, isInside } from "../../facts/regions.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import type { Iteration } from "./iteration.js";

export function isAnsweredOnce(view: FileView, iteration: Iteration, site: CallSite): boolean {
  if (iteration.kind !== "loop") return false;
  const { exits, regions } = view.facts;
  const around = new Set([site.expr, ...exprChain(view.facts, site.expr)]);
  return exits.some(
    ({ kind, expr, region, span }) =>
      kind === "return" &&
      (around.has(expr) || (site.span.end <= span.start && isInside(view.facts, site.region, region))) &&
      // The return of a callback ends a pass, not the loop.
      regions[region]?.fn === iteration.fn &&
      isInside(view.facts, region, iteration.region),
  );
}
