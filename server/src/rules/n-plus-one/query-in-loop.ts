/**
 * Finds a database read that runs once per pass of a loop.
 *
 * Three facts must meet: the loop has no small proven bound and no reason to be sequential, a call in its body reaches a query, and the
 * query's arguments depend on the element. Without the third, retries and polls would be reported too, and no batched query can replace those.
 */
import { defineRule } from "../define-rule.js";
import { describeRepeated } from "./describe-repeated.js";
import { repeatedReadFixes } from "./repeated-fixes.js";
import { isDatabase, repeatedOperations } from "./repeated-operation.js";

export const queryInLoop = defineRule({
  id: "query-in-loop",
  family: "n-plus-one",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "review",
  docs: {
    what: "A loop runs one database query for each element it visits, directly or through the functions it calls.",
    why: "N elements cost N round trips, so the time grows with the data instead of staying flat, and each trip holds a connection.",
    instead:
      "Collect the keys first, load every row with one query (`IN`, a join, or the ORM's relation loading), then look rows up in a `Map`.",
    limits:
      "Calls through values whose origin cannot be found are not followed. Chunks, cursors, retries, pauses and loops of proven small size are left alone.",
  },
  *check(view) {
    for (const one of repeatedOperations(view)) {
      if (isDatabase(one.operation) && one.operation.access !== "write" && !one.concurrent && !one.recursive) yield one;
    }
  },
  describe: describeRepeated,
  fixes: repeatedReadFixes,
});
