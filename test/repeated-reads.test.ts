/** Reads by what they ask: the terms by which the same question is told, here and through calls. */
import { expect, test } from "vitest";
import { extractFacts } from "../server/src/facts/extract.js";
import { keyOfTerm, termOf } from "../server/src/project/term.js";
import { analyzeFiles, ROOT } from "./harness/check-case.js";

/** The terms of what `ask(…)` is given in a text, as keys. */
function keysIn(text: string): string[] {
  const facts = extractFacts("/a.ts", text);
  return facts.exprs.flatMap((expr) => {
    const callee = expr.kind === "call" ? facts.exprs[expr.callee] : undefined;
    if (expr.kind !== "call" || callee?.kind !== "ref" || callee.name !== "ask") return [];
    return expr.args.map((arg) => {
      const term = termOf(facts, arg);
      return term === undefined ? "?" : keyOfTerm(term);
    });
  });
}

test("names are followed to where their values come from, and the order of properties is nothing", () => {
  const [a, b] = keysIn(`function f({ user }: { user: { id: string } }) {
    const id = user.id;
    ask({ where: { id, open: true } });
    ask({ where: { open: true, id: user.id } });
  }`);
  expect(a).toBe(b);
});

test("two variables are two values", () => {
  const [a, b] = keysIn(`function f(a: string, b: string) { ask({ id: a }); ask({ id: b }); }`);
  expect(a).not.toBe(b);
});

test("what differs each time, is written again or filled later has no term of its own", () => {
  const keys = keysIn(`function f(a: string) {
    let b = a;
    b = b + "x";
    const where: { a?: string } = {};
    where.a = a;
    ask(new Date(), b, Math.random(), where);
  }`);
  expect(keys.slice(0, 3)).toEqual(["?", "?", "?"]);
  expect(keys[3]).toMatch(/^%\d+$/);
});

const DATA = `import { PrismaClient } from "@prisma/client";
const db = new PrismaClient();
export async function load(key: { id: string }) {
  return await db.user.findUnique({ where: { id: key.id } });
}
`;
const TOP = `import { load } from "./data";
export async function pair(id: string, other: string) {
  return [await load({ id }), await load({ id: OTHER })];
}
`;

test("an edit of a function that is called changes what its callers ask", () => {
  const host = analyzeFiles(
    { "src/data.ts": DATA, "src/top.ts": TOP.replace("OTHER", "other") },
    { rules: ["repeated-query"] },
  );
  expect(host.allFindings()).toEqual([]);
  host.apply([{ path: `${ROOT}/src/data.ts`, text: DATA.replace("key.id", '"fixed"') }]);
  host.refresh();
  expect(host.allFindings()).toHaveLength(1);
  host.apply([
    { path: `${ROOT}/src/data.ts`, text: DATA },
    { path: `${ROOT}/src/top.ts`, text: TOP.replace("OTHER", "id") },
  ]);
  host.refresh();
  expect(host.allFindings()).toHaveLength(1);
});
