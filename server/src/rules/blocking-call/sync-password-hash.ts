/** Finds synchronous password hashing where a request, event, queue or async path reaches it. */
import { defineRule } from "../define-rule.js";
import { blockedLoops, describeBlocked } from "./blocking-operation.js";
import { fixesOfBlocked } from "./blocking-fixes.js";

const CATEGORIES: ReadonlySet<string> = new Set(["password-hash"]);

export const syncPasswordHash = defineRule({
  id: "sync-password-hash",
  family: "blocking-call",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "safe",
  docs: {
    what: "A password is hashed or compared synchronously on a path that serves requests.",
    why: "Password hashes are slow by design: bcrypt at cost 10 takes about 60 ms, during which every other request of the process waits. A few logins a second stall the server.",
    instead:
      "Use the async form (`bcrypt.hash`, `bcrypt.compare`, `argon2.hash`), which works on a thread of its own, and await it.",
    limits: "`bcryptjs` computes on the main thread in its async form too, but in slices, so others get a turn.",
  },
  *check(view) {
    for (const one of blockedLoops(view)) if (CATEGORIES.has(one.operation.category)) yield one;
  },
  describe: describeBlocked,
  fixes: fixesOfBlocked,
});
