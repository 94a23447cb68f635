/** Knex: `schema.createTable("t", (table) => { table.increments(); … })`, `alterTable`, `table`. */
import type { ExprId } from "../../facts/model.js";
import type { SchemaChange, TableDraft, TableName } from "../change.js";
import { exprOf, isTrue, propOf, stringAt, stringsAt, type ChainStep, type FactReader } from "../fact-reader.js";
import type { ForeignKey } from "../model.js";
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
import { UNKNOWN_CONDITION } from "../lookup.js";

/** Methods of a table builder that add a column named by their first argument. */
const COLUMNS =
  /^(?:increments|bigIncrements|integer|tinyint|smallint|mediumint|bigint|bigInteger|text|string|float|double|decimal|boolean|date|datetime|time|timestamp|geometry|geography|point|binary|enum|enu|json|jsonb|uuid|specificType|real|smallint)$/;

export function knexChanges(reader: FactReader, call: MigrationCall): readonly SchemaChange[] {
  const table = tableAt(reader, call.args[0]);
  const callback = call.args.find((arg) => exprOf(reader, arg, "function") !== undefined);
  if (table === undefined || callback === undefined) return [];
  const at = place(reader, call.expr);
  const steps = callsOnParameter(reader, callback);
  if (!call.name.startsWith("create")) return steps.flatMap((step) => alteration(reader, table, step));
  const empty = emptyTable(table, place(reader, call.args[0] ?? call.expr));
  const draft = steps.reduce<TableDraft>((next, step) => withStep(reader, next, step), empty);
  return [{ kind: "create-table", at, table: draft }];
}

function withStep(reader: FactReader, table: TableDraft, step: MigrationCall): TableDraft {
  const columns = columnsOf(reader, step);
  if (columns.length > 0) return columns.reduce(withColumn, table);
  return alteration(reader, table, step).reduce<TableDraft>(applied, table);
}

function applied(table: TableDraft, change: SchemaChange): TableDraft {
  switch (change.kind) {
    case "add-primary-key":
      return { ...table, primaryKey: change.key };
    case "add-unique":
      return { ...table, uniques: [...table.uniques, change.key] };
    case "create-index":
      return { ...table, indexes: [...table.indexes, change.index] };
    case "add-foreign-key":
      return { ...table, foreignKeys: [...table.foreignKeys, change.foreignKey] };
    default:
      return table;
  }
}

function alteration(reader: FactReader, table: TableName, step: MigrationCall): readonly SchemaChange[] {
  const at = place(reader, step.expr);
  const columns = stringsAt(reader, step.args[0]);
  const name = stringAt(reader, step.args[1]) ?? stringAt(reader, propOf(reader, step.args[1], "indexName"));
  const declaration = { columns, location: at, name };
  switch (step.name) {
    case "index":
      return [
        {
          kind: "create-index",
          at,
          table,
          index: { ...plainIndex(declaration, false), ...methodOfIndex(reader, step) },
        },
      ];
    case "unique":
      return [
        {
          kind: "add-unique",
          at,
          table,
          key: { ...(name === undefined ? {} : { name }), columns, location: at, source: "code-migration" },
        },
      ];
    case "primary":
      return [{ kind: "add-primary-key", at, table, key: { columns, location: at, source: "code-migration" } }];
    case "foreign": {
      const key = referencesOf(reader, columns, step.after, at);
      return key === undefined ? [] : [{ kind: "add-foreign-key", at, table, foreignKey: key }];
    }
    case "dropColumn":
    case "dropColumns":
      return step.args
        .flatMap((arg) => stringsAt(reader, arg))
        .map((column) => ({ kind: "drop-column", at, table, column }));
    case "renameColumn": {
      const [column, to] = step.args.map((arg) => stringAt(reader, arg));
      return column === undefined || to === undefined ? [] : [{ kind: "rename-column", at, table, column, to }];
    }
    case "dropIndex":
      return [{ kind: "drop-index", at, table, ...(name === undefined ? { columns } : { name }) }];
    case "dropUnique":
      return [{ kind: "drop-constraint", at, table, name: name ?? `${table.name}_${columns.join("_")}_unique` }];
    case "dropForeign":
      return [{ kind: "drop-constraint", at, table, name: name ?? `${table.name}_${columns.join("_")}_foreign` }];
    case "dropPrimary":
      return [{ kind: "drop-constraint", at, table }];
    default:
      return columnsOf(reader, step).flatMap((draft) =>
        step.after.some((one) => one.name === "alter")
          ? [{ kind: "alter-column" as const, at, table, column: draft.column.name, type: draft.column.type }]
          : columnChanges(table, draft, at),
      );
  }
}

