/**
 * Which index a query lacks. Pure: a query bound to the catalog in, advice out. A table is served when one access path finds its rows by a column of
 * many values; advice is given only where everything that narrows the rows was understood, and silence is the answer to every doubt.
 *
 * Candidates follow the access path: columns compared for equality first, then the order wanted (if the query stops early) or one range.
 */
import type { Column, Index, IndexPart, Table } from "../catalog/model.js";
import type { BoundQuery } from "./bind.js";
import type { Candidate } from "./candidate.js";
import { isLowUse, isOrderable } from "./column-use.js";
import { isFound, isLoad, withDerived } from "./derived.js";
import { pathsOf } from "./paths.js";
import { bestService, isSimplePredicate, matches, servesOrder } from "./served.js";
import { type Need, type TableNeeds, tableNeeds } from "./table-needs.js";

export type AdviceKind = "filter" | "join" | "expression" | "wildcard" | "sort";

export interface Advice {
  readonly kind: AdviceKind;
  readonly table: Table;
  /** Index into the query's tables. */
  readonly index: number;
  /** What the candidates would serve. */
  readonly needs: readonly Need[];
  /** Everything the query asks of the table. */
  readonly all: readonly Need[];
  readonly order: readonly OrderColumn[];
  /** All of them together; more than one only for alternatives (`OR`). */
  readonly candidates: readonly Candidate[];
  /** An index that holds the first wanted column, but behind others that the query does not compare. */
  readonly later?: Index;
  /** An index that begins with the right column but holds only some of the rows, and the query does not say that it wants no others. */
  readonly partial?: Index;
}

export interface OrderColumn {
  readonly column: string;
  readonly direction: "asc" | "desc";
}

export interface AdviceOptions {
  /** How many rows a table has, where somebody said so. */
  readonly rowsOf: (table: Table) => number | undefined;
}

/** Tables said to be smaller than this are read whole faster than through an index: a few pages. */
export const smallTable = 1_000;

/** Columns of an index beyond these add weight, not selectivity. */
const maxEqualColumns = 3;

/** Functions whose result depends on their argument alone, so that PostgreSQL accepts them in an index. */
const immutable = /^(lower|upper|btrim|trim|md5)$/;

/** One index may be enough for several tables of a query: after each, those that are reached through it are looked at again. */
export function advise(bound: BoundQuery, options: AdviceOptions): readonly Advice[] {
  const asked = tableNeeds(bound);
  const found = new Map<number, Advice>();
  for (;;) {
    const assumed = new Set(found.keys());
    const next = withDerived(bound, asked, assumed)
      .filter(({ index }) => !assumed.has(index))
      .map((one) => adviseIfOpen(bound, one, options))
      .find((advice) => advice !== undefined);
    if (next === undefined) return [...found.values()];
    found.set(next.index, next);
  }
}

function adviseIfOpen(bound: BoundQuery, one: TableNeeds, options: AdviceOptions): Advice | undefined {
  const { table, index } = one;
  if (table.kind !== "table" && table.kind !== "collection") return undefined;
  if (one.open || table.incomplete !== undefined || table.partitionOf !== undefined) return undefined;
  if (bound.query.keyed === true && index === 0 && !isLoad(bound)) return undefined;
  if ((options.rowsOf(table) ?? smallTable) < smallTable) return undefined;
  return adviseTable(bound, one);
}

function adviseTable(bound: BoundQuery, one: TableNeeds): Advice | undefined {
  const { table, needs } = one;
  const paths = pathsOf(table);
  if (isFound(one)) return undefined;
  const service = bestService(paths, needs);
  const useful = needs.filter(isUseful);
  // A range that an index serves may be narrow enough; nobody can tell from the code.
  if (useful.length > 0) return service === "range" ? undefined : adviseEquality(bound, one, paths, useful);
  if (service === "range") return undefined;
  return adviseChoice(one, paths) ?? adviseWildcard(one, needs) ?? adviseSort(bound, one, paths);
}

/**
 * Equality that leaves few rows. What is compared with a value written in the code is one of a few kinds of rows, whatever its type: an index on it finds
 * a good part of the table.
 */
function isUseful({ kind, column, fn, value }: Need): boolean {
  if (value?.kind === "literal" || (value?.kind === "list" && value.constant === true)) return false;
  if ((kind !== "equal" && kind !== "in") || isLowUse(column) || !isOrderable(column)) return false;
  return fn === undefined || immutable.test(fn);
}

