import { Router } from "express";
import { findProduct, saveProduct } from "../repositories/products.js";

export const products = Router();

products.post("/products/lookup", async (request, response) => {
  const ids: number[] = request.body.ids;
  const found = [];
  for (let i = 0; i < ids.length; i++) {
    const product = await findProduct(ids[i]);
    if (product !== undefined) found.push(product);
  }
  response.json(found);
});

products.post("/products/import", async (request, response) => {
  const { imported } = request.body;
  for (const product of imported) await saveProduct(product);
  response.status(204).end();
});

products.post("/products/first", async (request, response) => {
  const ids: number[] = request.body.ids;
  for (const id of ids) {
    const product = await findProduct(id);
    if (product !== undefined) return response.json(product);
  }
  return response.status(404).end();
});
