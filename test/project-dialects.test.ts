/** Operations: dialect steps, builder chains, transactions, subclasses, decorators, SQL text, blocking calls. */
import { expect, test } from "vitest";
import { linkFiles } from "./harness/link-files.js";

test("Prisma: models, transactions as callback and as list, raw SQL, extended services, generated clients", () => {
  const project = linkFiles({
    "service.ts": `import { PrismaClient, Prisma } from "../generated/prisma"; import { Injectable } from "@nestjs/common";
      @Injectable() export class PrismaService extends PrismaClient { ping() {} }
      export class Users { constructor(private prisma: PrismaService) {}
        async run(tx: Prisma.TransactionClient) {
          this.prisma.ping(); await this.prisma.user.findMany(); await tx.post.create({});
          await this.prisma.$transaction(async (inner) => { await inner.tag.update({}); });
          await this.prisma.$transaction([this.prisma.log.count()]);
          await this.prisma.$queryRaw\`SELECT * FROM "Job" WHERE id = \${1}\`;
          await this.prisma.$executeRawUnsafe("DELETE FROM old_jobs");
        } }`,
  });
  expect(project.operations("service.ts")).toEqual([
    "prisma.findMany user read many",
    "prisma.create post write none",
    "prisma.update tag write none transaction",
    "prisma.count log read one",
    "prisma.$queryRaw Job read many",
    "prisma.$executeRawUnsafe old_jobs write none",
  ]);
  expect(project.call("this.prisma.ping")).toBe("service.ts#PrismaService.ping");
  expect(project.calls("this.prisma.$transaction")[0]).toContain("transaction once: service.ts#anonymous");
});

test("builders run where they are awaited: chains, variables, conditionals, returns, then, combinators; subqueries do not", () => {
  const project = linkFiles({
    "db.ts": `import { drizzle } from "drizzle-orm/node-postgres"; export const db = drizzle({}); export const users = {}, posts = {};`,
    "use.ts": `import { db, users, posts } from "./db";
      export async function a() { await db.select().from(users).where(1).limit(2); }
      export async function b(x) { let query = db.select().from(posts); if (x) query = query.where(x); const rows = await query; rows.map((r) => r); }
      export function c() { return db.insert(users).values({}); }
      export async function d() { await c(); const later = db.delete(posts); return 1; }
      export function e() { db.update(users).set({}).then(() => 1); }
      export async function f() { const [one] = await Promise.all([db.select().from(users), db.query.posts.findFirst()]); return one; }
      export async function g() { await db.select().from(users).where(db.select().from(posts)); }
      export async function h(flag) { await (flag ? db.select().from(users) : db.select().from(posts)); }
      export const i = () => db.query.users.findMany();
      function base() { return db.select().from(posts); }
      export async function j() { await base().where(1); }`,
  });
  const at = (name: string): readonly string[] => {
    const facts = project.linker.link("/case/use.ts");
    return facts
      .flatMap((site) => (site.operation === undefined ? [] : [`${site.operation.method} ${site.operation.table}`]))
      .filter((line) => line.includes(name));
  };
  expect(project.operations("use.ts")).toEqual([
    "drizzle.select users read many",
    "drizzle.select posts read many",
    "drizzle.insert users write none",
    "drizzle.update users write none",
    "drizzle.select users read many",
    "drizzle.findFirst posts read one",
    "drizzle.select users read many",
    "drizzle.select users read many",
    "drizzle.select posts read many",
    "drizzle.findMany users read many",
    "drizzle.select posts read many",
    "drizzle.select posts read many",
  ]);
  expect(at("insert")).toHaveLength(1);
  expect(project.calls("c")).toEqual(["use.ts#c"]);
});

test("Knex: callable clients, aliases, transactions, raw SQL", () => {
  const project = linkFiles({
    "use.ts": `import knex, { Knex } from "knex"; const db = knex({}); const sql = "select * from " + "orders";
      export async function run(trx: Knex.Transaction) {
        await db("users as u").where({}).first(); await trx("posts").insert({}); await db({ t: "tags" }); await db.raw(sql);
        await db.transaction(async (inner) => { await inner("jobs").del(); await inner.raw("BEGIN"); });
      }`,
  });
  expect(project.operations("use.ts")).toEqual([
    "knex.first users read one",
    "knex.insert posts write none",
    "knex.knex tags read many",
    "knex.raw orders read many",
    "knex.del jobs write none transaction",
  ]);
});

