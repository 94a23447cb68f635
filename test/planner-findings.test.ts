/** From a file on disk to a finding that PostgreSQL's planner has confirmed, and to one it has denied. */
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { repositoryRoot } from "./harness/repository.js";
import { temporaryWorkspace, type TemporaryWorkspace } from "./harness/temporary-workspace.js";

const files = {
  "package.json": JSON.stringify({ dependencies: { "@prisma/client": "6.0.0", express: "5.0.0" } }),
  "prisma/schema.prisma": `datasource db {
  provider = "postgresql"
}
model Session {
  id     Int @id
  userId Int
}
model Plan {
  id   Int @id
  code Int
}
model Small {
  id   Int @id
  code Int
}
`,
  "src/app.ts": `import { PrismaClient } from "@prisma/client";
import express from "express";
const prisma = new PrismaClient();
const app = express();
app.get("/sessions/:id", async (request, response) => {
  await prisma.plan.findFirst({ where: { code: Number(request.query.code) } });
  await prisma.small.findMany({ where: { code: Number(request.query.code) } });
  response.json(await prisma.session.findMany({ where: { userId: Number(request.params.id) } }));
});
`,
};

const workspaces: TemporaryWorkspace[] = [];
afterAll(() => Promise.all(workspaces.map((workspace) => workspace.dispose())));

async function findings(config: object, plannerFile: string | undefined): Promise<readonly string[]> {
  const workspace = temporaryWorkspace({ ...files, "hotpath.config.json": JSON.stringify(config) });
  workspaces.push(workspace);
  const { service } = await workspace.open({
    cacheFolder: workspace.cache,
    overrides: { rules: ["unindexed-filter"] },
    ...(plannerFile === undefined ? {} : { plannerFile }),
  });
  while (await service.prove()) service.refresh();
  return service.allFindings().map(({ severity, range, message }) => `${severity} ${range.start.line} ${message}`);
}

const planner = path.join(repositoryRoot, "dist/planner-process.js");
const session = "no index serves the filter on `userId` of `Session`; an index on `Session (userId)` would";
const small = "no index serves the filter on `code` of `Small`; an index on `Small (code)` would";
const plan = "no index serves the filter on `code` of `Plan`; an index on `Plan (code)` would";

test(
  "what the planner confirms is a warning, what it denies is withdrawn, small tables are left alone",
  { timeout: 120_000 },
  async () => {
    const found = await findings(
      { tables: { Session: { rows: 2_000_000 }, Plan: { rows: 1_000 }, Small: { rows: 10 } } },
      planner,
    );
    expect(found).toEqual([
      expect.stringMatching(
        /^warning 8 no index serves the filter on `userId` of `Session`; .* PostgreSQL's planner would use it \(estimated cost 25,\d\d\d → 9.\d at 2,000,000 rows by `hotpath\.config\.json`\)$/,
      ),
    ]);
  },
);

test("without a planner, findings are information and say why", async () => {
  expect(await findings({ "planner.enable": false }, planner)).toEqual([
    `information 6 ${plan} (not confirmed: the planner is switched off)`,
    `information 7 ${small} (not confirmed: the planner is switched off)`,
    `information 8 ${session} (not confirmed: the planner is switched off)`,
  ]);
  expect(await findings({}, undefined)).toEqual([
    `information 6 ${plan} (not confirmed: no planner was started)`,
    `information 7 ${small} (not confirmed: no planner was started)`,
    `information 8 ${session} (not confirmed: no planner was started)`,
  ]);
});

test("a planner that cannot be started costs nothing but its word", { timeout: 60_000 }, async () => {
  const found = await findings({}, path.join(repositoryRoot, "dist/nothing-here.js"));
  expect(found).toHaveLength(3);
  for (const line of found)
    expect(line).toMatch(/^information \d .*\(not confirmed: the planner's process ended \(1\)\)$/);
});

test("an index typed into the schema takes the finding away, and leaving it out brings it back", async () => {
  const workspace = temporaryWorkspace(files);
  workspaces.push(workspace);
  const { service, lines } = await workspace.open({ overrides: { rules: ["unindexed-filter"] } });
  const session = (): readonly string[] => lines().filter((line) => line.startsWith("src/app.ts:8"));
  expect(session()).toHaveLength(1);
  const schema = workspace.at("prisma/schema.prisma");
  service.setOverlay(
    schema,
    files["prisma/schema.prisma"].replace("  userId Int\n", "  userId Int\n\n  @@index([userId])\n"),
  );
  service.refresh();
  expect(session()).toHaveLength(0);
  service.setOverlay(schema, undefined);
  service.refresh();
  expect(session()).toHaveLength(1);
});

test("SQL in code is understood where the schema is declared by something else", async () => {
  const workspace = temporaryWorkspace({
    "package.json": JSON.stringify({ dependencies: { knex: "3.0.0", pg: "8.0.0", express: "5.0.0" } }),
    "migrations/20240101_init.ts": `import type { Knex } from "knex";
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("parcels", (table) => {
    table.increments("id");
    table.integer("order_id");
  });
}
`,
    "src/app.ts": `import express from "express";
import { Pool } from "pg";
const pool = new Pool();
const app = express();
app.get("/parcels/:order", async (request, response) => {
  response.json(await pool.query("select * from parcels where order_id = $1", [request.params.order]));
});
`,
  });
  workspaces.push(workspace);
  const { lines } = await workspace.open({ overrides: { rules: ["unindexed-filter"] } });
  expect(lines()).toEqual(["src/app.ts:6 unindexed-filter"]);
});
