/** A migration written in code → the changes it makes. Which library it uses is told from the shape of each call; a file may use several. */
import type { SchemaChange, SchemaFile } from "../change.js";
import { exprOf, stringAt, stringsAt, type FactReader } from "../fact-reader.js";
import { engineOfFiles } from "../merge.js";
import type { Engine } from "../model.js";
import { place, tableAt } from "./changes.js";
import { knexChanges } from "./knex.js";
import { kyselyChanges } from "./kysely.js";
import { migrationCalls, type MigrationCall } from "./scope.js";
import { objectChanges } from "./sequelize.js";
import { sqlChanges } from "./sql-calls.js";
import { typeormChanges } from "./typeorm.js";

const CALLS =
  /^(?:createTable(?:IfNotExists)?|alterTable|table|dropTable(?:IfExists)?|dropTables|renameTable|(?:add|create)(?:Index|Indices|Column|Columns|Constraint|ForeignKeys?|UniqueConstraints?)|(?:remove|drop)(?:Index|Column|Columns|Constraint|ForeignKey|UniqueConstraint)|renameColumn)$/;

export function readCodeMigration(reader: FactReader): SchemaFile | undefined {
  const changes: SchemaChange[] = [];
  const engines: Engine[] = [];
  for (const call of migrationCalls(reader)) {
    if (CALLS.test(call.name) && !isStep(reader, call)) changes.push(...builderChanges(reader, call));
    const sql = CALLS.test(call.name) ? undefined : sqlChanges(reader, call);
    if (sql === undefined) continue;
    changes.push(...sql.changes);
    engines.push(sql.engine);
  }
  if (changes.length === 0) return undefined;
  const { path } = reader;
  const base = { path, source: "code-migration", changes, problems: [] } as const;
  const engine = engineOfFiles(engines.map((one) => ({ ...base, engine: one })));
  return { ...base, engine, transaction: transactionOf(reader) };
}

/** Kysely's migrator and TypeORM's wrap every migration; in TypeORM a class may ask for the contrary. */
function transactionOf({ facts }: FactReader): NonNullable<SchemaFile["transaction"]> {
  const modules = facts.imports.map(({ module }) => module);
  if (modules.includes("kysely")) return "always";
  if (!modules.includes("typeorm")) return "unknown";
  const asks = facts.classes.some(({ members }) => members.some(({ name }) => name === "transaction"));
  return asks ? "optional" : "always";
}

/** `.addColumn` and the like on a table builder: what the builder's own call takes in. */
function isStep({ facts }: FactReader, { receiver, name }: MigrationCall): boolean {
  return facts.exprs[receiver]?.kind === "call" && !name.includes("Table");
}

function builderChanges(reader: FactReader, call: MigrationCall): readonly SchemaChange[] {
  const [first, second] = call.args;
  const at = place(reader, call.expr);
  const table = tableAt(reader, first);
  if (call.name.startsWith("dropTable"))
    return (
      call.name === "dropTables"
        ? stringsAt(reader, first).map((name) => ({ name }))
        : table === undefined
          ? []
          : [table]
    ).map((one) => ({ kind: "drop-table", at, table: one }));
  // Kysely's: `dropIndex("name").on("table").execute()`.
  const dropped = call.name === "dropIndex" && call.args.length === 1 ? stringAt(reader, first) : undefined;
  if (dropped !== undefined) return [{ kind: "drop-index", at, name: dropped.replace(/^.*\./, "") }];
  if (
    call.args.some((arg) => exprOf(reader, arg, "function") !== undefined) &&
    /^(?:create|alter)?table/i.test(call.name)
  )
    return knexChanges(reader, call);
  if (
    call.args.length === 1 &&
    /^(?:createTable|alterTable|createIndex)$/.test(call.name) &&
    call.after.length > 0 &&
    exprOf(reader, first, "new") === undefined
  )
    return kyselyChanges(reader, call);
  if (isMade(reader, first) || isMade(reader, second) || /Indices|ForeignKey|UniqueConstraint/.test(call.name))
    return typeormChanges(reader, call);
  return call.name === "table" ? [] : objectChanges(reader, call);
}

/** `new Table(…)`, or a list of such. */
function isMade(reader: FactReader, id: number | undefined): boolean {
  if (exprOf(reader, id, "new") !== undefined) return true;
  const [first] = exprOf(reader, id, "array")?.elements ?? [];
  return first !== undefined && exprOf(reader, first, "new") !== undefined;
}
