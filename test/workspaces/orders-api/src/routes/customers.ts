import { Router, type RequestHandler } from "express";
import { pool } from "../db.js";
import { customers as repository } from "../repositories/customers.js";
import { ordersOfCustomer } from "../repositories/orders.js";
import { hashPassword } from "../services/passwords.js";

export const customers = Router();

const requireKnownCustomer: RequestHandler = async (request, response, next) => {
  const { rows } = await pool.query("select 1 from customers where id = $1", [Number(request.headers["x-customer"])]);
  if (rows.length === 0) response.status(401).end();
  else next();
};

customers.get("/customers", async (_request, response) => {
  const all = await repository.all();
  const counted = await Promise.all(
    all.map(async (customer) => {
      const orders = await ordersOfCustomer(customer.id);
      return { name: customer.name, orders: orders.length };
    }),
  );
  response.json(counted);
});

customers.get("/customers/:id", async (request, response) => {
  const customer = await repository.find(Number(request.params.id));
  const orders = request.query.orders === "1" ? await ordersOfCustomer(Number(request.params.id)) : [];
  response.json({ ...customer, orders });
});

/** Middleware of the route is part of what a request costs. */
customers.get("/me", requireKnownCustomer, async (request, response) => {
  response.json(await repository.find(Number(request.headers["x-customer"])));
});

customers.post("/login", async (request, response) => {
  const customer = await repository.find(Number(request.body.id));
  const matches = customer !== undefined && customer.password === hashPassword(request.body.password);
  response.status(matches ? 200 : 401).end();
});
