/** Words for what makes a repeated operation less urgent. */
import type { Lightness } from "./weight.js";

export const whyLight: Readonly<Record<Lightness, string>> = {
  "other-work": "each element also needs a file, a mail or a call that no single statement replaces",
  "several-steps": "several steps are taken for each element, so there is no one statement to swap in",
  "handed-over": "all of them go into one transaction or batch",
  "own-values": "each row gets values of its own, for which few libraries have a bulk form",
  "own-rows": "each new row is needed by what follows",
  "own-transaction": "each element has a transaction of its own, so that one failure leaves the others alone",
  search: "the loop ends with the first element that fits",
  few: "by its name this is a handful of things",
  group: "each query takes a whole group",
  kind: "the elements are the parts of one thing, and each kind has a table of its own",
  "one-of-them": "the condition holds for one of the elements",
  queued: "each element is a job of a queue that runs a few at a time",
  seldom: "by its name it happens seldom: once in the life of an account, or when somebody tidies up",
  exceptional: "it happens to elements that failed or should not be there",
};
