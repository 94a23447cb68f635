/** Finds a search for text anywhere in a column, or without regard to case, that nothing else narrows: an ordered index cannot help. */
import { defineRule } from "../define-rule.js";
import { columnList, describeAdvice } from "./describe-advice.js";
import { fixLacked } from "./index-fixes.js";
import { lackedIndexes } from "./query-advice.js";

export const leadingWildcard = defineRule({
  id: "leading-wildcard",
  family: "missing-index",
  since: "0.1.0",
  severity: "information",
  fixSafety: "review",
  readsWorkload: true,
  docs: {
    what: "A query searches for text that may stand anywhere in a column (`contains`, `LIKE '%…'`, `ILIKE`), and nothing else narrows its rows.",
    why: "An ordered index finds beginnings only, so every run compares every row of the table.",
    instead:
      "With PostgreSQL a trigram index (`CREATE EXTENSION pg_trgm`, then `USING gin (column gin_trgm_ops)`) serves such patterns from three characters on; for words, full-text search does.",
    limits: "Columns that have a GIN or GiST index are taken as served. How many rows match is not known.",
  },
  *check(view, schema) {
    for (const lacked of lackedIndexes(view, schema, ["wildcard"])) {
      if (lacked.advice.table.engine === "postgresql") yield lacked;
    }
  },
  describe(lacked, view) {
    const { table, needs } = lacked.advice;
    const columns = columnList(needs.map((need) => need.column.name));
    const compared = needs.every((need) => need.kind === "insensitive");
    const what = compared
      ? `the comparison of ${columns} without regard to case`
      : `the search for text inside ${columns}`;
    const words = describeAdvice(lacked, `no index serves ${what} in \`${table.name}\``, 0.6, view);
    // How often people search, and whether for three characters or more, the code does not show.
    return { ...words, severity: words.severity === "hint" ? "hint" : "information", confidence: 0.6 };
  },
  fixes: (lacked, view, sources) => fixLacked([lacked], view, sources),
});
