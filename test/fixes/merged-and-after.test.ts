/** Reads that are not asked through another row, and rows that are not put aside until their loop is through, because that would change what the code does. */
import { describe, expect, test } from "vitest";
import { fixesIn } from "../harness/apply-fix.js";

const SCHEMA = `datasource db {
  provider = "postgresql"
  url      = ""
}
model Team {
  id      String   @id
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
  id   String @id
  text String
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
    ["by the key of the relation that is meant", "await db.member.findMany({ where: { guestOf: team.id } })"],
    ["with conditions of a constant", "await db.member.findMany({ where: { teamId: team.id, ...narrowed } })"],
    ["counted", "await db.member.count({ where: { teamId: team.id, name: 'a' } })"],
  ])("%s", (_, query) => {
    expect(offered("query-per-promise", passes(query))).toEqual(["ask-parent"]);
  });

  test.each([
    ["a page of rows in no order", "await db.member.findMany({ where: { teamId: team.id }, take: 3 })"],
    ["what is spread may name the key again", "await db.member.findMany({ where: { teamId: team.id, ...other } })"],
    ["it begins in another tick", "(await use(team), await db.member.findMany({ where: { teamId: team.id } }))"],
    ["a second condition differs, too", "await db.member.findMany({ where: { teamId: team.id, name: team.code } })"],
    ["the key may be nothing", "await db.member.findMany({ where: { teamId: team.code } })"],
    ["the promise goes elsewhere", "use(db.member.findMany({ where: { teamId: team.id } })), []"],
    [
      "one in an order of its own",
      "await db.member.findFirst({ where: { teamId: team.id }, orderBy: { name: 'asc' } })",
    ],
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
