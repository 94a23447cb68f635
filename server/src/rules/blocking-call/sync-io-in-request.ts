/** Finds synchronous file access, compression or a synchronous driver where a request, event, queue or async path reaches it. */
import { defineRule } from "../define-rule.js";
import { blockedLoops, describeBlocked } from "./blocking-operation.js";
import { fixesOfBlocked } from "./blocking-fixes.js";

const CATEGORIES: ReadonlySet<string> = new Set(["fs", "database", "http", "archive", "document", "zlib"]);

export const syncIoInRequest = defineRule({
  id: "sync-io-in-request",
  family: "blocking-call",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "safe",
  docs: {
    what: "A synchronous call waits for the disk, a database or a codec while requests, events or jobs are being served.",
    why: "Node runs all JavaScript of a process on one thread: while it waits here, no other request, timer or health check gets a turn.",
    instead:
      "Use the promise form (`fs.promises`, `zlib` with `util.promisify`, an async driver) and await it, or do the work once when the program starts.",
    limits:
      "Calls while modules load, in constructors, boot hooks, scripts, tests and once-guards are left alone; so are metadata calls of some microseconds outside loops.",
  },
  *check(view) {
    for (const one of blockedLoops(view)) if (CATEGORIES.has(one.operation.category)) yield one;
  },
  describe: describeBlocked,
  fixes: fixesOfBlocked,
});
