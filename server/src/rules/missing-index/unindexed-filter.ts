/**
 * Finds a query that compares columns for equality none of which an index of the table begins with: every run reads the whole table. PostgreSQL's own planner
 * is asked before this is a warning.
 */
import { defineRule } from "../define-rule.js";
import { columnList, describeAdvice } from "./describe-advice.js";
import { fixLacked } from "./index-fixes.js";
import { lackedIndexes } from "./query-advice.js";

export const unindexedFilter = defineRule({
  id: "unindexed-filter",
  family: "missing-index",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "review",
  readsWorkload: true,
  docs: {
    what: "A query looks for rows by columns that no index of the table begins with.",
    why: "The database reads the whole table for every run, so the time grows with the table, and busy tables push each other out of memory.",
    instead:
      "Add the index named in the message. Columns compared for equality come first, then the order or one range, so one index may serve several queries.",
    limits:
      "Silent where doubt remains: a filter put together out of sight, columns or tables the schema does not show, columns of few values alone, tables configured as small, and queries another index already narrows. Row counts are assumed (100,000) unless `tables` or `statistics` in `hotpath.config.json`, or a live database, says otherwise. An index that several queries of the workspace need is told at one of them and is a hint at the others; one that costs the places which write a small table more than it saves is not told. Without PostgreSQL's planner the finding is information only.",
  },
  check: (view, schema) => lackedIndexes(view, schema, ["filter", "expression"]),
  describe(lacked, view) {
    const { advice } = lacked;
    const { table, needs, kind, candidates } = advice;
    const columns = columnList(needs.map((need) => need.column.name));
    const [first] = needs;
    if (kind === "expression" && first?.fn !== undefined) {
      return describeAdvice(
        lacked,
        `the filter puts ${columns} of \`${table.name}\` through \`${first.fn}()\`, so an index on the column cannot serve it`,
        0.75,
        view,
      );
    }
    const either = candidates.length > 1 ? `the alternatives on ${columns}` : `the filter on ${columns}`;
    return describeAdvice(lacked, `no index serves ${either} of \`${table.name}\``, 0.75, view);
  },
  fixes: (lacked, view, sources) => fixLacked([lacked], view, sources),
});
