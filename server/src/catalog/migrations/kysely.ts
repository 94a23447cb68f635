/** Kysely: `schema.createTable("t").addColumn("a", "text", (col) => col.notNull())…`, `createIndex("i").on("t").column("a")`, `alterTable`. */
import type { ExprId } from "../../facts/model.js";
import type { SchemaChange, TableDraft } from "../change.js";
import { chainCondition } from "../condition-of.js";
import { exprOf, returned, sqlText, stringAt, stringsAt, type ChainStep, type FactReader } from "../fact-reader.js";
import { methodOf } from "../postgres-changes.js";
import {
  columnChanges,
  emptyTable,
  foreignKey,
  place,
  plainIndex,
  splitName,
  tableAt,
  withColumn,
  type ColumnDraft,
} from "./changes.js";
import { callsOnParameter, type MigrationCall } from "./scope.js";

export function kyselyChanges(reader: FactReader, call: MigrationCall): readonly SchemaChange[] {
  const at = place(reader, call.expr);
  if (call.name === "createIndex") return indexChange(reader, call);
  const table = tableAt(reader, call.args[0]);
  if (table === undefined) return [];
  const keys = call.after.flatMap((step) => keyChange(reader, table, step));
  if (call.name === "alterTable") return [...call.after.flatMap((step) => alteration(reader, table, step)), ...keys];
  const empty = emptyTable(table, place(reader, call.args[0] ?? call.expr));
  const draft = call.after.reduce<TableDraft>((next, step) => columnOf(reader, step).reduce(withColumn, next), empty);
  return [{ kind: "create-table", at, table: draft }, ...keys];
}

function alteration(
  reader: FactReader,
  table: TableDraft | { readonly name: string },
  step: ChainStep,
): readonly SchemaChange[] {
  const at = place(reader, step.expr);
  const [first, second] = step.args.map((arg) => stringAt(reader, arg));
  switch (step.name) {
    case "addColumn":
      return columnOf(reader, step).flatMap((draft) => columnChanges(table, draft, at));
    case "dropColumn":
      return first === undefined ? [] : [{ kind: "drop-column", at, table, column: first }];
    case "renameColumn":
      return first === undefined || second === undefined
        ? []
        : [{ kind: "rename-column", at, table, column: first, to: second }];
    case "renameTo":
      return first === undefined ? [] : [{ kind: "rename-table", at, table, to: splitName(first) }];
    case "dropConstraint":
      return first === undefined ? [] : [{ kind: "drop-constraint", at, table, name: first }];
    default:
      return [];
  }
}

function keyChange(reader: FactReader, table: { readonly name: string }, step: ChainStep): readonly SchemaChange[] {
  const at = place(reader, step.expr);
  const name = stringAt(reader, step.args[0]);
  const columns = stringsAt(reader, step.args[1]);
  const key = { ...(name === undefined ? {} : { name }), columns, location: at, source: "code-migration" as const };
  if (step.name === "addPrimaryKeyConstraint") return [{ kind: "add-primary-key", at, table, key }];
  if (step.name === "addUniqueConstraint") return [{ kind: "add-unique", at, table, key }];
  if (step.name !== "addForeignKeyConstraint") return [];
  const target = stringAt(reader, step.args[2]);
  if (target === undefined) return [];
  const onDelete = callsOnParameter(reader, step.args[4]).find((one) => one.name === "onDelete");
  const references = { table: splitName(target).name, columns: stringsAt(reader, step.args[3]) };
  return [
    {
      kind: "add-foreign-key",
      at,
      table,
      foreignKey: foreignKey({ columns, location: at, name }, references, stringAt(reader, onDelete?.args[0])),
    },
  ];
}

function columnOf(reader: FactReader, step: ChainStep): readonly ColumnDraft[] {
  const name = stringAt(reader, step.args[0]);
  if (step.name !== "addColumn" || name === undefined) return [];
  const location = place(reader, step.args[0] ?? step.expr);
  const options = optionsOf(reader, step.args[2]);
  const has = (method: string): ChainStep | undefined => options.find((one) => one.name === method);
  const target = stringAt(reader, has("references")?.args[0]);
  const dot = target?.lastIndexOf(".") ?? -1;
  const onDelete = stringAt(reader, has("onDelete")?.args[0]);
  const primary = has("primaryKey") !== undefined;
  return [
    {
      column: {
        name,
        type: sqlText(reader, step.args[1], () => "?") ?? "unknown",
        nullable: has("notNull") === undefined && !primary,
        location,
      },
      primary,
      unique: has("unique") !== undefined,
      ...(target === undefined || dot < 0
        ? {}
        : {
            foreignKey: foreignKey(
              { columns: [name], location },
              { table: splitName(target.slice(0, dot)).name, columns: [target.slice(dot + 1)] },
              onDelete,
            ),
          }),
    },
  ];
}

function optionsOf(reader: FactReader, callback: ExprId | undefined): readonly ChainStep[] {
  const body = returned(reader, callback);
  if (body === undefined) return [];
  return callsOnParameter(reader, callback).flatMap((call) => [call, ...call.after]);
}

function indexChange(reader: FactReader, call: MigrationCall): readonly SchemaChange[] {
  const has = (method: string): ChainStep | undefined => call.after.find((one) => one.name === method);
  const table = tableAt(reader, has("on")?.args[0]);
  if (table === undefined) return [];
  const at = place(reader, call.expr);
  const columns = call.after
    .filter(({ name }) => name === "column" || name === "columns")
    .flatMap(({ args }) => stringsAt(reader, args[0]));
  const expressions = call.after
    .filter(({ name }) => name === "expression")
    .map(({ args }) => sqlText(reader, args[0], () => "?") ?? "an expression");
  const name = stringAt(reader, call.args[0]);
  const base = plainIndex(
    { columns: columns.map((column) => column.replace(/\s+(?:asc|desc)$/i, "")), location: at, name },
    has("unique") !== undefined,
  );
  const parts = [
    ...base.parts.map((part, i) => (/\sdesc$/i.test(columns[i] ?? "") ? { ...part, descending: true as const } : part)),
    ...expressions.map((expression) => ({ expression })),
  ];
  const wheres = call.after.filter((step) => step.name === "where").map(({ args }) => args);
  const index = {
    ...base,
    parts,
    method: methodOf(stringAt(reader, has("using")?.args[0])),
    ...(wheres.length === 0 ? {} : { where: chainCondition(reader, wheres) }),
  };
  return exprOf(reader, call.args[0], "literal") === undefined && name === undefined
    ? []
    : [{ kind: "create-index", at, table, index }];
}
