/** Facts of a code file → the tables, columns and indexes it declares, whichever library declares them. Undefined for files that declare none. */
import type { FileFacts } from "../facts/model.js";
import type { SchemaFile } from "./change.js";
import type { ConstantLookup } from "./exported-constants.js";
import { factReader, type FactReader } from "./fact-reader.js";
import { readCodeMigration } from "./migrations/read-code-migration.js";
import { readDrizzle } from "./models/drizzle.js";
import { readMikroOrm } from "./models/mikro-orm.js";
import { readMongoose } from "./models/mongoose.js";
import { readSequelize } from "./models/sequelize.js";
import { readTypeorm } from "./models/typeorm.js";

const NAMES =
  /^(?:(?:create|alter|drop|rename)Table|(?:add|create)(?:Index|Column|Constraint|ForeignKey)|table|define|pgTable|mysqlTable|sqliteTable)/;
/** Re-exported by a module of the workspace, so that no import says where it is from. */
const DRIZZLE_NAMES = /^(?:pg|mysql|sqlite)Table$/;
const DDL = /\b(?:CREATE|ALTER|DROP)\s+(?:UNIQUE\s+)?(?:TABLE|INDEX)\b/i;

/** @param constantOf Strings that other files export. */
export function readFacts(path: string, facts: FileFacts, constantOf?: ConstantLookup): SchemaFile | undefined {
  const modules = facts.imports.map(({ module }) => module);
  const from = (pattern: RegExp): boolean => modules.some((module) => pattern.test(module));
  const library = LIBRARIES.find(({ modules }) => from(modules));
  if (library === undefined && !mayChangeSchema(facts)) return undefined;
  const reader = factReader(path, facts, constantOf);
  const read =
    library?.read ?? (callsDrizzle(facts) ? readDrizzle : isGivenSequelize(facts) ? readSequelize : undefined);
  return read?.(reader) ?? readCodeMigration(reader);
}

const LIBRARIES: readonly {
  readonly modules: RegExp;
  readonly read: (reader: FactReader) => SchemaFile | undefined;
}[] = [
  { modules: /^drizzle-orm/, read: readDrizzle },
  { modules: /^typeorm$/, read: readTypeorm },
  { modules: /^@mikro-orm\//, read: readMikroOrm },
  { modules: /^(?:mongoose|@nestjs\/mongoose)$/, read: readMongoose },
  { modules: /^sequelize(?:-typescript)?$/, read: readSequelize },
];

/** A look at names and texts, before anything is built: most files of a program have none of these. */
function mayChangeSchema({ exprs }: FileFacts): boolean {
  return exprs.some((expr) => {
    if (expr.kind === "member") return NAMES.test(expr.name);
    if (expr.kind === "ref") return DRIZZLE_NAMES.test(expr.name);
    if (expr.kind === "literal")
      return typeof expr.value === "string" && expr.value.length > 11 && DDL.test(expr.value);
    return expr.kind === "template" && expr.parts.some((part) => part.length > 11 && DDL.test(part));
  });
}

function callsDrizzle({ exprs }: FileFacts): boolean {
  return exprs.some((expr) => (expr.kind === "member" || expr.kind === "ref") && DRIZZLE_NAMES.test(expr.name));
}

/** Models are often made by a function that is given the library: `(sequelize, DataTypes) => sequelize.define(…)`. */
function isGivenSequelize({ functions, bindings }: FileFacts): boolean {
  return functions.some(({ params }) => params.some(({ binding }) => bindings[binding]?.name === "sequelize"));
}
