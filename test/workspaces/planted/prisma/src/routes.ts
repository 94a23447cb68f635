import express from "express";
import { PrismaClient } from "@prisma/client";

const prisma = new PrismaClient();
export const app = express();

app.get("/prisma/orders", async (req, res) => {
  const orders = await prisma.order.findMany({ orderBy: { id: "asc" } });
  const rows = [];
  for (const order of orders) {
    const product = await prisma.product.findUnique({ where: { id: order.productId } });
    rows.push({ id: order.id, product: product?.name ?? "gone" });
  }
  res.json(rows);
});

app.get("/prisma/customers", async (req, res) => {
  const customers = await prisma.customer.findMany({ orderBy: { id: "asc" } });
  const rows = [];
  for (const customer of customers) {
    const orders = await prisma.order.findMany({ where: { customerId: customer.id }, orderBy: { id: "desc" } });
    rows.push({ name: customer.name, orders });
  }
  res.json(rows);
});

app.get("/prisma/open", async (req, res) => {
  const orders = await prisma.order.findMany({ where: { status: { not: "done" } }, orderBy: { id: "asc" } });
  const rows = await Promise.all(
    orders.map(async (order) => ({ ...order, product: await prisma.product.findFirst({ where: { id: order.productId } }) })),
  );
  res.json(rows);
});

app.get("/prisma/checked", async (req, res) => {
  const orders = await prisma.order.findMany({ where: { customerId: { not: null } }, orderBy: { id: "asc" } });
  const names: string[] = [];
  for (const order of orders) {
    const customer = await prisma.customer.findUniqueOrThrow({ where: { id: order.customerId ?? 0 } });
    names.push(customer.name);
  }
  res.json(names);
});

app.get("/prisma/counts", async (req, res) => {
  const customers = await prisma.customer.findMany({ orderBy: { id: "asc" } });
  const counts: number[] = [];
  for (const customer of customers) {
    counts.push(await prisma.order.count({ where: { customerId: customer.id, status: { not: "done" } } }));
  }
  res.json(counts);
});

app.get("/prisma/sums", async (req, res) => {
  const customers = await prisma.customer.findMany({ orderBy: { id: "asc" } });
  const sums = [];
  for (const customer of customers) {
    const { _sum, _count } = await prisma.order.aggregate({
      where: { customerId: customer.id },
      _sum: { total: true },
      _count: true,
    });
    sums.push({ name: customer.name, total: _sum.total, count: _count });
  }
  res.json(sums);
});

app.get("/prisma/alike", async (req, res) => {
  const orders = await prisma.order.findMany({ orderBy: { id: "asc" } });
  const alike: number[][] = [];
  for (const order of orders) {
    const same = await prisma.order.findMany({
      where: { productId: order.productId, status: order.status },
      orderBy: { id: "asc" },
    });
    alike.push(same.map(({ id }) => id));
  }
  res.json(alike);
});
