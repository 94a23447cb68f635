/** What is not offered, because it would change what the code does: reads asked through another row, rows put aside until their loop is through, rows by several keys. */
import { describe, expect, test } from "vitest";
import { fixesIn } from "../harness/apply-fix.js";

const SCHEMA = `datasource db {
  provider = "postgresql"
  url      = ""
}
model Team {
  id      String   @id
  code    String
  members Member[]
  guests  Member[] @relation("guests")
}
model Member {
  id      String  @id
  name    String
  teamId  String
  team    Team    @relation(fields: [teamId], references: [id])
  guestOf String?
  host    Team?   @relation("guests", fields: [guestOf], references: [id])
}
model Log {
  id    String @id
  text  String
  notes Note[]
}
model Note {
  id    String @id
  logId String
  log   Log    @relation(fields: [logId], references: [id])
}
model Price {
  id     String  @id
  listId String
  code   String
  large  BigInt
  note   String?
  day    DateTime
  @@unique([listId, code])
}
`;

/** Ids of all fixes of a rule, in a file with a client and names for whatever else is done. */
function offered(rule: string, body: string): readonly string[] {
  const text = `import { type Prisma, PrismaClient } from "@prisma/client";
const db = new PrismaClient();
declare function use(...all: unknown[]): Promise<void>;
${body}
`;
  const found = fixesIn({ "prisma/schema.prisma": SCHEMA, "src/a.ts": text }, rule);
  expect(found.length, "the loop is found").toBeGreaterThan(0);
  return found.flatMap(({ fixes }) => fixes.map(({ id }) => id));
}

function passes(query: string): string {
  return `export async function f(teams: { id: string; code: string }[], other: { teamId?: string }) {
  const narrowed = { name: "a" };
  return Promise.all(teams.map(async (team) => { try { return ${query}; } catch { return []; } }));
}`;
}

describe("a read through another row", () => {
  test.each([
    ["by its key", "db.member.findMany({ where: { teamId: team.id } })"],
    ["in their order", "await db.member.findMany({ where: { teamId: team.id }, orderBy: { name: 'asc' } })"],
    ["by the key of the relation that is meant", "await db.member.findMany({ where: { guestOf: team.id } })"],
    ["with conditions of a constant", "await db.member.findMany({ where: { teamId: team.id, ...narrowed } })"],
    ["by the relation itself", "await db.member.findMany({ where: { team: { id: team.id }, name: 'a' } })"],
    ["counted", "await db.member.count({ where: { teamId: team.id, name: 'a' } })"],
  ])("%s", (_, query) => {
    expect(offered("query-per-promise", passes(query))).toEqual(["ask-parent"]);
  });

  test.each([
    ["a page of each", "await db.member.findMany({ where: { teamId: team.id }, orderBy: { name: 'asc' }, take: 3 })"],
    ["what is spread may name the key again", "await db.member.findMany({ where: { teamId: team.id, ...other } })"],
    ["it begins in another tick", "(await use(team), await db.member.findMany({ where: { teamId: team.id } }))"],
    ["a second condition differs, too", "await db.member.findMany({ where: { teamId: team.id, name: team.code } })"],
    ["the key may be nothing", "await db.member.findMany({ where: { teamId: team.code } })"],
    ["the promise goes elsewhere", "use(db.member.findMany({ where: { teamId: team.id } })), []"],
    [
      "one in an order of its own",
      "await db.member.findFirst({ where: { teamId: team.id }, orderBy: { name: 'asc' } })",
    ],
    ["a relation by something else", "await db.member.findMany({ where: { team: { code: team.id } } })"],
    ["no equality", "await db.member.findMany({ where: { teamId: { not: team.id } } })"],
    ["the column is no key", "await db.member.findMany({ where: { name: team.id } })"],
  ])("not offered: %s", (_, query) => {
    expect(offered("query-per-promise", passes(query))).toEqual([]);
  });
});

