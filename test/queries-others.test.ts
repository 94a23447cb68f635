import { expect, test } from "vitest";
import { queryLines } from "./harness/query-lines.js";

const sequelize = (body: string): readonly string[] =>
  queryLines(`import { Model, Op } from "sequelize";
class User extends Model {}
class Post extends Model {}
export async function run(input: any, ids: string[], flag: boolean) {
${body}
}`);

const mongoose = (body: string): readonly string[] =>
  queryLines(`import mongoose from "mongoose";
const User = mongoose.model("User", new mongoose.Schema({ email: String }));
export async function run(input: any, ids: string[], flag: boolean) {
${body}
}`);

const mongodb = (body: string): readonly string[] =>
  queryLines(`import { Db } from "mongodb";
export async function run(db: Db, input: any) {
${body}
}`);

const mikro = (body: string): readonly string[] =>
  queryLines(`import { EntityManager } from "@mikro-orm/core";
class User { id: string }
export async function run(em: EntityManager, input: any, ids: string[]) {
${body}
}`);

const supabase = (body: string): readonly string[] =>
  queryLines(`import { createClient } from "@supabase/supabase-js";
const supabase = createClient("", "");
export async function run(input: any, ids: string[], flag: boolean) {
${body}
}`);

test("sequelize: operators, includes, order", () => {
  expect(
    sequelize(`return User.findAll({
      where: { email: input.email, age: { [Op.gt]: 18 }, id: ids, name: { [Op.iLike]: "%x%" }, deletedAt: null, [Op.or]: [{ a: input.a }, { b: { [Op.in]: ids } }] },
      include: [{ model: Post, where: { slug: input.slug } }], order: [["createdAt", "DESC"]], limit: 10 });`),
  ).toEqual([
    "read User inner User.Post where email = ? and age < 18 and id = ? and name ~* % and deletedAt is null and (a = ? or b in […]) and User.Post.slug = ? order createdAt desc limit 10",
  ]);
  expect(sequelize(`return User.destroy({ where: { teamId: input.teamId } });`)).toEqual([
    "delete User where teamId = ?",
  ]);
});

test("sequelize: conditions on what a function makes of a column", () => {
  const find = (where: string): readonly string[] => sequelize(`return User.findAll({ where: ${where} });`);
  expect(
    find(`{ name: Sequelize.where(Sequelize.fn("LOWER", Sequelize.col("name")), "LIKE", \`%\${input.q}%\`) }`),
  ).toEqual(["read User where lower(name) ~ %"]);
  expect(find(`[where(col("email"), input.email), where(fn("lower", col("name")), { [Op.eq]: input.name })]`)).toEqual([
    "read User where email = ? and lower(name) = ?",
  ]);
  expect(find(`where(literal("a || b"), "=", input.q)`)).toEqual(["read User where … [a computed filter]"]);
});

test("mongoose: filters, chains and pipelines", () => {
  expect(
    mongoose(
      `return User.find({ email: input.email, age: { $gt: 18, $lt: input.max }, name: /^a/i, $or: [{ a: input.a }, { b: { $in: ids } }] }).sort("-createdAt").skip(input.skip).limit(10);`,
    ),
  ).toEqual([
    "read User where email = ? and age < 18 and age < ? and name ~* a% and (a = ? or b in […]) order createdAt desc limit 10 offset ?",
  ]);
  expect(mongoose(`return User.aggregate([{ $match: { team: input.team } }, { $group: { _id: "$kind" } }]);`)).toEqual([
    "read User where team = ? aggregate",
  ]);
  expect(mongoose(`return User.updateMany({ team: input.team, ...input.more }, { $set: { a: 1 } });`)).toEqual([
    "update User where team = ? and … [a filter that is put together]",
  ]);
});

test("MikroORM: entities, operators, options, relations", () => {
  expect(
    mikro(
      `return em.find(User, { email: input.email, age: { $gt: 18 }, team: { slug: input.slug } }, { orderBy: { createdAt: "desc" }, limit: 5, populate: ["posts"] });`,
    ),
  ).toEqual([
    "read User exists User.team where email = ? and age < 18 and User.team.slug = ? order createdAt desc limit 5",
    "read posts load User.posts",
  ]);
  expect(mikro(`return em.findOne(User, input.id);`)).toEqual(["keyed read User limit 1"]);
});

test("Supabase: a builder that grows", () => {
  expect(
    supabase(`let query = supabase.from("orders").select("id, total").eq("user_id", input.user).in("status", ids).is("deleted_at", null);
  if (flag) query = query.gte("total", input.min);
  return query.order("created_at", { ascending: false }).range(0, 9);`),
  ).toEqual([
    "read orders where user_id = ? and status in […] and deleted_at is null and maybe (total < ?) order created_at desc limit ? offset 0",
  ]);
  expect(supabase(`return supabase.from("orders").delete().eq("user_id", input.user);`)).toEqual([
    "delete orders where user_id = ?",
  ]);
});

test("the MongoDB driver: what follows a cursor", () => {
  expect(
    mongodb(`return db.collection("users").find({ team: input.team }).sort({ at: -1 }).limit(5).toArray();`),
  ).toEqual(["read users where team = ? order at desc limit 5"]);
});
