import { prisma } from "@/lib/prisma";
import { UserRepository } from "@/repositories/user-repository";
import { serializeLine } from "@/serializers/order-serializer";

export class OrderService {
  constructor(private readonly users: UserRepository) {}

  /** Planted: one user query for each order, two calls from the route. */
  async listWithCustomers() {
    const orders = await prisma.order.findMany({ take: 100 });
    const result = [];
    for (const order of orders) {
      result.push({ ...order, customer: await this.customerOf(order.userId) });
    }
    return result;
  }

  private async customerOf(userId: string) {
    return this.users.findById(userId);
  }

  /** Planted: a serializer that queries, for each line. */
  async lines(orderId: string) {
    const lines = await prisma.orderLine.findMany({ where: { orderId } });
    return Promise.all(lines.map((line) => serializeLine(line)));
  }

  /** Planted: a write for each line. */
  async create(userId: string, items: { productId: string; quantity: number }[]) {
    return prisma.$transaction(async (tx) => {
      const order = await tx.order.create({ data: { userId, status: "new" } });
      for (const item of items) {
        await tx.orderLine.create({ data: { orderId: order.id, productId: item.productId, quantity: item.quantity } });
      }
      return order;
    });
  }

  /** Fine: one query for all customers. */
  async listFast() {
    const orders = await prisma.order.findMany({ take: 100 });
    const customers = await this.users.findByIds(orders.map((order) => order.userId));
    const byId = new Map(customers.map((customer) => [customer.id, customer]));
    return orders.map((order) => ({ ...order, customer: byId.get(order.userId) }));
  }

  /** Fine: the same write is tried again until it goes through. */
  async pay(orderId: string) {
    for (let attempt = 1; attempt <= 5; attempt++) {
      try {
        return await prisma.$transaction(async (tx) => tx.order.update({ where: { id: orderId }, data: { status: "paid" } }));
      } catch (error) {
        if (attempt === 5) throw error;
      }
    }
    return undefined;
  }
}
