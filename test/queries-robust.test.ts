/** Half-typed code gives fewer queries or incomplete ones, never an error. */
import { beforeAll, expect, test } from "vitest";
import { loadPostgres } from "../server/src/syntax/postgres.js";
import { queryLines } from "./harness/query-lines.js";
import { randomNumbers } from "./harness/random-schemas.js";

beforeAll(loadPostgres);

const program = `import { PrismaClient } from "@prisma/client";
import { drizzle } from "drizzle-orm/node-postgres";
import { and, eq, sql } from "drizzle-orm";
import knex from "knex";
import { Kysely } from "kysely";
import { Repository, In } from "typeorm";
import { Model, Op } from "sequelize";
import mongoose from "mongoose";
import { Pool } from "pg";
const prisma = new PrismaClient();
const db = drizzle("");
const k = knex({ client: "pg" });
const pool = new Pool();
class User extends Model {}
const Doc = mongoose.model("Doc", new mongoose.Schema({}));
export async function run(kysely: Kysely<any>, repository: Repository<User>, input: any, ids: string[], flag: boolean) {
  const where: any = { a: 1, ...(flag && { b: { in: ids } }) };
  where.c = { contains: "x" };
  await prisma.user.findMany({ where, orderBy: [{ a: "asc" }], include: { posts: { where: { OR: [where, where] } } } });
  const conditions = [eq(users.a, 1)];
  conditions.push(sql\`lower(\${users.b}) = \${input.b}\`);
  await db.select().from(users).where(and(...conditions)).limit(3);
  let query = k("users as u").where({ a: 1 }).whereIn("b", ids);
  if (flag) query = query.orWhere((q) => q.where("c", 1).orWhereNull("d"));
  await query.orderBy([{ column: "a", order: "desc" }]);
  await kysely.selectFrom("users as u").where((eb) => eb.or([eb("u.a", "=", 1)])).orderBy("u.a desc").execute();
  await repository.find({ where: [{ a: In(ids) }, { b: 2 }], order: { a: "DESC" } });
  await repository.createQueryBuilder("u").leftJoin("u.posts", "p").where("p.a = :a AND u.b IN (:...ids)").getMany();
  await User.findAll({ where: { [Op.or]: [{ a: { [Op.gt]: 1 } }], b: ids }, include: [{ model: User, as: "friends" }] });
  await Doc.find({ a: { $in: ids }, $or: [{ b: /x/ }] }).sort("-a b").limit(3);
  await pool.query("WITH x AS (SELECT 1) SELECT u.*, count(*) FROM users u LEFT JOIN x ON x.id = u.id WHERE u.a = $1 OR u.b LIKE '%' || $2 GROUP BY 1 ORDER BY 2", [1]);
}
`;

test("the whole program is understood", () => {
  expect(queryLines(program).length).toBeGreaterThanOrEqual(9);
});

test("names that lead to themselves", () => {
  const circle = `import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
export async function run() {
  const where = { OR: [where, { NOT: where }], a: String(where) };
  await prisma.user.findMany({ where });
}
`;
  expect(queryLines(circle)).toEqual([expect.stringMatching(/^read user .*\[a filter that is put together/)]);
});

test("cut off anywhere", { timeout: 60_000 }, () => {
  for (let end = 700; end < program.length; end += 23) expect(() => queryLines(program.slice(0, end))).not.toThrow();
});

test("with pieces missing, doubled and swapped", { timeout: 60_000 }, () => {
  const next = randomNumbers(7);
  for (let round = 0; round < 120; round++) {
    let text = program;
    for (let change = 0; change < 4; change++) {
      const at = 600 + next(text.length - 600);
      const length = next(12);
      const piece = text.slice(at, at + length);
      const other = ["", piece + piece, "}", "(", "...", "undefined", "`", "$", "?", ","][next(10)] ?? "";
      text = text.slice(0, at) + other + text.slice(at + length);
    }
    expect(() => queryLines(text)).not.toThrow();
  }
});
