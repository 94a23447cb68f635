/** Models, entities and migrations in code become tables: one case for each library, and what happens when several declare one table. */
import { describe, expect, test } from "vitest";
import { columnOf, findTable, leadingPrefix, accessPathsOf } from "../server/src/catalog/lookup.js";
import { catalogOf, tableLines } from "./harness/catalog-lines.js";

const PACKAGE = '{ "name": "p" }';

describe("Prisma", () => {
  const schema = `
    generator client { provider = "prisma-client-js" }
    datasource db { provider = "postgresql" url = env("X") }
    /// { a comment }
    model User {
      id     Int     @id @default(autoincrement()) @map("user_id")
      email  String  @unique @db.VarChar(200) // "quoted
      bio    Unsupported("tsvector")?
      role   Role    @default(USER)
      posts  Post[]
      tags   String[]
      @@map("users")
      @@index([email(ops: raw("text_pattern_ops"), sort: Desc), role], map: "mail_idx")
      @@index([tags], type: Gin)
    }
    enum Role { USER ADMIN }
    model Post {
      tenant Int
      nr Int
      authorId Int @map("author_id")
      author User @relation(fields: [authorId], references: [id], onDelete: Cascade)
      @@id([tenant, nr])
      @@unique([authorId, nr], name: "by_author")
      @@schema("blog")
    }`;

  test("fields, keys, indexes and relations", () => {
    expect(tableLines({ "prisma/schema.prisma": schema })).toEqual([
      "blog.Post(tenant, nr, author_id) pk(tenant, nr) unique(author_id, nr) fk(author_id -> users.user_id cascade)",
      "users(user_id, email, bio, role, tags) pk(user_id) unique(email) index(email text_pattern_ops desc, role) index gin (tags)",
    ]);
  });

  test("names of code lead to tables and columns", () => {
    const catalog = catalogOf({ "prisma/schema.prisma": schema });
    const user = findTable(catalog, "user", { dialect: "prisma" });
    expect(user?.name).toBe("users");
    expect(user === undefined ? undefined : columnOf(user, "id")?.name).toBe("user_id");
    expect(findTable(catalog, "blog.Post")?.names[0]?.relations["author"]).toEqual({
      target: "User",
      many: false,
      columns: ["author_id"],
      references: ["user_id"],
    });
    expect(user === undefined ? undefined : columnOf(user, "role")?.values).toEqual(["USER", "ADMIN"]);
  });

  test("a schema in several files, the datasource in one of them", () => {
    const files = {
      "prisma/schema/base.prisma": 'datasource db {\n provider = "mysql"\n relationMode = "prisma"\n}',
      "prisma/schema/a.prisma": "model A {\n id Int @id\n bId Int\n b B @relation(fields: [bId], references: [id])\n}",
      "prisma/schema/b.prisma": "model B {\n id Int @id\n as A[]\n}",
    };
    expect(tableLines(files)).toEqual(["A(id, bId) pk(id) relation(bId -> B.id)", "B(id) pk(id)"]);
    expect(catalogOf(files).tables.map(({ engine }) => engine)).toEqual(["mysql", "mysql"]);
  });

  test("half-typed schemas", () => {
    const text = "model A {\n id Int @id\n x String @db.\n @@index([\n}\nmodel B {\n id Int @id @@@(\n name";
    expect(tableLines({ "prisma/schema.prisma": text })).toEqual(["A(id, x) pk(id) index()", "B(id) pk(id)"]);
  });
});

