/** Functions that no sibling can stand beside, and resolvers that no loader fits: nothing is offered. */
import { expect, test } from "vitest";
import { fixesIn, type Files } from "../harness/apply-fix.js";

const HEAD = 'import { PrismaClient } from "@prisma/client";\nconst prisma = new PrismaClient();\n';
const SCHEMA = `datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model User {
  id    String @id
  name  String
  email String
}
`;

function offered(rule: string, files: Files): readonly string[] {
  const found = fixesIn({ "prisma/schema.prisma": SCHEMA, ...files }, rule);
  expect(found.length, "there is a finding to begin with").toBeGreaterThan(0);
  return found.flatMap(({ fixes }) => fixes.map(({ id }) => id));
}

function loop(call: string, parameters = "orders: { userId: string; teamId: string }[]"): string {
  return `export async function run(${parameters}) {
  const names: unknown[] = [];
  for (const order of orders) names.push(await ${call});
  return names;
}
`;
}

const QUERY = "prisma.user.findUnique({ where: { id } })";

test("the function itself is one that gets a sibling", () => {
  const file = `${HEAD}async function getUser(id: string) { return ${QUERY}; }\n${loop("getUser(order.userId)")}`;
  expect(offered("query-in-loop", { "src/a.ts": file })).toEqual(["batched-sibling"]);
});

test.each<[string, string]>([
  [
    "rows that are counted off",
    `async function getUser(email: string) { return prisma.user.findMany({ where: { email }, take: 3 }); }\n${loop("getUser(order.userId)")}`,
  ],
  [
    "two arguments that differ",
    `async function getUser(id: string, teamId: string) { return { teamId, user: await ${QUERY} }; }\n${loop("getUser(order.userId, order.teamId)")}`,
  ],
  [
    "an argument that is made anew",
    `async function getUser(id: string, at: Date) { return { at, user: await ${QUERY} }; }\n${loop("getUser(order.userId, new Date())")}`,
  ],
  [
    "an error that is dealt with in the function",
    `async function getUser(id: string) { try { return await ${QUERY}; } catch { return null; } }\n${loop("getUser(order.userId)")}`,
  ],
  [
    "an error that is dealt with in the pass",
    `async function getUser(id: string) { return ${QUERY}; }\n${loop("getUser(order.userId).catch(() => null)")}`,
  ],
  ["a key of any type", `async function getUser(id) { return ${QUERY}; }\n${loop("getUser(order.userId)")}`],
  [
    "a key that may be nothing",
    `async function getUser(id: string | undefined) { return ${QUERY}; }\n${loop("getUser(order.userId)")}`,
  ],
  [
    "a key with a default",
    `async function getUser(id = "root") { return ${QUERY}; }\n${loop("getUser(order.userId)")}`,
  ],
  [
    "a condition that is not understood",
    `const known = new Set<string>();\nasync function getUser(id: string) { if (known.has(id)) return null; return ${QUERY}; }\n${loop("getUser(order.userId)")}`,
  ],
  [
    "overloads",
    `async function getUser(id: string): Promise<unknown>;\nasync function getUser(id: string) { return ${QUERY}; }\n${loop("getUser(order.userId)")}`,
  ],
  [
    "a function inside of a function",
    `export function make() {\n  async function getUser(id: string) { return ${QUERY}; }\n  ${loop("getUser(order.userId)").replace("export ", "return ")}}\n`,
  ],
])("no sibling: %s", (_, text) => {
  expect(offered("query-in-loop", { "src/a.ts": HEAD + text })).toEqual([]);
});

const INTERFACE = `${HEAD}export interface Users { find(id: string): Promise<{ name: string } | null>; }
export class PrismaUsers implements Users {
  async find(id: string) { return ${QUERY}; }
}
`;

test("a method that is known by its interface gets no sibling, by its class it does", () => {
  const by = (type: string): string =>
    `import { ${type} } from "./users";\n${loop("users.find(order.userId)", `users: ${type}, orders: { userId: string }[]`)}`;
  const files = (type: string): Files => ({ "src/users.ts": INTERFACE, "src/a.ts": by(type) });
  expect(offered("query-in-loop", files("PrismaUsers"))).toEqual(["batched-sibling"]);
  expect(offered("query-in-loop", files("Users"))).toEqual([]);
});

test("a name that the importing file cannot see gets no sibling", () => {
  const users = `${HEAD}export async function getUser(id: string) { return ${QUERY}; }\n`;
  const caller = `import { getUser } from "./index";\n${loop("getUser(order.userId)")}`;
  const files = (index: string): Files => ({ "src/users.ts": users, "src/index.ts": index, "src/a.ts": caller });
  expect(offered("query-in-loop", files('export * from "./users";\n'))).toEqual(["batched-sibling"]);
  expect(offered("query-in-loop", files('export { getUser } from "./users";\n'))).toEqual([]);
});

const RESOLVERS = `${HEAD}export const resolvers = {
  Query: { order: (_parent: unknown, args: { id: string }) => args },
  User: {
    friends: (user: { id: string }, args: { first: number }, context: object) => prisma.user.findMany({ where: { email: user.id }, orderBy: { id: "asc" } }),
  },
};
`;
const PACKAGE = '{ "dependencies": { "dataloader": "2", "graphql": "16" } }';

test("resolvers get a loader where the project has the package and the context is in sight", () => {
  const rule = "query-in-field-resolver";
  expect(offered(rule, { "package.json": PACKAGE, "src/a.ts": RESOLVERS })).toEqual(["request-loader"]);
  expect(offered(rule, { "src/a.ts": RESOLVERS })).toEqual([]);
  const without = RESOLVERS.replace(", args: { first: number }, context: object", "");
  expect(offered(rule, { "package.json": PACKAGE, "src/a.ts": without })).toEqual([]);
  const paged = RESOLVERS.replace('orderBy: { id: "asc" }', "take: args.first");
  expect(offered(rule, { "package.json": PACKAGE, "src/a.ts": paged })).toEqual([]);
});
