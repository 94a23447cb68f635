/** The ways in which code goes through a collection, each with a query per element that has to be found, whatever the shape. */
import { expect, test } from "vitest";
import { analyzeFiles, ROOT } from "./harness/check-case.js";

const HEAD = `import express from "express";
import pMap from "p-map";
import async from "async";
import Bluebird from "bluebird";
import _ from "lodash";
import pLimit from "p-limit";
import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
const app = express();
const one = (id: string) => prisma.user.findFirst({ where: { name: id } });
`;
const MANIFEST = JSON.stringify({
  dependencies: Object.fromEntries(
    ["express", "@prisma/client", "p-map", "async", "bluebird", "lodash", "p-limit"].map((name) => [name, "*"]),
  ),
});

const route = (body: string): string =>
  `app.post("/", async (req, res) => {\n  const ids: string[] = req.body.ids;\n  ${body}\n});\n`;

const SHAPES: readonly (readonly [shape: string, rule: string, text: string])[] = [
  [
    "await in an object literal",
    "query-in-loop",
    route(
      "const out = []; for (const id of ids) out.push({ user: await prisma.user.findFirst({ where: { name: id } }) }); res.json(out);",
    ),
  ],
  [
    "await in a conditional",
    "query-in-loop",
    route("const out = []; for (const id of ids) out.push(id ? await one(id) : null); res.json(out);"),
  ],
  ["expression-bodied arrow", "query-per-promise", route("res.json(await Promise.all(ids.map((id) => one(id))));")],
  ["function given by name", "query-per-promise", route("res.json(await Promise.all(ids.map(one)));")],
  [
    "promises collected in a loop",
    "query-in-loop",
    route("const all = []; for (const id of ids) all.push(one(id)); res.json(await Promise.all(all));"),
  ],
  [
    "reduce over promises",
    "query-in-loop",
    route("await ids.reduce((before, id) => before.then(() => one(id)), Promise.resolve() as Promise<unknown>);"),
  ],
  ["async forEach", "query-per-promise", route("ids.forEach(async (id) => { await one(id); });")],
  [
    "for await",
    "write-in-loop",
    route("for await (const row of req) await prisma.user.create({ data: { name: row } });"),
  ],
  ["counting loop", "query-in-loop", route("for (let i = 0; i < ids.length; i++) await one(ids[i]);")],
  [
    "work list",
    "query-in-loop",
    route("const todo = [...ids]; while (0 < todo.length) { const id = todo.shift(); await one(id); }"),
  ],
  ["entries", "query-in-loop", route("for (const [, id] of ids.entries()) await one(id);")],
  ["entries of an object", "query-in-loop", route("for (const [key] of Object.entries(req.body.map)) await one(key);")],
  [
    "Array.from with a callback",
    "query-per-promise",
    route("res.json(await Promise.all(Array.from(ids, async (id) => one(id))));"),
  ],
  ["p-map", "query-per-promise", route("res.json(await pMap(ids, async (id) => one(id), { concurrency: 5 }));")],
  [
    "p-limit",
    "query-per-promise",
    `const limit = pLimit(5);\n${route("res.json(await Promise.all(ids.map((id) => limit(() => one(id)))));")}`,
  ],
  ["async.eachLimit", "query-per-promise", route("await async.eachLimit(ids, 5, async (id) => { await one(id); });")],
  ["Bluebird.map", "query-per-promise", route("res.json(await Bluebird.map(ids, (id) => one(id)));")],
  ["lodash map", "query-per-promise", route("res.json(await Promise.all(_.map(ids, (id) => one(id))));")],
  [
    "inside a transaction's callback",
    "write-in-loop",
    route(
      "await prisma.$transaction(async (tx) => { for (const id of ids) await tx.user.create({ data: { id } }); });",
    ),
  ],
  [
    "bulk call with one element",
    "write-in-loop",
    route("for (const id of ids) await prisma.user.createMany({ data: [{ id }] });"),
  ],
  [
    "generator",
    "query-in-loop",
    `async function* users(ids: string[]) { for (const id of ids) yield await one(id); }\n${route("for await (const user of users(ids)) res.write(user);")}`,
  ],
  [
    "recursion over a tree",
    "query-in-recursion",
    `async function tree(id: string): Promise<unknown> { const kids = await prisma.node.findMany({ where: { parentId: id } }); return Promise.all(kids.map((kid) => tree(kid.id))); }\n${route("res.json(await tree(ids[0]));")}`,
  ],
  [
    "serializer for each row",
    "query-per-promise",
    `async function serialize(row: { authorId: string }) { return { ...row, author: await one(row.authorId) }; }\n${route("const rows = await prisma.post.findMany({ take: 100 }); res.json(await Promise.all(rows.map(serialize)));")}`,
  ],
  [
    "mapper of a class",
    "query-per-promise",
    `class Mapper { async map(row: { id: string }) { return { ...row, items: await prisma.item.count({ where: { rowId: row.id } }) }; } list(rows: { id: string }[]) { return Promise.all(rows.map((row) => this.map(row))); } }\nconst mapper = new Mapper();\n${route("res.json(await mapper.list(await prisma.row.findMany({ take: 100 })));")}`,
  ],
  [
    "existence check for each id",
    "query-in-loop",
    `async function exists(id: string) { return (await prisma.user.findFirst({ where: { name: id } })) !== null; }\n${route("for (const id of ids) { if (!(await exists(id))) throw new Error(id); }")}`,
  ],
];

for (const [shape, rule, text] of SHAPES) {
  test(shape, () => {
    const host = analyzeFiles({ "package.json": MANIFEST, "src/a.ts": `${HEAD}${text}` });
    expect(host.findings(`${ROOT}/src/a.ts`).map((finding) => finding.rule)).toContain(rule);
  });
}
