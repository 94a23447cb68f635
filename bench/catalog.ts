/**
 * The schema catalog of 300 migrations: read cold, and brought up to date after one edit of the newest migration and of the Prisma schema.
 * Run with `npx tsx bench/catalog.ts`.
 */
import { createCatalogStore } from "../server/src/catalog/catalog-store.js";
import { loadPostgres } from "../server/src/syntax/postgres.js";

const MIGRATIONS = 300;
const EDITS = 20;

function migration(i: number): string {
  return `CREATE TABLE "T${i}" ("id" TEXT NOT NULL, "ownerId" TEXT NOT NULL, "name" VARCHAR(200), "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, CONSTRAINT "T${i}_pkey" PRIMARY KEY ("id"));
CREATE INDEX "T${i}_ownerId_createdAt_idx" ON "T${i}"("ownerId", "createdAt" DESC);
ALTER TABLE "T${Math.max(0, i - 1)}" ADD COLUMN "c${i}" JSONB;
ALTER TABLE "T${i}" ADD CONSTRAINT "T${i}_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "T0"("id") ON DELETE CASCADE ON UPDATE CASCADE;
`;
}

function model(i: number): string {
  return `model T${i} {\n  id String @id\n  ownerId String\n  name String? @db.VarChar(200)\n  createdAt DateTime @default(now())\n  owner T0 @relation(fields: [ownerId], references: [id], onDelete: Cascade)\n  @@index([ownerId, createdAt(sort: Desc)])\n}\n`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

async function main(): Promise<void> {
  const started = performance.now();
  await loadPostgres();
  const loaded = performance.now();
  const store = createCatalogStore();
  store.setManifests([{ path: "/bench/package.json", text: "{}" }]);
  const schema = [
    'datasource db {\n  provider = "postgresql"\n}\n',
    ...Array.from({ length: MIGRATIONS }, (_, i) => model(i)),
  ].join("");
  store.setText("/bench/prisma/schema.prisma", schema);
  for (let i = 0; i < MIGRATIONS; i++)
    store.setText(`/bench/prisma/migrations/${String(i).padStart(14, "2")}_m/migration.sql`, migration(i));
  const { tables } = store.catalog();
  const cold = performance.now() - loaded;

  const edit = (path: string, text: (i: number) => string): number =>
    median(
      Array.from({ length: EDITS }, (_, i) => {
        const before = performance.now();
        store.setText(path, text(i));
        store.catalog();
        return performance.now() - before;
      }),
    );
  const last = `/bench/prisma/migrations/${String(MIGRATIONS - 1).padStart(14, "2")}_m/migration.sql`;
  const afterSql = edit(last, (i) => `${migration(MIGRATIONS - 1)}CREATE INDEX "e${i}" ON "T1"("name");\n`);
  const afterPrisma = edit("/bench/prisma/schema.prisma", (i) => `${schema}// ${i}\nmodel E${i} {\n  id Int @id\n}\n`);
  const rows = [
    ["grammar loaded", loaded - started],
    [`${MIGRATIONS} migrations and a schema of ${tables.length} models, cold`, cold],
    ["after an edit of the last migration (median)", afterSql],
    ["after an edit of the schema (median)", afterPrisma],
  ] as const;
  for (const [what, ms] of rows) console.log(`${ms.toFixed(1).padStart(8)} ms  ${what}`);
}

void main();
