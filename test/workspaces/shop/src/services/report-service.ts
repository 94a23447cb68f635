import { chunk } from "@/lib/chunk";
import { prisma } from "@/lib/prisma";
import { pool } from "@/lib/pool";

const STATUSES = ["new", "paid", "sent", "returned"] as const;

/** Planted: counts for each product, all at once. */
export async function salesPerProduct(productIds: string[]) {
  return Promise.all(
    productIds.map(async (productId) => ({
      productId,
      sold: await prisma.orderLine.count({ where: { productId } }),
    })),
  );
}

/** Fine: four states, written down. */
export async function countsByStatus() {
  const counts: Record<string, number> = {};
  for (const status of STATUSES) {
    counts[status] = await prisma.order.count({ where: { status } });
  }
  return counts;
}

/** Fine: each query takes five hundred ids. */
export async function pricesOf(ids: string[]) {
  const prices = [];
  for (const part of chunk(ids, 500)) {
    const { rows } = await pool.query('select id, "priceCents" from "Product" where id = any($1)', [part]);
    prices.push(...rows);
  }
  return prices;
}

/** Fine: a cursor over the whole table, a page at a time. */
export async function* allOrders() {
  let cursor: string | undefined;
  for (;;) {
    const page = await prisma.order.findMany({ take: 200, skip: cursor === undefined ? 0 : 1, ...(cursor === undefined ? {} : { cursor: { id: cursor } }) });
    yield* page;
    if (page.length < 200) return;
    cursor = page[page.length - 1]?.id;
  }
}
