import { beforeAll, expect, test } from "vitest";
import { loadPostgres } from "../server/src/syntax/postgres.js";
import { queryLines } from "./harness/query-lines.js";

beforeAll(loadPostgres);

const knex = (body: string): readonly string[] =>
  queryLines(`import knex from "knex";
const db = knex({ client: "pg" });
export async function run(input: any, ids: string[], flag: boolean) {
${body}
}`);

const kysely = (body: string): readonly string[] =>
  queryLines(`import { Kysely } from "kysely";
export async function run(db: Kysely<any>, input: any, flag: boolean) {
${body}
}`);

const drizzle = (body: string): readonly string[] =>
  queryLines(
    `import { drizzle } from "drizzle-orm/node-postgres";
import { and, desc, eq, gt, ilike, inArray, or, sql } from "drizzle-orm";
import { posts, users } from "./schema";
const db = drizzle(process.env.DATABASE_URL);
export async function run(input: any, ids: string[], flag: boolean) {
${body}
}`,
    {
      "schema.ts": `import { pgTable, text } from "drizzle-orm/pg-core";
export const users = pgTable("users", { id: text("id"), email: text("email"), createdAt: text("created_at") });
export const posts = pgTable("posts", { id: text("id"), userId: text("user_id"), title: text("title") });`,
    },
  );

const typeorm = (body: string): readonly string[] =>
  queryLines(`import { Repository, In, Like, MoreThan, Not, IsNull, EntityManager, Brackets } from "typeorm";
class User { id: string; email: string }
export class Users {
  constructor(private readonly users: Repository<User>, private readonly manager: EntityManager) {}
  async run(input: any, ids: string[], flag: boolean) {
${body}
  }
}`);

test("knex: conditions in all their spellings", () => {
  expect(
    knex(`return db("users").where({ team_id: input.team, active: true }).andWhere("age", ">", 18).whereIn("id", ids).whereNull("deleted_at")
    .whereILike("name", "%" + input.q).orWhere("admin", true).orderBy("created_at", "desc").limit(10);`),
  ).toEqual([
    "read users where (team_id = ? and active = true and age < 18 and id in […] and deleted_at is null and name ~* %) or admin = true order created_at desc limit 10",
  ]);
  expect(
    knex(`return db("users as u").join("posts as p", "p.user_id", "u.id").where("p.slug", input.slug).first();`),
  ).toEqual(["read users inner posts on posts.user_id = id where posts.slug = ? limit 1"]);
  expect(
    knex(
      `return db("users").where((q) => q.where("a", 1).orWhere("b", 2)).whereRaw("lower(email) = ?", [input.email]);`,
    ),
  ).toEqual(["read users where (a = 1 or b = 2) and lower(email) = ?"]);
});

test("knex: a builder that changes in place across statements", () => {
  expect(
    knex(`const query = db("users").where("team_id", input.team);
  if (flag) query.where("status", "x");
  query.orderBy("name");
  return query;`),
  ).toEqual(['read users where team_id = ? and maybe (status = "x") order name asc']);
  expect(
    knex(`const query = db("users").where("team_id", input.team);
  addFilters(query);
  return query;`),
  ).toEqual(["read users where team_id = ? [a builder handed to a function]"]);
});

test("kysely: conditions, joins, expression builders", () => {
  expect(
    kysely(`return db.selectFrom("users as u").innerJoin("posts", "posts.user_id", "u.id").where("u.email", "=", input.email)
    .where((eb) => eb.or([eb("u.a", "=", 1), eb("u.b", "in", input.bs)])).orderBy("u.created_at", "desc").limit(5).selectAll().execute();`),
  ).toEqual([
    "read users inner posts on posts.user_id = id where email = ? and (a = 1 or b in […]) order created_at desc limit 5",
  ]);
});

test("kysely: a builder carried by a variable", () => {
  expect(
    kysely(`let query = db.selectFrom("users").selectAll().where("team_id", "=", input.team);
  if (flag) query = query.where("status", "=", "x");
  return query.execute();`),
  ).toEqual(['read users where team_id = ? and maybe (status = "x")']);
});

test("drizzle: the core", () => {
  expect(
    drizzle(`return db.select().from(users).innerJoin(posts, eq(posts.userId, users.id))
    .where(and(eq(users.email, input.email), flag ? gt(users.createdAt, input.since) : undefined, or(inArray(users.id, ids), ilike(posts.title, \`%\${input.q}%\`))))
    .orderBy(desc(users.createdAt)).limit(10);`),
  ).toEqual([
    "read users inner posts on posts.userId = id where email = ? and maybe (createdAt < ?) and (id in […] or posts.title ~* %) order createdAt desc limit 10",
  ]);
  expect(drizzle("return db.delete(users).where(sql`lower(${users.email}) = ${input.email}`);")).toEqual([
    "delete users where lower(email) = ?",
  ]);
  expect(
    drizzle(`const conditions = [eq(users.email, input.email)];
  if (flag) conditions.push(eq(users.id, input.id));
  return db.select().from(users).where(and(...conditions));`),
  ).toEqual(["read users where email = ? and maybe (id = ?)"]);
});

test("drizzle: relational queries", () => {
  expect(
    drizzle(
      `return db.query.users.findMany({ where: (u, { eq }) => eq(u.email, input.email), orderBy: (u, { desc }) => [desc(u.createdAt)], with: { posts: { limit: 3 } } });`,
    ),
  ).toEqual(["read users where email = ? order createdAt desc", "read posts load users.posts"]);
  expect(
    drizzle(`return db.query.users.findFirst({ where: { email: input.email, posts: { title: { like: "%x" } } } });`),
  ).toEqual(["read users exists users.posts where email = ? and users.posts.title ~ % limit 1"]);
});

test("typeorm: find options and operators", () => {
  expect(
    typeorm(
      `return this.users.find({ where: { email: input.email, id: In(ids), name: Like("%x"), age: MoreThan(3), deletedAt: IsNull(), team: { slug: input.slug } }, order: { createdAt: "DESC" }, take: 5, relations: { posts: true } });`,
    ),
  ).toEqual([
    "read User exists User.team where email = ? and id in […] and name ~ % and age < 3 and deletedAt is null and User.team.slug = ? order createdAt desc limit 5",
    "read posts load User.posts",
  ]);
  expect(typeorm(`return this.manager.findOneBy(User, { email: input.email });`)).toEqual([
    "read User where email = ? limit 1",
  ]);
  expect(typeorm(`return this.users.find({ where: [{ a: 1 }, { b: 2 }] });`)).toEqual([
    "read User where a = 1 or b = 2",
  ]);
});

test("typeorm: query builders", () => {
  expect(
    typeorm(`const qb = this.users.createQueryBuilder("u").leftJoinAndSelect("u.posts", "p").where("u.email = :email", { email: input.email });
    if (flag) qb.andWhere("p.title ILIKE :q", { q: input.q });
    return qb.orderBy("u.createdAt", "DESC").take(10).getMany();`),
  ).toEqual([
    "read User left User.posts where email = ? and maybe (User.posts.title ~* ?) order createdAt desc limit 10",
  ]);
});
