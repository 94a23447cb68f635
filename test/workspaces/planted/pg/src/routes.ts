import express from "express";
import { Pool } from "pg";

const pool = new Pool();
export const app = express();

app.get("/pg/orders", async (req, res) => {
  const { rows: orders } = await pool.query("SELECT id, product_id FROM orders ORDER BY id");
  const rows = [];
  for (const order of orders) {
    const product = (await pool.query("SELECT id, name FROM products WHERE id = $1", [order.product_id])).rows[0];
    rows.push({ id: order.id, product: product?.name ?? "gone" });
  }
  res.json(rows);
});

app.get("/pg/customers", async (req, res) => {
  const { rows: customers } = await pool.query("SELECT id, name FROM customers ORDER BY id");
  const rows = [];
  for (const customer of customers) {
    const { rows: orders } = await pool.query(
      "SELECT id, customer_id, total FROM orders WHERE customer_id = $1 ORDER BY id",
      [customer.id],
    );
    rows.push({ name: customer.name, orders });
  }
  res.json(rows);
});
