/** The one rule that looks at comments instead of code; it runs after all others, so it is no `Rule`. */
import type { RuleInfo } from "./host.js";

export const staleSuppressionInfo: RuleInfo = {
  id: "stale-suppression",
  family: "suppression",
  severity: "information",
  fixSafety: "none",
  since: "0.1.0",
  docs: {
    what: "An ignore comment that ignores nothing any more, or that gives no reason.",
    why: "A comment that outlives its finding hides the next one on that line, and a reason saves the next reader the same question.",
    instead: "Remove the comment, or write the reason after two dashes.",
    limits: "A comment about a rule that was switched off for this run is left alone.",
  },
};
