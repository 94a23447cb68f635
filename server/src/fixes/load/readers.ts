/** Which library's queries can be asked for many keys at once, and by whom they are taken apart. */
import { aggregatePrisma, countDrizzle, countPrisma, countSequelize, countTypeorm } from "./count-reads.js";
import type { KeyedRead, ReadQuestion } from "./keyed-read.js";
import { readDrizzle } from "./read-drizzle.js";
import { readKnex } from "./read-knex.js";
import { readKysely } from "./read-kysely.js";
import { readMikroOrm } from "./read-mikro-orm.js";
import { readMongoose } from "./read-mongoose.js";
import { readMysql2 } from "./read-mysql2.js";
import { readPrisma } from "./read-prisma.js";
import { readSequelize } from "./read-sequelize.js";
import { readPg, readPostgresJs } from "./read-sql.js";
import { readTypeorm } from "./read-typeorm.js";

type Reader = (question: ReadQuestion) => KeyedRead | undefined;

const READERS: Readonly<Record<string, readonly Reader[]>> = {
  drizzle: [readDrizzle, countDrizzle],
  knex: [readKnex],
  kysely: [readKysely],
  "mikro-orm": [readMikroOrm],
  mongoose: [readMongoose],
  mysql2: [readMysql2],
  pg: [readPg],
  postgres: [readPostgresJs],
  prisma: [readPrisma, countPrisma, aggregatePrisma],
  sequelize: [readSequelize, countSequelize],
  typeorm: [readTypeorm, countTypeorm],
};

/** The query for one key, taken apart by the first reader that knows its form. */
export function keyedRead(dialect: string, question: ReadQuestion): KeyedRead | undefined {
  const readers = Object.hasOwn(READERS, dialect) ? (READERS[dialect] ?? []) : [];
  for (const read of readers) {
    const found = read(question);
    if (found !== undefined) return found;
  }
  return undefined;
}
