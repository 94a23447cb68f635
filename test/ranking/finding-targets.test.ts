/** What a finding is about: its table before all else, and nothing that every other line has in common. */
import { expect, test } from "vitest";
import { findingTargets } from "../../server/src/analysis/finding-targets.js";
import type { FileView } from "../../server/src/project/file-view.js";

const labelsOf = (...calls: readonly object[]): string[] => {
  const names = ["findUser", "an anonymous function"];
  const view = {
    calls: calls.map((call) => ({ span: { start: 10, end: 20 }, targets: [], ...call })),
    describeFunction: ({ fn }: { readonly fn: number }) => ({ name: names[fn], file: "/a.ts" }),
  } as unknown as FileView;
  return findingTargets(view, 10, 20).map(({ label }) => label);
};
const external = (module: string, ...path: string[]): object => ({ external: { module, path } });

test("a table says more than the calls that lead to it", () => {
  const query = { operation: { table: "users" }, ...external("kysely", "Kysely", "prototype", "selectFrom") };
  expect(labelsOf(query, { targets: [{ file: "/a.ts", fn: 0 }] })).toEqual(["table `users`"]);
  expect(labelsOf(query, query)).toEqual(["table `users`"]);
});

test("a query of no known table, a builder's member and a function without a name say nothing", () => {
  expect(labelsOf({ operation: {}, ...external("pg", "Pool") })).toEqual([]);
  expect(labelsOf(external("kysely", "Kysely", "prototype", "selectFrom"))).toEqual([]);
  expect(labelsOf({ targets: [{ file: "/a.ts", fn: 1 }] })).toEqual([]);
});

test("blocking calls, functions of the workspace and what a package exports are told by their names", () => {
  expect(labelsOf({ blocking: { api: "node:fs#readFileSync" } })).toEqual(["`readFileSync`"]);
  expect(labelsOf({ targets: [{ file: "/a.ts", fn: 0 }] })).toEqual(["function `findUser`"]);
  expect(labelsOf(external("stripe", "default"))).toEqual(["`stripe`"]);
});

test("a finding that marks less than a call is about the smallest call around it", () => {
  const around = { span: { start: 0, end: 40 }, operation: { table: "users" } };
  const outer = { span: { start: 0, end: 90 }, operation: { table: "orders" } };
  expect(labelsOf(outer, around)).toEqual(["table `users`"]);
});
