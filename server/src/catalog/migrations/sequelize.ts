/** Sequelize's `queryInterface` and node-pg-migrate's `pgm`: tables and columns as objects. */
import type { ExprId } from "../../facts/model.js";
import type { SchemaChange, TableDraft, TableName } from "../change.js";
import { objectCondition } from "../condition-of.js";
import {
  chainOf,
  elementsOf,
  exprOf,
  isFalse,
  isTrue,
  nameAt,
  propOf,
  propsOf,
  stringAt,
  stringsAt,
  type FactReader,
} from "../fact-reader.js";
import type { IndexPart } from "../model.js";
import { methodOf } from "../postgres-changes.js";
import {
  columnChanges,
  emptyTable,
  foreignKey,
  isSet,
  place,
  plainIndex,
  splitName,
  tableAt,
  withColumn,
  type ColumnDraft,
} from "./changes.js";
import type { MigrationCall } from "./scope.js";

export function objectChanges(reader: FactReader, call: MigrationCall): readonly SchemaChange[] {
  // An index on a table that a loop names may be on any; see `replay.ts`.
  const table = tableAt(reader, call.args[0]) ?? (/^(?:add|create)Index$/.test(call.name) ? { name: "?" } : undefined);
  if (table === undefined) return [];
  const at = place(reader, call.expr);
  const [, second, third] = call.args;
  const name = stringAt(reader, second);
  switch (call.name) {
    case "createTable": {
      const empty = emptyTable(table, place(reader, call.args[0] ?? call.expr));
      const draft = columnsOf(reader, second).reduce<TableDraft>(withColumn, empty);
      return [{ kind: "create-table", at, table: draft }, ...constraintsOf(reader, table, third, at)];
    }
    case "addColumn":
      return name === undefined ? [] : columnChanges(table, columnOf(reader, name, third, second), at);
    case "addColumns":
      return columnsOf(reader, second).flatMap((draft) => columnChanges(table, draft, at));
    case "removeColumn":
    case "dropColumn":
    case "dropColumns":
      return stringsAt(reader, second).map((column) => ({ kind: "drop-column", at, table, column }));
    case "renameColumn": {
      const to = stringAt(reader, third);
      return name === undefined || to === undefined ? [] : [{ kind: "rename-column", at, table, column: name, to }];
    }
    case "renameTable": {
      const to = tableAt(reader, second);
      return to === undefined ? [] : [{ kind: "rename-table", at, table, to }];
    }
    case "addIndex":
    case "createIndex":
      return indexChange(reader, table, call);
    case "removeIndex":
    case "dropIndex": {
      const columns = elementsOf(reader, second).flatMap((one) => stringAt(reader, one) ?? []);
      const own = stringAt(reader, propOf(reader, third, "name"));
      if (own !== undefined) return [{ kind: "drop-index", at, table, name: own }];
      return [
        {
          kind: "drop-index",
          at,
          table,
          ...(name === undefined || call.name === "dropIndex"
            ? { columns: name === undefined ? columns : [name] }
            : { name }),
        },
      ];
    }
    case "addConstraint":
      return constraintChange(reader, table, call);
    case "removeConstraint":
    case "dropConstraint":
      return name === undefined ? [] : [{ kind: "drop-constraint", at, table, name }];
    default:
      return [];
  }
}

export function columnsOf(reader: FactReader, id: ExprId | undefined): readonly ColumnDraft[] {
  return propsOf(reader, id).map(({ name, value }) => columnOf(reader, name, value, value));
}

function columnOf(
  reader: FactReader,
  name: string,
  definition: ExprId | undefined,
  at: ExprId | undefined,
): ColumnDraft {
  const location = place(reader, at ?? definition ?? 0);
  const field = stringAt(reader, propOf(reader, definition, "field")) ?? name;
  const references = propOf(reader, definition, "references");
  const target = tableAt(reader, propOf(reader, references, "model")) ?? tableAt(reader, references);
  const shorthand = stringAt(reader, definition);
  const primary = isTrue(reader, propOf(reader, definition, "primaryKey")) || shorthand === "id";
  const nullable =
    !primary &&
    !isFalse(reader, propOf(reader, definition, "allowNull")) &&
    !isTrue(reader, propOf(reader, definition, "notNull"));
  const targetColumn = stringAt(reader, propOf(reader, references, "key"));
  const onDelete = stringAt(reader, propOf(reader, definition, "onDelete"));
  const key =
    target === undefined
      ? undefined
      : foreignKey(
          { columns: [field], location },
          { table: target.name, columns: targetColumn === undefined ? [] : [targetColumn] },
          onDelete,
        );
  return {
    column: { name: field, type: typeOf(reader, definition), nullable, location },
    primary,
    unique: isSet(reader, definition, "unique"),
    ...(key === undefined ? {} : { foreignKey: key }),
  };
}

/** `Sequelize.STRING(50)` is `string`, `"uuid"` is itself. */
function typeOf(reader: FactReader, definition: ExprId | undefined): string {
  const type = propOf(reader, definition, "type") ?? definition;
  const text = stringAt(reader, type) ?? nameAt(reader, type) ?? chainOf(reader, type)?.name;
  return text === undefined ? "unknown" : text.toLowerCase();
}

