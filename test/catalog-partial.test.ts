/** Predicates of partial indexes that migrations in code write as objects and calls. */
import { describe, expect, test } from "vitest";
import { tableLines } from "./harness/catalog-lines.js";

const PACKAGE = '{ "name": "p" }';

describe("partial indexes that code makes", () => {
  const create = 'await queryInterface.createTable("t", { a: { type: "text" } });';

  test.each([
    ['where: { status: "pending", gone: null }', "status = 'pending' and gone is null"],
    ["where: { owner: { [Op.ne]: null } }", "owner is not null"],
    ["where: { n: 1, done: false }", "n = 1 and done = false"],
    ["where: { n: { [Op.gt]: 1 } }", "a condition"],
    ["where: { n: limit }", "a condition"],
    ["where", "a condition"],
  ])("Sequelize: %s", (options, expected) => {
    const code = `module.exports = { up: async (queryInterface, Sequelize, where, limit) => { ${create} await queryInterface.addIndex("t", ["a"], { ${options} }); } };`;
    expect(tableLines({ "package.json": PACKAGE, "migrations/1.js": code })).toEqual([
      `t(a) index(a) where ${expected}`,
    ]);
  });

  test.each([
    ['.where("gone", "is", null)', "gone is null"],
    ['.where("kind", "=", "x").where("gone", "is", null)', "kind = 'x' and gone is null"],
    [".where(sql`gone is null`)", "gone is null"],
    ['.where("n", ">", 3)', "a condition"],
    [".where((eb) => eb.and([]))", "a condition"],
  ])("Kysely: %s", (where, expected) => {
    const code = `import { sql } from "kysely"; export async function up(db) {
      await db.schema.createTable("t").addColumn("a", "text").execute();
      await db.schema.createIndex("i").on("t").column("a")${where}.execute(); }`;
    expect(tableLines({ "package.json": PACKAGE, "migrations/1.ts": code })).toEqual([
      `t(a) index(a) where ${expected}`,
    ]);
  });
});
