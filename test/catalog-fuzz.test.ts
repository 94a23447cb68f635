/** Mutated schema files: whatever somebody is in the middle of typing gives a catalog, and no rule stumbles over it. */
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { catalogRules } from "../server/src/rules/catalog-registry.js";
import { loadPostgres } from "../server/src/syntax/postgres.js";
import { catalogOf } from "./harness/catalog-lines.js";

beforeAll(loadPostgres);

const SAMPLES: Readonly<Record<string, string>> = {
  "db/1_a.sql": `CREATE TABLE users (id bigserial PRIMARY KEY, "e" text UNIQUE);
CREATE TABLE orders (id uuid PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE CASCADE, CONSTRAINT x UNIQUE (id, user_id));
CREATE UNIQUE INDEX CONCURRENTLY i ON orders USING btree (lower(id::text) DESC, user_id) INCLUDE (id) WHERE user_id IS NOT NULL;
ALTER TABLE orders ADD COLUMN total int, DROP CONSTRAINT x; DO $$ BEGIN ALTER TABLE a ADD b int; END $$;
COPY t FROM stdin;\n1\t2\n\\.\n`,
  "db/2_b.sql":
    "CREATE TABLE `t` (`id` int AUTO_INCREMENT, `n` varchar(20) COMMENT 'it''s', KEY `k` (`n`(10)), PRIMARY KEY (`id`)) ENGINE=InnoDB; ALTER TABLE `t` ADD INDEX (`n`), CHANGE `n` `m` text;",
  "prisma/schema.prisma": `datasource db { provider = "postgresql" }
model A { id Int @id @default(autoincrement()) b B @relation(fields: [bId], references: [id], onDelete: Cascade)
  bId Int @map("b_id") @@index([bId(sort: Desc), id], map: "x") }
model B { id Int @id\n as A[] @@map("bs") }`,
  "src/schema.ts": `import { pgTable, text, index, relations } from "drizzle-orm/pg-core";
export const a = pgTable("a", { id: text("id").primaryKey(), b: text("b_id").references(() => b.id) }, (t) => [index("i").on(t.b.desc())]);
export const b = pgTable("b", { id: text() }); export const r = relations(a, ({ one }) => ({ b: one(b, { fields: [a.b], references: [b.id] }) }));`,
  "src/e.ts": `import { Entity, Column, ManyToOne, Index } from "typeorm"; @Entity("e") @Index(["x"]) export class E extends Base { @Column({ name: "x" }) x: string; @ManyToOne(() => E) e: E; }`,
  "src/m.js": `const m = require("mongoose"); const s = new m.Schema({ a: { type: String, index: true }, b: [{ c: Number }] }); s.index({ a: 1, "b.c": -1 }); m.model("M", s);`,
  "migrations/20240101000000-k.js": `exports.up = async (knex) => { await knex.schema.createTable("k", (t) => { t.increments(); t.integer("u").references("id").inTable("users").index(); }); await knex.raw("CREATE INDEX q ON k (u)"); };`,
};

const names = Object.keys(SAMPLES);

/** Cuts, repeats and strews signs that open something. */
const mutation = fc.record({
  name: fc.constantFrom(...names),
  at: fc.nat(600),
  length: fc.nat(40),
  insert: fc.constantFrom(
    "",
    "'",
    '"',
    "`",
    "(",
    ")",
    "[",
    "{",
    "}",
    "$$",
    "/*",
    "--",
    ";",
    ",",
    "@@",
    "\\",
    "\0",
    "\ud800",
    "😀",
    "CREATE TABLE ",
    "ALTER TABLE a ",
  ),
});

function mutated(
  changes: readonly { readonly name: string; readonly at: number; readonly length: number; readonly insert: string }[],
): Record<string, string> {
  const files: Record<string, string> = { ...SAMPLES };
  for (const { name, at, length, insert } of changes) {
    const text = files[name] ?? "";
    const place = at % (text.length + 1);
    files[name] = text.slice(0, place) + insert + text.slice(place + length);
  }
  return files;
}

test("any text gives a catalog with places inside it", () => {
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (changes) => {
      const files = mutated(changes);
      const catalog = catalogOf(files);
      const view = { catalog, isQuiet: () => false };
      for (const rule of catalogRules)
        for (const evidence of rule.check(view)) {
          expect(rule.describe(evidence, view).message).not.toBe("");
          const text = files[evidence.at.file.slice("/case/".length)] ?? "";
          expect(evidence.at.span.start).toBeLessThan(text.length + 1);
          expect(evidence.at.span.end).toBeLessThanOrEqual(text.length + 1);
        }
    }),
    { numRuns: 300 },
  );
}, 60_000);

test("a file in disorder does not take the others along", () => {
  const whole = catalogOf(SAMPLES).tables.filter(({ name }) => name === "e" || name === "k");
  fc.assert(
    fc.property(fc.string({ maxLength: 200, unit: "grapheme" }), (text) => {
      const { tables } = catalogOf({ ...SAMPLES, "prisma/schema.prisma": text, "db/3_x.sql": "" });
      expect(tables.filter(({ name }) => name === "e" || name === "k")).toEqual(whole);
    }),
    { numRuns: 50 },
  );
}, 60_000);

test("deep nesting and long names end", () => {
  const deep = "(".repeat(50_000);
  const files = {
    "db/1_a.sql": `CREATE TABLE t (a int DEFAULT ${deep}1${")".repeat(50_000)}); CREATE INDEX ON t (${deep}`,
    "db/2_b.sql": `CREATE TABLE \`m\` (\`a\` int DEFAULT ${deep}`,
    "prisma/schema.prisma": `model A { x Int @default(${"[".repeat(50_000)}) }`,
    "db/3_c.sql": `CREATE TABLE ${"x".repeat(1_000_000)} (a int);`,
  };
  const started = performance.now();
  expect(() => catalogOf(files)).not.toThrow();
  expect(performance.now() - started).toBeLessThan(10_000);
});
