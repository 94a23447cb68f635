/** A question is asked before the loop only where every pass may share the answer. */
import { expect, test } from "vitest";
import { fixesIn } from "../harness/apply-fix.js";

function offers(body: string): number {
  const text = `import { PrismaClient } from "@prisma/client";
const db = new PrismaClient();
declare function use(...values: unknown[]): void;
export async function f(orders: { id: string; open: boolean }[], tenant: string) {
${body}
}
`;
  const found = fixesIn({ "src/a.ts": text }, "invariant-query-in-loop");
  expect(found.length, "the question is found").toBe(1);
  return found.flatMap(({ fixes }) => fixes).length;
}

const ASK = "await db.settings.findFirst({ where: { tenant } })";

test("the plain loop", () => {
  expect(offers(`for (const order of orders) { const row = ${ASK}; use(order, row); }`)).toBe(1);
});

test.each([
  ["a pass changes the answer", `for (const order of orders) { const row = ${ASK}; row.last = order.id; }`],
  ["a pass takes from it", `for (const order of orders) { const { list } = ${ASK}; use(list.shift(), order); }`],
  [
    "a failure is dealt with in each pass",
    `for (const order of orders) { try { use(${ASK}); } catch { use(order); } }`,
  ],
  ["only some passes ask", `for (const order of orders) { if (order.id > tenant) use(${ASK}); }`],
])("nothing where %s", (_, body) => {
  expect(offers(body)).toBe(0);
});
