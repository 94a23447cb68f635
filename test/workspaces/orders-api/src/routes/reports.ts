import { readFileSync } from "node:fs";
import { Router } from "express";
import { pool } from "../db.js";
import { tree } from "../services/categories.js";
import { dashboard, history, renderReport, report } from "../services/reports.js";
import { setting } from "../services/settings.js";

export const reports = Router();

reports.get("/report", async (request, response) => {
  response.json(await report(String(request.query.kind)));
});

reports.get("/dashboard", async (_request, response) => {
  response.json(await dashboard());
});

reports.get("/history", async (_request, response) => {
  response.json(await history());
});

reports.get("/categories/:id", async (request, response) => {
  response.json(await tree(Number(request.params.id)));
});

reports.get("/banner", async (_request, response) => {
  const { rows } = await pool.query("select count(*)::int as count from orders");
  response.json({ text: await setting("banner"), orders: rows[0].count });
});

reports.get("/search", async (request, response) => {
  const text = String(request.query.q);
  try {
    const { rows } = await pool.query("select id, name from products where name ~ $1", [text]);
    response.json(rows);
  } catch {
    // Not a regular expression: looked for as it is.
    const { rows } = await pool.query("select id, name from products where strpos(name, $1) > 0", [text]);
    response.json(rows);
  }
});

reports.get("/print", async (_request, response) => {
  const { rows } = await pool.query("select count(*)::int as count from orders");
  response.json({ orders: rows[0].count, text: renderReport(400).length });
});

reports.get("/terms", async (_request, response) => {
  response.json({ bytes: readFileSync(process.argv[1] ?? "").length });
});
