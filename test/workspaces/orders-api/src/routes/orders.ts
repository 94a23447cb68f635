import { Router } from "express";
import { customers } from "../repositories/customers.js";
import { OrderService } from "../services/order-service.js";

const service = new OrderService(customers);

export const orders = Router();

orders.get("/orders", async (_request, response) => {
  response.json(await service.list());
});

orders.get("/orders/fast", async (_request, response) => {
  response.json(await service.listFast());
});

orders.get("/orders/:id", async (request, response) => {
  const order = await service.details(Number(request.params.id));
  if (order === undefined) {
    response.status(404).json({ error: "no such order" });
    return;
  }
  response.json(order);
});

orders.post("/orders", async (request, response) => {
  const { id, customerId, items } = request.body;
  if (!Array.isArray(items)) return response.status(400).json({ error: "items are missing" });
  await service.create({ id, customerId, items });
  return response.status(201).json({ id });
});

orders.delete("/orders/:id", async (request, response) => {
  const removed = await service.remove(Number(request.params.id));
  response.status(removed ? 204 : 404).end();
});
