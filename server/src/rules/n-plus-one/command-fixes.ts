/** What can be done about commands to a cache, one per element: clients send those that are started together in one go. */
import { NONE } from "../../facts/model.js";
import { isInside } from "../../facts/regions.js";
import type { Fix, FixSources } from "../../fixes/fix.js";
import { askTogether } from "../../fixes/load/ask-together.js";
import { sendTogether } from "../../fixes/writes/send-together.js";
import type { FileView } from "../../project/file-view.js";
import { type Iteration, iterationsAround } from "../loops/iteration.js";
import { isArrayLike } from "./repeated-fixes.js";
import { candidatesOf, type RepeatedOperation } from "./repeated-operation.js";

export function repeatedCommandFixes(
  { operation, iterations, through, recursive, site }: RepeatedOperation,
  view: FileView,
  sources: FixSources,
): readonly Fix[] {
  const [iteration] = iterations;
  if (operation.kind !== "cache" || operation.batchedByLibrary === undefined || operation.bulk === true) return [];
  if (iteration === undefined || iteration.over === NONE || through !== undefined || recursive) return [];
  if (iterationsAround(view, site)[0]?.region !== iteration.region) return [];
  const loop = iteration.loop?.statement;
  if (loop === undefined) return [];
  const question = { path: view.path, query: operation.span, loop, isArray: isArrayLike(view, iteration.over) };
  const isRead = operation.access === "read";
  if (isRead && isChanged(view, iteration)) return [];
  const fix = isRead ? askTogether(question, sources) : sendTogether(question, sources);
  return fix === undefined ? [] : [fix];
}

/** Whether a pass may change what a later pass asks for. */
function isChanged(view: FileView, { region }: Iteration): boolean {
  return view.calls.some(
    (site) =>
      isInside(view.facts, site.region, region) &&
      candidatesOf(view, site).some(({ operation }) => operation.kind === "cache" && operation.access !== "read"),
  );
}
