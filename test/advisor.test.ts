/** The advisor alone, over a table held in memory. */
import { expect, test } from "vitest";
import { advise } from "../server/src/advisor/advise.js";
import { bindQuery } from "../server/src/advisor/bind.js";
import { candidateText } from "../server/src/advisor/candidate.js";
import { isImplied, isSimplePredicate } from "../server/src/advisor/served.js";
import type { Catalog, Index, Table } from "../server/src/catalog/model.js";
import { beforeAll } from "vitest";
import { sqlQueries } from "../server/src/queries/sql-query.js";
import { loadPostgres } from "../server/src/syntax/postgres.js";

beforeAll(loadPostgres);

const location = { file: "/db/schema.sql", span: { start: 0, end: 1 } };

/** Columns as `name:type`, indexes as lists of columns; a leading `-` is descending, `lower(x)` an expression. */
function table(name: string, columns: string, indexes: readonly (string | Partial<Index>)[] = []): Table {
  return {
    id: name,
    database: "/db",
    engine: "postgresql",
    kind: "table",
    name,
    columns: `id:bigint ${columns}`.split(" ").map((text) => {
      const [column = "", type = "text"] = text.split(":");
      return { name: column, type, nullable: true, location };
    }),
    primaryKey: { columns: ["id"], location, source: "sql-migration" },
    uniques: [],
    indexes: indexes.map((index): Index => {
      const { parts, ...more } = typeof index === "string" ? { parts: partsOf(index) } : { parts: [], ...index };
      return { method: "btree", unique: false, location, sources: ["sql-migration"], parts, ...more };
    }),
    foreignKeys: [],
    names: [],
    sources: ["sql-migration"],
    location,
  };
}

function partsOf(text: string): Index["parts"] {
  return text.split(",").map((part) => {
    if (part.includes("(")) return { expression: part };
    return part.startsWith("-") ? { column: part.slice(1), descending: true } : { column: part };
  });
}

/** What it advises on a statement: `kind table (columns)`. */
function advice(sql: string, tables: readonly Table[], rows?: number): readonly string[] {
  const catalog: Catalog = { tables, problems: [], hash: "", migrations: [] };
  const operation = {
    dialect: "pg",
    kind: "sql",
    access: "read",
    rows: "many",
    method: "query",
    confidence: "high",
    expr: 0,
    span: { start: 0, end: 1 },
  } as const;
  return sqlQueries(operation, sql).flatMap((query) =>
    advise(bindQuery(catalog, query, "/src/a.ts"), { rowsOf: () => rows }).map(
      ({ kind, candidates }) => `${kind} ${candidates.map(candidateText).join(" and ")}`,
    ),
  );
}

const orders = (...indexes: (string | Partial<Index>)[]): Table[] => [
  table(
    "orders",
    "user_id:bigint number:text status:text amount:integer created_at:timestamptz deleted_at:timestamptz data:jsonb",
    indexes,
  ),
];

test("equality first, then the order of a page, or one range", () => {
  expect(advice("SELECT * FROM orders WHERE user_id = $1", orders())).toEqual(["filter orders (user_id)"]);
  expect(advice("SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 10", orders())).toEqual([
    "filter orders (user_id, created_at desc)",
  ]);
  expect(advice("SELECT * FROM orders WHERE amount > $2 AND user_id = $1", orders())).toEqual([
    "filter orders (user_id, amount)",
  ]);
  expect(advice("SELECT * FROM orders WHERE user_id = ANY($1) ORDER BY created_at LIMIT 5", orders())).toEqual([
    "filter orders (user_id)",
  ]);
});

test("served by the beginning of an index, never by its later columns", () => {
  expect(advice("SELECT * FROM orders WHERE user_id = $1", orders("user_id,number"))).toEqual([]);
  expect(advice("SELECT * FROM orders WHERE number = $1", orders("user_id,number"))).toEqual([
    "filter orders (number)",
  ]);
  expect(advice("SELECT * FROM orders WHERE number = $1 AND user_id = $2", orders("user_id,number"))).toEqual([]);
  // A column of few values before it does not hide a column that is compared too.
  expect(advice("SELECT * FROM orders WHERE status = $1 AND number = $2", orders("status,number"))).toEqual([]);
  expect(
    advice("SELECT * FROM orders WHERE number = $1", orders({ parts: [{ column: "number" }], method: "hash" })),
  ).toEqual([]);
});

