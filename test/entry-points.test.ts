/**
 * What each framework calls: a handler with a query per element is reached from the entry point named, through the real analyzer. One that a framework does not
 * call is reached from nowhere.
 */
import { expect, test } from "vitest";
import { analyzeFiles, ROOT } from "./harness/check-case.js";

/** A helper whose query per element is what the handlers reach. */
const HELPER = `import { Pool } from "pg";
const pool = new Pool();
export async function load(ids: string[]) {
  const out = [];
  for (const id of ids) out.push(await pool.query("select * from users where id = $1", [id]));
  return out;
}
`;

/** Label of the entry point from which the helper's finding says it is reached; undefined when there is none. */
function entryOf(file: string, text: string, dependencies: readonly string[]): string | undefined {
  const manifest = JSON.stringify({
    dependencies: Object.fromEntries(["pg", ...dependencies].map((name) => [name, "*"])),
  });
  const host = analyzeFiles({ "package.json": manifest, "lib/load.ts": HELPER, [file]: text });
  const [finding] = host.findings(`${ROOT}/lib/load.ts`);
  expect(finding?.rule).toBe("query-in-loop");
  const entry = finding?.related.find(({ message }) => message.startsWith("entry point "));
  return entry?.message.slice("entry point ".length);
}

const IMPORT = `import { load } from "../lib/load";\n`;