describe("Drizzle", () => {
  test("tables, keys in both styles, relations, spread columns", () => {
    expect(
      tableLines({
        "src/columns.ts": `import { timestamp } from "drizzle-orm/pg-core";\nexport const times = { createdAt: timestamp("created_at").notNull() };`,
        "src/schema.ts": `
          import { relations, sql } from "drizzle-orm";
          import { pgTable, pgSchema, text, integer, index, uniqueIndex, primaryKey, foreignKey, unique } from "drizzle-orm/pg-core";
          import { times } from "./columns";
          export const users = pgTable("users", { id: text("id").primaryKey(), email: text("email").notNull().unique(), ...times });
          export const posts = pgTable("posts", {
            id: integer().primaryKey(), authorId: text("author_id").notNull().references(() => users.id, { onDelete: "cascade" }), parent: integer(), title: text("title"),
          }, (t) => [
            index("a_idx").on(t.authorId, t.title.desc()),
            uniqueIndex("b").using("btree", sql\`lower(\${t.title})\`).where(sql\`\${t.parent} is not null\`),
            foreignKey({ columns: [t.parent], foreignColumns: [t.id] }).onDelete("set null"),
          ]);
          const auth = pgSchema("auth");
          export const links = auth.table("links", { a: text("a"), b: text("b"), userId: text("user_id") }, ({ a, b }) => ({
            pk: primaryKey({ columns: [a, b] }), u: unique("u").on(b),
          }));
          export const linksRelations = relations(links, ({ one }) => ({ user: one(users, { fields: [links.userId], references: [users.id] }) }));`,
      }),
    ).toEqual([
      "auth.links(a, b, user_id) pk(a, b) unique(b) relation(user_id -> users.id)",
      "posts(id, author_id, parent, title) pk(id) index(author_id, title desc) unique index([lower(title)]) where parent is not null fk(author_id -> users.id cascade) fk(parent -> posts.id set null)",
      "users(id, email, created_at) pk(id) unique(email)",
    ]);
  });

  test("relations of the newer kind, columns from a function", () => {
    expect(
      tableLines({
        "src/schema.ts": `import { pgTable, text, timestamp } from "drizzle-orm/pg-core"; import { defineRelations } from "drizzle-orm";
          function times() { return { at: timestamp("created_at") }; }
          export const users = pgTable("users", { id: text("id").primaryKey() });
          export const posts = pgTable("posts", { id: text("id"), authorId: text("author_id"), ...times() });
          export const relations = defineRelations({ users, posts }, (r) => ({ posts: { author: r.one.users({ from: r.posts.authorId, to: r.users.id }) }, users: { posts: r.many.posts() } }));`,
      }),
    ).toEqual(["posts(id, author_id, created_at) relation(author_id -> users.id)", "users(id) pk(id)"]);
  });

  test("tables of a creator in another file, and indexes that cannot be read", () => {
    expect(
      tableLines({
        "src/create.ts":
          'import { pgTableCreator } from "drizzle-orm/pg-core";\nexport const createTable = pgTableCreator((name) => `app_${name}`);',
        "src/schema.ts": `import { text } from "drizzle-orm/pg-core"; import { createTable } from "./create"; import { shared } from "elsewhere";
          export const a = createTable("a", { id: text("id") });
          export const b = createTable("b", { id: text("id") }, (t) => [...shared(t)]);`,
      }),
    ).toEqual(["app_a(id)", "app_b(id) incomplete: some of its indexes are made by code that cannot be read"]);
  });
});

test("TypeORM entities", () => {
  expect(
    tableLines({
      "src/base.ts": `import { CreateDateColumn } from "typeorm"; export abstract class Base { @CreateDateColumn({ name: "created_at" }) createdAt: Date; }`,
      "src/entities.ts": `
        import { Entity, Column, PrimaryGeneratedColumn, Index, Unique, ManyToOne, OneToOne, OneToMany, JoinColumn } from "typeorm"; import { Base } from "./base";
        @Entity("users") @Index(["lastName", "first"]) @Unique("u", ["first"]) @Index("part", ["first"], { unique: true, where: '"x" IS NULL' })
        export class User extends Base {
          @PrimaryGeneratedColumn("uuid") id: string;
          @Column({ unique: true }) email: string;
          @Index() @Column({ name: "last_name" }) lastName: string;
          @Column("varchar") first: string;
          @OneToMany(() => Post, (post) => post.author) posts: Post[];
        }
        @Entity() export class BlogPost {
          @PrimaryGeneratedColumn() id: number;
          @ManyToOne(() => User, (user) => user.posts, { onDelete: "CASCADE" }) author: User;
          @OneToOne(() => User) @JoinColumn({ name: "editor_id" }) @Index() editor: User;
        }`,
    }),
  ).toEqual([
    "blog_post(id, authorId, editor_id) pk(id) unique(editor_id) index(editor_id) fk(authorId -> users.id cascade) fk(editor_id -> users.id)",
    'users(id, email, last_name, first, created_at) pk(id) unique(email) unique(first) index(last_name) index(last_name, first) unique index(first) where "x" IS NULL',
  ]);
});

test("MikroORM entities: foreign keys are indexed by its generator", () => {
  expect(
    tableLines({
      "src/entities.ts": `
        import { Entity, Property, PrimaryKey, ManyToOne, Index, Unique } from "@mikro-orm/core";
        @Entity({ tableName: "books" }) @Index({ properties: ["author", "title"] })
        export class Book {
          @PrimaryKey() id!: number;
          @Property({ index: true }) isbnCode!: string;
          @Property() @Unique() title!: string;
          @ManyToOne(() => Author, { onDelete: "cascade" }) author!: Author;
        }
        @Entity() export class Author { @PrimaryKey() id!: number; }`,
    }),
  ).toEqual([
    "author(id) pk(id)",
    "books(id, isbn_code, title, author_id) pk(id) unique(title) index(isbn_code) index(author_id) index(author_id, title) fk(author_id -> author.id cascade)",
  ]);
});

