import { pool } from "../db.js";

export interface Order {
  id: number;
  customer_id: number;
  status: string;
}

export async function allOrders(): Promise<Order[]> {
  const { rows } = await pool.query("select id, customer_id, status from orders order by id");
  return rows;
}

export async function findOrder(id: number): Promise<Order | undefined> {
  const { rows } = await pool.query("select id, customer_id, status from orders where id = $1", [id]);
  return rows[0];
}

export async function ordersOfCustomer(customerId: number): Promise<Order[]> {
  const { rows } = await pool.query("select id, customer_id, status from orders where customer_id = $1", [customerId]);
  return rows;
}

export async function itemsOf(orderId: number): Promise<{ product_id: number; quantity: number }[]> {
  const { rows } = await pool.query("select product_id, quantity from items where order_id = $1", [orderId]);
  return rows;
}

export const countItems = async (orderId: number): Promise<number> => {
  const { rows } = await pool.query("select count(*)::int as count from items where order_id = $1", [orderId]);
  return rows[0].count;
};
