/** Schema files in an opened workspace: unsaved text, events on disk, ignore comments, broken SQL, saved results, and rules that read the catalog. */
import { afterEach, expect, test } from "vitest";
import { temporaryWorkspace, type TemporaryWorkspace } from "./harness/temporary-workspace.js";

const INIT = `CREATE TABLE users (id bigserial PRIMARY KEY);
CREATE TABLE orders (id bigserial PRIMARY KEY, user_id bigint REFERENCES users (id));
`;
const INDEX = "CREATE INDEX orders_user ON orders (user_id);\n";
const FOUND = "db/migrations/001_init.sql:2 unindexed-foreign-key";
const MODEL = `datasource db {
  provider = "postgresql"
}

model Post {
  id       Int  @id
  authorId Int
  author   User @relation(fields: [authorId], references: [id])
}

model User {
  id    Int    @id
  posts Post[]
}
`;

const made: TemporaryWorkspace[] = [];
afterEach(async () => {
  for (const workspace of made.splice(0)) await workspace.dispose();
});

function workspaceOf(files: Readonly<Record<string, string>>): TemporaryWorkspace {
  const workspace = temporaryWorkspace(files);
  made.push(workspace);
  return workspace;
}

test("an unsaved migration takes a finding in another file away, and brings it back", async () => {
  const workspace = workspaceOf({ "db/migrations/001_init.sql": INIT });
  const { service, lines } = await workspace.open();
  expect(lines()).toEqual([FOUND]);

  service.setOverlay(workspace.at("db/migrations/002_index.sql"), INDEX);
  expect(service.refresh().changed).toContain(workspace.at("db/migrations/001_init.sql"));
  expect(lines()).not.toContain(FOUND);

  service.setOverlay(workspace.at("db/migrations/002_index.sql"), undefined);
  service.refresh();
  expect(lines()).toEqual([FOUND]);
});

test("events on disk are followed, created and deleted files too", async () => {
  const workspace = workspaceOf({ "prisma/schema.prisma": MODEL });
  const { service, lines } = await workspace.open();
  const file = workspace.at("prisma/schema.prisma");
  expect(lines()).toEqual(["prisma/schema.prisma:7 unindexed-foreign-key"]);

  workspace.write({ "prisma/schema.prisma": MODEL.replace("[id])\n}", "[id])\n\n  @@index([authorId])\n}") });
  await service.fileEvents([{ path: file, kind: "changed" }]);
  expect(service.refresh().changed).toEqual([file]);
  expect(lines()).toEqual([]);

  workspace.write({ "db/1_a.sql": INIT });
  await service.fileEvents([{ path: workspace.at("db/1_a.sql"), kind: "created" }]);
  service.refresh();
  expect(lines()).toEqual(["db/1_a.sql:2 unindexed-foreign-key"]);
});

test("comments ignore findings in SQL and Prisma schemas, and stale ones are told", async () => {
  const ignore = "-- hotpath-ignore-next-line unindexed-foreign-key -- users are never deleted\n";
  const workspace = workspaceOf({
    "db/migrations/001_init.sql": INIT.replace("CREATE TABLE orders", `${ignore}CREATE TABLE orders`),
    "prisma/schema.prisma": MODEL.replace(
      "  authorId",
      "  // hotpath-ignore-next-line missing-index -- few posts\n  authorId",
    ),
  });
  const { service, lines } = await workspace.open();
  expect(lines()).toEqual([]);

  service.setOverlay(workspace.at("db/migrations/002_index.sql"), INDEX);
  service.refresh();
  expect(lines().filter((line) => !line.includes("locking"))).toEqual([
    "db/migrations/001_init.sql:2 stale-suppression",
  ]);
});

test("broken SQL is a problem with its place, and the rest is read", async () => {
  const workspace = workspaceOf({
    "db/migrations/001_init.sql": `CREATE TABEL x;\nCREATE TABLE y (a int,, b uuid);\n${INIT}`,
  });
  const { service, lines } = await workspace.open();
  expect(lines()).toEqual(["db/migrations/001_init.sql:4 unindexed-foreign-key"]);
  expect(service.problems().map(({ message }) => message)).toEqual([
    expect.stringMatching(/^line 1, column 8: syntax error/),
  ]);
});

test("saved results hold until a schema file changes", async () => {
  const workspace = workspaceOf({ "db/migrations/001_init.sql": INIT, "src/a.ts": "export const a = 1;\n" });
  const options = { cacheFolder: workspace.cache, build: "test" };
  const first = await workspace.open(options);
  expect(first.lines()).toEqual([FOUND]);
  await first.service.close();

  const second = await workspace.open(options);
  expect(second.lines()).toEqual([FOUND]);
  second.service.setOverlay(workspace.at("db/migrations/002_index.sql"), INDEX);
  second.service.refresh();
  expect(second.lines()).not.toContain(FOUND);
  await second.service.close();

  workspace.write({ "db/migrations/001_init.sql": INIT + INDEX });
  const third = await workspace.open(options);
  expect(third.lines()).toEqual([]);
});

test("files that say what a folder ignores are respected, and tests are left alone", async () => {
  const workspace = workspaceOf({
    ".gitignore": "tmp/\n",
    "tmp/1_a.sql": INIT,
    "test/fixtures/1_a.sql": INIT,
    "examples/1_a.sql": INIT,
  });
  expect((await workspace.open()).lines()).toEqual([]);
});

test("a hover over a finding in a schema explains it", async () => {
  const { service } = await workspaceOf({ "prisma/schema.prisma": MODEL }).open();
  const file = made[0]?.at("prisma/schema.prisma") ?? "";
  const hover = service.hover(file, MODEL.indexOf("authorId") + 2);
  expect(hover?.markdown).toContain("no index serves the foreign key");
  expect(MODEL.slice(hover?.start, hover?.end)).toBe("authorId");
  expect(service.hover(file, 0)).toBeUndefined();
});

test("migrations in code are read although nothing imports them", async () => {
  const migration = (sql: string): string =>
    `exports.up = (db) => db.runSql(\`${sql}\`);\nexports.down = (db) => db.runSql("drop table b");\n`;
  const workspace = workspaceOf({
    "package.json": '{ "name": "sample", "dependencies": { "pg": "8" } }',
    "src/migrations/20240101000000-a.js": migration("create table a (id uuid primary key)"),
    "src/migrations/20240102000000-b.js": migration(
      "\n  create table b (\n    id uuid primary key,\n    a_id uuid references a (id)\n  )",
    ),
  });
  expect((await workspace.open()).lines()).toEqual(["src/migrations/20240102000000-b.js:4 unindexed-foreign-key"]);
});
