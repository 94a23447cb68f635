/** Load cases as work. They run alone, and are never remembered: a measurement is of now. */
import { judgeHttp } from "../../evaluation/http/judge-http.js";
import type { ItemDraft, PlanContext } from "../../evaluation/plan-context.js";
import type { HttpCase } from "../../evaluation/suite.js";
import type { Outside } from "../outside.js";
import { measureLoad } from "./load.js";

export function planHttp(one: HttpCase, context: PlanContext, outside: Outside): readonly ItemDraft[] {
  if (!outside.trusted) {
    context.fault(one.place, "load is sent in trusted folders only: trust this one first");
    return [];
  }
  const { hostname } = new URL(one.url);
  if (!outside.mayReach(hostname)) {
    outside.askFor(hostname);
    return [];
  }
  return [
    {
      cacheKey: undefined,
      alone: true,
      observe: async ({ signal }) => ({ ...(await measureLoad(one, signal)) }),
      judge: (observation) => judgeHttp(one, observation),
    },
  ];
}
