/** Finds a function that calls itself for each of several elements and runs a query each time. */
import { defineRule } from "../define-rule.js";
import { describeRepeated } from "./describe-repeated.js";
import type { Location } from "../../project/model.js";
import { isDatabase, repeatedOperations } from "./repeated-operation.js";

export const queryInRecursion = defineRule({
  id: "query-in-recursion",
  family: "n-plus-one",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "none",
  docs: {
    what: "A function runs a query and calls itself for each element it finds: one query per node of a tree.",
    why: "A tree of a thousand nodes costs a thousand round trips, one below the other, so none of them overlap.",
    instead:
      "Load a whole level with one query (`WHERE parent_id IN (…)`), or the whole tree with a recursive common table expression, and link the rows in memory.",
    limits: "Only functions that call themselves directly are told apart; longer cycles are reported as loops.",
  },
  *check(view) {
    const all = repeatedOperations(view);
    for (const one of all) {
      if (!isDatabase(one.operation) || !one.recursive) continue;
      // A loop that runs the query itself and then calls on for each element is reported where it runs it.
      if (!all.some((other) => !other.recursive && isSamePlace(other.operationAt, one.operationAt))) yield one;
    }
  },
  describe: describeRepeated,
});

function isSamePlace(a: Location, b: Location): boolean {
  return a.file === b.file && a.span.start === b.span.start;
}
