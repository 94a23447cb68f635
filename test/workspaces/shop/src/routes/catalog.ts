import { Router } from "express";
import { breadcrumbs, categoryTree } from "@/services/category-service";
import { pricesOf, salesPerProduct } from "@/services/report-service";
import { findProduct } from "@/repositories/product-repository";
import { termsOfService } from "@/lib/config";

export const catalogRouter = Router();

catalogRouter.get("/tree", async (_request, response) => {
  response.json(await categoryTree(null));
});

catalogRouter.get("/path/:id", async (request, response) => {
  response.json(await breadcrumbs(request.params.id));
});

catalogRouter.post("/sales", async (request, response) => {
  response.json(await salesPerProduct(request.body.ids));
});

catalogRouter.post("/prices", async (request, response) => {
  response.json(await pricesOf(request.body.ids));
});

/** Planted: an id of the request is looked up at a time. */
catalogRouter.post("/products", async (request, response) => {
  const found = [];
  for (const id of request.body.ids as string[]) {
    const product = await findProduct(id);
    if (product !== undefined) found.push(product);
  }
  response.json(found);
});

catalogRouter.get("/terms", (_request, response) => {
  response.send(termsOfService());
});
