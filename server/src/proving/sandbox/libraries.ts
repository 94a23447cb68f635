/** The packages that have a stand-in. */
import { drizzleClient, drizzleDriverModule, drizzleModule } from "./drizzle/client.js";
import { pgCoreModule } from "./drizzle/table.js";
import { Kysely, kyselyModule } from "./kysely.js";
import { knexClient, knexModule } from "./knex.js";
import { pgModule, pool } from "./pg.js";
import { postgresModule, postgresTag } from "./postgres-js.js";
import { PrismaClient, prismaModule } from "./prisma/client.js";
import { runSome } from "./promises.js";
import { modelFor, mongooseModule, nestMongooseModule } from "./mongoose/module.js";
import { envModule, nextCacheModule, reactModule, zodModule } from "./passing.js";
import { sequelizeModule } from "./sequelize/module.js";
import { tsPatternModule } from "./ts-pattern.js";
import { nestTypeormModule, repositoryFor, typeormManager, typeormModule } from "./typeorm/module.js";
import { mysqlModule, mysqlPool } from "./mysql2/client.js";
import { outside } from "./stub.js";

const esModule = (exports: object): object => ({ __esModule: true, default: exports, ...exports });

const fixed: Readonly<Record<string, () => unknown>> = {
  pg: () => esModule(pgModule),
  mysql2: () => esModule(mysqlModule),
  "mysql2/promise": () => esModule(mysqlModule),
  "@prisma/client": () => prismaModule,
  knex: () => ({ __esModule: true, ...knexModule }),
  kysely: () => esModule(kyselyModule),
  "drizzle-orm": () => drizzleModule,
  "drizzle-orm/pg-core": () => pgCoreModule,
  postgres: () => ({ __esModule: true, ...postgresModule }),
  typeorm: () => typeormModule,
  "@nestjs/typeorm": () => nestTypeormModule,
  sequelize: () => sequelizeModule,
  "sequelize-typescript": () => sequelizeModule,
  mongoose: () => mongooseModule,
  "@nestjs/mongoose": () => nestMongooseModule,
  react: () => reactModule,
  "next/cache": () => nextCacheModule,
  "ts-pattern": () => tsPatternModule,
  "@t3-oss/env-nextjs": () => envModule,
  "@t3-oss/env-core": () => envModule,
  zod: () => zodModule,
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

/** A repository or model of an entity, made for a parameter. */
export function repositoryOf(library: string, target: unknown): unknown {
  return library === "mongoose" ? modelFor(target) : library === "sequelize" ? target : repositoryFor(target);
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
    case "typeorm":
      return typeormManager();
    case "mysql2":
      return mysqlPool();
    default:
      return pool();
  }
}