test("Sequelize: define, init, decorators, associations", () => {
  expect(
    tableLines({
      "models/user.js": `module.exports = (sequelize, DataTypes) => {
        const User = sequelize.define("User", { email: { type: DataTypes.STRING, unique: true }, teamId: { type: DataTypes.INTEGER, field: "team_id", references: { model: "teams", key: "id" } } },
          { tableName: "users", indexes: [{ fields: ["teamId", { name: "email", order: "DESC" }] }, { unique: true, fields: ["email"], where: { a: 1 } }] });
        User.associate = (models) => { User.belongsTo(models.Org, { foreignKey: "orgId", onDelete: "CASCADE" }); };
        return User;
      };`,
      "models/org.ts": `import { Model, DataTypes } from "sequelize"; class Org extends Model {} Org.init({ id: { type: DataTypes.UUID, primaryKey: true } }, { sequelize, modelName: "Org" });`,
      "models/note.ts": `import { Table, Column, ForeignKey, BelongsTo, Model, Index } from "sequelize-typescript"; import { Org } from "./org";
        @Table({ tableName: "notes", underscored: true }) export class Note extends Model { @Column id: number; @ForeignKey(() => Org) @Index @Column orgId: string; @BelongsTo(() => Org) org: Org; }`,
    }),
  ).toEqual([
    "Orgs(id) pk(id)",
    "notes(id, org_id) index(org_id) fk(org_id -> Orgs.id)",
    "users(id, email, team_id, orgId) pk(id) unique(email) index(team_id, email desc) unique index(email) where a = 1 fk(team_id -> teams.id) fk(orgId -> Orgs.id cascade)",
  ]);
});

test("Mongoose: field options, compound indexes, NestJS classes", () => {
  expect(
    tableLines({
      "src/user.js": `const mongoose = require("mongoose");
        const userSchema = new mongoose.Schema({ email: { type: String, unique: true }, team: { type: mongoose.Schema.Types.ObjectId, ref: "Team", index: true }, address: { city: String, zip: { type: String, index: "hashed" } }, tags: [String] });
        userSchema.index({ team: 1, createdAt: -1 });
        userSchema.index({ "address.city": "text" });
        module.exports = mongoose.model("User", userSchema);`,
      "src/cat.ts": `import { Schema, Prop, SchemaFactory } from "@nestjs/mongoose";
        @Schema({ collection: "felines" }) export class Cat { @Prop({ index: true }) name: string; @Prop() age: number; }
        export const CatSchema = SchemaFactory.createForClass(Cat);
        CatSchema.index({ name: 1, age: 1 }, { unique: true });`,
    }),
  ).toEqual([
    "felines(_id, name, age) pk(_id) index(name) unique index(name, age)",
    "users(_id, email, team, address.city, address.zip, tags) pk(_id) unique index(email) index(team) index hash (address.zip) index(team, createdAt desc) index text (address.city)",
  ]);
});

