// A small backend with one finding, one clean file and a helper in a third, so that edits have effects across files.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const FILES = {
  "package.json": '{ "name": "sample", "dependencies": { "express": "4.19.2", "pg": "8.11.5" } }\n',
  "src/users.ts": `import { Pool } from "pg";

const pool = new Pool();

export async function loadUser(id: string) {
  const { rows } = await pool.query("select id, name from users where id = $1", [id]);
  return rows[0];
}

export async function loadUsers(ids: string[]) {
  const { rows } = await pool.query("select id, name from users where id = any($1)", [ids]);
  return rows;
}
`,
  "src/app.ts": `import express from "express";
import { loadUser } from "./users";

const app = express();

app.post("/users", async (request, response) => {
  const ids: string[] = request.body.ids;
  const users = [];
  for (const id of ids) {
    users.push(await loadUser(id));
  }
  response.json(users);
});

app.listen(3000);
`,
  "src/clean.ts": `import { loadUsers } from "./users";

export async function names(ids: string[]) {
  const users = await loadUsers(ids);
  return users.map((user) => user.name);
}
`,
};

export function writeWorkspace(folder, files = FILES) {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return folder;
}
