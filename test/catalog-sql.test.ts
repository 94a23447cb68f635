/** SQL migrations of every tool become tables: statements, order, engines, broken text. */
import { describe, expect, test } from "vitest";
import { compareVersions } from "../server/src/catalog/migration-sets.js";
import { catalogOf, tableLines } from "./harness/catalog-lines.js";

describe("PostgreSQL statements", () => {
  test("keys, constraints and columns, wherever they are written", () => {
    expect(
      tableLines({
        "db/1_a.sql": `
          CREATE TABLE users (id bigserial PRIMARY KEY, email varchar(200) NOT NULL UNIQUE, "Odd Name" text);
          CREATE TABLE public.orders (
            tenant int, nr int, user_id bigint REFERENCES users ON DELETE CASCADE, code uuid,
            PRIMARY KEY (tenant, nr), CONSTRAINT orders_code UNIQUE (code, tenant),
            FOREIGN KEY (code) REFERENCES codes (uuid) ON DELETE SET NULL
          );`,
      }),
    ).toEqual([
      "orders(tenant, nr, user_id, code) pk(tenant, nr) unique(code, tenant) fk(user_id -> users.id cascade) fk(code -> codes.uuid set null)",
      "users(id, email, Odd Name) pk(id) unique(email)",
    ]);
  });

  test("indexes of every kind", () => {
    expect(
      tableLines({
        "db/1_a.sql": `CREATE TABLE t (a int, b text, c jsonb, d timestamptz);
          CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i1 ON ONLY t USING btree (a DESC NULLS LAST, lower(b)) INCLUDE (d) WHERE ((d IS NULL) AND b = 'x'::text);
          CREATE INDEX ON t USING gin (c jsonb_path_ops);
          CREATE INDEX ON t USING brin (d);
          CREATE INDEX ON t (b text_pattern_ops, (a));`,
      }),
    ).toEqual([
      "t(a, b, c, d) unique concurrent index(a desc nulls last, [lower(b)]) include(d) where d is null and b = 'x' index gin (c jsonb_path_ops) index brin (d) index(b text_pattern_ops, a)",
    ]);
  });

  test("later statements change what earlier ones made", () => {
    expect(
      tableLines({
        "db/1_a.sql": `CREATE TABLE a (id int PRIMARY KEY, x int, y int CONSTRAINT y_b REFERENCES b, z int UNIQUE);
          CREATE INDEX ax ON a (x); CREATE INDEX ay ON a (y); CREATE TABLE gone (id int);`,
        "db/2_b.sql": `ALTER TABLE a RENAME COLUMN x TO w; ALTER TABLE a DROP COLUMN y, ADD COLUMN v text REFERENCES c (k), ALTER COLUMN w SET NOT NULL;
          ALTER TABLE a DROP CONSTRAINT a_z_key; ALTER TABLE a RENAME TO aa; ALTER INDEX ax RENAME TO aw; DROP TABLE gone CASCADE;`,
        "db/3_c.sql":
          "DROP INDEX IF EXISTS public.aw; CREATE INDEX ON aa (v); ALTER TABLE aa ADD CONSTRAINT u UNIQUE (w, v);",
      }),
    ).toEqual(["aa(id, w, z, v) pk(id) unique(w, v) index(v) fk(v -> c.k)"]);
  });

  test("blocks that tolerate what is there already, unique constraints over an index, views, enum types", () => {
    const catalog = catalogOf({
      "db/1_a.sql": `CREATE TYPE state AS ENUM ('on', 'off');
        CREATE TABLE a (id int, s state); CREATE UNIQUE INDEX ui ON a (id); CREATE VIEW v AS SELECT 1; CREATE MATERIALIZED VIEW m AS SELECT 1;
        DO $$ BEGIN ALTER TABLE "a" ADD CONSTRAINT "f" FOREIGN KEY ("id") REFERENCES "public"."b"("id") ON DELETE cascade ON UPDATE no action; EXCEPTION WHEN duplicate_object THEN null; END $$;
        ALTER TABLE a ADD CONSTRAINT uc UNIQUE USING INDEX ui;`,
    });
    const [a, m, v] = catalog.tables;
    expect([a?.name, a?.uniques.length, a?.indexes.length, a?.foreignKeys[0]?.onDelete]).toEqual([
      "a",
      1,
      0,
      "cascade",
    ]);
    expect(a?.columns[1]?.values).toEqual(["on", "off"]);
    expect([m?.kind, v?.kind]).toEqual(["materialized-view", "view"]);
  });

  test("partitions know their parent", () => {
    const { tables } = catalogOf({
      "db/1_a.sql":
        "CREATE TABLE e (id int, at date) PARTITION BY RANGE (at); CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');",
    });
    expect(tables.map(({ name, partitionOf }) => [name, partitionOf])).toEqual([
      ["e", undefined],
      ["e1", "e"],
    ]);
  });

  test("places are those of names, also behind characters of several bytes", () => {
    const text = "/* größe 😀 */ CREATE TABLE t (id int, owner int REFERENCES u (id));";
    const [table] = catalogOf({ "db/1_a.sql": text }).tables;
    const span = table?.columns[1]?.location.span;
    expect(text.slice(span?.start, span?.end)).toBe("owner");
  });
});

