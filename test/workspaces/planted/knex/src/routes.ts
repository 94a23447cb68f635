import express from "express";
import knex from "knex";

const db = knex({ client: "pg" });
export const app = express();

app.get("/knex/orders", async (req, res) => {
  const orders = await db("orders").select("id", "product_id").orderBy("id");
  const rows = [];
  for (const order of orders) {
    const product = await db("products").where({ id: order.product_id }).first();
    rows.push({ id: order.id, product: product?.name ?? "gone" });
  }
  res.json(rows);
});

app.get("/knex/customers", async (req, res) => {
  const customers = await db("customers").select().orderBy("id");
  const rows = [];
  for (const customer of customers) {
    const orders = await db("orders").where("customer_id", customer.id).orderBy("id");
    rows.push({ name: customer.name, orders });
  }
  res.json(rows);
});
