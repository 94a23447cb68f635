/** Tables and queries made by chance from a seed, for tests that compare the advisor with the planner. */
import type { Catalog, Column, Index, Table } from "../../server/src/catalog/model.js";
import type { ColumnRef, Condition, OrderTerm, QueryModel } from "../../server/src/queries/model.js";

export interface Example {
  readonly catalog: Catalog;
  readonly table: Table;
  readonly query: QueryModel;
}

const location = { file: "/db/schema.sql", span: { start: 0, end: 1 } };

const columns: readonly Column[] = [
  ["id", "bigint"],
  ["user_id", "bigint"],
  ["team_id", "uuid"],
  ["order_number", "text"],
  ["external_id", "text"],
  ["amount", "integer"],
  ["status", "text"],
  ["active", "boolean"],
  ["created_at", "timestamptz"],
  ["deleted_at", "timestamptz"],
].map(([name = "", type = ""]) => ({ name, type, nullable: name !== "id", location }));

/** A small generator of pseudo-random numbers (mulberry32): the same seed, the same examples. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

export function randomExample(next: (below: number) => number): Example {
  const pick = <T>(items: readonly T[]): T => items[next(items.length)] as T;
  const some = <T>(items: readonly T[], most: number): readonly T[] => {
    const chosen = new Set<T>();
    for (let i = next(most + 1); i > 0; i--) chosen.add(pick(items));
    return [...chosen];
  };
  const keys = columns.filter(({ name }) => !/^(id|status|active|deleted_at)$/.test(name));
  const indexes = Array.from({ length: next(4) }, (): Index => {
    const parts = some(keys, 2).map(({ name }) =>
      next(4) === 0 ? { column: name, descending: true as const } : { column: name },
    );
    return {
      parts: parts.length === 0 ? [{ column: pick(keys).name }] : parts,
      method: next(12) === 0 ? "hash" : "btree",
      unique: false,
      location,
      sources: ["sql-migration"],
    };
  }).map((index) =>
    index.method === "hash"
      ? { ...index, parts: index.parts.slice(0, 1).map(({ column }) => ({ column: column ?? "" })) }
      : index,
  );
  const table: Table = {
    id: "t",
    database: "/db",
    engine: "postgresql",
    kind: "table",
    name: "orders",
    columns,
    primaryKey: { columns: ["id"], location, source: "sql-migration" },
    uniques: next(5) === 0 ? [{ columns: ["external_id"], location, source: "sql-migration" }] : [],
    indexes,
    foreignKeys: [],
    names: [],
    sources: ["sql-migration"],
    location,
  };
  return {
    catalog: { tables: [table], problems: [], hash: "", migrations: [] },
    table,
    query: randomQuery(next, some),
  };
}

function randomQuery(
  next: (below: number) => number,
  some: <T>(items: readonly T[], most: number) => readonly T[],
): QueryModel {
  const ref = (name: string): ColumnRef => ({ table: 0, name });
  const parameter = { kind: "parameter" } as const;
  const equal = some(["id", "user_id", "team_id", "order_number", "external_id", "status", "active"], 3).map(
    (name): Condition =>
      next(6) === 0
        ? { kind: "in", column: ref(name), value: { kind: "list" } }
        : { kind: "equal", column: ref(name), value: parameter },
  );
  const range = some(["amount", "created_at"], 1).filter(() => next(2) === 0);
  const parts: Condition[] = [
    ...equal,
    ...range.map((name): Condition => ({ kind: "range", column: ref(name), value: parameter })),
    ...(next(4) === 0 ? [{ kind: "null", column: ref("deleted_at") } as const] : []),
  ];
  const orderBy = some(["created_at", "id", "amount"], 2).map((name): OrderTerm => ({
    column: ref(name),
    direction: next(2) === 0 ? "desc" : "asc",
  }));
  const limited = orderBy.length > 0 && next(3) > 0;
  return {
    dialect: "pg",
    method: "query",
    access: "read",
    expr: 0,
    span: { start: 0, end: 1 },
    tables: [{ name: "orders", naming: "table" }],
    joins: [],
    where: { kind: "and", of: parts },
    orderBy,
    ...(limited ? { limit: { kind: "literal", value: 20 } as const } : {}),
    complete: true,
    unknown: [],
  };
}