describe("MySQL and SQLite", () => {
  test("keys inside tables, and InnoDB's own indexes", () => {
    expect(
      tableLines({
        "db/1_a.sql":
          "CREATE TABLE `orders` (\n `id` int(11) NOT NULL AUTO_INCREMENT,\n `user_id` int NOT NULL COMMENT 'it''s; (a) `b`',\n `note` varchar(255) DEFAULT NULL,\n `key` text,\n PRIMARY KEY (`id`),\n UNIQUE KEY `u` (`note`(10) DESC),\n KEY `k` (`user_id`,`note`),\n FULLTEXT KEY `f` (`note`),\n CONSTRAINT `fk` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE ON UPDATE NO ACTION\n) ENGINE=InnoDB DEFAULT CHARSET=utf8;\nALTER TABLE `orders` ADD INDEX `i` USING BTREE (`key`(5)), DROP KEY `k`, CHANGE COLUMN `note` `remark` varchar(20) NOT NULL, ADD COLUMN (`a` int, `b` int UNIQUE);",
      }),
    ).toEqual([
      "orders(id, user_id, remark, key, a, b) pk(id) unique(remark) unique(b) index fulltext (remark) index(key 5) fk(user_id -> users.id cascade)",
    ]);
  });

  test("SQLite's way of changing a table", () => {
    expect(
      tableLines({
        "db/1_a.sql": `PRAGMA foreign_keys=OFF; CREATE TABLE "A" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, [b c] text);`,
        "db/2_b.sql": `CREATE TABLE "new_A" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "x" DATETIME);
          INSERT INTO "new_A" SELECT * FROM "A"; DROP TABLE "A"; ALTER TABLE "new_A" RENAME TO "A"; CREATE INDEX "A_x" ON "A"("x" COLLATE NOCASE DESC) WHERE "x" > 0;`,
      }),
    ).toEqual(["A(id, x) pk(id) index(x desc) where x > 0"]);
  });
});

describe("tools", () => {
  const made = {
    "001": "CREATE TABLE t (a int, b int);",
    "002": "CREATE INDEX one ON t (a);",
    "003": "DROP INDEX one; CREATE INDEX ON t (b);",
  };
  const expected = ["t(a, b) index(b)"];

  test.each([
    ["Flyway", ["V1__a.sql", "V2__b.sql", "V10__c.sql"]],
    ["Prisma", ["20240101_a/migration.sql", "20240102_b/migration.sql", "20240103_c/migration.sql"]],
    ["plain numbers", ["1-a.sql", "2-b.sql", "10-c.sql"]],
    ["Atlas and Supabase", ["20240101000000_a.sql", "20240102000000_b.sql", "20240103000000_c.sql"]],
    ["Hasura", ["1_a/up.sql", "2_b/up.sql", "10_c/up.sql"]],
    ["folders by year", ["2023/9_a.sql", "2024/1_b.sql", "2024/11_c.sql"]],
  ])("%s", (_, names) => {
    const texts = Object.values(made);
    const entries = names.map((name, i): [string, string] => [`db/migrations/${name}`, texts[i] ?? ""]);
    const files = Object.fromEntries(entries.reverse());
    expect(
      tableLines({
        ...files,
        "db/migrations/5_x.down.sql": "DROP TABLE t;",
        "db/migrations/5_x/down.sql": "DROP TABLE t;",
      }),
    ).toEqual(expected);
  });

  test.each([
    ["dbmate", "-- migrate:up\nCREATE TABLE t (a int);\n\n-- migrate:down\nDROP TABLE t;\n"],
    ["goose", "-- +goose Up\nCREATE TABLE t (a int);\n-- +goose Down\nDROP TABLE t;\n"],
    ["node-pg-migrate", "-- Up Migration\nCREATE TABLE t (a int);\n-- Down Migration\nDROP TABLE t;\n"],
  ])("%s keeps both directions in one file", (_, text) => {
    expect(tableLines({ "db/migrations/1_a.sql": text })).toEqual(["t(a)"]);
  });

  test("Drizzle applies what its journal lists, in that order", () => {
    const journal = JSON.stringify({
      version: "7",
      dialect: "postgresql",
      entries: [
        { idx: 0, tag: "0001_b" },
        { idx: 1, tag: "0000_a" },
      ],
    });
    expect(
      tableLines({
        "drizzle/meta/_journal.json": journal,
        "drizzle/0000_a.sql": `DROP INDEX "i";--> statement-breakpoint\nCREATE INDEX "j" ON "t" ("b");`,
        "drizzle/0001_b.sql": `CREATE TABLE "t" ("a" text, "b" text);--> statement-breakpoint\nCREATE INDEX "i" ON "t" USING btree ("a");`,
        "drizzle/0002_not_applied.sql": `DROP TABLE "t";`,
      }),
    ).toEqual(["t(a, b) index(b)"]);
  });

  test("a dump: data is skipped, keys are added at the end", () => {
    expect(
      tableLines({
        "db/structure.sql": `SET search_path = public;\n\\restrict x\nCREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE no (a int); END $$;
CREATE TABLE public.t (id bigint NOT NULL, u bigint);
COPY public.t (id, u) FROM stdin;\n1\t2\n'; CREATE TABLE not_this (a int);\n\\.\n
ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);
CREATE INDEX t_u ON public.t USING btree (u);`,
      }),
    ).toEqual(["t(id, u) pk(id) index(u)"]);
  });

  test("versions compare by value", () => {
    const names = ["V10__a", "V2.1__c", "V2__b", "R__z", "20240101_x", "9_y", "010_q", "2023/11_a", "2023/2_a"];
    const sorted = [...names].sort(compareVersions);
    expect(sorted).toEqual([
      "V2__b",
      "V2.1__c",
      "9_y",
      "010_q",
      "V10__a",
      "2023/2_a",
      "2023/11_a",
      "20240101_x",
      "R__z",
    ]);
  });
});

