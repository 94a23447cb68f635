import express from "express";
import { asc, count, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { Pool } from "pg";
import { customers, orders, products } from "./schema";

const db = drizzle(new Pool());
export const app = express();

app.get("/drizzle/orders", async (req, res) => {
  const list = await db.select().from(orders).orderBy(asc(orders.id));
  const rows = [];
  for (const order of list) {
    const [product] = await db.select().from(products).where(eq(products.id, order.productId));
    rows.push({ id: order.id, product: product?.name ?? "gone" });
  }
  res.json(rows);
});

app.get("/drizzle/customers", async (req, res) => {
  const list = await db.select().from(customers).orderBy(asc(customers.id));
  const rows = [];
  for (const customer of list) {
    const own = await db.select().from(orders).where(eq(orders.customerId, customer.id)).orderBy(asc(orders.id));
    rows.push({ name: customer.name, own });
  }
  res.json(rows);
});

app.get("/drizzle/counts", async (req, res) => {
  const list = await db.select().from(customers).orderBy(asc(customers.id));
  const counts = [];
  for (const customer of list) {
    const [row] = await db.select({ count: count() }).from(orders).where(eq(orders.customerId, customer.id));
    counts.push({ name: customer.name, count: row?.count });
  }
  res.json(counts);
});