test("TypeORM: repositories by type, by decorator and by call, query builders, managers in transactions", () => {
  const project = linkFiles({
    "use.ts": `import { Repository, DataSource, EntityManager } from "typeorm"; import { InjectRepository } from "@nestjs/typeorm"; class User {} class Post {}
      export class PostRepository extends Repository<Post> { mine() { return this.find(); } }
      export class Service { constructor(@InjectRepository(User) private users: Repository<User>, @InjectRepository(Post) private posts, private source: DataSource, private own: PostRepository) {}
        async run() {
          await this.users.findOne({}); await this.posts.save({}); await this.source.getRepository(User).count();
          await this.users.createQueryBuilder("u").where("x").getMany(); await this.own.mine(); await this.own.delete(1);
          await this.source.transaction(async (manager: EntityManager) => { await manager.save(User, {}); });
        } }`,
  });
  expect(project.operations("use.ts")).toEqual([
    "typeorm.find Post read many",
    "typeorm.findOne User read one",
    "typeorm.save Post write none bulk",
    "typeorm.count User read one",
    "typeorm.getMany User read many",
    "typeorm.delete Post write none",
    "typeorm.save User write none bulk",
  ]);
  expect(project.call("this.own.mine")).toBe("use.ts#PostRepository.mine");
});

test("Mongoose: models by call and by class, documents, lean chains", () => {
  const project = linkFiles({
    "use.ts": `import mongoose, { Model, model } from "mongoose"; import { InjectModel } from "@nestjs/mongoose"; interface TagDocument { name: string }
      const User = mongoose.model("User", new mongoose.Schema({})); const Post = model("Post");
      export class Tags { constructor(@InjectModel("Tag") private tags: Model<TagDocument>) {} async all() { return this.tags.find().lean().exec(); } }
      export async function run() { await User.findOne({}).lean(); const user = new User({}); await user.save(); await Post.aggregate([]); const pending = Post.find(); }`,
  });
  expect(project.operations("use.ts")).toEqual([
    "mongoose.find TagDocument read many",
    "mongoose.findOne User read one",
    "mongoose.save User write none",
    "mongoose.aggregate Post read many",
  ]);
});

test("drivers: SQL text says whether it reads or writes", () => {
  const project = linkFiles({
    "pool.js": `const { Pool } = require("pg"); module.exports = { pool: new Pool() };`,
    "use.js": `const { pool } = require("./pool"); const UPSERT = \`WITH x AS (SELECT 1) INSERT INTO logs VALUES (1)\`;
      async function run(id) { const client = await pool.connect(); await client.query("BEGIN"); await client.query({ text: "update users set a = $1", values: [1] });
        await pool.query(UPSERT); await pool.query(\`select * from "shop"."orders" where id = \${id}\`); }`,
  });
  expect(project.operations("use.js")).toEqual([
    "pg.query users write none",
    "pg.query logs write none",
    "pg.query orders read many",
  ]);
});

test("rows of models that are classes keep their methods", () => {
  const project = linkFiles({
    "models.ts": `import { Model } from "sequelize"; abstract class Base<T> extends Model<T> {} export class User extends Base<Attributes> { greet() {} static async active() { return this.findAll({}); } }`,
    "use.ts": `import { User } from "./models"; import { Repository } from "typeorm"; class Post { title() {} }
      export async function run(posts: Repository<Post>) { const user = await User.findByPk(1); user.greet(); await user.save();
        for (const one of await User.active()) await one.destroy(); (await posts.findOneBy({})).title(); }`,
  });
  expect(project.operations("use.ts")).toEqual([
    "sequelize.findByPk User read one",
    "sequelize.save User write none",
    "sequelize.destroy User write none",
    "typeorm.findOneBy Post read one",
  ]);
  expect(project.call("user.greet")).toBe("models.ts#User.greet");
  expect(project.call("(awaitposts.findOneBy({})).title", "use.ts")).toBe("use.ts#Post.title");
});

test("a receiver out of sight counts by its name only where the workspace uses the client", () => {
  const text = "export const list = (opts) => opts.ctx.prisma.user.findMany();";
  const used = linkFiles({ "package.json": `{ "dependencies": { "@prisma/client": "6" } }`, "use.ts": text });
  expect(used.operations("use.ts")).toEqual(["prisma.findMany user read many ?"]);
  const unused = linkFiles({ "package.json": `{ "dependencies": {} }`, "use.ts": text });
  expect(unused.operations("use.ts")).toEqual([]);
});

test("blocking calls are named through every way of importing them", () => {
  const project = linkFiles({
    "use.ts": `import fs, { readFileSync } from "node:fs"; import * as cp from "child_process"; import bcrypt from "bcrypt"; const { gzipSync } = require("zlib");
      export function run() { readFileSync("a"); fs.writeFileSync("a", "b"); cp.execSync("ls"); bcrypt.hashSync("a", 10); gzipSync("x"); fs.promises.readFile("a"); }`,
  });
  const blocked = ["readFileSync", "fs.writeFileSync", "cp.execSync", "bcrypt.hashSync", "gzipSync"].map((name) =>
    project.call(name),
  );
  expect(blocked.map((line) => line.split(", ")[1])).toEqual([
    "blocks fs",
    "blocks fs",
    "blocks child-process",
    "blocks password-hash",
    "blocks zlib",
  ]);
  expect(project.call("fs.promises.readFile")).toBe("node:fs#promises.readFile");
});
