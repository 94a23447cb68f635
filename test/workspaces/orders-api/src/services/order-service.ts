import { pool } from "../db.js";
import type { CustomerRepository } from "../repositories/customers.js";
import { allOrders, countItems, findOrder, itemsOf, type Order } from "../repositories/orders.js";
import { findProduct } from "../repositories/products.js";

export interface NewOrder {
  id: number;
  customerId: number;
  items: { productId: number; quantity: number }[];
}

export class OrderService {
  constructor(private readonly customers: CustomerRepository) {}

  /** One customer and one count for each order, through helpers. */
  async list() {
    const orders = await allOrders();
    const result = [];
    for (const order of orders) {
      result.push(await this.describe(order));
    }
    return result;
  }

  private async describe(order: Order) {
    const customer = await this.customers.find(order.customer_id);
    return { ...order, customer: customer?.name, items: await countItems(order.id) };
  }

  /** Two queries however many orders there are. */
  async listFast() {
    const orders = await allOrders();
    const found = await this.customers.findMany(orders.map((order) => order.customer_id));
    const byId = new Map(found.map((customer) => [customer.id, customer]));
    return orders.map((order) => ({ ...order, customer: byId.get(order.customer_id)?.name }));
  }

  /** Leaves early when there is no such order. */
  async details(id: number) {
    const order = await findOrder(id);
    if (order === undefined) return undefined;
    const items = await itemsOf(id);
    const products = await Promise.all(items.map((item) => findProduct(item.product_id)));
    return { ...order, products };
  }

  /** A transaction: two statements for each item, one for the order. */
  async create({ id, customerId, items }: NewOrder) {
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("insert into orders (id, customer_id, status) values ($1, $2, 'new')", [id, customerId]);
      for (const item of items) {
        await client.query("insert into items (order_id, product_id, quantity) values ($1, $2, $3)", [id, item.productId, item.quantity]);
        await client.query("update products set stock = stock - $2 where id = $1", [item.productId, item.quantity]);
      }
      await client.query("COMMIT");
    } catch (error) {
      await client.query("ROLLBACK");
      throw error;
    } finally {
      client.release();
    }
  }

  async remove(id: number): Promise<boolean> {
    const { rowCount } = await pool.query("delete from orders where id = $1", [id]);
    if (rowCount === 0) return false;
    await pool.query("delete from items where order_id = $1", [id]);
    return true;
  }
}