function adviseEquality(
  bound: BoundQuery,
  one: TableNeeds,
  paths: readonly Index[],
  useful: readonly Need[],
): Advice | undefined {
  const { table, index } = one;
  // An index that may or may not apply: its predicate is beyond what is understood here.
  const unread = paths.filter(({ where }) => where !== undefined && !isSimplePredicate(where));
  if (unread.some(({ parts }) => parts.some((part) => useful.some((need) => matches(part, need))))) return undefined;
  const partial = paths.find((path) => path.where !== undefined && leads(path, useful));
  const distinct = unique(useful).slice(0, maxEqualColumns);
  const parts = distinct.map(partOf);
  const multiple = useful.some((need) => need.kind === "in");
  const order = multiple || index !== 0 ? [] : wantedOrder(bound);
  const range = one.needs.find((need) => need.kind === "range" && need.fn === undefined && isOrderable(need.column));
  if (order.length > 0)
    parts.push(...order.map(orderPart).filter((part) => !parts.some((p) => p.column === part.column)));
  else if (range !== undefined && !parts.some((part) => part.column === range.column.name)) {
    parts.push({ column: range.column.name });
  }
  const [first] = distinct;
  const later = paths.find((path) => path.parts.slice(1).some((part) => first !== undefined && matches(part, first)));
  const own = useful.some((need) => need.derived !== true);
  return {
    kind: useful.every((need) => need.fn !== undefined) ? "expression" : own ? "filter" : "join",
    table,
    index,
    needs: distinct,
    all: one.needs,
    order,
    candidates: [{ table, parts, method: "btree" }],
    ...(later === undefined ? {} : { later }),
    ...(partial === undefined ? {} : { partial }),
  };
}

function leads({ parts: [first] }: Index, needs: readonly Need[]): boolean {
  return first !== undefined && needs.some((need) => matches(first, need));
}

function unique(needs: readonly Need[]): readonly Need[] {
  return needs.filter((need, i) => needs.findIndex((one) => one.column === need.column && one.fn === need.fn) === i);
}

function partOf({ column, fn }: Need): IndexPart {
  return fn === undefined ? { column: column.name } : { expression: `${fn}("${column.name}")` };
}

/** The order that an index can give, when the query stops after some rows. */
function wantedOrder({ query, columnAt }: BoundQuery): readonly OrderColumn[] {
  if (query.limit === undefined || query.aggregate === true || query.orderUnknown === true) return [];
  const terms = query.orderBy.map((term) => {
    const target = columnAt(term.column);
    if (target?.table !== 0 || term.fn !== undefined || term.optional === true || !isOrderable(target.column))
      return undefined;
    return { column: target.column.name, direction: term.direction };
  });
  return terms.every((term) => term !== undefined) ? terms : [];
}

function orderPart({ column, direction }: OrderColumn): IndexPart {
  return direction === "desc" ? { column, descending: true } : { column };
}

/** Alternatives need an index for every branch, or none of them helps. */
function adviseChoice({ table, index, needs, choices }: TableNeeds, paths: readonly Index[]): Advice | undefined {
  const [choice] = choices;
  if (choice === undefined || choices.length > 1) return undefined;
  const missing: Need[] = [];
  for (const branch of choice) {
    const service = bestService(paths, branch);
    if (service === "unique" || service === "equal") continue;
    const need = branch.find(isUseful);
    if (need === undefined || service === "range") return undefined;
    missing.push(need);
  }
  if (missing.length === 0) return undefined;
  return {
    kind: "filter",
    table,
    index,
    needs: missing,
    all: needs,
    order: [],
    candidates: unique(missing).map((need) => ({ table, parts: [partOf(need)], method: "btree" })),
  };
}

/** A pattern that begins with a wildcard, or does not mind case, and nothing else that narrows. */
function adviseWildcard({ table, index, choices }: TableNeeds, needs: readonly Need[]): Advice | undefined {
  const [choice, ...others] = choices;
  const alternatives =
    others.length === 0 && choice?.every((branch) => branch.length === 1) === true ? choice.flat() : [];
  const patterns = [...needs, ...alternatives].filter(isPattern);
  if (patterns.length === 0 || needs.some((need) => need.kind === "range" || need.kind === "other")) return undefined;
  if (alternatives.some((need) => !isPattern(need))) return undefined;
  return {
    kind: "wildcard",
    table,
    index,
    needs: unique(patterns),
    all: needs,
    order: [],
    candidates: unique(patterns).map(({ column }) => ({
      table,
      parts: [{ column: column.name, operatorClass: "gin_trgm_ops" }],
      method: "gin",
    })),
  };
}

function isPattern({ kind, column, fn }: Need): boolean {
  const text = /^(text|varchar|character varying|char|citext|string|nvarchar|unknown)/.test(column.type);
  return (kind === "wildcard" || kind === "insensitive") && fn === undefined && text;
}

/** The first rows of a whole table in an order that no index gives: all of them are read and sorted for a few. */
function adviseSort(bound: BoundQuery, one: TableNeeds, paths: readonly Index[]): Advice | undefined {
  const { table, index, needs, choices } = one;
  const order = wantedOrder(bound);
  if (index !== 0 || order.length === 0 || order.length > 2 || choices.length > 0) return undefined;
  if (bound.joins.some((join) => join.flow === "both") || bound.query.access !== "read") return undefined;
  const narrow = needs.some(
    ({ kind, column }) => !/^(equal|null|not-null)$/.test(kind) || !isLowUseOrNull(kind, column),
  );
  if (narrow || paths.some((path) => servesOrder(path, needs, order))) return undefined;
  return {
    kind: "sort",
    table,
    index,
    needs: [],
    all: needs,
    order,
    candidates: [{ table, parts: order.map(orderPart), method: "btree" }],
  };
}

function isLowUseOrNull(kind: Need["kind"], column: Column): boolean {
  return kind !== "equal" || isLowUse(column);
}
