/** The packages that have a stand-in. */
import { drizzleClient, drizzleDriverModule, drizzleModule } from "./drizzle/client.js";
import { pgCoreModule } from "./drizzle/table.js";
import { Kysely, kyselyModule } from "./kysely.js";
import { knexClient, knexModule } from "./knex.js";
import { pgModule, pool } from "./pg.js";
import { postgresModule, postgresTag } from "./postgres-js.js";
import { PrismaClient, prismaModule } from "./prisma/client.js";
import { runSome } from "./promises.js";
import { outside } from "./stub.js";

const esModule = (exports: object): object => ({ __esModule: true, default: exports, ...exports });

const fixed: Readonly<Record<string, () => unknown>> = {
  pg: () => esModule(pgModule),
  "@prisma/client": () => prismaModule,
  knex: () => ({ __esModule: true, ...knexModule }),
  kysely: () => esModule(kyselyModule),
  "drizzle-orm": () => drizzleModule,
  "drizzle-orm/pg-core": () => pgCoreModule,
  postgres: () => ({ __esModule: true, ...postgresModule }),
  "p-limit": () => ({ __esModule: true, default: runSome.limit }),
  "p-map": () => ({ __esModule: true, default: runSome.map }),
};

/** What `require` gives for a package. */
export function library(specifier: string): unknown {
  const found = Object.hasOwn(fixed, specifier) ? fixed[specifier] : undefined;
  if (found !== undefined) return found();
  if (/^drizzle-orm\/(node-postgres|pglite|postgres-js|neon-http|neon-serverless|vercel-postgres)$/.test(specifier))
    return esModule(drizzleDriverModule);
  return outside(specifier.replace(/^node:/, ""));
}

/** A client made for a parameter. */
export function clientOf(name: string): unknown {
  switch (name) {
    case "@prisma/client":
      return new PrismaClient();
    case "knex":
      return knexClient();
    case "kysely":
      return new Kysely();
    case "drizzle-orm":
      return drizzleClient();
    case "postgres":
      return postgresTag;
    default:
      return pool();
  }
}
