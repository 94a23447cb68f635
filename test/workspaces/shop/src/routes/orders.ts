import { Router } from "express";
import { UserRepository } from "@/repositories/user-repository";
import { OrderService } from "@/services/order-service";

const orders = new OrderService(new UserRepository());

export const ordersRouter = Router();

ordersRouter.get("/", async (_request, response) => {
  response.json(await orders.listWithCustomers());
});

ordersRouter.get("/fast", async (_request, response) => {
  response.json(await orders.listFast());
});

ordersRouter.get("/:id/lines", async (request, response) => {
  response.json(await orders.lines(request.params.id));
});

ordersRouter.post("/", async (request, response) => {
  response.status(201).json(await orders.create(request.body.userId, request.body.items));
});

ordersRouter.post("/:id/pay", async (request, response) => {
  response.json(await orders.pay(request.params.id));
});
