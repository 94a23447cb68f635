import { prisma } from "../src/lib/prisma";
import { writeFileSync } from "node:fs";

/** Fine: run by hand, once. */
async function main() {
  const orders = await prisma.order.findMany();
  for (const order of orders) {
    await prisma.order.update({ where: { id: order.id }, data: { status: "checked" } });
  }
  writeFileSync("backfill.log", String(orders.length));
}

void main();
