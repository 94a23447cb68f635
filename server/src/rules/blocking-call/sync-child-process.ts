/** Finds synchronous child processes where a request, event, queue or async path reaches it. */
import { defineRule } from "../define-rule.js";
import { blockedLoops, describeBlocked } from "./blocking-operation.js";
import { fixesOfBlocked } from "./blocking-fixes.js";

const CATEGORIES: ReadonlySet<string> = new Set(["child-process"]);

export const syncChildProcess = defineRule({
  id: "sync-child-process",
  family: "blocking-call",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "review",
  docs: {
    what: "Another program is run synchronously on a path that serves requests.",
    why: "The whole process stands still until the other program ends, which can take seconds and has no upper bound without a time limit.",
    instead: "Use `execFile` or `spawn` with a promise and a time limit, or hand the work to a queue.",
    limits: "Command-line tools, build scripts and start-up code are left alone.",
  },
  *check(view) {
    for (const one of blockedLoops(view)) if (CATEGORIES.has(one.operation.category)) yield one;
  },
  describe: describeBlocked,
  fixes: fixesOfBlocked,
});
