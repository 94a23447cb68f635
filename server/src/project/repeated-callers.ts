/** Whether a function runs once per element of something that a caller goes through, however far up. */
import { regionChain } from "../facts/regions.js";
import type { CallEdge, FunctionNode } from "./call-graph.js";
import type { Location } from "./model.js";

/** Farther up, nobody sees the connection any more. */
const MAX_LEVELS = 5;
const MAX_CALLERS = 60;

/**
 * The nearest call on the way to a function that stands in a loop or in a callback that runs per element, among the callers that `counts` accepts.
 */
export function repeatedCall(start: FunctionNode, counts: (node: FunctionNode) => boolean): Location | undefined {
  const seen = new Set<FunctionNode>([start]);
  let level = [start];
  for (let depth = 0; depth < MAX_LEVELS && level.length > 0 && seen.size < MAX_CALLERS; depth++) {
    const next: FunctionNode[] = [];
    const found: Location[] = [];
    for (const node of level) {
      for (const caller of node.callers) {
        if (!counts(caller)) continue;
        for (const edge of caller.edges) {
          if (edge.to.file !== node.ref.file || edge.to.fn !== node.ref.fn || !isRepeated(caller, edge)) continue;
          found.push({ file: caller.ref.file, span: edge.site.span });
        }
        if (!seen.has(caller)) next.push(caller);
        seen.add(caller);
      }
    }
    if (found.length > 0) return first(found);
    level = next;
  }
  return undefined;
}

function isRepeated({ file }: FunctionNode, { via, site }: CallEdge): boolean {
  if (via === "callback-per-element") return true;
  for (const { region } of regionChain(file.facts, site.region)) {
    const form = region.loop?.form;
    if (form === "for-of" || form === "for-in" || form === "for") return true;
  }
  return false;
}

/** By file and place, so that the same program gives the same answer. */
function first(found: readonly Location[]): Location | undefined {
  return [...found].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.span.start - b.span.start))[0];
}
