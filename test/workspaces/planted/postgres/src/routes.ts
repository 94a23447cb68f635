import express from "express";
import postgres from "postgres";

const sql = postgres();
export const app = express();

app.get("/postgres/orders", async (req, res) => {
  const orders = await sql`SELECT id, product_id FROM orders ORDER BY id`;
  const rows = [];
  for (const order of orders) {
    const [product] = await sql`SELECT id, name FROM products WHERE id = ${order.product_id}`;
    rows.push({ id: order.id, product: product?.name ?? "gone" });
  }
  res.json(rows);
});
