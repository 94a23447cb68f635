/** Finds remote calls that are no database queries, one per element. */
import { defineRule } from "../define-rule.js";
import { repeatedCommandFixes } from "./command-fixes.js";
import { describeRepeated } from "./describe-repeated.js";
import { isDatabase, repeatedOperations } from "./repeated-operation.js";

export const remoteCallInLoop = defineRule({
  id: "remote-call-in-loop",
  family: "n-plus-one",
  since: "0.1.0",
  severity: "information",
  fixSafety: "review",
  docs: {
    what: "One HTTP request, cache round trip or model call is made for each element of a collection.",
    why: "Each pays the network's latency; a service that is slow or down is asked N times.",
    instead:
      "Use the other side's bulk call where there is one (`mget`, a batch endpoint, embeddings of many texts); otherwise run a bounded number at a time.",
    limits: "Whether the other side has a bulk call is not known, so this is information, never a warning.",
  },
  *check(view) {
    for (const one of repeatedOperations(view)) if (!isDatabase(one.operation)) yield one;
  },
  describe: describeRepeated,
  fixes: repeatedCommandFixes,
});
