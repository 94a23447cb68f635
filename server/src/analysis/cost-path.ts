/** The calls that make up the cost of an entry point, as a tree to walk. */
import { isFree, settled } from "../cost/cost.js";
import { sizeName } from "../cost/collection-size.js";
import { renderCost } from "../cost/render-cost.js";
import { NONE } from "../facts/model.js";
import { regionChain } from "../facts/regions.js";
import type { FileView } from "../project/file-view.js";
import type { CallSite, FunctionRef } from "../project/model.js";
import type { CostStep } from "../../../protocol/src/costs.js";
import { endpoints, placeOf } from "./endpoint-costs.js";
import type { Inspection } from "./inspection.js";

/** Deeper trees, and larger ones, tell nobody more. */
const MAX_DEPTH = 12;
const MAX_STEPS = 300;

/** Empty for an entry point that is not there any more. */
export function costPath(inspection: Inspection, id: string): readonly CostStep[] {
  const endpoint = endpoints(inspection).find((one) => one.id === id);
  if (endpoint === undefined) return [];
  const budget = { left: MAX_STEPS };
  return endpoint.runs.flatMap((ref) => stepsOf(inspection, ref, [], budget));
}

function stepsOf(
  inspection: Inspection,
  ref: FunctionRef,
  around: readonly FunctionRef[],
  budget: { left: number },
): readonly CostStep[] {
  const view = inspection.viewOf(ref.file);
  const isOpen = around.some((one) => one.file === ref.file && one.fn === ref.fn);
  if (view === undefined || isOpen || MAX_DEPTH < around.length) return [];
  return view.callsIn(ref.fn).flatMap((site) => {
    const cost = inspection.costs.ofSite(view, site);
    if (isFree(cost) || budget.left-- <= 0) return [];
    const inner = [...site.targets, ...site.callbacks.filter(({ runs }) => runs !== "deferred").map((use) => use.ref)];
    const often = oftenOf(view, site);
    const step: CostStep = {
      text: view.textOf(site.expr, 70),
      cost: renderCost(settled(cost)),
      ...(often === undefined ? {} : { often }),
      ...placeOf(view.facts.lineStarts, view.path, site.span),
      steps: inner.flatMap((next) => stepsOf(inspection, next, [...around, ref], budget)),
    };
    return [step];
  });
}

/** The loops around a call within its function, innermost first, and the iteration its function is given to. */
function oftenOf(view: FileView, site: CallSite): string | undefined {
  const names: string[] = [];
  for (const { region } of regionChain(view.facts, site.region)) {
    if (region.loop === undefined) continue;
    names.push(region.loop.over === NONE ? "round" : `of ${sizeName(view, region.loop.over)}`);
  }
  const inlined = view.inlinedInto(site.fn);
  const use = inlined?.site.callbacks.find(({ arg, ref }) => arg === inlined.arg && ref.fn === site.fn);
  if (use?.runs === "per-element") names.push(use.over === undefined ? "round" : `of ${sizeName(view, use.over)}`);
  return names.length === 0 ? undefined : `for each ${names.join(", for each ")}`;
}
