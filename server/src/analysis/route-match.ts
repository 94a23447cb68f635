/** Which entry point answered a request, by the paths both name. */
import type { MeasuredRoute } from "../profiles/model.js";
import type { Endpoint } from "./endpoint-costs.js";

/**
 * The entry point whose route fits best. Routers are mounted below prefixes that a label does not show, so the end of a path is enough; the longest
 * route wins, and of those of a length the one with the fewest parameters.
 */
export function bestRoute(endpoints: readonly Endpoint[], { method, path }: MeasuredRoute): Endpoint | undefined {
  const wanted = segmentsOf(path);
  let best: { readonly endpoint: Endpoint; readonly score: number } | undefined;
  for (const endpoint of endpoints) {
    const [verb, route] = splitLabel(endpoint.point.label);
    if (route === undefined || (method !== undefined && verb !== undefined && verb !== method && verb !== "ALL"))
      continue;
    const score = scoreOf(segmentsOf(route), wanted);
    if (score !== undefined && (best === undefined || best.score < score)) best = { endpoint, score };
  }
  return best?.endpoint;
}

function splitLabel(label: string): readonly [verb: string | undefined, route: string | undefined] {
  const parts = /^(?:([A-Z]+) )?(\/\S*)$/.exec(label);
  return [parts?.[1], parts?.[2]];
}

function segmentsOf(path: string): readonly string[] {
  return path.split("/").filter((segment) => segment !== "");
}

/** Undefined where the route does not fit; exact matches count more than parameters. */
function scoreOf(route: readonly string[], wanted: readonly string[]): number | undefined {
  if (wanted.length < route.length || (route.length === 0 && 0 < wanted.length)) return undefined;
  const tail = wanted.slice(wanted.length - route.length);
  let score = route.length === wanted.length ? 1 : 0;
  for (const [i, segment] of route.entries()) {
    const other = tail[i] ?? "";
    if (segment === other) score += 10;
    else if (isParameter(segment)) score += 9;
    else return undefined;
  }
  return score;
}

function isParameter(segment: string): boolean {
  return /^[:*{[]/.test(segment) || segment.includes(":");
}
