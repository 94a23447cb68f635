import { pool } from "../db.js";
import { customers } from "../repositories/customers.js";
import { itemsOf, ordersOfCustomer } from "../repositories/orders.js";

const REGIONS = ["de", "fr", "us"];

export async function report(kind: string) {
  switch (kind) {
    case "daily":
      return [await countOf("orders")];
    case "monthly":
      return [await countOf("orders"), await countOf("items")];
    default: {
      const sums = [await countOf("orders"), await countOf("items")];
      sums.push(await countOf("products"));
      return sums;
    }
  }
}

async function countOf(table: "orders" | "items" | "products"): Promise<number> {
  const { rows } = await pool.query(`select count(*)::int as count from ${table}`);
  return rows[0].count;
}

/** All at once: three totals, and one count for each of three regions. */
export async function dashboard() {
  const [orders, items, products, regions] = await Promise.all([
    countOf("orders"),
    countOf("items"),
    countOf("products"),
    Promise.all(REGIONS.map((region) => customers.countIn(region))),
  ]);
  return { orders, items, products, regions };
}

/** A loop in a loop: the orders of each customer, and the items of each of those. */
export async function history() {
  const all = await customers.all();
  const result = [];
  for (const customer of all) {
    const recent = await ordersOfCustomer(customer.id);
    for (const order of recent) {
      result.push({ customer: customer.name, order: order.id, items: await itemsOf(order.id) });
    }
  }
  return result;
}

/** Planted: a template filled in by searching the whole text again for each line. */
export function renderReport(lines: number): string {
  let text = Array.from({ length: lines }, (_, line) => `{{${line}}}`).join("\n");
  for (let line = 0; line < lines; line++) text = text.split(`{{${line}}}`).join(`line ${line} of the report`);
  return text;
}
