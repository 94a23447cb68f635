/**
 * Finds reads of a whole table on a request path: no limit, and no condition that narrows the rows.
 *
 * How many rows the table has is not known, and half of those read whole are small by nature (plans, roles, settings), so this is a hint. A condition that compares with a value of the request is taken to bound the rows.
 */
import { limitList } from "../../fixes/lists/limit-list.js";
import { defineRule } from "../define-rule.js";
import { entryPath, perUnit } from "../runtime-code.js";
import { isSetUp } from "../settled-tables.js";
import { keepsMostRows, listReads, tableText } from "./list-read.js";

export const unboundedList = defineRule({
  id: "unbounded-list",
  family: "unbounded-query",
  since: "0.1.0",
  severity: "hint",
  fixSafety: "review",
  docs: {
    what: "A request reads every row of a table: there is no limit, and nothing in the filter narrows it.",
    why: "It is fast while the table is small and grows with it: memory, serialization and the response all take each row there is.",
    instead:
      "Read a page (`LIMIT` with a cursor or an offset), or only what the answer needs. For a small fixed table, cache it.",
    limits:
      "How many rows the table has is not known. Filters that compare with a value are taken to bound the rows; jobs and scripts may read everything.",
  },
  *check(view) {
    for (const read of listReads(view)) {
      const { query } = read;
      if (query.limit !== undefined || query.offset !== undefined || !query.complete || !keepsMostRows(query.where))
        continue;
      // An inner join to a narrowed table narrows too.
      if (query.joins.some((join) => join.kind !== "load" && join.kind !== "left")) continue;
      // Small by nature; whether reading it each time is right is another question.
      if (view.isCacheGuarded(read.site) || isSetUp(read.operation.table ?? "")) continue;
      yield read;
    }
  },
  describe: (read) => ({
    message: `all ${tableText(read)} are read each time: there is no limit, and the filter keeps most of them`,
    severity: "hint",
    confidence: 0.45,
    cost: `every row of the table ${perUnit(read.runtime.reach)}`,
    related: entryPath(read.runtime.reach),
  }),
  fixes: ({ site, query: { dialect, method } }, view, sources) => {
    const call = view.facts.exprs[site.expr];
    if (call === undefined) return [];
    return limitList(sources, { path: view.path, dialect, method, call, otherwise: UNNAMED_PAGE });
  },
});

/** Rows of a page where nothing in the code says: what most services use at most. */
const UNNAMED_PAGE = 100;
