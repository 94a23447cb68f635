/** New indexes are named by the habit of the repository, and never like one that is unique. */
import { expect, test } from "vitest";
import type { Table } from "../../server/src/catalog/model.js";
import { namePattern } from "../../server/src/fixes/index/index-names.js";

function table(name: string, indexes: readonly { name: string; column: string; unique: boolean }[]): Table {
  return {
    name,
    indexes: indexes.map((one) => ({ name: one.name, unique: one.unique, parts: [{ column: one.column }] })),
  } as unknown as Table;
}

test("by the habit of indexes that are not unique", () => {
  const orders = table("orders", [
    { name: "orders_number_key", column: "number", unique: true },
    { name: "orders_code_key", column: "code", unique: true },
    { name: "ix_orders_status", column: "status", unique: false },
  ]);
  expect(namePattern([orders])).toBe("ix_{table}_{columns}");
});

test("unique ones alone are no habit, nor is a name that promises what the index does not hold", () => {
  const unique = table("orders", [{ name: "orders_number_key", column: "number", unique: true }]);
  const misnamed = table("orders", [{ name: "orders_number_key", column: "number", unique: false }]);
  expect(namePattern([unique])).toBe("{table}_{columns}_idx");
  expect(namePattern([misnamed])).toBe("{table}_{columns}_idx");
});
