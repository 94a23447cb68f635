/** What the next migration of a folder is called, and what indexes are called by habit. */
import { describe, expect, test } from "vitest";
import type { Index, Table } from "../server/src/catalog/model.js";
import { freeName, nameFor, namePattern } from "../server/src/fixes/index/index-names.js";
import { nextMigration } from "../server/src/fixes/index/migration-names.js";

const NOW = Date.UTC(2026, 4, 6, 7, 8, 9);
const words = ["add", "orders", "index"];

describe("the next migration", () => {
  test.each([
    ["/db/001_init.sql", "/db/002_add_orders_index.sql"],
    ["/db/9-init.sql", "/db/10-add-orders-index.sql"],
    ["/db/0009_init.sql", "/db/0010_add_orders_index.sql"],
    ["/db/V7__init.sql", "/db/V8__add_orders_index.sql"],
    ["/db/V2.9__create_users.sql", "/db/V2.10__add_orders_index.sql"],
    ["/db/20240131120000_create_users.sql", "/db/20260506070809_add_orders_index.sql"],
    ["/db/20240131T120000-create-users.ts", "/db/20260506T070809-add-orders-index.ts"],
    ["/db/202401311200_create.sql", "/db/202605060708_add_orders_index.sql"],
    ["/db/1706702400000-CreateUsers.ts", "/db/1778051289000-AddOrdersIndex.ts"],
    ["/db/1706702400_create.js", "/db/1778051289_add_orders_index.js"],
    ["/db/2024-01-31-120000_create_users.sql", "/db/2026-05-06-070809_add_orders_index.sql"],
    ["/db/2024.01.31T12.00.00.create-users.ts", "/db/2026.05.06T07.08.09.add-orders-index.ts"],
    ["/db/20240131_create.sql", "/db/20260506_add_orders_index.sql"],
    ["/db/20240131120000_create_users/migration.sql", "/db/20260506070809_add_orders_index/migration.sql"],
  ])("%s → %s", (last, expected) => {
    expect(nextMigration(last, words, NOW)?.path).toBe(expected);
  });

  test("follows the newest where that lies in the future, or where nobody tells the time", () => {
    expect(nextMigration("/db/20991231235959_a.sql", words, NOW)?.version).toBe("21000101000000");
    expect(nextMigration("/db/20240131120000_a.sql", words, 0)?.version).toBe("20240131120001");
    expect(nextMigration("/db/20261231_a.sql", words, NOW)?.version).toBe("20270101");
  });

  test("pairs have a file for each way", () => {
    expect(nextMigration("/db/000003_a.up.sql", words, NOW)).toMatchObject({
      path: "/db/000004_add_orders_index.up.sql",
      down: "/db/000004_add_orders_index.down.sql",
    });
    expect(nextMigration("/db/1706702400000_a/up.sql", words, NOW)).toMatchObject({
      path: "/db/1778051289000_add_orders_index/up.sql",
      down: "/db/1778051289000_add_orders_index/down.sql",
    });
  });

  test("names of no known form have no next one", () => {
    for (const last of ["/db/init.sql", "/db/R__views.sql", "/db/Migration20240131.ts", "/db/next.sql"])
      expect(nextMigration(last, words, NOW), last).toBeUndefined();
  });
});

describe("names of indexes", () => {
  const index = (name: string | undefined, ...columns: string[]): Index => ({
    ...(name === undefined ? {} : { name }),
    parts: columns.map((column) => ({ column })),
    method: "btree",
    unique: false,
    location: { file: "/a.sql", span: { start: 0, end: 1 } },
    sources: ["sql-migration"],
  });
  const table = (name: string, ...indexes: Index[]): Table => ({
    id: name,
    database: "",
    engine: "postgresql",
    kind: "table",
    name,
    columns: [],
    uniques: [],
    indexes,
    foreignKeys: [],
    names: [],
    sources: ["sql-migration"],
    location: { file: "/a.sql", span: { start: 0, end: 1 } },
  });

  test.each([
    [[table("orders", index("idx_orders_user_id", "user_id"))], "idx_{table}_{columns}"],
    [[table("orders", index("orders_user_id_index", "user_id"))], "{table}_{columns}_index"],
    [
      [table("orders", index("ix_orders_a_b", "a", "b"), index("ix_orders_c", "c"), index("by_hand", "d"))],
      "ix_{table}_{columns}",
    ],
    [
      [table("orders", index("fast", "user_id"), index(undefined, "x"), index("idx_user_id", "user_id"))],
      "{table}_{columns}_idx",
    ],
  ])("%#", (tables, pattern) => {
    expect(namePattern(tables)).toBe(pattern);
  });

  test("are cut to what PostgreSQL keeps, and free", () => {
    const long = nameFor("{table}_{columns}_idx", "a".repeat(50), ["b".repeat(30)]);
    expect(long.length).toBeLessThanOrEqual(63);
    expect(long.endsWith("_idx")).toBe(true);
    expect(freeName("orders_a_idx", new Set(["orders_a_idx", "orders_a_idx1"]))).toBe("orders_a_idx2");
    expect(nameFor("{table}_{columns}_idx", "users", ['lower("email")'])).toBe("users_lower_email_idx");
  });
});
