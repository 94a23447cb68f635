/** Costs of small programs: what the algebra makes of branches, loops, helpers, functions given as arguments, recursion and what cannot be seen. */
import { expect, test } from "vitest";
import { endpoints } from "../server/src/analysis/endpoint-costs.js";
import { renderCost } from "../server/src/cost/render-cost.js";
import { analyzeFiles } from "./harness/check-case.js";

const HEAD = `import { Router } from "express";
import { Pool } from "pg";
const pool = new Pool();
const router = Router();
const one = (id: unknown) => pool.query("select * from t where id = $1", [id]);
const list = async () => (await pool.query("select * from orders")).rows;
`;

/** Cost of `GET /x`, whose handler's body is given. */
function costOf(body: string, more = ""): string {
  const text = `${HEAD}${more}\nrouter.get("/x", async (request, response) => {\n${body}\n});\n`;
  const inspection = analyzeFiles({ "src/app.ts": text }).inspect();
  const found = endpoints(inspection).find(({ point }) => point.label === "GET /x");
  return found === undefined ? "no queries" : renderCost(found.cost);
}

test.each([
  ["statements add up", "await one(1); await one(2);", "2 queries"],
  ["a branch may not be taken", "if (request.query.a) await one(1);", "0–1 queries"],
  ["one of two arms is", "if (request.query.a) await one(1); else { await one(1); await one(2); }", "1–2 queries"],
  ["a conditional expression", "response.json(request.query.a ? await one(1) : await one(2));", "1 query"],
  ["a right side may not be reached", "const row = request.query.a && (await one(1));", "0–1 queries"],
  ["what stands behind a return does not run", "return one(1); await one(2);", "1 query"],
  ["an early return", "if (request.query.a) return response.end(); await one(1); await one(2);", "0–2 queries"],
  [
    "a failed request is not counted",
    "const [row] = await list(); if (!row) throw new Error(); await one(row.id);",
    "2 queries",
  ],
  [
    "a switch that falls through",
    'switch (request.query.a) { case "1": await one(1); case "2": await one(2); break; default: await one(3); }',
    "1–2 queries",
  ],
  ["what is caught comes on top", "try { await one(1); } catch { await one(2); }", "1–2 queries"],
  [
    "what is thrown and caught here",
    "try { await one(1); if (request.query.a) throw new Error(); await one(2); } catch { return; }",
    "1–2 queries",
  ],
  [
    "of a condition and its opposite, one holds",
    "const a = request.query.a; if (a) await one(1); if (!a) await one(2);",
    "1 query",
  ],
  [
    "an opposite that left before",
    "const { a } = request.query; if (a) return one(1); await one(2); if (!a) await one(3);",
    "1–2 queries",
  ],
  [
    "one value of several",
    'const { kind } = request.query; if (kind === "a") await one(1); if (kind === "b") { await one(1); await one(2); } else if (kind !== "a") await one(3);',
    "1–2 queries",
  ],
  [
    "conditions made of several",
    "const { a, b } = request.query; if (a && b) await one(1); if (!a || !b) await one(2); a && !b && (await one(3));",
    "1–2 queries",
  ],
  [
    "opposites in a loop",
    "for (const order of await list()) { if (order.a) await one(1); if (!order.a) { await one(2); await one(3); } }",
    "1 + 1–2·orders queries",
  ],
  [
    "an opposite whose value was changed between",
    "let a = request.query.a; if (!a) a = await one(1); if (a) await one(2);",
    "0–2 queries",
  ],
  [
    "a property that somebody may have changed between",
    "const a = await one(1); if (!a.paid) { await one(a); } if (a.paid) await one(2);",
    "1–3 queries",
  ],
  ["finally always runs", "try { await one(1); } finally { await one(2); }", "2 queries"],
  ["a loop", "for (const order of await list()) { await one(order.a); await one(order.b); }", "1 + 2·orders queries"],
  [
    "a loop in a loop",
    "const orders = await list(); for (const order of orders) for (const item of order.items) await one(item);",
    "1 + items·orders queries",
  ],
  ["a literal list", 'for (const name of ["a", "b", "c"]) await one(name);', "3 queries"],
  ["a counting loop", "for (let i = 0; i < 4; i++) await one(i);", "4 queries"],
  [
    "a loop that ends early",
    "for (const id of request.body.ids) { if (id === 0) break; await one(id); }",
    "0–1·ids queries",
  ],
  ["a loop whose end nobody knows", "while (request.query.a) await one(1);", "? queries"],
  [
    "some of a list",
    "const orders = await list(); for (const order of orders.filter((one) => one.open)) await one(order.id);",
    "1 + 0–1·orders queries",
  ],
  [
    "all at once",
    "const orders = await list(); await Promise.all(orders.map((order) => one(order.id)));",
    "1 + orders queries",
  ],
  ["several at once", "await Promise.all([one(1), one(2), list()]);", "3 queries"],
  [
    "two loops over the same",
    "const orders = await list(); for (const a of orders) await one(a); for (const b of orders.map((o) => o.id)) await one(b);",
    "1 + 2·orders queries",
  ],
  ["blocking", 'require("node:fs").readFileSync("x"); await one(1);', "1 query, blocks fs"],
  [
    "blocking on some ways",
    'if (request.query.a) require("node:fs").readFileSync("x"); await one(1);',
    "1 query, blocks ~fs",
  ],
  ["a remote call", 'await fetch("https://example.com"); await one(1);', "1 query, 1 remote call"],
  [
    "what cannot be seen is unknown, not nothing",
    'const { service } = await import("some-sdk"); await service.load(); await one(1);',
    "1 + ? queries",
  ],
  ["what answers costs nothing", "await request.json(); await response.json({});", "no queries"],
])("%s", (_, body, expected) => {
  expect(costOf(body)).toBe(expected);
});

