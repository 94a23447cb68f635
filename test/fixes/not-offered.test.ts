/** Loops for which no fix is offered, because it would change what the code does, and loops in awkward places that are fixed all the same. */
import { describe, expect, test } from "vitest";
import { filesAfter, fixesIn } from "../harness/apply-fix.js";

const SCHEMA = `datasource db {
  provider = "postgresql"
  url      = ""
}
model Customer {
  id      String  @id
  email   String? @unique
  name    String
  day     DateTime @unique
}
`;

function fixesOf(body: string, head = ""): readonly string[] {
  const text = `import { PrismaClient } from "@prisma/client";\nconst db = new PrismaClient();\n${head}\n${body}\n`;
  const found = fixesIn({ "prisma/schema.prisma": SCHEMA, "src/a.ts": text });
  const own = found.filter(({ finding }) => finding.family === "n-plus-one");
  expect(own.length, "the loop is found").toBeGreaterThan(0);
  return own.flatMap(({ fixes }) => fixes.map(({ id }) => id));
}

function loop(
  query: string,
  list = "orders: { customerId: string; id: string; email: string | null; day: Date }[]",
): string {
  return `export async function f(${list}) {\n  for (const order of orders) {\n    ${query}\n  }\n}`;
}

describe("no fix", () => {
  test.each([
    [
      "the key may be null, which finds rows that have none",
      "use(await db.customer.findFirst({ where: { email: order.email } }));",
    ],
    [
      "the first of several rows in an order is meant",
      'use(await db.customer.findFirst({ where: { name: order.id }, orderBy: { day: "desc" } }));',
    ],
    [
      "the error for a missing row is dealt with in each pass",
      "try { use(await db.customer.findUniqueOrThrow({ where: { id: order.id } })); } catch { continue; }",
    ],
    ["only some rows of each key are counted", "use(await db.customer.count({ where: { name: order.id }, take: 3 }));"],
    [
      "several values of a pass decide what is counted",
      "use(await db.customer.count({ where: { name: order.id, id: order.customerId } }));",
    ],
    [
      "the row is changed, which passes of the same key would share",
      "const row: any = await db.customer.findFirst({ where: { id: order.customerId } }); row.name = order.id; use(row);",
    ],
    [
      "only some rows of each key are wanted",
      "use(await db.customer.findMany({ where: { name: order.id }, take: 3 }));",
    ],
    [
      "a failure is dealt with in each pass",
      "try { use(await db.customer.findFirst({ where: { id: order.id } })); } catch { continue; }",
    ],
    [
      "the table is written in the loop",
      "use(await db.customer.findFirst({ where: { id: order.id } })); await db.customer.create({ data: { id: order.id } });",
    ],
    ["the promise itself is kept", "const p = db.customer.findFirst({ where: { id: order.id } }); p.then(use);"],
    [
      "the key is computed by something that may do more",
      "use(await db.customer.findFirst({ where: { id: next(order.id) } }));",
    ],
    [
      "the key is changed in the loop",
      "order.id = order.id.trim(); use(await db.customer.findFirst({ where: { id: order.id } }));",
    ],
    [
      "keys are compared by value in the database alone",
      "use(await db.customer.findFirst({ where: { day: order.day } }));",
    ],
    [
      "the rest of the query changes from pass to pass",
      "use(await db.customer.findMany({ where: { id: order.id, name: { contains: order.customerId } } }));",
    ],
    [
      "the list grows while it is gone through",
      "const found = await db.customer.findFirst({ where: { id: order.id } }); if (found) orders.push(order);",
    ],
  ])("%s", (_, query) => {
    expect(
      fixesOf(loop(query), "declare function use(x: unknown): void; declare function next(x: string): string;"),
    ).toEqual([]);
  });
});

