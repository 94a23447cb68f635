/** Finds a join or relation load whose rows are looked up by columns no index begins with, while the rows on the other side are few and known. */
import { defineRule } from "../define-rule.js";
import { columnList, describeAdvice } from "./describe-advice.js";
import { lackedIndexes } from "./query-advice.js";

export const unindexedJoin = defineRule({
  id: "unindexed-join",
  family: "missing-index",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "none",
  docs: {
    what: "A query goes from rows it has found to the rows that belong to them, over columns that no index begins with.",
    why: "However few rows there are on one side, the whole table is read on the other, for every run.",
    instead: "Add an index on the columns the join compares. It also serves deletes of the rows referred to.",
    limits:
      "Only joins between tables of the schema whose columns are known, and only where one side is found through an index or was loaded before.",
  },
  check: (view, schema) => lackedIndexes(view, schema, ["join"]),
  describe(lacked, view) {
    const { table, needs } = lacked.advice;
    const columns = columnList(needs.map((need) => need.column.name));
    return describeAdvice(
      lacked,
      `rows of \`${table.name}\` are looked up by ${columns}, which no index serves`,
      0.75,
      view.path,
    );
  },
});