const HANDLERS: readonly (readonly [
  framework: string,
  file: string,
  dependency: string,
  text: string,
  label: string | RegExp,
])[] = [
  [
    "Express route",
    "src/a.ts",
    "express",
    `import express from "express";\nconst app = express();\napp.get("/users", async (req, res) => res.json(await load(req.body.ids)));`,
    "GET /users",
  ],
  [
    "Express router in another file",
    "src/a.ts",
    "express",
    `import { Router } from "express";\nexport const users = Router();\nusers.post("/list", async (req, res) => { res.json(await load(req.body.ids)); });`,
    "POST /list",
  ],
  [
    "Express middleware",
    "src/a.ts",
    "express",
    `import express from "express";\nconst app = express();\napp.use(async (req, res, next) => { await load(req.body.ids); next(); });`,
    "middleware",
  ],
  [
    "Fastify route",
    "src/a.ts",
    "fastify",
    `import fastify from "fastify";\nconst app = fastify();\napp.get("/users", async (request) => load(request.body.ids));`,
    "GET /users",
  ],
  [
    "Fastify route object",
    "src/a.ts",
    "fastify",
    `import fastify from "fastify";\nconst app = fastify();\napp.route({ method: "GET", url: "/users", handler: async (request) => load(request.body.ids) });`,
    "GET /users",
  ],
  [
    "Koa middleware",
    "src/a.ts",
    "koa",
    `import Koa from "koa";\nconst app = new Koa();\napp.use(async (ctx) => { ctx.body = await load(ctx.query.ids); });`,
    "middleware",
  ],
  [
    "Koa router",
    "src/a.ts",
    "@koa/router",
    `import Router from "@koa/router";\nconst router = new Router();\nrouter.get("/users", async (ctx) => { ctx.body = await load(ctx.query.ids); });`,
    "GET /users",
  ],
  [
    "Hapi route",
    "src/a.ts",
    "@hapi/hapi",
    `import Hapi from "@hapi/hapi";\nconst server = Hapi.server({});\nserver.route({ method: "GET", path: "/users", handler: async (request) => load(request.payload.ids) });`,
    "GET /users",
  ],
  [
    "Hono OpenAPI route, described elsewhere",
    "src/a.ts",
    "@hono/zod-openapi",
    `import { OpenAPIHono } from "@hono/zod-openapi";\nimport * as routes from "./routes";\nconst router = new OpenAPIHono();\nrouter.openapi(routes.list, async (c) => c.json(await load(await c.req.json())));`,
    "OPENAPI list",
  ],
  [
    "Hono route",
    "src/a.ts",
    "hono",
    `import { Hono } from "hono";\nconst app = new Hono();\napp.get("/users", async (c) => c.json(await load(await c.req.json())));`,
    "GET /users",
  ],
  [
    "NestJS controller",
    "src/a.ts",
    "@nestjs/common",
    `import { Controller, Get, Query } from "@nestjs/common";\n@Controller("users")\nexport class Users {\n  @Get("list")\n  list(@Query("ids") ids: string[]) { return load(ids); }\n}`,
    "GET /users/list",
  ],
  [
    "NestJS event",
    "src/a.ts",
    "@nestjs/event-emitter",
    `import { OnEvent } from "@nestjs/event-emitter";\nexport class Users {\n  @OnEvent("user.made")\n  async made(event: { ids: string[] }) { await load(event.ids); }\n}`,
    /made/,
  ],
  [
    "NestJS cron",
    "src/a.ts",
    "@nestjs/schedule",
    `import { Cron } from "@nestjs/schedule";\nexport class Users {\n  @Cron("0 0 * * *")\n  async nightly() { await load(await this.ids()); }\n  async ids(): Promise<string[]> { return []; }\n}`,
    /nightly/,
  ],
  [
    "Next route handler",
    "app/api/users/route.ts",
    "next",
    `export async function GET(request: Request) { return Response.json(await load(await request.json())); }`,
    "GET /api/users",
  ],
  [
    "Next API route",
    "pages/api/users.ts",
    "next",
    `import type { NextApiRequest, NextApiResponse } from "next";\nexport default async function handler(req: NextApiRequest, res: NextApiResponse) { res.json(await load(req.body.ids)); }`,
    /\/api\/users/,
  ],
  [
    "Next server action",
    "app/actions.ts",
    "next",
    `"use server";\nexport async function removeUsers(ids: string[]) { return load(ids); }`,
    /removeUsers/,
  ],
  [
    "Remix loader",
    "app/routes/users.tsx",
    "@remix-run/node",
    `import type { LoaderFunctionArgs } from "@remix-run/node";\nexport async function loader({ request }: LoaderFunctionArgs) { return load(await request.json()); }`,
    /loader/,
  ],
  [
    "tRPC procedure",
    "src/a.ts",
    "@trpc/server",
    `import { initTRPC } from "@trpc/server";\nconst t = initTRPC.create();\nexport const router = t.router({ users: t.procedure.query(async ({ input }) => load(input as string[])) });`,
    /users/,
  ],
  [
    "GraphQL resolver map",
    "src/a.ts",
    "graphql",
    `export const resolvers = { Query: { users: (_parent: unknown, args: { ids: string[] }) => load(args.ids) } };`,
    "Query.users",
  ],
  [
    "BullMQ worker",
    "src/a.ts",
    "bullmq",
    `import { Worker } from "bullmq";\nnew Worker("mail", async (job) => { await load(job.data.ids); });`,
    /mail/,
  ],
  [
    "node-cron job",
    "src/a.ts",
    "node-cron",
    `import cron from "node-cron";\ncron.schedule("0 0 * * *", async () => { await load([]); });`,
    /schedule|cron/,
  ],
  [
    "event emitter",
    "src/a.ts",
    "pg",
    `import { EventEmitter } from "node:events";\nconst events = new EventEmitter();\nevents.on("made", async (ids: string[]) => { await load(ids); });`,
    /made/,
  ],
  [
    "WebSocket message",
    "src/a.ts",
    "ws",
    `import { WebSocketServer } from "ws";\nconst server = new WebSocketServer({ port: 1 });\nserver.on("connection", (socket) => { socket.on("message", async (data) => { await load(JSON.parse(String(data))); }); });`,
    /message|connection/,
  ],
];

for (const [framework, file, dependency, text, label] of HANDLERS) {
  test(framework, () => {
    const relative = "../".repeat(file.split("/").length - 1);
    const found = entryOf(
      file,
      text.startsWith('"use')
        ? text.replace("\n", `\nimport { load } from "${relative}lib/load";\n`)
        : IMPORT.replace("../", relative) + text,
      [dependency],
    );
    if (typeof label === "string") expect(found).toBe(label);
    else expect(found).toMatch(label);
  });
}

test("what no framework calls is reached from no entry point", () => {
  expect(entryOf("src/a.ts", `${IMPORT}export async function later(ids: string[]) { return load(ids); }`, [])).toBe(
    undefined,
  );
});

test("handlers registered in a test or a script are none", () => {
  const route = `import express from "express";\nconst app = express();\napp.get("/users", async (req, res) => res.json(await load(req.body.ids)));`;
  expect(entryOf("src/a.test.ts", IMPORT + route, ["express"])).toBe(undefined);
  expect(entryOf("scripts/a.ts", IMPORT + route, ["express"])).toBe(undefined);
});