/** `index(columns, name, "gin")` or `{ indexType, storageEngineIndexType, predicate }`. */
function methodOfIndex(
  reader: FactReader,
  step: MigrationCall,
): { readonly method?: "gin" | "gist" | "hash" | "other"; readonly where?: string } {
  const type = stringAt(reader, step.args[2]) ?? stringAt(reader, propOf(reader, step.args[2], "indexType"));
  const lower = type?.toLowerCase();
  const partial = propOf(reader, step.args[2], "predicate") !== undefined ? { where: UNKNOWN_CONDITION } : {};
  if (lower === undefined || lower === "btree") return partial;
  return { ...partial, method: lower === "gin" || lower === "gist" || lower === "hash" ? lower : "other" };
}

function columnsOf(reader: FactReader, step: MigrationCall): readonly ColumnDraft[] {
  const location = place(reader, step.args[0] ?? step.expr);
  if (step.name === "timestamps") {
    const camel = isTrue(reader, propOf(reader, step.args[0], "useCamelCase")) || isTrue(reader, step.args[2]);
    return (camel ? ["createdAt", "updatedAt"] : ["created_at", "updated_at"]).map((name) => ({
      column: { name, type: "timestamp", nullable: true, location: place(reader, step.expr) },
      primary: false,
      unique: false,
    }));
  }
  if (!COLUMNS.test(step.name)) return [];
  const increments = step.name === "increments" || step.name === "bigIncrements";
  const name = stringAt(reader, step.args[0]) ?? (increments ? "id" : undefined);
  if (name === undefined) return [];
  const has = (method: string): ChainStep | undefined => step.after.find((one) => one.name === method);
  const indexed = has("index");
  const references = referencesOf(reader, [name], step.after, location);
  const nullable =
    has("notNullable") === undefined && has("notNull") === undefined && has("primary") === undefined && !increments;
  const indexName = stringAt(reader, indexed?.args[0]);
  return [
    {
      column: { name, type: step.name.toLowerCase(), nullable, ...valuesOf(reader, step), location },
      primary: has("primary") !== undefined || increments,
      unique: has("unique") !== undefined,
      ...(indexed === undefined ? {} : { index: plainIndex({ columns: [name], location, name: indexName }, false) }),
      ...(references === undefined ? {} : { foreignKey: references }),
    },
  ];
}

function valuesOf(reader: FactReader, step: MigrationCall): { readonly values?: readonly string[] } {
  if (step.name !== "enum" && step.name !== "enu") return {};
  return { values: stringsAt(reader, step.args[1]) };
}

/** `.references("id").inTable("users").onDelete("CASCADE")`, `.references("users.id")`. */
function referencesOf(
  reader: FactReader,
  columns: readonly string[],
  after: readonly ChainStep[],
  location: ForeignKey["location"],
): ForeignKey | undefined {
  const text = (method: string): string | undefined => stringAt(reader, argument(after, method));
  const target = stringsAt(reader, argument(after, "references"));
  const [first] = target;
  if (first === undefined) return undefined;
  const inTable = text("inTable");
  if (inTable !== undefined)
    return foreignKey({ columns, location }, { table: inTable, columns: target }, text("onDelete"));
  const dot = first.lastIndexOf(".");
  if (dot < 0) return undefined;
  return foreignKey(
    { columns, location },
    { table: splitName(first.slice(0, dot)).name, columns: [first.slice(dot + 1)] },
    text("onDelete"),
  );
}

function argument(after: readonly ChainStep[], method: string): ExprId | undefined {
  return after.find((one) => one.name === method)?.args[0];
}
