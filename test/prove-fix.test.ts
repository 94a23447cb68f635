/** Proofs of fixes: both versions of a function run on made-up rows in a process of their own. */
import { expect, test, vi } from "vitest";
import type { Prover } from "../server/src/proving/create-prover.js";
import type { ProofReport } from "../server/src/proving/proof-case.js";
import { bundledProver } from "./harness/bundled-prover.js";
import { proofOf, tryProof, type ProofTrial } from "./harness/prover.js";

// A proof starts a database; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000 });

const ready = bundledProver();
const prover: Prover = { prove: async (request, signal) => (await ready).prove(request, signal) };

const SCHEMA = `
model User {
  id     Int     @id @default(autoincrement())
  name   String
  email  String? @unique
  orders Order[]
}

model Order {
  id     Int     @id @default(autoincrement())
  userId Int?
  user   User?   @relation(fields: [userId], references: [id])
  total  Decimal
  placed DateTime @default(now())
}
`;

const counts = (report: ProofReport): string =>
  report.kind === "unprovable"
    ? report.reason
    : `${report.kind}: ${report.runs.map(({ rows, before, after }) => `${rows}: ${before.queryCount} → ${after.queryCount}`).join(", ")}${report.kind === "different" ? ` (${report.difference})` : ""}`;

const DB = `import { PrismaClient } from "@prisma/client";\nexport const prisma = new PrismaClient();\n`;

const files = (code: string, more: Readonly<Record<string, string>> = {}): ProofTrial["files"] => ({
  "prisma/schema.prisma": SCHEMA,
  "src/db.ts": DB,
  "src/orders.ts": code,
  ...more,
});

/** One query for each order, in a route of Express. */
const LOOP = `
import express from "express";
import { prisma } from "./db.js";
const app = express();
app.get("/orders", async (req, res) => {
  const orders = await prisma.order.findMany({ orderBy: { id: "asc" } });
  const rows = [];
  for (const order of orders) {
    const user = await prisma.user.findUnique({ where: { id: order.userId ?? -1 } });
    rows.push({ id: order.id, total: order.total, placed: order.placed, user: user?.name });
  }
  res.status(201).json(rows);
});
`;

const batched = (read: string): ProofTrial => ({
  files: files(LOOP),
  path: "src/orders.ts",
  at: "prisma.user",
  replace: [
    [
      "for (const order of orders) {",
      `const users = await prisma.user.findMany({ where: { id: { in: orders.map((order) => order.userId ?? -1) } } });
  const userById = new Map(users.map((user) => [user.id, user]));
  for (const order of orders) {`,
    ],
    ["await prisma.user.findUnique({ where: { id: order.userId ?? -1 } })", read],
  ],
});

test("a loop over Prisma and its batched form give the same", async () => {
  const report = await tryProof(prover, batched("userById.get(order.userId ?? -1)"));
  expect(counts(report)).toBe("proved: 10: 11 → 2, 100: 101 → 2, 1000: 1001 → 2");
});

test("the first difference is told", async () => {
  const report = await tryProof(prover, {
    ...batched('userById.get(order.userId ?? -1) ?? { name: "nobody" }'),
    sizes: [10],
  });
  expect(counts(report)).toMatch(
    /^different: 10: 11 → 2 \(the response\.sent\[0\]\[\d\]\.user is missing before and "nobody" after\)$/,
  );
});

const change = (code: string, before: string, after: string, more: Partial<ProofTrial> = {}): ProofTrial => ({
  files: files(code),
  path: "src/orders.ts",
  at: before,
  replace: [[before, after]],
  sizes: [10],
  ...more,
});

test("errors are results too: one that a fix swallows is a difference", async () => {
  const code = `import { prisma } from "./db.js";
export async function names(ids: number[]) {
  const names = [];
  for (const id of ids) names.push((await prisma.user.findUniqueOrThrow({ where: { id } })).name);
  return names;
}`;
  const report = await tryProof(
    prover,
    change(
      code,
      "for (const id of ids) names.push((await prisma.user.findUniqueOrThrow({ where: { id } })).name);",
      "for (const user of await prisma.user.findMany({ where: { id: { in: ids } } })) names.push(user.name);",
    ),
  );
  expect(counts(report)).toContain(
    "before it fails with `PrismaClientKnownRequestError: No record was found for a query.`",
  );
});

test("writes are compared by the rows they leave", async () => {
  const code = `import { prisma } from "./db.js";
export async function close(ids: number[]) {
  for (const id of ids) await prisma.order.updateMany({ where: { id }, data: { total: 0 } });
}`;
  const loop = "for (const id of ids) await prisma.order.updateMany({ where: { id }, data: { total: 0 } });";
  const bulk = "await prisma.order.updateMany({ where: { id: { in: ids } }, data: { total: 0 } });";
  expect(counts(await tryProof(prover, change(code, loop, bulk)))).toMatch(/^proved: 10: \d+ → 1$/);
  const wrong = bulk.replace("{ id: { in: ids } }", "{}").replace("total: 0", "total: 1");
  expect(counts(await tryProof(prover, change(code, loop, wrong)))).toContain("the tables hold other rows afterwards");
});