describe("no write of many", () => {
  test.each([
    ["a row that is missing is an error", "await db.customer.update({ where: { id: order.id }, data: { name: '' } });"],
    [
      "each row gets values of its own",
      "await db.customer.updateMany({ where: { id: order.id }, data: { name: order.customerId } });",
    ],
    [
      "values are made anew each time",
      "await db.customer.updateMany({ where: { id: order.id }, data: { name: next(order.id) } });",
    ],
    [
      "values depend on what was there",
      "await db.customer.updateMany({ where: { id: order.id }, data: { name: { increment: 1 } } });",
    ],
    ["the answer is used", "use(await db.customer.deleteMany({ where: { id: order.id } }));"],
    ["the pass does more", "await db.customer.deleteMany({ where: { id: order.id } }); use(order);"],
    [
      "a pass may end the loop",
      "if (order.id === '') break; await db.customer.deleteMany({ where: { id: order.id } });",
    ],
    [
      "the key may be null, which Prisma takes for a value",
      "await db.customer.deleteMany({ where: { email: order.email } });",
    ],
    [
      "a failure is dealt with in each pass",
      "try { await db.customer.deleteMany({ where: { id: order.id } }); } catch { continue; }",
    ],
  ])("%s", (_, write) => {
    expect(
      fixesOf(loop(write), "declare function use(x: unknown): void; declare function next(x: string): string;"),
    ).toEqual([]);
  });
});

describe("no commands together", () => {
  test.each([
    ["a search stops at the first that fits", "if (await redis.get(id)) break;"],
    ["the pass changes what a later one asks for", "if (!(await redis.get(id))) await redis.set(id, '1');"],
    ["a failure is dealt with in each pass", "try { use(await redis.get(id)); } catch { continue; }"],
    ["the key is made by something that may do more", "use(await redis.get(next(id)));"],
    ["the pass does more than to send", "await redis.del(id); use(id);"],
    ["the answer says how to go on", "if ((await redis.del(id)) === 0) break;"],
  ])("%s", (_, command) => {
    const text = `import Redis from "ioredis";
const redis = new Redis();
declare function use(x: unknown): void;
declare function next(x: string): string;
export async function f(ids: string[]) {
  for (const id of ids) {
    ${command}
  }
}
`;
    const found = fixesIn({ "src/a.ts": text }, "remote-call-in-loop");
    expect(found.length, "the loop is found").toBeGreaterThan(0);
    expect(found.flatMap(({ fixes }) => fixes)).toEqual([]);
  });
});

test("a model that may have hooks is written one by one", () => {
  const files = {
    "src/like.ts": 'import { Model } from "sequelize";\nexport class Like extends Model {}\n',
    "src/a.ts": `import { Like } from "./like";
export async function likeAll(ids: number[]) {
  for (const id of ids) await Like.create({ id });
}
`,
  };
  const found = fixesIn(files, "write-in-loop");
  expect(found).toHaveLength(1);
  expect(found.flatMap(({ fixes }) => fixes)).toEqual([]);
});

describe("a fix all the same", () => {
  test.each([
    [
      "below a label",
      loop("use(await db.customer.findFirst({ where: { id: order.id } }));").replace("  for (", "  outer: for ("),
    ],
    [
      "in a decorated class",
      "declare function Log(): MethodDecorator;\nexport class A {\n  @Log()\n  async f(orders: { id: string }[]) {\n    for (const order of orders) use(await db.customer.findFirst({ where: { id: order.id } }));\n  }\n}",
    ],
    [
      "with broken code nearby",
      `${loop("use(await db.customer.findFirst({ where: { id: order.id } }));")}\nfunction broken( {\n`,
    ],
  ])("%s", (_, body) => {
    expect(fixesOf(body, "declare function use(x: unknown): void;")).toEqual(["load-before-loop"]);
  });

  test("line ends stay what they are", () => {
    const text = `import { PrismaClient } from "@prisma/client";\nconst db = new PrismaClient();\n${loop("use(await db.customer.findFirst({ where: { id: order.id } }));")}\n`;
    const files = { "src/a.ts": text.replaceAll("\n", "\r\n") };
    const fix = fixesIn(files).flatMap(({ fixes }) => fixes)[0];
    const after = fix === undefined ? "" : (filesAfter(files, fix)["src/a.ts"] ?? "");
    expect(after).toContain("findMany");
    expect(after.replaceAll("\r\n", "")).not.toContain("\n");
  });
});