describe("migrations in code", () => {
  const expected = ["t(id, a, u) pk(id) index(a) fk(u -> users.id cascade)"];

  test.each([
    [
      "Knex",
      `exports.up = async (knex) => {
        await knex.schema.createTable("t", (table) => { table.increments(); table.string("a").notNullable().index(); table.integer("u").references("id").inTable("users").onDelete("CASCADE"); table.text("gone"); });
        await knex.schema.alterTable("t", function (table) { table.dropColumn("gone"); });
      };
      exports.down = (knex) => knex.schema.dropTable("t");`,
    ],
    [
      "Kysely",
      `export async function up(db) {
        await db.schema.createTable("t").addColumn("id", "serial", (c) => c.primaryKey()).addColumn("a", "text").addColumn("u", "integer", (c) => c.references("users.id").onDelete("cascade").notNull()).execute();
        await db.schema.createIndex("i").on("t").column("a").execute();
      }
      export async function down(db) { await db.schema.dropTable("t").execute(); }`,
    ],
    [
      "Sequelize",
      `module.exports = {
        up: async (queryInterface, Sequelize) => {
          await queryInterface.createTable("t", { id: { type: Sequelize.INTEGER, primaryKey: true }, a: { type: Sequelize.STRING } });
          await queryInterface.addColumn("t", "u", { type: Sequelize.INTEGER, references: { model: "users", key: "id" }, onDelete: "CASCADE" });
          await queryInterface.addIndex("t", ["a"], { name: "i" });
          await queryInterface.addIndex("t", { fields: ["u"], name: "j" });
          await queryInterface.removeIndex("t", "j");
        },
        down: async (queryInterface) => { await queryInterface.dropTable("t"); },
      };`,
    ],
    [
      "TypeORM",
      `import { MigrationInterface, QueryRunner, Table, TableIndex, TableForeignKey } from "typeorm";
      export class A1 implements MigrationInterface {
        public async up(queryRunner: QueryRunner): Promise<void> {
          await queryRunner.createTable(new Table({ name: "t", columns: [{ name: "id", type: "int", isPrimary: true }, { name: "a", type: "text" }, { name: "u", type: "int" }] }), true);
          await queryRunner.createIndex("t", new TableIndex({ name: "i", columnNames: ["a"] }));
          await queryRunner.createForeignKey("t", new TableForeignKey({ columnNames: ["u"], referencedTableName: "users", referencedColumnNames: ["id"], onDelete: "CASCADE" }));
        }
        public async down(queryRunner: QueryRunner): Promise<void> { await queryRunner.dropTable("t"); }
      }`,
    ],
    [
      "SQL in code",
      `import { Migration } from "@mikro-orm/migrations";
      export class M extends Migration {
        async up() { this.addSql('create table "t" ("id" uuid primary key, "a" text, "u" int references "users" ("id") on delete cascade);'); this.addSql(\`CREATE INDEX i ON t (a)\`); }
        async down() { this.addSql('drop table t'); }
      }`,
    ],
    [
      "db-migrate",
      `exports.up = function (db, cb) {
        async.series([
          db.createTable.bind(db, "t", { id: { type: "int", primaryKey: true }, a: { type: "string" } }),
          db.runSql.bind(db, "ALTER TABLE t ADD COLUMN u int REFERENCES users (id) ON DELETE CASCADE; CREATE INDEX i ON t (a);"),
        ], cb);
      };
      exports.down = (db, cb) => db.dropTable("t", cb);`,
    ],
    [
      "node-pg-migrate",
      `exports.up = (pgm) => { pgm.createTable("t", { id: "id", a: { type: "text" }, u: { type: "integer", references: "users", onDelete: "cascade" } }); pgm.createIndex("t", "a"); };
       exports.down = (pgm) => { pgm.dropTable("t"); };`,
    ],
  ])("%s", (_, text) => {
    const users = "CREATE TABLE users (id uuid PRIMARY KEY);";
    const lines = tableLines({
      "src/migrations/20240101000000-a.ts": text,
      "src/migrations/20230101000000_users.sql": users,
    });
    expect(lines.filter((line) => line.startsWith("t("))).toEqual(expected);
  });

  test("an index made in a loop over names may be on any table with the column", () => {
    expect(
      tableLines({
        "migrations/20240101000000-a.js": `exports.up = async (queryInterface) => {
          await queryInterface.createTable("a", { teamId: { type: "UUID" } });
          await queryInterface.createTable("b", { other: { type: "UUID" } });
          for (const name of names) await queryInterface.addIndex(name, ["teamId"]);
        };`,
      }),
    ).toEqual(["a(teamId) index(teamId)", "b(other)"]);
  });
});

