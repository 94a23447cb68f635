/** Which library's queries can be asked for many keys at once, and by whom they are taken apart. */
import type { KeyedRead, ReadQuestion } from "./keyed-read.js";
import { readDrizzle } from "./read-drizzle.js";
import { readKnex } from "./read-knex.js";
import { readKysely } from "./read-kysely.js";
import { readMikroOrm } from "./read-mikro-orm.js";
import { readMongoose } from "./read-mongoose.js";
import { readPrisma } from "./read-prisma.js";
import { readSequelize } from "./read-sequelize.js";
import { readPg, readPostgresJs } from "./read-sql.js";
import { readTypeorm } from "./read-typeorm.js";

type Reader = (question: ReadQuestion) => KeyedRead | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  drizzle: readDrizzle,
  knex: readKnex,
  kysely: readKysely,
  "mikro-orm": readMikroOrm,
  mongoose: readMongoose,
  pg: readPg,
  postgres: readPostgresJs,
  prisma: readPrisma,
  sequelize: readSequelize,
  typeorm: readTypeorm,
};

export function readerOf(dialect: string): Reader | undefined {
  return Object.hasOwn(READERS, dialect) ? READERS[dialect] : undefined;
}
