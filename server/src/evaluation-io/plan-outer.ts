/** Planners of the kinds that reach outside this process. */
import type { OuterPlanner } from "../evaluation/plan.js";
import type { Outside } from "./outside.js";

export function outerPlanner(_outside: Outside): OuterPlanner {
  return (one, context) => {
    context.fault(one.place, `\`${one.kind}\` cases are not in this version`);
    return Promise.resolve([]);
  };
}