describe("bad input", () => {
  test("one broken statement costs itself, and is told once with its place", () => {
    const text =
      "CREATE TABLE a (id uuid);\nCREATE TABLE b (id int,, x text);\nALTER TABEL c;\nCREATE INDEX ON a (id);\nCREATE TABLE d (x 'unterminated;\n\nCREATE TABLE e (id int);";
    const catalog = catalogOf({ "db/1_a.sql": text });
    expect(catalog.tables.map(({ name }) => name)).toEqual(["a", "b", "d", "e"]);
    expect(catalog.tables[0]?.indexes).toHaveLength(1);
    expect(catalog.problems).toHaveLength(1);
    expect(text.slice(catalog.problems[0]?.at.span.start).startsWith(", x text")).toBe(true);
  });

  test("half-typed statements, unknown types and text that is no SQL", () => {
    for (const text of [
      "CREATE",
      "CREATE TABLE",
      "CREATE TABLE t",
      "CREATE TABLE t (",
      "CREATE TABLE t (a",
      "ALTER TABLE t ADD",
      "CREATE INDEX ON",
      "(((",
      "'",
      "\0\0",
      "DROP TABLE",
    ])
      expect(() => catalogOf({ "db/1_a.sql": text })).not.toThrow();
    expect(
      tableLines({ "db/1_a.sql": "CREATE TABLE t (a geometry(Point, 4326), b my.type[] , c vector(3));" }),
    ).toEqual(["t(a, b, c)"]);
  });

  test("contradictory migrations", () => {
    expect(
      tableLines({
        "db/1_a.sql":
          "CREATE TABLE t (a uuid); CREATE TABLE t (b int); DROP TABLE never; DROP INDEX never; ALTER TABLE t DROP COLUMN nope; ALTER TABLE x ADD COLUMN a int;",
      }),
    ).toEqual(["t(a, b)", "x(a) incomplete: the statement that creates it is not in the workspace"]);
  });

  test("foreign keys in a circle", () => {
    expect(
      tableLines({
        "db/1_a.sql":
          "CREATE TABLE a (id uuid PRIMARY KEY, b uuid REFERENCES b, s uuid REFERENCES a); CREATE TABLE b (id uuid PRIMARY KEY, a uuid REFERENCES a (id));",
      }),
    ).toEqual(["a(id, b, s) pk(id) fk(b -> b.id) fk(s -> a.id)", "b(id, a) pk(id) fk(a -> a.id)"]);
  });

  test("a dump of ten megabytes is read in a few seconds", () => {
    const table = (i: number): string =>
      `CREATE TABLE t${i} (id bigserial PRIMARY KEY, a text, o bigint REFERENCES t1 (id));\nCREATE INDEX ON t${i} (a);\n`;
    const insert = `INSERT INTO t1 VALUES ${Array.from({ length: 500 }, (_, i) => `(${i}, 'some; text (${i})', NULL)`).join(", ")};\n`;
    const text = Array.from({ length: 500 }, (_, i) => table(i) + insert).join("");
    expect(text.length).toBeGreaterThan(8_000_000);
    const started = performance.now();
    expect(catalogOf({ "db/dump.sql": text }).tables).toHaveLength(500);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe("engines that names in backticks may mean", () => {
  const engines = (files: Readonly<Record<string, string>>): readonly string[] => [
    ...new Set(catalogOf(files).tables.map(({ engine }) => engine)),
  ];

  test("SQLite's own types and keys are no MySQL", () => {
    const made = "CREATE TABLE `notes` (\n  `id` text PRIMARY KEY NOT NULL,\n  `at` integer\n);\n";
    expect(engines({ "db/0000_a.sql": made, "db/0001_b.sql": "ALTER TABLE `notes` ADD `body` text;" })).toEqual([
      "sqlite",
    ]);
  });

  test("other types are MySQL's", () => {
    expect(
      engines({ "db/0000_a.sql": "CREATE TABLE `notes` (\n  `id` int NOT NULL,\n  `title` varchar(40)\n);" }),
    ).toEqual(["mysql"]);
  });
});
