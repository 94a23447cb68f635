/**
 * Finds lists without a limit on a request path: of a whole table, when no condition narrows the rows, and of all that one owner has in a table that grows.
 *
 * How many rows there are is not known, and half of the tables read whole are small by nature (plans, roles, settings), so this is a hint. Any other condition
 * that compares with a value is taken to bound the rows.
 */
import { limitList } from "../../fixes/lists/limit-list.js";
import { defineRule } from "../define-rule.js";
import { iterationsAround } from "../loops/iteration.js";
import { entryPath, perUnit } from "../runtime-code.js";
import { isSetUp } from "../settled-tables.js";
import { keepsMostRows, listReads, tableText, type ListRead } from "./list-read.js";
import { growingOwner } from "./owned-list.js";

interface LongList extends ListRead {
  /** The column that narrows it to one owner's rows; undefined for the whole table. */
  readonly owner?: string;
}

export const unboundedList = defineRule({
  id: "unbounded-list",
  family: "unbounded-query",
  since: "0.1.0",
  severity: "hint",
  fixSafety: "review",
  docs: {
    what: "A request reads every row of a table, or every row that one user, project or workspace has in a table that grows with use (events, orders, messages), without a limit.",
    why: "It is fast while the table is small and grows with it: memory, serialization and the response all take each row there is.",
    instead:
      "Read a page (`LIMIT` with a cursor or an offset), or only what the answer needs. For a small fixed table, cache it.",
    limits:
      "How many rows there are is not known. That a table grows is taken from its name, or from an order by the time its rows were made. Filters that compare with anything but an owner are taken to bound the rows; jobs and scripts may read everything.",
  },
  *check(view): Iterable<LongList> {
    for (const read of listReads(view)) {
      const { query } = read;
      if (query.limit !== undefined || query.offset !== undefined || !query.complete) continue;
      const whole = keepsMostRows(query.where);
      const owner = whole ? undefined : growingOwner(view, read);
      if (!whole && owner === undefined) continue;
      // An inner join to a narrowed table narrows too.
      if (whole && query.joins.some((join) => join.kind !== "load" && join.kind !== "left")) continue;
      // Small by nature; whether reading it each time is right is another question.
      if (view.isCacheGuarded(read.site) || isSetUp(read.operation.table ?? "")) continue;
      if (owner !== undefined && iterationsAround(view, read.site).length > 0) continue;
      yield owner === undefined ? read : { ...read, owner };
    }
  },
  describe: (read: LongList) => ({
    message:
      read.owner === undefined
        ? `all ${tableText(read)} are read each time: there is no limit, and the filter keeps most of them`
        : `all ${tableText(read)} of one \`${read.owner}\` are read each time: there is no limit, and they grow in number`,
    severity: "hint",
    confidence: read.owner === undefined ? 0.45 : 0.4,
    cost: `every row of the ${read.owner === undefined ? "table" : "owner"} ${perUnit(read.runtime.reach)}`,
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
