/** A query that lacks an index, as one of the many of a workspace: what index selection works on. */
import type { IndexPart } from "../catalog/model.js";
import type { Location } from "../project/model.js";
import type { QueryModel } from "../queries/model.js";
import type { Advice } from "./advise.js";
import type { Candidate } from "./candidate.js";
import { rowsPerValueOf, rowsOf } from "./cardinality.js";
import type { RecordedStatement } from "./recorded-statement.js";
import type { Need } from "./table-needs.js";
import type { TableStatistics } from "./statistics.js";

export interface Demand {
  /** The query's own place. */
  readonly at: Location;
  /** The function around it: queries of one function are told together. */
  readonly fn: number;
  readonly advice: Advice;
  readonly query: QueryModel;
  /** Whether an entry point is known to reach it, rather than that one may. */
  readonly isReached: boolean;
  /** `per request`, `per job`. */
  readonly unit: string;
  /** What a database counted of it. */
  readonly recorded?: RecordedStatement;
}

/**
 * What one index has to do for one query: equality on these columns in any order, then an order or a range. A query with alternatives (`OR`) has a wish for
 * each of them.
 */
export interface Wish {
  readonly equal: readonly WishColumn[];
  readonly then: readonly IndexPart[];
  readonly thenKind: "order" | "range" | "none";
  /** Most rows wanted in that order; undefined: all of them. */
  readonly limit?: number;
  readonly method: Candidate["method"];
  /** How often it is wanted, in queries. */
  readonly weight: number;
}

export interface WishColumn {
  readonly part: IndexPart;
  /** Share of the table's rows that one value leaves. */
  readonly share: number;
}

/** Rows of a page, where the code does not say. */
export const pageSize = 50;

/** Wishes of one demand, aligned with the candidates that would serve it alone. */
export function wishesOf({ advice, query }: Demand, known: TableStatistics | undefined): readonly Wish[] {
  const { candidates, needs, kind, order } = advice;
  const limit = order.length > 0 ? limitOf(query) : undefined;
  return candidates.map(({ parts, method }, i) => {
    const equalCount = candidates.length > 1 || kind === "wildcard" ? 1 : needs.length;
    const own = candidates.length > 1 ? needs.slice(i, i + 1) : needs;
    const then = parts.slice(equalCount);
    return {
      equal: parts.slice(0, equalCount).map((part, at) => ({ part, share: shareOf(advice, own[at], known) })),
      then,
      thenKind: then.length === 0 ? "none" : order.length > 0 ? "order" : "range",
      ...(limit === undefined ? {} : { limit }),
      method,
      weight: 1,
    };
  });
}

function limitOf({ limit }: QueryModel): number | undefined {
  if (limit === undefined) return undefined;
  return limit.kind === "literal" && typeof limit.value === "number" ? limit.value : pageSize;
}

function shareOf({ table }: Advice, need: Need | undefined, known: TableStatistics | undefined): number {
  if (need === undefined) return 1;
  return Math.min(1, rowsPerValueOf(table, need.column, known) / Math.max(1, rowsOf(known)));
}

/** Equal for the same part of an index. */
export function partKey({ column, expression, descending, operatorClass }: IndexPart): string {
  return `${column ?? `(${expression ?? ""})`}${operatorClass ?? ""}${descending === true ? " desc" : ""}`;
}
