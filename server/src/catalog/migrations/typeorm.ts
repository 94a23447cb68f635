/** TypeORM's `queryRunner`: `new Table({…})`, `new TableIndex({…})`, `new TableForeignKey({…})`. */
import type { ExprId } from "../../facts/model.js";
import type { SchemaChange, TableDraft, TableName } from "../change.js";
import { elementsOf, exprOf, isTrue, propOf, stringAt, stringsAt, type FactReader } from "../fact-reader.js";
import type { ForeignKey, Index } from "../model.js";
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
import type { MigrationCall } from "./scope.js";

export function typeormChanges(reader: FactReader, call: MigrationCall): readonly SchemaChange[] {
  const at = place(reader, call.expr);
  const [first, second] = call.args;
  if (call.name === "createTable") {
    const draft = tableOf(reader, options(reader, first), first ?? call.expr);
    return draft === undefined ? [] : [{ kind: "create-table", at, table: draft }];
  }
  const table = tableAt(reader, first);
  if (table === undefined) return [];
  const items =
    elementsOf(reader, second).length > 0 ? elementsOf(reader, second) : second === undefined ? [] : [second];
  return items.flatMap((item) => itemChanges(reader, table, call, item));
}

function itemChanges(reader: FactReader, table: TableName, call: MigrationCall, item: ExprId): readonly SchemaChange[] {
  const at = place(reader, call.expr);
  const settings = options(reader, item);
  switch (call.name) {
    case "addColumn":
    case "addColumns": {
      const column = columnOf(reader, settings, item);
      return column === undefined ? [] : columnChanges(table, column, at);
    }
    case "createIndex":
    case "createIndices": {
      const index = indexOf(reader, settings, item);
      return index === undefined
        ? [{ kind: "unreadable", at, table, reason: "an index is added whose columns are computed" }]
        : [{ kind: "create-index", at, table, index }];
    }
    case "createUniqueConstraint":
    case "createUniqueConstraints":
      return [
        {
          kind: "add-unique",
          at,
          table,
          key: {
            columns: stringsAt(reader, propOf(reader, settings, "columnNames")),
            location: at,
            source: "code-migration",
          },
        },
      ];
    case "createForeignKey":
    case "createForeignKeys": {
      const key = keyOf(reader, settings, item);
      return key === undefined ? [] : [{ kind: "add-foreign-key", at, table, foreignKey: key }];
    }
    default:
      return named(reader, table, call, item);
  }
}

/** Calls that name what they drop. */
function named(reader: FactReader, table: TableName, call: MigrationCall, item: ExprId): readonly SchemaChange[] {
  const at = place(reader, call.expr);
  const name = stringAt(reader, item);
  if (name === undefined) return [];
  switch (call.name) {
    case "dropColumn":
    case "dropColumns":
      return [{ kind: "drop-column", at, table, column: name }];
    case "dropIndex":
      return [{ kind: "drop-index", at, table, name }];
    case "dropForeignKey":
    case "dropUniqueConstraint":
      return [{ kind: "drop-constraint", at, table, name }];
    case "renameColumn": {
      const to = stringAt(reader, call.args[2]);
      return to === undefined ? [] : [{ kind: "rename-column", at, table, column: name, to }];
    }
    case "renameTable":
      return [{ kind: "rename-table", at, table, to: splitName(name) }];
    default:
      return [];
  }
}

/** The object of `new Table({…})`, or the object itself. */
function options(reader: FactReader, id: ExprId | undefined): ExprId | undefined {
  const made = exprOf(reader, id, "new");
  return made === undefined ? id : made.args[0];
}

function tableOf(reader: FactReader, settings: ExprId | undefined, at: ExprId): TableDraft | undefined {
  const name = stringAt(reader, propOf(reader, settings, "name"));
  if (name === undefined) return undefined;
  const list = (key: string): readonly ExprId[] => elementsOf(reader, propOf(reader, settings, key));
  const empty = emptyTable(splitName(name), place(reader, propOf(reader, settings, "name") ?? at));
  const withColumns = list("columns").reduce<TableDraft>((table, id) => {
    const column = columnOf(reader, options(reader, id), id);
    return column === undefined ? table : withColumn(table, column);
  }, empty);
  const indexes = list("indices").flatMap((id) => indexOf(reader, options(reader, id), id) ?? []);
  const keys = list("foreignKeys").flatMap((id) => keyOf(reader, options(reader, id), id) ?? []);
  const uniques = list("uniques").map((id) => ({
    columns: stringsAt(reader, propOf(reader, options(reader, id), "columnNames")),
    location: place(reader, id),
    source: "code-migration" as const,
  }));
  return {
    ...withColumns,
    indexes: [...withColumns.indexes, ...indexes],
    foreignKeys: [...withColumns.foreignKeys, ...keys],
    uniques: [...withColumns.uniques, ...uniques],
  };
}

function columnOf(reader: FactReader, settings: ExprId | undefined, at: ExprId): ColumnDraft | undefined {
  const name = stringAt(reader, propOf(reader, settings, "name"));
  if (name === undefined) return undefined;
  const primary = isTrue(reader, propOf(reader, settings, "isPrimary"));
  return {
    column: {
      name,
      type: stringAt(reader, propOf(reader, settings, "type")) ?? "unknown",
      nullable: isTrue(reader, propOf(reader, settings, "isNullable")),
      location: place(reader, at),
    },
    primary,
    unique: isTrue(reader, propOf(reader, settings, "isUnique")),
  };
}

function indexOf(reader: FactReader, settings: ExprId | undefined, at: ExprId): Index | undefined {
  const columns = stringsAt(reader, propOf(reader, settings, "columnNames"));
  if (columns.length === 0) return undefined;
  const name = stringAt(reader, propOf(reader, settings, "name"));
  const index = plainIndex(
    { columns, location: place(reader, at), name },
    isTrue(reader, propOf(reader, settings, "isUnique")),
  );
  const where = stringAt(reader, propOf(reader, settings, "where"));
  return where === undefined || where === "" ? index : { ...index, where };
}

function keyOf(reader: FactReader, settings: ExprId | undefined, at: ExprId): ForeignKey | undefined {
  const table = stringAt(reader, propOf(reader, settings, "referencedTableName"));
  const columns = stringsAt(reader, propOf(reader, settings, "columnNames"));
  if (table === undefined || columns.length === 0) return undefined;
  const references = {
    table: splitName(table).name,
    columns: stringsAt(reader, propOf(reader, settings, "referencedColumnNames")),
  };
  const name = stringAt(reader, propOf(reader, settings, "name"));
  return foreignKey(
    { columns, location: place(reader, at), name },
    references,
    stringAt(reader, propOf(reader, settings, "onDelete")),
  );
}