test("calls to the outside are answered alike, compared, and told", async () => {
  const code = `import { prisma } from "./db.js";
import Stripe from "stripe";
const stripe = new Stripe("key");
export async function charge() {
  const users = await prisma.user.findMany();
  console.log("charging", users.length);
  return stripe.charges.create({ amount: users.length });
}`;
  const same = await tryProof(prover, change(code, "users.length })", "users.length + 0 })"));
  expect(same).toMatchObject({
    kind: "proved",
    note: expect.stringContaining("made-up answers of `new stripe().charges.create`") as string,
  });
  expect(counts(await tryProof(prover, change(code, "amount: users.length", "amount: users.length + 1")))).toMatch(
    /^different: .*amount.*10.* before and .*amount.*11.* after/,
  );
  expect(counts(await tryProof(prover, change(code, 'console.log("charging", users.length);', "")))).toContain(
    "it calls `console.log` before where it calls",
  );
});

test("what the program makes of an answer nobody knows proves nothing against a fix", async () => {
  const code = `import { prisma } from "./db.js";
import { settings } from "settings";
export async function page() {
  const size = settings.read("size");
  const users = await prisma.user.findMany({ orderBy: { id: "asc" } });
  return users.filter((user) => user.name !== \`user \${size}\`).length;
}`;
  expect(counts(await tryProof(prover, change(code, ".length;", ".length + 1;")))).toBe(
    "it needs the value of `settings.settings.read()`, which lies outside",
  );
});

test("a module that does not load is left out, and the tables of the others are not made", async () => {
  const code = `import { prisma } from "./db.js";
import { unused } from "./broken.js";
export async function list() {
  if (Math.random() > 2) unused();
  return prisma.user.findMany({ orderBy: { id: "asc" } });
}`;
  const more = { "src/broken.ts": `export const unused = () => 1;\nexport const zone = (undefined as any).name;` };
  const report = await tryProof(prover, change(code, "asc", "asc", { files: files(code, more) }));
  expect(counts(report)).toBe("proved: 10: 1 → 1");
});

test("calls without a stand-in end the proof with their name", async () => {
  const code = `import { prisma } from "./db.js";
export const total = async () => prisma.order.findRaw({});`;
  expect(counts(await tryProof(prover, change(code, "prisma.order", "prisma .order")))).toBe(
    "it calls `findRaw` of Prisma, which has no stand-in",
  );
});

test("figures and counted relations of Prisma", async () => {
  const code = `import { prisma } from "./db.js";
export async function figures() {
  const { _sum, _count } = await prisma.order.aggregate({ _sum: { id: true }, _count: true });
  const users = await prisma.user.findMany({ orderBy: { id: "asc" }, select: { id: true, _count: { select: { orders: true } } } });
  return { sum: _sum.id, count: _count, users };
}`;
  const report = await tryProof(
    prover,
    change(
      code,
      "return { sum: _sum.id, count: _count, users };",
      `const counts = await prisma.order.groupBy({ by: ["userId"], _count: { _all: true }, orderBy: { userId: "asc" } });
  const byUser = new Map(counts.map((one) => [one.userId, one._count._all]));
  return { sum: _sum.id, count: _count, users: users.map(({ id }) => ({ id, _count: { orders: byUser.get(id) ?? 0 } })) };`,
    ),
  );
  expect(counts(report)).toBe("proved: 10: 2 → 3");
});

test("a service of Nest, made with what its constructor asks for", async () => {
  const code = `import { Injectable } from "@nestjs/common";
import { PrismaService } from "./prisma.service.js";
@Injectable()
export class Orders {
  constructor(private readonly prisma: PrismaService) {}
  async list(userId: number) {
    const orders = await this.prisma.order.findMany({ where: { userId }, orderBy: { id: "asc" } });
    const rows = [];
    for (const order of orders) rows.push({ ...order, user: await this.prisma.user.findFirst({ where: { id: order.userId! } }) });
    return rows;
  }
}`;
  const service = `import { PrismaClient } from "@prisma/client";
export class PrismaService extends PrismaClient { async onModuleInit() { await this.$connect(); } }`;
  const report = await tryProof(
    prover,
    change(
      code,
      "const rows = [];\n    for (const order of orders) rows.push({ ...order, user: await this.prisma.user.findFirst({ where: { id: order.userId! } }) });\n    return rows;",
      "const user = await this.prisma.user.findFirst({ where: { id: userId } });\n    return orders.map((order) => ({ ...order, user }));",
      { files: files(code, { "src/prisma.service.ts": service }), sizes: [10, 100] },
    ),
  );
  expect(counts(report)).toMatch(/^proved: 10: \d+ → 2, 100: \d+ → 2$/);
});

