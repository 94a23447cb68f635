/**
 * The honest test of request costs: what the analyzer says of each endpoint of the example server must be what its database receives, at 1, 10 and 100 rows.
 * `HOTPATH_UPDATE=1` writes the table of docs/request-cost.md.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { endpoints, toEndpointCost } from "../server/src/analysis/endpoint-costs.js";
import { createService } from "../server/src/service/create-service.js";
import { drain } from "../server/src/service/slices.js";
import type { CostTerm, EndpointCost } from "../protocol/src/costs.js";
import { ordersFolder, startOrdersServer, type OrdersServer, type Sent } from "./harness/orders-server.js";
import { repositoryRoot } from "./harness/repository.js";

interface Trial {
  readonly endpoint: string;
  /** Requests that take the cheapest way. */
  readonly least: readonly Sent[];
  /** Requests that take the dearest way, where that is another. */
  readonly most?: readonly Sent[];
}

const SIZES = [1, 10, 100];
/** How many there are of what is iterated, by name, when every table was filled with so many rows. */
const sizesAt = (rows: number): Readonly<Record<string, number>> => ({
  orders: rows,
  customers: rows,
  ids: rows,
  imported: rows,
  items: 2,
  recent: 1,
});

const get = (target: string): Sent => ({ method: "GET", path: target });
const post = (target: string, body: unknown): Sent => ({ method: "POST", path: target, body });
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const twoItems = [1, 2].map((productId) => ({ productId, quantity: 1 }));

const trialsAt = (rows: number): readonly Trial[] => [
  { endpoint: "GET /orders", least: [get("/orders")] },
  { endpoint: "GET /orders/fast", least: [get("/orders/fast")] },
  { endpoint: "GET /orders/:id", least: [get("/orders/999")], most: [get("/orders/1")] },
  {
    endpoint: "POST /orders",
    least: [post("/orders", { id: 1000, customerId: 1 })],
    most: [post("/orders", { id: 1000, customerId: 1, items: twoItems })],
  },
  {
    endpoint: "DELETE /orders/:id",
    least: [{ method: "DELETE", path: "/orders/999" }],
    most: [{ method: "DELETE", path: "/orders/1" }],
  },
  { endpoint: "GET /customers", least: [get("/customers")] },
  { endpoint: "GET /customers/:id", least: [get("/customers/1")], most: [get("/customers/1?orders=1")] },
  { endpoint: "GET /me", least: [{ ...get("/me"), headers: { "x-customer": "1" } }] },
  { endpoint: "POST /login", least: [post("/login", { id: 1, password: "secret" })] },
  { endpoint: "POST /products/lookup", least: [post("/products/lookup", { ids: numbers(rows) })] },
  {
    endpoint: "POST /products/import",
    least: [post("/products/import", { imported: numbers(rows).map((id) => ({ id: id + 1, name: "x", price: 1 })) })],
  },
  {
    endpoint: "POST /products/first",
    least: [post("/products/first", { ids: numbers(rows) })],
    most: [post("/products/first", { ids: numbers(rows).map((id) => id + 5000) })],
  },
  { endpoint: "GET /report", least: [get("/report?kind=daily")], most: [get("/report?kind=all")] },
  { endpoint: "GET /dashboard", least: [get("/dashboard")] },
  { endpoint: "GET /history", least: [get("/history")] },
  { endpoint: "GET /search", least: [get("/search?q=product")], most: [get("/search?q=(")] },
  { endpoint: "GET /print", least: [get("/print")] },
  { endpoint: "GET /terms", least: [get("/terms")] },
];

interface Row {
  readonly endpoint: string;
  readonly cost: string;
  readonly cells: string[];
}

const state: { server?: OrdersServer; costs: readonly EndpointCost[] } = { costs: [] };

beforeAll(async () => {
  state.costs = await staticCosts();
  state.server = await startOrdersServer();
}, 60_000);

afterAll(async () => {
  await state.server?.stop();
});

