/** Finds one database query per element where all of them are started at once: `Promise.all(items.map(async …))`. */
import type { Fix, FixSources } from "../../fixes/fix.js";
import type { FileView } from "../../project/file-view.js";
import { defineRule } from "../define-rule.js";
import { describeRepeated } from "./describe-repeated.js";
import { mergedReadFixes } from "./parent-fixes.js";
import { repeatedReadFixes } from "./repeated-fixes.js";
import { isDatabase, type RepeatedOperation, repeatedOperations } from "./repeated-operation.js";

export const queryPerPromise = defineRule({
  id: "query-per-promise",
  family: "n-plus-one",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "review",
  docs: {
    what: "A callback given to `map` and its like runs one database query for each element, all of them started at once.",
    why: "The queries overlap, but there are still N of them: they queue for the connections of the pool, and one request can take every connection there is.",
    instead:
      "Load every row with one query (`IN`, a join, a `groupBy`, or the ORM's relation loading) and pick from the result in memory.",
    limits: "Queries that the library merges by itself, such as Prisma's `findUnique` in one tick, are left alone.",
  },
  *check(view) {
    for (const one of repeatedOperations(view)) {
      if (isDatabase(one.operation) && one.operation.access !== "write" && one.concurrent && !one.recursive) yield one;
    }
  },
  describe: describeRepeated,
  fixes: (evidence, view, sources) => {
    const fixes = repeatedReadFixes(evidence, view, sources);
    return fixes.length > 0 ? fixes : mergeable(evidence, view, sources);
  },
});

/** Where nothing can be asked beforehand, the library may merge what starts together. */
function mergeable(
  { operation, site, through, path, iterations, recursive }: RepeatedOperation,
  view: FileView,
  sources: FixSources,
): readonly Fix[] {
  const [iteration, ...others] = iterations;
  // Of passes that wait for their turn only some start in one tick.
  if (iteration === undefined || others.length > 0 || recursive || site.fn !== iteration.fn) return [];
  return mergedReadFixes(
    { operation, site, through, pathLength: path.length, element: iteration.element },
    view,
    sources,
  );
}