function written(pass: string, around = (loop: string): string => loop): string {
  return `export async function f(teams: { id: string; name: string }[]) {
  await db.$transaction(async (tx) => {
    ${around(`for (const team of teams) {
      await use(team);
      ${pass}
    }`)}
  });
}`;
}

const INSERT = "await tx.log.create({ data: { id: team.id, text: team.name } });";

describe("rows put aside", () => {
  test.each([
    ["beside other work", INSERT],
    ["beside a row of another table", `await tx.price.deleteMany({ where: { code: team.id } }); ${INSERT}`],
    ["under a condition", `if (team.name !== "") { ${INSERT} }`],
    ["of a loop that may stop", `if (team.name === "") break; ${INSERT}`],
  ])("%s", (_, pass) => {
    expect(offered("write-in-loop", written(pass))).toEqual(["write-after-loop"]);
  });

  test.each([
    ["a later pass reads the table", `use(await tx.log.findMany()); ${INSERT}`],
    ["another statement changes the table", `await tx.log.deleteMany({}); ${INSERT}`],
    ["SQL that cannot be read may look at it", `await tx.$executeRawUnsafe(team.name); ${INSERT}`],
    ["a call that cannot be seen into is given the transaction", `await use(tx); ${INSERT}`],
    ["it is given it among other things", `await use({ tx }); ${INSERT}`],
    [
      "another row refers to it",
      `${INSERT} await tx.note.updateMany({ where: { id: team.name }, data: { logId: team.id } });`,
    ],
    ["the answer is used", INSERT.replace("await", "const row = await") + " use(row);"],
    ["the loop is left with a value", `if (team.name === "") return; ${INSERT}`],
    ["a failure is dealt with in its pass", `try { ${INSERT} } catch {}`],
    ["a failure is dealt with around the loop", INSERT, (loop: string) => `try { ${loop} } catch {}`],
    [
      "a pass writes several",
      `for (const n of [team.name, team.id]) { await tx.log.create({ data: { id: n, text: n } }); }`,
    ],
    [
      "each pass has a transaction of its own",
      INSERT.replace("await tx", "await db.$transaction(async (tx) => { await tx") + " });",
    ],
    ["it is not part of the transaction", INSERT.replace("tx.", "db.")],
  ] as const)("not offered: %s", (_, pass, around?: (loop: string) => string) => {
    expect(offered("write-in-loop", written(pass, around))).not.toContain("write-after-loop");
  });
});

describe("rows by several keys", () => {
  const loop = (query: string): string => `export async function f(
  items: { listId: string; code: string; large: bigint; note: string | null; day: Date }[],
) {
  for (const item of items) await use(${query});
}`;

  test.each([
    ["rows", "await db.price.findMany({ where: { listId: item.listId, code: item.code } })"],
    ["one of a unique key", "await db.price.findFirst({ where: { listId: item.listId, code: item.code, note: 'a' } })"],
    ["by its name", "await db.price.findUnique({ where: { listId_code: { listId: item.listId, code: item.code } } })"],
  ])("%s", (_, query) => {
    expect(offered("query-in-loop", loop(query))).toEqual(["load-before-loop"]);
  });

  test.each([
    ["one of which may be nothing", "await db.price.findMany({ where: { listId: item.listId, note: item.note } })"],
    ["a large integer", "await db.price.findMany({ where: { listId: item.listId, large: item.large } })"],
    ["a date", "await db.price.findMany({ where: { listId: item.listId, day: item.day } })"],
    ["the first of several", "await db.price.findFirst({ where: { listId: item.listId, note: item.code } })"],
    [
      "one of them is no equality",
      "await db.price.findMany({ where: { listId: item.listId, code: { contains: item.code } } })",
    ],
    ["either of them", "await db.price.findMany({ where: { OR: [{ listId: item.listId }, { code: item.code }] } })"],
    ["only some rows of each", "await db.price.findMany({ where: { listId: item.listId, code: item.code }, take: 2 })"],
  ])("not offered: %s", (_, query) => {
    expect(offered("query-in-loop", loop(query))).toEqual([]);
  });
});
