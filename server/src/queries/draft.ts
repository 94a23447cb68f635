/** A query while it is being put together by the reader of a library. */
import type { CallSite, Operation } from "../project/model.js";
import { allOf, unknownsOf } from "./conditions.js";
import type { ColumnRef, Condition, OrderTerm, QueryJoin, QueryModel, QueryTable, QueryValue } from "./model.js";

export interface Draft {
  readonly operation: Operation;
  access: QueryModel["access"];
  readonly tables: QueryTable[];
  readonly joins: QueryJoin[];
  readonly where: Condition[];
  readonly orderBy: OrderTerm[];
  limit?: QueryValue | undefined;
  offset?: QueryValue | undefined;
  projection?: ColumnRef[] | undefined;
  aggregate?: boolean;
  keyed?: boolean;
  orderUnknown?: boolean;
  sql?: string | undefined;
  readonly unknown: string[];
}

/** An operation as its linked call states it. */
export interface QuerySite {
  readonly site: CallSite;
  readonly operation: Operation;
}

/** @param table The table whose rows are wanted. */
export function newDraft(operation: Operation, access: QueryModel["access"], table?: QueryTable): Draft {
  return {
    operation,
    access,
    tables: table === undefined ? [] : [table],
    joins: [],
    where: [],
    orderBy: [],
    unknown: [],
  };
}

/** Undefined for a query of which not even the table is known. */
export function finish(draft: Draft): QueryModel | undefined {
  if (draft.tables.length === 0) return undefined;
  const { operation } = draft;
  const where = allOf(draft.where);
  const unknown = [...new Set([...draft.unknown, ...unknownsOf(where)])];
  return {
    dialect: operation.dialect,
    method: operation.method,
    access: draft.access,
    expr: operation.expr,
    span: operation.span,
    tables: draft.tables,
    joins: draft.joins,
    where,
    orderBy: draft.orderBy,
    ...(draft.limit === undefined ? {} : { limit: draft.limit }),
    ...(draft.offset === undefined ? {} : { offset: draft.offset }),
    ...(draft.projection === undefined ? {} : { projection: draft.projection }),
    ...(draft.aggregate === true ? { aggregate: true } : {}),
    ...(draft.keyed === true ? { keyed: true } : {}),
    ...(draft.sql === undefined ? {} : { sql: draft.sql }),
    ...(draft.orderUnknown === true ? { orderUnknown: true } : {}),
    complete: unknown.length === 0,
    unknown,
  };
}

/** Adds a table and gives its index; one that is there under the same name and parent is used again. */
export function addTable(draft: Draft, table: QueryTable): number {
  const known = draft.tables.findIndex(
    (one) => one.name === table.name && one.naming === table.naming && one.of === table.of && one.alias === table.alias,
  );
  return known >= 0 ? known : draft.tables.push(table) - 1;
}

/** The table of a relation's field. The rows wanted are narrowed by it (`exists`), or it is read along (`left`). */
export function relationTable(draft: Draft, of: number, name: string, kind: QueryJoin["kind"]): number {
  const table = addTable(draft, { name, naming: "relation", of });
  if (!draft.joins.some((join) => join.table === table)) draft.joins.push({ table, kind, on: [] });
  return table;
}

/** The query that loads the rows of a relation for rows that are there: table 0 is the relation's, table 1 the one it belongs to. */
export function loadDraft(operation: Operation, parents: readonly QueryTable[], of: number, relation: string): Draft {
  const draft = newDraft(operation, "read", { name: relation, naming: "relation", of: of + 1 });
  for (const parent of parents) {
    draft.tables.push(parent.of === undefined ? parent : { ...parent, of: parent.of + 1 });
  }
  draft.joins.push({ table: 0, kind: "load", on: [] });
  return draft;
}

export function accessOf(operation: Operation): QueryModel["access"] {
  if (operation.access !== "write") return "read";
  return /delete|remove|destroy/i.test(operation.method) ? "delete" : "update";
}
