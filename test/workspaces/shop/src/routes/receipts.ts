import { Router } from "express";
import { loadTemplate } from "@/lib/templates";
import { priceOf } from "@/services/price-cache";

export const receiptsRouter = Router();

/** Planted: the template is read from disk for each receipt, one call away. */
receiptsRouter.get("/:id", (request, response) => {
  response.send(loadTemplate("receipt").replace("{{id}}", request.params.id));
});

receiptsRouter.get("/price/:id", async (request, response) => {
  response.json(await priceOf(request.params.id));
});
