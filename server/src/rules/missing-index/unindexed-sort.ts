/** Finds a query for the first rows of a whole table in an order that no index gives. */
import { defineRule } from "../define-rule.js";
import { columnList, describeAdvice } from "./describe-advice.js";
import { fixLacked } from "./index-fixes.js";
import { lackedIndexes } from "./query-advice.js";

export const unindexedSort = defineRule({
  id: "unindexed-sort",
  family: "missing-index",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "review",
  readsWorkload: true,
  docs: {
    what: "A query wants a few rows of a table in an order that no index gives, and nothing narrows the rows first.",
    why: "The whole table is read and sorted for a page of it; with an index the database reads the page and stops.",
    instead: "Add an index in the wanted order.",
    limits: "Queries that filter, join or aggregate are left alone, and orders chosen at run time.",
  },
  check: (view, schema) => lackedIndexes(view, schema, ["sort"]),
  describe(lacked, view, schema) {
    const { table, order } = lacked.advice;
    const columns = columnList(order.map(({ column }) => column));
    const words = describeAdvice(
      lacked,
      `no index gives \`${table.name}\` in the order of ${columns}: all rows are sorted for a page`,
      0.7,
      view,
    );
    // What is listed as a whole is often a small table: unless somebody says that it is not, this is only worth knowing.
    if (words.severity === "hint" || schema.rowsOf(table) !== undefined) return words;
    return { ...words, severity: "information", confidence: 0.6 };
  },
  fixes: (lacked, view, sources) => fixLacked([lacked], view, sources),
});