describe("several sources of one table", () => {
  test("indexes are united, the model is shown, each index says where it is from", () => {
    const [table] = catalogOf({
      "prisma/schema.prisma":
        'datasource db {\n provider = "postgresql"\n}\nmodel T {\n id Int @id\n a Int\n b Int\n @@index([a])\n}',
      "prisma/migrations/1_a/migration.sql":
        'CREATE TABLE "T" ("id" int PRIMARY KEY, "a" int, "b" int);\nCREATE INDEX "T_a_idx" ON "T"("a");\nCREATE INDEX raw ON "T" (lower("b"::text));',
    }).tables;
    expect(table?.location.file).toBe("/case/prisma/schema.prisma");
    expect(table?.indexes.map(({ sources }) => sources)).toEqual([["prisma", "sql-migration"], ["sql-migration"]]);
  });

  test("a naming strategy: migrations know what columns are called", () => {
    expect(
      tableLines({
        "src/user.ts": `import { Entity, Column, Index, PrimaryColumn } from "typeorm"; @Entity("users") export class User { @PrimaryColumn() id: number; @Index() @Column() teamId: number; }`,
        "src/migrations/1700000000000-a.ts": `export class A { async up(q) { await q.query('CREATE TABLE "users" ("id" uuid PRIMARY KEY, "team_id" int)'); } }`,
      }),
    ).toEqual(["users(id, team_id) pk(id) index(team_id)"]);
  });

  test("packages have databases of their own, unless one has the migrations of another's models", () => {
    const sql = "CREATE TABLE users (id uuid PRIMARY KEY, name text, team int);";
    const drizzle = `import { pgTable, text } from "drizzle-orm/pg-core"; export const users = pgTable("users", { id: text("id"), name: text("name") });`;
    const apart = {
      "a/package.json": PACKAGE,
      "b/package.json": PACKAGE,
      "a/db/1_a.sql": sql,
      "b/db/1_a.sql": "CREATE TABLE users (uid serial, mail text);",
    };
    expect(tableLines(apart)).toHaveLength(2);
    expect(
      tableLines({
        "a/package.json": PACKAGE,
        "b/package.json": PACKAGE,
        "a/db/1_a.sql": sql,
        "b/src/schema.ts": drizzle,
      }),
    ).toEqual(["users(id, name, team) pk(id)"]);
  });

  test("of several tables with a name, the nearest is meant", () => {
    const catalog = catalogOf({
      "a/package.json": PACKAGE,
      "b/package.json": PACKAGE,
      "a/db/1_a.sql": "CREATE TABLE users (id uuid PRIMARY KEY);",
      "b/db/1_a.sql": "CREATE TABLE users (uid serial, mail text);",
    });
    expect(findTable(catalog, "users", { near: "/case/b/src/x.ts" })?.database).toBe("/case/b");
    expect(findTable(catalog, "users")).toBeUndefined();
  });

  test("a file of indexes alone belongs to the tables it names", () => {
    const files = {
      "package.json": PACKAGE,
      "a/package.json": PACKAGE,
      "a/schema.prisma": 'datasource db {\n provider = "postgresql"\n}\nmodel T {\n id Int @id\n x Int\n}',
      "sql/indexes.sql": 'CREATE INDEX ON "T" (x);\nCREATE INDEX ON nobody (y);',
      "src/browser.ts":
        'export function upgrade(store) { store.createIndex("surveyId", "surveyId", { unique: false }); }',
    };
    expect(tableLines(files)).toEqual(["T(id, x) pk(id) index(x)"]);
  });

  test("the driver at the root of a monorepo tells the engine", () => {
    const entity = `import { Entity, PrimaryColumn } from "typeorm"; @Entity("t") export class T { @PrimaryColumn() id: number; }`;
    const root = '{ "dependencies": { "pg": "8", "better-sqlite3": "9" } }';
    const [table] = catalogOf({
      "package.json": root,
      "apps/api/package.json": PACKAGE,
      "apps/api/src/t.ts": entity,
    }).tables;
    expect(table?.engine).toBe("postgresql");
  });

  test("a package that runs on several servers is looked at as on PostgreSQL", () => {
    const entity = `import { Entity, PrimaryColumn } from "typeorm"; @Entity("t") export class T { @PrimaryColumn() id: number; }`;
    const [table] = catalogOf({
      "package.json": '{ "dependencies": { "mysql2": "3", "pg": "8", "better-sqlite3": "9" } }',
      "src/t.ts": entity,
    }).tables;
    expect(table?.engine).toBe("postgresql");
  });

  test("what a migration creates as a view is one, whatever a model calls it", () => {
    const catalog = catalogOf({
      "package.json": PACKAGE,
      "prisma/schema.prisma":
        'datasource db {\n provider = "postgresql"\n}\nmodel Score {\n id Int @id\n userId Int\n}\nmodel Name {\n id Int @id\n}',
      "prisma/migrations/1_a/migration.sql":
        'CREATE TABLE "Name" (id int primary key); CREATE VIEW "Score" AS SELECT 1 AS id, 2 AS "userId";',
    });
    expect(catalog.tables.map(({ name, kind }) => `${name} ${kind}`).sort()).toEqual(["Name table", "Score view"]);
  });

  test("what serves a column", () => {
    const [table] = catalogOf({
      "db/1_a.sql":
        "CREATE TABLE t (id uuid PRIMARY KEY, a int, b int, c int); CREATE INDEX ON t (a, b); CREATE INDEX ON t (c) WHERE a = 1;",
    }).tables;
    const paths = table === undefined ? [] : accessPathsOf(table);
    expect(
      [["id"], ["a"], ["b", "a"], ["b"], ["c"]].map((columns) => leadingPrefix(paths, columns) !== undefined),
    ).toEqual([true, true, true, false, false]);
  });
});
