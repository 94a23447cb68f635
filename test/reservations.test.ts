/** A repeated query that is no warning says why. */
import { expect, test } from "vitest";
import { analyzeFiles, ROOT } from "./harness/check-case.js";

/** What is said beside the findings of one file, without the places of loops and calls. */
function reservations(text: string): readonly (string | undefined)[] {
  const host = analyzeFiles({ "src/use.ts": text }, { rules: ["n-plus-one"] });
  return host
    .findings(`${ROOT}/src/use.ts`)
    .flatMap(({ related = [] }) => related.map(({ message }) => message))
    .filter((message) => message.startsWith("less "));
}

const pg = 'import { Pool } from "pg";\nconst pool = new Pool();\n';
const loop = (before: string, after: string): string => `${pg}const known = new Map<string, unknown>();
async function user(id: string) {
  ${before}
  const { rows } = await pool.query("SELECT * FROM users WHERE id = $1", [id]);
  ${after}
  return rows[0];
}
export async function load(ids: string[]) {
  const found: unknown[] = [];
  for (const id of ids) found.push(await user(id));
  return found;
}
`;

test("a plain query in a loop has none", () => {
  expect(reservations(loop("", ""))).toEqual([]);
});

test("a cache that is asked first", () => {
  expect(reservations(loop("if (known.has(id)) return known.get(id);", "known.set(id, rows[0]);"))).toEqual([
    "less urgent: a cache or a check stands before it",
  ]);
});

test("a database inside the process", () => {
  const text = `import Database from "better-sqlite3";
const db = new Database("app.db");
export function save(names: string[]) {
  for (const name of names) db.prepare("INSERT INTO tags (name) VALUES (?)").run(name);
}
`;
  expect(reservations(text)).toEqual(["less urgent: the database is inside the process"]);
});

test("elements that are a handful by their name", () => {
  const text = `${pg}export async function load(roles: string[]) {
  for (const role of roles) await pool.query("SELECT * FROM grants WHERE role = $1", [role]);
}
`;
  expect(reservations(text)).toEqual(["less urgent: by its name this is a handful of things"]);
});
