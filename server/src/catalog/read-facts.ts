/** Facts of a code file → the tables, columns and indexes it declares, whichever library declares them. Undefined for files that declare none. */
import type { FileFacts } from "../facts/model.js";
import type { SchemaFile } from "./change.js";
import { factReader } from "./fact-reader.js";
import { readCodeMigration } from "./migrations/read-code-migration.js";
import { readDrizzle } from "./models/drizzle.js";
import { readMikroOrm } from "./models/mikro-orm.js";
import { readMongoose } from "./models/mongoose.js";
import { readSequelize } from "./models/sequelize.js";
import { readTypeorm } from "./models/typeorm.js";

export function readFacts(path: string, facts: FileFacts): SchemaFile | undefined {
  const reader = factReader(path, facts);
  const modules = facts.imports.map(({ module }) => module);
  const from = (pattern: RegExp): boolean => modules.some((module) => pattern.test(module));
  const model = from(/^drizzle-orm/)
    ? readDrizzle(reader)
    : from(/^typeorm$/)
      ? readTypeorm(reader)
      : from(/^@mikro-orm\//)
        ? readMikroOrm(reader)
        : from(/^(?:mongoose|@nestjs\/mongoose)$/)
          ? readMongoose(reader)
          : from(/^sequelize(?:-typescript)?$/) || mentionsSequelize(facts)
            ? readSequelize(reader)
            : undefined;
  return model ?? readCodeMigration(reader);
}

/** Models are often made by a function that is given the library: `(sequelize, DataTypes) => sequelize.define(…)`. */
function mentionsSequelize({ functions, bindings }: FileFacts): boolean {
  return functions.some(({ params }) => params.some(({ binding }) => bindings[binding]?.name === "sequelize"));
}