test("silent on doubt", () => {
  expect(advice("SELECT * FROM orders WHERE status = $1", orders())).toEqual([]);
  expect(advice("SELECT * FROM orders WHERE created_at > $1", orders())).toEqual([]);
  expect(advice("SELECT * FROM orders WHERE number = 'first'", orders())).toEqual([]);
  expect(advice("SELECT * FROM orders WHERE user_id = $1 AND unknown_column = $2", orders())).toEqual([]);
  expect(advice("SELECT * FROM orders WHERE user_id = $1 AND (SELECT true)", orders())).toEqual([]);
  expect(advice("SELECT * FROM orders WHERE user_id = $1", orders(), 500)).toEqual([]);
  expect(advice("SELECT * FROM orders WHERE data = $1", orders())).toEqual([]);
  expect(advice("SELECT * FROM orders WHERE user_id = $1", [{ ...orders()[0]!, incomplete: "a spread" }])).toEqual([]);
  expect(
    advice("SELECT * FROM orders WHERE user_id = $1", orders({ parts: partsOf("user_id"), where: "a condition" })),
  ).toEqual([]);
});

test("expressions, partial indexes, patterns", () => {
  expect(advice("SELECT * FROM orders WHERE lower(number) = $1", orders("number"))).toEqual([
    'expression orders (lower("number"))',
  ]);
  expect(advice("SELECT * FROM orders WHERE lower(number) = $1", orders("lower(number)"))).toEqual([]);
  const partial = { parts: partsOf("user_id"), where: "deleted_at is null" };
  expect(advice("SELECT * FROM orders WHERE user_id = $1 AND deleted_at IS NULL", orders(partial))).toEqual([]);
  expect(advice("SELECT * FROM orders WHERE user_id = $1", orders(partial))).toEqual(["filter orders (user_id)"]);
  expect(advice("SELECT * FROM orders WHERE number ILIKE '%' || $1", orders())).toEqual([
    "wildcard orders using gin (number gin_trgm_ops)",
  ]);
  expect(advice("SELECT * FROM orders WHERE number LIKE '%a%' AND user_id = $1", orders("user_id"))).toEqual([]);
});

test("alternatives need an index each", () => {
  const sql = "SELECT * FROM orders WHERE user_id = $1 OR number = $2";
  expect(advice(sql, orders())).toEqual(["filter orders (user_id) and orders (number)"]);
  expect(advice(sql, orders("user_id"))).toEqual(["filter orders (number)"]);
  expect(advice(sql, orders("user_id", "number"))).toEqual([]);
});

test("alternatives that are all served narrow the rows like anything else", () => {
  const sql = "SELECT * FROM orders WHERE (id = $1 OR user_id = $2) AND number = $3";
  expect(advice(sql, orders("user_id"))).toEqual([]);
  expect(advice(sql, orders())).toEqual(["filter orders (number)"]);
});

test("orders of a whole table", () => {
  const sql = "SELECT * FROM orders ORDER BY created_at DESC, id DESC LIMIT 20";
  expect(advice(sql, orders())).toEqual(["sort orders (created_at desc, id desc)"]);
  expect(advice(sql, orders("created_at"))).toEqual([]);
  expect(advice(sql, orders("-created_at,id"))).toEqual([]);
  expect(advice("SELECT * FROM orders ORDER BY id LIMIT 20", orders())).toEqual([]);
  expect(advice("SELECT count(*) FROM orders ORDER BY created_at LIMIT 20", orders())).toEqual([]);
});

test("joins pass known rows on", () => {
  const tables = (...indexes: string[]): Table[] => [
    table("users", "email:text", ["email"]),
    table("orders", "user_id:bigint title:text", indexes),
  ];
  const sql = "SELECT * FROM orders o JOIN users u ON u.id = o.user_id WHERE u.email = $1";
  expect(advice(sql, tables())).toEqual(["join orders (user_id)"]);
  expect(advice(sql, tables("user_id"))).toEqual([]);
  expect(advice(`${sql} AND o.title = $2`, tables("user_id"))).toEqual([]);
  // Nothing is known on the other side.
  expect(advice("SELECT * FROM orders o LEFT JOIN users u ON u.id = o.user_id", tables())).toEqual([]);
  // One index is enough: users are then reached by their key.
  const both = [table("users", "email:text"), table("orders", "user_id:bigint title:text")];
  expect(advice(`${sql} AND o.title = $2`, both)).toEqual(["filter orders (title)"]);
});

test("predicates of partial indexes", () => {
  expect(isSimplePredicate("deleted_at is null and status = 'live'")).toBe(true);
  expect(isSimplePredicate("amount > 3")).toBe(false);
  const column = { name: "status", type: "text", nullable: true, location };
  const live = { kind: "equal", column, value: { kind: "literal", value: "live" } } as const;
  expect(isImplied("status = 'live'", [live])).toBe(true);
  expect(isImplied("status = 'dead'", [live])).toBe(false);
  expect(isImplied("status is not null", [live])).toBe(true);
});
