/** Small programs with a planted defect, written to a folder of their own. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Smallest program with a finding that needs two files: if it is found, parsing, linking and the rules work. */
export const LOOP_SAMPLE: Readonly<Record<string, string>> = {
  "package.json": '{ "name": "sample", "dependencies": { "pg": "8", "express": "4" } }',
  "users.ts":
    'import { Pool } from "pg";\nconst pool = new Pool();\nexport async function loadUser(id: string) {\n  return pool.query("select * from users where id = $1", [id]);\n}\n',
  "app.ts":
    'import express from "express";\nimport { loadUser } from "./users";\nconst app = express();\napp.get("/users", async (req, res) => {\n  const ids: string[] = req.body.ids;\n  const users = [];\n  for (const id of ids) users.push(await loadUser(id));\n  res.json(users);\n});\n',
};

/** A table and a query that no index of it serves: PostgreSQL's planner confirms that, or says why it cannot. */
export const PLANNER_SAMPLE: Readonly<Record<string, string>> = {
  "package.json": '{ "name": "sample", "dependencies": { "pg": "8", "express": "4" } }',
  "schema.sql": "CREATE TABLE users (id bigserial PRIMARY KEY, email text);\n",
  "app.ts":
    'import express from "express";\nimport { Pool } from "pg";\nconst pool = new Pool();\nconst app = express();\napp.get("/users", async (req, res) => {\n  res.json(await pool.query("select * from users where email = $1", [req.query.email]));\n});\n',
};

/** @param use Gets an absolute folder with `/` separators, which is removed afterwards. */
export async function withSample<T>(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "hotpath-health-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return await use(folder.replaceAll("\\", "/"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
