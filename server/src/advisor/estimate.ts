/**
 * What a query costs with an index, by rule of thumb: enough to compare indexes that nobody has made. Units are PostgreSQL's (reading one page in order costs
 * 1). The planner's own word is asked for what was chosen; asking it for every pair of query and candidate would take minutes where this takes none.
 */
import type { IndexPart } from "../catalog/model.js";
import { partKey, type Wish } from "./demand.js";

/** Reading and testing one row of a scan: PostgreSQL's cpu_tuple_cost and one operator, with its share of a page of 64 rows. */
const scanRow = 0.028;
/** Fetching one row through an index: a page out of order, nearly always one that is in memory. */
const fetchRow = 0.5;
/** Descending a tree. */
const descend = 4;
/** Sorting one row. */
const sortRow = 0.1;
/** A value that somebody looks up often is held by more rows than the average one: one customer has most of the orders. */
const skew = 10;
/** Share of the rows a range leaves, as PostgreSQL assumes of a range open on one side. */
const rangeShare = 1 / 3;

/** Times more rows are read where an index gives only the beginning of the order. */
const partlyOrdered = 3;

/** Entering a row into one more index: its leaf page and the way down, and a little for each further column. */
const writeIndex = 8;
const writeColumn = 0.5;

/** Cost of a wish without any index. */
export function scanCost(wish: Wish, rows: number): number {
  const sort = wish.thenKind === "order" ? rows * sortRow * 0.1 : 0;
  return rows * scanRow + sort;
}

/** Cost of a wish with an index on these parts; no more than that of a scan, which is always possible. */
export function indexCost(wish: Wish, parts: readonly IndexPart[], rows: number): number {
  const scan = scanCost(wish, rows);
  const open = new Map(wish.equal.map(({ part, share }) => [partKey(part), share]));
  let share = 1;
  let at = 0;
  for (; at < parts.length; at++) {
    const key = partKey(parts[at] ?? {});
    const own = open.get(key) ?? open.get(key.replace(/ desc$/, ""));
    if (own === undefined) break;
    open.delete(key);
    open.delete(key.replace(/ desc$/, ""));
    share *= Math.min(1, own * skew);
  }
  const follows = followed(wish, parts.slice(at));
  if (at === 0 && follows === 0) return scan;
  if (wish.thenKind === "range" && follows > 0) share *= rangeShare;
  let left = 1;
  for (const own of open.values()) left *= Math.min(1, own * skew);
  const found = Math.max(1, rows * share);
  const ordered = wish.thenKind === "order" && follows > 0;
  // Read in order, it stops once enough rows were found among those that other conditions leave.
  // Of an order that is followed in part, groups of equal rows are read whole.
  const groups = follows < wish.then.length ? partlyOrdered : 1;
  const wanted = (groups * (wish.limit ?? rows)) / Math.max(left, 1e-9);
  const fetched = ordered ? Math.min(found, wanted) : found;
  const sort = wish.thenKind === "order" && !ordered ? found * sortRow : 0;
  return Math.min(scan, descend + fetched * fetchRow + sort);
}

/** How many parts of the order or range come next in the index. An order may be read backwards. */
function followed({ then, thenKind }: Wish, rest: readonly IndexPart[]): number {
  const [first] = then;
  const [next] = rest;
  if (first === undefined || next === undefined || first.column !== next.column) return 0;
  if (thenKind === "range") return 1;
  const flipped = (first.descending === true) !== (next.descending === true);
  let count = 0;
  for (const [i, part] of then.entries()) {
    const own = rest[i];
    if (own?.column !== part.column || ((own?.descending === true) !== (part.descending === true)) !== flipped) break;
    count++;
  }
  return count;
}

/** What an index costs all the places that write its table. */
export function writeCost(parts: readonly IndexPart[], writes: number): number {
  return writes * (writeIndex + parts.length * writeColumn);
}
