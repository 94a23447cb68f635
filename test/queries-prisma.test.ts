import { beforeAll, expect, test } from "vitest";
import { loadPostgres } from "../server/src/syntax/postgres.js";
import { queryLines } from "./harness/query-lines.js";

beforeAll(loadPostgres);

const prisma = (body: string): readonly string[] =>
  queryLines(`import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
export async function run(input: any, ids: string[], flag: boolean) {
${body}
}`);

test("filters are read whatever they compare with", () => {
  expect(
    prisma(`return prisma.user.findMany({
      where: { email: input.email, age: { gt: 18 }, id: { in: ids }, deletedAt: null, name: { contains: "x", mode: "insensitive" }, tag: { startsWith: "a" }, role: { not: "admin" } },
      orderBy: [{ createdAt: "desc" }, { id: "asc" }], take: 10, skip: 20 });`),
  ).toEqual([
    'read user where email = ? and age < 18 and id in […] and deletedAt is null and name ~* % and tag ~ a% and role <> "admin" order createdAt desc, id asc limit 10 offset 20',
  ]);
});

test("AND, OR and NOT keep their shape", () => {
  expect(
    prisma(
      `return prisma.user.findMany({ where: { AND: [{ a: 1 }, { b: 2 }], OR: [{ c: 3 }, { d: 4 }], NOT: { e: 5 } } });`,
    ),
  ).toEqual(["read user where a = 1 and b = 2 and (c = 3 or d = 4) and not (e = 5)"]);
});

test("filters on relations name the table they lead to", () => {
  expect(
    prisma(
      `return prisma.user.findMany({ where: { posts: { some: { title: input.title } }, team: { slug: input.slug }, tags: { none: { name: "x" } } } });`,
    ),
  ).toEqual([
    'read user exists user.posts exists user.team not-exists user.tags where user.posts.title = ? and user.team.slug = ? and not (user.tags.name = "x")',
  ]);
});

test("relations that are included are queries of their own, as deep as they go", () => {
  expect(
    prisma(
      `return prisma.user.findUnique({ where: { id: input.id }, include: { posts: { where: { published: true }, include: { comments: true } }, _count: { select: { likes: true } } } });`,
    ),
  ).toEqual([
    "keyed read user where id = ?",
    "read posts load user.posts where published = true",
    "read comments load user.posts.comments",
    "read likes load user.likes",
  ]);
});

test("what is there under a condition is marked, what is put together elsewhere leaves the query incomplete", () => {
  expect(
    prisma(`return prisma.user.findMany({ where: { teamId: input.teamId, ...(flag && { status: "x" }) } });`),
  ).toEqual(['read user where teamId = ? and maybe (status = "x")']);
  expect(prisma(`return prisma.user.findMany({ where: { teamId: input.teamId, ...input.where } });`)).toEqual([
    "read user where teamId = ? and … [a filter that is put together]",
  ]);
  expect(prisma(`return prisma.user.findMany({ where: { status: flag ? input.status : undefined } });`)).toEqual([
    "read user where maybe (status = ?)",
  ]);
});

test("a filter grows through statements", () => {
  expect(
    prisma(`const where: any = { teamId: input.teamId };
  if (flag) where.status = "x";
  where.kind = "y";
  return prisma.user.findMany({ where });`),
  ).toEqual(['read user where teamId = ? and maybe (status = "x") and kind = "y"']);
});

test("compound unique keys are their columns", () => {
  expect(prisma(`return prisma.member.findFirst({ where: { userId_teamId: { userId: 1, teamId: 2 } } });`)).toEqual([
    "read member where userId = 1 and teamId = 2 limit 1",
  ]);
});

test("raw SQL is read by PostgreSQL's grammar", () => {
  expect(
    prisma(
      "return prisma.$queryRaw`SELECT * FROM users u WHERE u.email = ${input.email} AND lower(u.name) = ${input.name} ORDER BY created_at DESC LIMIT 5`;",
    ),
  ).toEqual(["read users where email = ? and lower(name) = ? order created_at desc limit 5"]);
});
