/** Every dialect Hotpath knows. Adding a library means one file and one line here. */
import type { Dialect } from "./define-dialect.js";
import { drizzle } from "./drizzle.js";
import { globalFetch, http } from "./http.js";
import { knex } from "./knex.js";
import { kysely } from "./kysely.js";
import { mongoose } from "./mongoose.js";
import { mysql2 } from "./mysql2.js";
import { pg, pgPromise } from "./pg.js";
import { prisma } from "./prisma.js";
import { sequelize } from "./sequelize.js";
import { typeorm } from "./typeorm.js";

export const dialects: readonly Dialect[] = [
  prisma,
  typeorm,
  drizzle,
  knex,
  kysely,
  sequelize,
  mongoose,
  pg,
  pgPromise,
  mysql2,
  http,
  globalFetch,
];
