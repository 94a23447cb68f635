/** Finds paged reads that skip rows but do not say where the page ends. */
import { limitList } from "../../fixes/lists/limit-list.js";
import { defineRule } from "../define-rule.js";
import { entryPath, perUnit } from "../runtime-code.js";
import { listReads, tableText } from "./list-read.js";

export const offsetWithoutLimit = defineRule({
  id: "offset-without-limit",
  family: "unbounded-query",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "review",
  docs: {
    what: "A paged query sets how many rows to skip and no limit, so each page holds all rows that remain.",
    why: "The first page reads the whole table with everything it includes; only the last one is as small as it was meant to be.",
    instead: "Set the limit next to the offset: `take` beside `skip`, `limit` beside `offset`.",
    limits: "Options that are put together elsewhere are not judged.",
  },
  *check(view) {
    for (const read of listReads(view)) {
      const { query } = read;
      if (query.offset === undefined || query.limit !== undefined || !query.complete) continue;
      if (query.offset.kind === "literal" && query.offset.value === 0) continue;
      yield read;
    }
  },
  describe: (read) => ({
    message: `this page of ${tableText(read)} skips the ones before it but has no limit: it reads all that remain`,
    severity: "warning",
    confidence: 0.9,
    cost: `all remaining rows ${perUnit(read.runtime.reach)} instead of one page`,
    related: entryPath(read.runtime.reach),
  }),
  fixes: ({ site, query: { dialect, method } }, view, sources) => {
    const call = view.facts.exprs[site.expr];
    if (call === undefined) return [];
    return limitList(sources, { path: view.path, dialect, method, call, otherwise: undefined });
  },
});