test("a fix of two files: the method beside the one that was called, in its own file", async () => {
  const users = `import { prisma } from "./db.js";
export async function userById(id: number) {
  return prisma.user.findUnique({ where: { id } });
}
`;
  const code = `import { prisma } from "./db.js";
import { userById } from "./users.js";
export async function list() {
  const orders = await prisma.order.findMany({ orderBy: { id: "asc" } });
  const rows = [];
  for (const order of orders) rows.push({ id: order.id, name: (await userById(order.userId ?? -1))?.name });
  return rows;
}`;
  const loop =
    "for (const order of orders) rows.push({ id: order.id, name: (await userById(order.userId ?? -1))?.name });";
  const sibling = `export async function usersByIds(ids: readonly number[]) {
  return new Map((await prisma.user.findMany({ where: { id: { in: [...ids] } } })).map((user) => [user.id, user]));
}
`;
  const given = files(code, { "src/users.ts": users });
  const change = (path: string, before: string, after: string) => {
    const start = (given[path] ?? "").indexOf(before);
    return { path: `/case/${path}`, edits: [{ start, end: start + before.length, newText: after }] };
  };
  const proof = proofOf(given, {
    path: "/case/src/orders.ts",
    offset: code.indexOf("userById(order"),
    edits: [
      {
        path: "/case/src/orders.ts",
        edits: [
          ...change("src/orders.ts", "{ userById }", "{ usersByIds }").edits,
          ...change(
            "src/orders.ts",
            loop,
            `const users = await usersByIds(orders.map((order) => order.userId ?? -1));
  for (const order of orders) rows.push({ id: order.id, name: users.get(order.userId ?? -1)?.name });`,
          ).edits,
        ],
      },
      change("src/users.ts", users, users + sibling),
    ],
    trials: [{ rows: 10, seed: 1 }],
  });
  if ("reason" in proof) throw new Error(proof.reason);
  expect(counts(await prover.prove(proof.request))).toBe("proved: 10: 11 → 2");
});

test("a repository of TypeORM and a model of Mongoose, as Nest injects them", async () => {
  const entity = `import { Column, Entity, PrimaryGeneratedColumn } from "typeorm";
@Entity("cats")
export class Cat {
  @PrimaryGeneratedColumn() id!: number;
  @Column({ type: "text" }) name!: string;
}`;
  const dog = `import { Prop, Schema, SchemaFactory } from "@nestjs/mongoose";
@Schema()
export class Dog {
  @Prop() name!: string;
}
export const DogSchema = SchemaFactory.createForClass(Dog);`;
  const code = `import { InjectRepository } from "@nestjs/typeorm";
import { InjectModel } from "@nestjs/mongoose";
import { In, Repository } from "typeorm";
import { Model } from "mongoose";
import { Cat } from "./cat.js";
import { Dog } from "./dog.js";
export class Pets {
  constructor(@InjectRepository(Cat) private readonly cats: Repository<Cat>, @InjectModel(Dog.name) private readonly dogs: Model<Dog>) {}
  async list(ids: number[]) {
    const found = [];
    for (const id of ids) found.push(await this.cats.findOneBy({ id }));
    return { found, dogs: await this.dogs.find({ name: { $ne: "nobody" } }).sort({ name: 1 }).lean() };
  }
}`;
  const given = { "src/cat.ts": entity, "src/dog.ts": dog, "src/orders.ts": code, "package.json": "{}" };
  const loop = "for (const id of ids) found.push(await this.cats.findOneBy({ id }));";
  const batched = (missing: string): ProofTrial => ({
    ...change(code, loop, ""),
    files: given,
    at: loop,
    replace: [
      [
        loop,
        `const cats = new Map((await this.cats.findBy({ id: In(ids) })).map((cat) => [cat.id, cat]));
    for (const id of ids) found.push(cats.get(id)${missing});`,
      ],
    ],
  });
  expect(counts(await tryProof(prover, batched(" ?? null")))).toMatch(/^proved: 10: 1\d → 2$/);
  expect(counts(await tryProof(prover, batched("")))).toContain("is null before and undefined after");
});

test("a statement that fails undoes itself alone, and in a transaction the whole of it", async () => {
  const sql = `import { Pool } from "pg";\nconst pool = new Pool();\nexport async function work() {\n`;
  const insert = 'await pool.query(`insert into "User" (id, name) values (-5, $1)`, ["a"]);';
  const fails = 'try { await pool.query("select 1 / 0"); } catch { /* goes on */ }';
  const count = 'return (await pool.query(`select count(*) from "User" where id < 0`)).rows[0].count;';
  const before = `${insert} ${fails} ${count}`;
  const schema = { "prisma/schema.prisma": SCHEMA };
  const trial = (code: string, after: string): ProofTrial => ({
    files: { ...schema, "src/work.ts": `${sql}  ${code}\n}\n` },
    path: "src/work.ts",
    at: "pool.query",
    replace: [[code, after]],
    sizes: [10],
  });
  expect(counts(await tryProof(prover, trial(before, `${insert} await pool.query("select 1"); ${count}`)))).toBe(
    "proved: 10: 3 → 3",
  );
  const transaction = `const client = await pool.connect(); await client.query("begin"); ${`${insert} ${fails}`.replaceAll("pool.query", "client.query")} await client.query("commit"); ${count}`;
  expect(counts(await tryProof(prover, trial(transaction, `await pool.query("select 1"); ${count}`)))).toMatch(
    /^proved: 10: \d → 2$/,
  );
});