test("every endpoint costs as many queries as its database receives", async () => {
  const table = new Map<string, Row>();
  const wrong: string[] = [];
  for (const rows of SIZES) {
    for (const { endpoint, least, most } of trialsAt(rows)) {
      const cost = costOf(endpoint);
      const bounds = boundsOf(cost, sizesAt(rows));
      const received = [await countedAt(rows, least), most === undefined ? undefined : await countedAt(rows, most)];
      const seen = received.filter((count) => count !== undefined);
      const said = most === undefined ? [bounds.least] : [bounds.least, bounds.most];
      if (JSON.stringify(seen) !== JSON.stringify(said) || (most === undefined && bounds.least !== bounds.most))
        wrong.push(`${endpoint} at ${rows}: said ${bounds.least} to ${bounds.most}, received ${seen.join(" and ")}`);
      const row = table.get(endpoint) ?? { endpoint, cost: cost?.cost ?? "no queries", cells: [] };
      row.cells.push(seen.join(" … "));
      table.set(endpoint, row);
    }
  }
  expect(wrong).toEqual([]);
  expect(table.size).toBeGreaterThanOrEqual(12);
  expectTable([...table.values()]);
}, 120_000);

test("what depends on what is cached lies within the range", async () => {
  const bounds = boundsOf(costOf("GET /banner"), sizesAt(10));
  const first = await countedAt(10, [get("/banner")]);
  const second = await countedAt(10, [get("/banner")]);
  expect([bounds.most, bounds.least]).toEqual([first, second]);
});

test("how deep a recursion goes is unknown, and what is known of it is a lower bound", async () => {
  const cost = costOf("GET /categories/:id");
  expect(cost?.cost).toBe("1 + ? queries");
  expect(cost?.unknown.map(({ kind, text }) => `${kind} ${text}`)).toEqual(["recursion tree()"]);
  const received = await countedAt(10, [get("/categories/1")]);
  expect(received).toBe(4);
  expect(boundsOf(cost, {}).least).toBeLessThanOrEqual(received);
});

test("every route of the example is among the trials, or a test of its own", () => {
  const tried = [...trialsAt(1).map(({ endpoint }) => endpoint), "GET /banner", "GET /categories/:id"];
  const routes = state.costs.filter(({ kind }) => kind === "http-route").map(({ label }) => label);
  expect(routes.filter((label) => !tried.includes(label))).toEqual([]);
});

async function staticCosts(): Promise<readonly EndpointCost[]> {
  const service = await createService({ roots: [ordersFolder], cacheFolder: undefined, overrides: {}, workers: 0 });
  await drain(service.scan());
  service.refresh();
  const found = service.ask((inspection) => endpoints(inspection).map((one) => toEndpointCost(inspection, one)));
  await service.close();
  return found;
}

function costOf(label: string): EndpointCost | undefined {
  return state.costs.find((one) => one.label === label);
}

function boundsOf(
  cost: EndpointCost | undefined,
  sizes: Readonly<Record<string, number>>,
): { readonly least: number; readonly most: number } {
  const queries = cost?.counts["queries"];
  const valueOf = (terms: readonly CostTerm[]): number =>
    terms.reduce(
      (sum, { times, over }) => sum + over.reduce((product, name) => product * (sizes[name] ?? NaN), times),
      0,
    );
  if (queries === undefined) return { least: 0, most: 0 };
  return { least: Math.min(...queries.min.map(valueOf)), most: Math.max(...queries.max.map(valueOf)) };
}

/** Statements the requests cause together, on tables filled anew. */
async function countedAt(rows: number, requests: readonly Sent[]): Promise<number> {
  const { server } = state;
  if (server === undefined) throw new Error("the example server has not started");
  await server.fill(rows);
  await server.queries();
  for (const request of requests) expect(await server.send(request)).toBeLessThan(500);
  return server.queries();
}

/** Compares the table in the documentation with what was measured, or writes it. */
function expectTable(rows: readonly Row[]): void {
  const file = path.join(repositoryRoot, "docs/request-cost.md");
  const text = readFileSync(file, "utf8");
  const table = [
    "| Endpoint | Cost before it runs | Received at 1 row | at 10 rows | at 100 rows |",
    "| --- | --- | --- | --- | --- |",
    ...rows.map(({ endpoint, cost, cells }) => `| \`${endpoint}\` | \`${cost}\` | ${cells.join(" | ")} |`),
  ].join("\n");
  const [start, end] = ["<!-- measured -->\n", "\n<!-- /measured -->"];
  const written = text.slice(text.indexOf(start) + start.length, text.indexOf(end)).trim();
  if (process.env["HOTPATH_UPDATE"] === "1")
    writeFileSync(
      file,
      `${text.slice(0, text.indexOf(start) + start.length)}\n${table}\n${text.slice(text.indexOf(end))}`,
    );
  else expect(plain(written)).toBe(plain(table));
}

/** Without the padding that the formatter puts in. */
function plain(table: string): string {
  return table.replaceAll(/ +/g, " ").replaceAll(/-+/g, "-");
}