function indexChange(reader: FactReader, table: TableName, call: MigrationCall): readonly SchemaChange[] {
  const at = place(reader, call.expr);
  const listed = propOf(reader, call.args[1], "fields");
  const options = listed === undefined ? call.args[2] : call.args[1];
  const fields = listed ?? call.args[1];
  const single = stringAt(reader, fields);
  const parts =
    single === undefined ? elementsOf(reader, fields).map((field) => partOf(reader, field)) : [{ column: single }];
  if (parts.length === 0)
    return [{ kind: "unreadable", at, table, reason: "an index is added whose columns are computed" }];
  const named =
    stringAt(reader, propOf(reader, options, "name")) ?? stringAt(reader, propOf(reader, options, "indexName"));
  const method =
    stringAt(reader, propOf(reader, options, "using")) ?? stringAt(reader, propOf(reader, options, "method"));
  const unique =
    isTrue(reader, propOf(reader, options, "unique")) ||
    /unique/i.test(stringAt(reader, propOf(reader, options, "type")) ?? "");
  const where = propOf(reader, options, "where");
  const index = {
    ...plainIndex({ columns: [], location: at, name: named }, unique),
    parts,
    method: methodOf(method),
    ...(where === undefined ? {} : { where: stringAt(reader, where) ?? objectCondition(reader, where) }),
  };
  return [
    {
      kind: "create-index",
      at,
      table,
      index: isTrue(reader, propOf(reader, options, "concurrently")) ? { ...index, concurrently: true } : index,
    },
  ];
}

/** A column, `{ name, order }`, or an expression such as `literal("lower(email)")` and `fn("lower", col("email"))`. */
export function partOf(reader: FactReader, id: ExprId): IndexPart {
  const text = stringAt(reader, id);
  if (text !== undefined) return { column: text };
  if (exprOf(reader, id, "object") === undefined) return { expression: "an expression" };
  const column = stringAt(reader, propOf(reader, id, "name")) ?? stringAt(reader, propOf(reader, id, "attribute"));
  const order = stringAt(reader, propOf(reader, id, "order")) ?? stringAt(reader, propOf(reader, id, "sort"));
  if (column === undefined) return { expression: "an expression" };
  return { column, ...(/desc/i.test(order ?? "") ? { descending: true as const } : {}) };
}

function constraintChange(reader: FactReader, table: TableName, call: MigrationCall): readonly SchemaChange[] {
  const at = place(reader, call.expr);
  const own = stringAt(reader, call.args[1]);
  // Sequelize 4 named the columns first; node-pg-migrate names the constraint first.
  const columnsFirst = elementsOf(reader, call.args[1]);
  const options = exprOf(reader, call.args[1], "object") === undefined ? call.args[2] : call.args[1];
  const listed = columnsFirst.length > 0 ? call.args[1] : propOf(reader, options, "fields");
  const fields = stringsAt(reader, listed);
  const name = stringAt(reader, propOf(reader, options, "name")) ?? own;
  const kind = (stringAt(reader, propOf(reader, options, "type")) ?? "").toLowerCase();
  const key = {
    ...(name === undefined ? {} : { name }),
    columns: fields,
    location: at,
    source: "code-migration" as const,
  };
  if (kind === "unique") return [{ kind: "add-unique", at, table, key }];
  if (kind.startsWith("primary")) return [{ kind: "add-primary-key", at, table, key }];
  if (kind.startsWith("foreign")) {
    const references = propOf(reader, options, "references");
    const target = tableAt(reader, propOf(reader, references, "table"));
    const column = stringAt(reader, propOf(reader, references, "field"));
    const onDelete = stringAt(reader, propOf(reader, options, "onDelete"));
    if (target === undefined) return [];
    return [
      {
        kind: "add-foreign-key",
        at,
        table,
        foreignKey: foreignKey(
          { columns: fields, location: at, name },
          { table: target.name, columns: column === undefined ? [] : [column] },
          onDelete,
        ),
      },
    ];
  }
  return constraintsOf(reader, table, options, at, options);
}

/** `constraints` of node-pg-migrate, and `uniqueKeys` of Sequelize. */
function constraintsOf(
  reader: FactReader,
  table: TableName,
  options: ExprId | undefined,
  at: SchemaChange["at"],
  own?: ExprId,
): readonly SchemaChange[] {
  const constraints = propOf(reader, options, "constraints") ?? own;
  const key = (
    columns: readonly string[],
  ): {
    readonly columns: readonly string[];
    readonly location: SchemaChange["at"];
    readonly source: "code-migration";
  } => ({ columns, location: at, source: "code-migration" });
  const primary = stringsAt(reader, propOf(reader, constraints, "primaryKey"));
  const unique = propOf(reader, constraints, "unique");
  const uniqueKeys = propsOf(reader, propOf(reader, options, "uniqueKeys")).map(({ value }) =>
    stringsAt(reader, propOf(reader, value, "fields")),
  );
  const groups = elementsOf(reader, unique).some((one) => exprOf(reader, one, "array") !== undefined)
    ? elementsOf(reader, unique).map((one) => stringsAt(reader, one))
    : [stringsAt(reader, unique)];
  const foreign = propOf(reader, constraints, "foreignKeys");
  const foreignKeys = (
    elementsOf(reader, foreign).length > 0 ? elementsOf(reader, foreign) : foreign === undefined ? [] : [foreign]
  ).flatMap((one): SchemaChange[] => {
    const columns = stringsAt(reader, propOf(reader, one, "columns"));
    const target = stringAt(reader, propOf(reader, one, "references"))
      ?.replace(/\(.*$/, "")
      .trim();
    if (target === undefined || columns.length === 0) return [];
    const onDelete = stringAt(reader, propOf(reader, one, "onDelete"));
    return [
      {
        kind: "add-foreign-key",
        at,
        table,
        foreignKey: foreignKey({ columns, location: at }, { table: splitName(target).name, columns: [] }, onDelete),
      },
    ];
  });
  return [
    ...(primary.length === 0 ? [] : [{ kind: "add-primary-key" as const, at, table, key: key(primary) }]),
    ...[...groups, ...uniqueKeys]
      .filter((columns) => columns.length > 0)
      .map((columns) => ({ kind: "add-unique" as const, at, table, key: key(columns) })),
    ...foreignKeys,
  ];
}
