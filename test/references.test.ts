/** From a table or column of the schema to the queries that use it, whichever file declares it. */
import { describe, expect, test } from "vitest";
import { referencesAt } from "../server/src/analysis/references/uses-of.js";
import { analyzeFiles, ROOT } from "./harness/check-case.js";

/** `file:line` of everything found for the name that stands between `»` and `«`. */
function found(files: Readonly<Record<string, string>>, declarations = false): readonly string[] {
  const entry = Object.entries(files).find(([, text]) => text.includes("»"));
  if (entry === undefined) throw new Error("no mark");
  const [name, marked] = entry;
  const offset = marked.indexOf("»");
  const word = /»([^«]*)«/.exec(marked)?.[1] ?? "";
  const text = marked.replace(/[»«]/g, "");
  const before = text.slice(0, offset).split("\n");
  const host = analyzeFiles({ ...files, [name]: text });
  return referencesAt(host.inspect(), {
    path: `${ROOT}/${name}`,
    line: before.length - 1,
    character: before.at(-1)?.length ?? 0,
    word,
    declarations,
  }).map(({ path, range }) => `${path.slice(ROOT.length + 1)}:${range.start.line}`);
}

const PG = `import { Pool } from "pg";
const pool = new Pool();
export const byOwner = (id: number) => pool.query("select id from files where owner_id = $1", [id]);
export const byName = (name: string) => pool.query("select id from files where name = $1 order by size", [name]);
export const owners = () => pool.query("select o.id from owners o join files f on f.owner_id = o.id where f.size > $1", [1]);
`;

describe("SQL migrations", () => {
  const first = (text: string) => ({ "migrations/001_init.sql": text, "src/files.ts": PG });
  const table =
    "CREATE TABLE owners (id int PRIMARY KEY);\nCREATE TABLE files (id int PRIMARY KEY, owner_id int REFERENCES owners (id), name text, size int);\n";
  test("a column: compared and joined", () => {
    expect(found(first(table.replace("owner_id", "»owner_id«")))).toEqual(["src/files.ts:3", "src/files.ts:5"]);
  });
  test("a column: sorted by, or compared for a range", () => {
    expect(found(first(table.replace("size", "»size«")))).toEqual(["src/files.ts:4", "src/files.ts:5"]);
  });
  test("a table, with the place that declares it", () => {
    expect(found(first(table.replace("TABLE files", "TABLE »files«")), true)).toEqual([
      "migrations/001_init.sql:2",
      "src/files.ts:3",
      "src/files.ts:4",
      "src/files.ts:5",
    ]);
  });
  test("a column named in a later migration", () => {
    const later = "CREATE INDEX files_name ON files (»name«);\n";
    expect(found({ ...first(table), "migrations/002_index.sql": later })).toEqual(["src/files.ts:4"]);
  });
  test("a word that is no name of the schema", () => {
    expect(found(first(table.replace("PRIMARY", "»PRIMARY«")))).toEqual([]);
  });
});

const PRISMA_CODE = `import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
export const one = (email: string) => prisma.user.findUnique({ where: { email } });
export const many = (id: number) => prisma.post.findMany({ where: { authorId: id }, include: { author: true } });
export const titled = () => prisma.post.findMany({ orderBy: { title: "asc" }, take: 5 });
`;
const PRISMA = `datasource db {
  provider = "postgresql"
}
model User {
  id    Int    @id
  email String @unique
  posts Post[]
}
model Post {
  id       Int    @id
  title    String
  authorId Int    @map("author_id")
  author   User   @relation(fields: [authorId], references: [id])
}
`;

describe("schema.prisma", () => {
  test.each([
    ["email String", "»email« String", ["src/a.ts:3"]],
    ["authorId Int", "»authorId« Int", ["src/a.ts:4"]],
    ["model Post", "model »Post«", ["src/a.ts:4", "src/a.ts:5"]],
    ["title    String", "»title«    String", ["src/a.ts:5"]],
  ])("%s", (from, to, expected) => {
    const places = found({ "prisma/schema.prisma": PRISMA.replace(from, to), "src/a.ts": PRISMA_CODE });
    expect([...new Set(places)]).toEqual(expected);
  });
  test("a migration of the same schema leads to the same queries", () => {
    const migration = 'CREATE TABLE "Post" (id int PRIMARY KEY, title text, "»author_id«" int);\n';
    const files = {
      "prisma/schema.prisma": PRISMA,
      "prisma/migrations/20240101000000_a/migration.sql": migration,
      "src/a.ts": PRISMA_CODE,
    };
    expect([...new Set(found(files))]).toEqual(["src/a.ts:4"]);
  });
});

test("an entity's column, and a table variable of Drizzle", () => {
  const entity = `import { Column, Entity, PrimaryGeneratedColumn, Repository } from "typeorm";
@Entity()
export class Item {
  @PrimaryGeneratedColumn() id: number;
  @Column() »sku«: string;
}
export const load = (items: Repository<Item>, sku: string) => items.find({ where: { sku } });
`;
  expect(found({ "src/item.ts": entity })).toEqual(["src/item.ts:7"]);
  const drizzle = `import { eq } from "drizzle-orm";
import { integer, pgTable, text } from "drizzle-orm/pg-core";
import { drizzle } from "drizzle-orm/node-postgres";
export const items = pgTable("items", { id: integer("id").primaryKey(), »sku«: text("sku") });
const db = drizzle(process.env.URL!);
export const load = (sku: string) => db.select().from(items).where(eq(items.sku, sku));
`;
  expect(found({ "src/items.ts": drizzle })).toEqual(["src/items.ts:6"]);
});