test("helpers take the names of what they are given", () => {
  const helper = "async function each(things: { id: number }[]) { for (const thing of things) await one(thing.id); }";
  expect(costOf("const customers = request.body.customers; await each(customers);", helper)).toBe("customers queries");
  expect(costOf("await each([1, 2] as never);", helper)).toBe("2 queries");
});

test("functions that are given are paid for as often as they are called", () => {
  const cached = `const kept = new Map<string, unknown>();
async function remembered(key: string, load: () => Promise<unknown>) {
  if (kept.has(key)) return kept.get(key);
  const value = await load();
  kept.set(key, value);
  return value;
}`;
  expect(costOf('await remembered("a", () => one(1));', cached)).toBe("0–1 queries");
  const twice = "async function twice(run: () => Promise<unknown>) { await run(); await run(); }";
  expect(costOf("await twice(async () => { await one(1); await one(2); });", twice)).toBe("4 queries");
  const handedOn = `${twice}\nasync function outer(run: () => Promise<unknown>) { await twice(run); }`;
  expect(costOf("await outer(() => one(1)); await outer(() => list());", handedOn)).toBe("4 queries");
  const perEach =
    "async function forAll(items: number[], run: (item: number) => Promise<unknown>) { for (const item of items) await run(item); }";
  expect(costOf("await forAll(request.body.ids, (id) => one(id));", perEach)).toBe("ids queries");
});

test("recursion is unknown; what one call of it costs is known", () => {
  const tree = `async function tree(id: number): Promise<void> {
  const { rows } = await pool.query("select id from nodes where parent = $1", [id]);
  for (const row of rows) await tree(row.id);
}
async function a(n: number): Promise<void> { await one(n); if (n) await b(n); }
async function b(n: number): Promise<void> { await one(n); await a(n - 1); }`;
  expect(costOf("await tree(1);", tree)).toBe("1 + ? queries");
  expect(costOf("await a(1);", tree)).toBe("1–2 + ? queries");
  const pure = "function depth(node: any): number { return node ? 1 + depth(node.next) : 0; }";
  expect(costOf("depth(request.body); await one(1);", pure)).toBe("1 query");
});

test("the reply of a Fastify plugin asks no database", () => {
  const inspection = analyzeFiles({
    "src/routes.ts": `import type { FastifyPluginAsync } from "fastify";
import { Pool } from "pg";
const pool = new Pool();
export const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.get("/x", async (request, reply) => {
    const { rows } = await pool.query("select * from t where id = $1", [request.query]);
    return rows.length === 0 ? reply.notFound() : rows;
  });
};
`,
  }).inspect();
  expect(endpoints(inspection).map(({ cost }) => renderCost(cost))).toEqual(["1 query"]);
});

test("queries that a library merges are paid for once when they start in one tick", () => {
  const text = (body: string): string => `import { PrismaClient } from "@prisma/client";
import { Router } from "express";
const prisma = new PrismaClient();
const router = Router();
router.get("/x", async (request, response) => {
  const orders = await prisma.order.findMany();
  ${body}
});
`;
  const cost = (body: string): string => {
    const inspection = analyzeFiles({ "src/app.ts": text(body) }).inspect();
    return endpoints(inspection)
      .map((one) => renderCost(one.cost))
      .join();
  };
  const find = "prisma.user.findUnique({ where: { id: order.userId } })";
  expect(cost(`await Promise.all(orders.map((order) => ${find}));`)).toBe("2 queries");
  expect(cost(`for (const order of orders) await ${find};`)).toBe("1 + orders queries");
  expect(
    cost("await prisma.order.findMany({ include: { lines: { include: { product: true } }, _count: true } });"),
  ).toBe("4 queries");
});

