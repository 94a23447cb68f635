/** `hotpath explain --loop`: every reason the classifier knows, shown by the smallest loop that has it, and what is said where there is none. */
import { expect, test } from "vitest";
import { loopsAt } from "../server/src/analysis/explain-loop.js";
import { analyzeFiles, ROOT } from "./harness/check-case.js";

const HEAD = `import express from "express";
import { PrismaClient } from "@prisma/client";
import { sleep, chunk, connection, retry } from "./tools";
const prisma = new PrismaClient();
const app = express();
app.post("/", async (req, res) => {
`;

/** What is said of the first call in the loop whose head holds `HERE`. */
function explained(body: string): {
  readonly rule: string | undefined;
  readonly reason: string;
  readonly reaches: string;
} {
  const text = `${HEAD}${body}\n  res.sendStatus(204);\n});\n`;
  const line = text.split("\n").findIndex((one) => one.includes("HERE")) + 1;
  const manifest = JSON.stringify({ dependencies: { express: "4", "@prisma/client": "5" } });
  const host = analyzeFiles({ "package.json": manifest, "src/a.ts": text });
  const [loop] = loopsAt(host.inspect(), `${ROOT}/src/a.ts`, line);
  const call = loop?.calls.find(({ reaches }) => reaches.startsWith("prisma")) ?? loop?.calls[0];
  return { rule: call?.finding?.rule, reason: call?.reason ?? "nothing", reaches: call?.reaches ?? "" };
}

const READ = "await prisma.user.findFirst({ where: { name: id } })";

test("a plain loop: what is found, and that nothing speaks for it", () => {
  expect(explained(`  for (const id of req.body.ids) { // HERE\n    ${READ};\n  }`)).toEqual({
    rule: "query-in-loop",
    reason: "nothing in the code speaks for going one by one",
    reaches: "prisma findFirst of `user`",
  });
});

const SILENT: readonly (readonly [reason: string, body: string])[] = [
  ["it runs at most 2 times", `  for (const id of ["a", "b"]) { // HERE\n    ${READ};\n  }`],
  [
    "it pages, polls or waits; each pass needs the answer of the last",
    `  let cursor: string | undefined = "a";\n  while (cursor) { // HERE\n    const page = await prisma.user.findMany({ cursor: { id: cursor }, take: 10 });\n    cursor = page.at(-1)?.id;\n  }`,
  ],
  [
    "it goes through chunks; each query already takes many",
    `  for (const ids of chunk(req.body.ids, 100)) { // HERE\n    await prisma.user.findMany({ where: { id: { in: ids } } });\n  }`,
  ],
  [
    "it tries again; the next pass is taken only when this one fails",
    `  for (let attempt = 0; attempt < req.body.max; attempt++) { // HERE\n    try {\n      await prisma.user.findFirst({ where: { rank: attempt } });\n      break;\n    } catch {\n      continue;\n    }\n  }`,
  ],
  [
    "it pauses between passes on purpose",
    `  for (const id of req.body.ids) { // HERE\n    ${READ};\n    await sleep(100);\n  }`,
  ],
  [
    "each pass needs what the last one found",
    `  let id = req.body.id;\n  for (const step of req.body.steps) { // HERE\n    const user = await prisma.user.findFirst({ where: { parent: id, step } });\n    id = user?.id;\n  }`,
  ],
  [
    "each element is a list of its own, and one query takes it whole",
    `  for (const ids of req.body.groups) { // HERE\n    await prisma.user.findMany({ where: { id: { in: ids } } });\n  }`,
  ],
];

for (const [reason, body] of SILENT) {
  test(`silent: ${reason}`, () => {
    const said = explained(body);
    expect([said.rule, said.reason]).toEqual([undefined, reason]);
  });
}

test("a query that asks the same each time is another rule's", () => {
  const body = `  for (const id of req.body.ids) { // HERE\n    await prisma.user.findFirst({ where: { name: "fixed" } });\n  }`;
  expect(explained(body)).toMatchObject({
    rule: "invariant-query-in-loop",
    reason: "what it asks for does not depend on the element",
  });
});

const IN_ORDER: readonly (readonly [reason: string, body: string])[] = [
  [
    "it runs in one transaction, whose connection takes one statement at a time",
    `  await prisma.$transaction(async (tx) => {\n    for (const id of req.body.ids) { // HERE\n      await tx.user.findFirst({ where: { name: id } });\n    }\n  });`,
  ],
  [
    "it takes a lock in each pass",
    `  for (const id of req.body.ids) { // HERE\n    await connection.acquireLock(id);\n    ${READ};\n  }`,
  ],
  [
    "it stops as soon as one pass finds what it wants",
    `  for (const id of req.body.ids) { // HERE\n    const user = ${READ};\n    if (user !== null) break;\n  }`,
  ],
  [
    "it hands out its results in order, one pass after another",
    `  for (const id of req.body.ids) { // HERE\n    const user = ${READ};\n    res.write(user.name);\n  }`,
  ],
  [
    "each pass reads what an earlier one has left in a shared variable",
    `  let left = 10;\n  for (const id of req.body.ids) { // HERE\n    if (left < 0) continue;\n    const user = ${READ};\n    left -= user.size;\n  }`,
  ],
];

for (const [reason, body] of IN_ORDER) {
  test(`in order, though each query counts: ${reason}`, () => {
    const said = explained(body);
    expect([said.rule, said.reason]).toEqual(["query-in-loop", `it goes in order: ${reason}`]);
  });
}

test("a line without a loop explains the innermost one around it, and none where there is none", () => {
  const text = `${HEAD}  for (const id of req.body.ids) {\n    ${READ};\n  }\n  res.sendStatus(204);\n});\n`;
  const host = analyzeFiles({ "src/a.ts": text });
  const inside = text.split("\n").findIndex((line) => line.includes("findFirst")) + 1;
  expect(loopsAt(host.inspect(), `${ROOT}/src/a.ts`, inside)).toHaveLength(1);
  expect(loopsAt(host.inspect(), `${ROOT}/src/a.ts`, 1)).toEqual([]);
  expect(loopsAt(host.inspect(), `${ROOT}/src/missing.ts`, 1)).toEqual([]);
});
