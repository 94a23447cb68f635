import express from "express";
import { Kysely, PostgresDialect, type Generated } from "kysely";
import { Pool } from "pg";

interface Database {
  customers: { id: Generated<number>; name: string; email: string | null };
  orders: { id: Generated<number>; customer_id: number | null; product_id: number; total: number };
  products: { id: Generated<number>; name: string };
}

const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: new Pool() }) });
export const app = express();

app.get("/kysely/orders", async (req, res) => {
  const orders = await db.selectFrom("orders").select(["id", "product_id"]).orderBy("id").execute();
  const rows = [];
  for (const order of orders) {
    const product = await db.selectFrom("products").selectAll().where("id", "=", order.product_id).executeTakeFirst();
    rows.push({ id: order.id, product: product?.name ?? "gone" });
  }
  res.json(rows);
});

app.get("/kysely/customers", async (req, res) => {
  const customers = await db.selectFrom("customers").selectAll().orderBy("id").execute();
  const rows = [];
  for (const customer of customers) {
    const orders = await db.selectFrom("orders").selectAll().where("customer_id", "=", customer.id).orderBy("id").execute();
    rows.push({ name: customer.name, orders });
  }
  res.json(rows);
});