test("a loader asks once for all keys of a tick, and may have them already where it outlives the request", () => {
  const text = (body: string): string => `import DataLoader from "dataloader";
import sdk from "some-service";
import { Router } from "express";
import { Pool } from "pg";
const pool = new Pool();
const router = Router();
const byIds = async (ids: readonly string[]) => (await pool.query("select * from users where id = any($1)", [ids])).rows;
const twice = async (ids: readonly string[]) => { await pool.query("select 1"); return byIds(ids); };
const loader = new DataLoader(byIds);
class Loaders { users = new DataLoader(byIds); }
router.get("/x", async (request, response) => {
  const orders = (await pool.query("select * from orders")).rows;
  ${body}
});
`;
  const cost = (body: string): string =>
    endpoints(analyzeFiles({ "src/app.ts": text(body) }).inspect())
      .map((one) => renderCost(one.cost))
      .join();
  const all = (name: string): string => `await Promise.all(orders.map((order) => ${name}.load(order.userId)));`;
  expect(cost("await loader.load(request.query.id);")).toBe("1–2 queries");
  expect(cost(all("loader"))).toBe("1–2 queries");
  expect(cost(`const own = new DataLoader(byIds); ${all("own")}`)).toBe("2 queries");
  expect(cost(`const own = new DataLoader(twice); ${all("own")}`)).toBe("3 queries");
  expect(cost("const own = new DataLoader(byIds); for (const order of orders) await own.load(order.userId);")).toBe(
    "1 + orders queries",
  );
  expect(cost(`const own = new DataLoader((ids) => sdk.users(ids)); ${all("own")}`)).toBe("1 + ? queries");
  expect(cost(`const { users } = new Loaders(); ${all("users")}`)).toBe("1–2 queries");
  expect(cost("loader.prime(1, {}); loader.clear(1);")).toBe("1 query");
  // What a function hands out for each element is waited for, though it is not `async` itself.
  expect(cost("await Promise.all(orders.map((order) => sdk.deliver(order)));")).toBe("1 + ? queries");
  expect(cost("await Promise.all(orders.map((order) => order.name.trim()));")).toBe("1 query");
});

test("costs follow edits, also of files they rest on", () => {
  const app = `import { Router } from "express";\nimport { load } from "./load.js";\nconst router = Router();\nrouter.get("/x", async () => { await load(); });\n`;
  const load = (count: number): string =>
    `import { Pool } from "pg";\nconst pool = new Pool();\nexport async function load() { ${'await pool.query("select 1"); '.repeat(count)} }\n`;
  const host = analyzeFiles({ "src/app.ts": app, "src/load.ts": load(1) });
  const cost = (): string =>
    endpoints(host.inspect())
      .map((one) => renderCost(one.cost))
      .join();
  expect(cost()).toBe("1 query");
  host.apply([{ path: "/case/src/load.ts", text: load(3) }]);
  host.refresh();
  expect(cost()).toBe("3 queries");
  host.apply([{ path: "/case/src/load.ts", removed: true }]);
  host.refresh();
  expect(cost()).toBe("? queries");
});

test("middleware of a route is part of what a request costs, also where a call makes it", () => {
  const more = `function auth() { return async (request: any, response: any, next: () => void) => { await one(request.id); next(); }; }
router.get("/y", auth(), async () => { await one(1); await one(2); });`;
  const text = `${HEAD}${more}\nrouter.get("/x", auth(), async () => { await one(1); });\n`;
  const found = endpoints(analyzeFiles({ "src/app.ts": text }).inspect());
  expect(found.map(({ point, cost }) => `${point.label}: ${renderCost(cost)}`)).toEqual([
    "GET /y: 3 queries",
    "GET /x: 2 queries",
  ]);
});

test("a relation that is selected costs a query, a column does not: the schema tells which is which", () => {
  const app = `import { PrismaClient } from "@prisma/client";
import { Router } from "express";
const prisma = new PrismaClient();
const router = Router();
router.get("/x", async (request, response) => {
  response.json(await prisma.post.findMany({ select: { title: true, author: { select: { name: true, followers: true } } } }));
});
`;
  const schema = (followers: string): string => `datasource db { provider = "postgresql" url = "x" }
model Post { id Int @id title String authorId Int author User @relation(fields: [authorId], references: [id]) }
model User { id Int @id name String posts Post[] ${followers} }
model Follow { id Int @id userId Int user User @relation(fields: [userId], references: [id]) }
`;
  const host = analyzeFiles({ "src/app.ts": app, "schema.prisma": schema("followers Follow[]") });
  const cost = (): string =>
    endpoints(host.inspect())
      .map((one) => renderCost(one.cost))
      .join();
  expect(cost()).toBe("3 queries");
  host.apply([{ path: "/case/schema.prisma", text: schema("followers Int") }]);
  host.refresh();
  expect(cost()).toBe("2 queries");
});
