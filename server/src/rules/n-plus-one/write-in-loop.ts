/** Finds a database write that runs once per element, in a loop or in a callback. */
import { defineRule } from "../define-rule.js";
import { describeRepeated } from "./describe-repeated.js";
import { repeatedWriteFixes } from "./repeated-fixes.js";
import { isDatabase, repeatedOperations } from "./repeated-operation.js";

export const writeInLoop = defineRule({
  id: "write-in-loop",
  family: "n-plus-one",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "review",
  docs: {
    what: "One insert, update or delete is sent for each element of a collection.",
    why: "Each write is a round trip of its own and, outside a transaction, a commit of its own; a thousand rows take a thousand of both.",
    instead:
      "Send them together: a multi-row insert (`createMany`, `insertMany`, `values([...])`), one `UPDATE … WHERE id IN (…)` or `DELETE … WHERE id IN (…)`.",
    limits:
      "Whether the database accepts a bulk form with the same values is for the author to see; nested creates often have none.",
  },
  *check(view) {
    for (const one of repeatedOperations(view)) {
      if (isDatabase(one.operation) && one.operation.access === "write" && !one.recursive) yield one;
    }
  },
  describe: describeRepeated,
  fixes: repeatedWriteFixes,
});
