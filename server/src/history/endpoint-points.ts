/** The costliest entry points, as the dashboard lists them. */
import type { CostTerm, EndpointCost } from "../../../protocol/src/costs.js";
import type { EndpointPoint } from "../../../protocol/src/dashboard.js";

const SHOWN = 25;
/** What a size that nobody knows counts for: enough that a loop stands above some queries in a row. */
const UNKNOWN_SIZE = 50;

/** @param endpoints Dearest first. */
export function endpointPoints(endpoints: readonly EndpointCost[], roots: readonly string[]): readonly EndpointPoint[] {
  return endpoints.slice(0, SHOWN).map(({ label, handler, file, range, cost, counts }) => ({
    title: label === "" ? handler : label,
    place: `${relative(file, roots)}:${range.start.line}`,
    cost,
    rank: Object.values(counts).reduce((sum, { max }) => sum + Math.max(0, ...max.map(sumOf)), 0),
  }));
}

function sumOf(terms: readonly CostTerm[]): number {
  return terms.reduce((sum, { times, over }) => sum + times * UNKNOWN_SIZE ** over.length, 0);
}

function relative(file: string, roots: readonly string[]): string {
  const root = roots.find((one) => file.startsWith(`${one}/`));
  return root === undefined ? file : file.slice(root.length + 1);
}
