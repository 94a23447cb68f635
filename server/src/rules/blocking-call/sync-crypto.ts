/** Finds synchronous key derivation or key generation where a request, event, queue or async path reaches it. */
import { defineRule } from "../define-rule.js";
import { blockedLoops, describeBlocked } from "./blocking-operation.js";
import { fixesOfBlocked } from "./blocking-fixes.js";

const CATEGORIES: ReadonlySet<string> = new Set(["crypto"]);

export const syncCrypto = defineRule({
  id: "sync-crypto",
  family: "blocking-call",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "safe",
  docs: {
    what: "A key is derived or generated synchronously on a path that serves requests.",
    why: "Key derivation is slow by design: 100,000 rounds of PBKDF2 take about 40 ms, during which nothing else runs.",
    instead:
      "Use the callback form through `util.promisify` (`pbkdf2`, `scrypt`, `generateKeyPair`), which runs in the thread pool.",
    limits: "Hashing of short inputs and small random values is left alone.",
  },
  *check(view) {
    for (const one of blockedLoops(view)) if (CATEGORIES.has(one.operation.category)) yield one;
  },
  describe: describeBlocked,
  fixes: fixesOfBlocked,
});
