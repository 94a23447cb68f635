/** PostgreSQL statements → changes of the schema. What is not about tables, columns, keys, indexes and enum types gives nothing. */
import type { Span } from "../base/span.js";
import type { SqlNode } from "../syntax/postgres.js";
import { renderSqlExpression } from "../syntax/sql-expression.js";
import type { Location } from "../project/model.js";
import type { SchemaChange, TableDraft, TableName } from "./change.js";
import type { Column, ForeignKey, Index, IndexMethod, IndexPart, Key, ReferentialAction, SourceKind } from "./model.js";

/** Where the statement stands and how places inside it are told. */
export interface StatementContext {
  readonly statement: Location;
  readonly source: SourceKind;
  /** Span of the name or keyword at a place of the tree; the statement itself when there is none. */
  readonly spanAt: (location: number | undefined) => Span;
}

type Of<K extends string> =
  Extract<SqlNode, Readonly<Record<K, unknown>>> extends infer N
    ? N extends Readonly<Record<K, infer V>>
      ? V
      : never
    : never;

export function postgresChanges(node: SqlNode, context: StatementContext): readonly SchemaChange[] {
  const at = context.statement;
  if ("CreateStmt" in node) return [{ kind: "create-table", at, table: tableDraft(node.CreateStmt, context) }];
  if ("IndexStmt" in node) return indexChange(node.IndexStmt, context);
  if ("AlterTableStmt" in node) return alterations(node.AlterTableStmt, context);
  if ("RenameStmt" in node) return renaming(node.RenameStmt, context);
  if ("DropStmt" in node) return drops(node.DropStmt, context);
  if ("AlterObjectSchemaStmt" in node) {
    const { relation, newschema = "" } = node.AlterObjectSchemaStmt;
    const table = tableName(relation);
    return [{ kind: "rename-table", at, table, to: named(table.name, newschema) }];
  }
  if ("CreateEnumStmt" in node) {
    const { typeName, vals = [] } = node.CreateEnumStmt;
    return [{ kind: "create-enum", at, name: lastString(typeName), values: vals.map(stringOf) }];
  }
  if ("ViewStmt" in node) return [{ kind: "create-table", at, table: viewDraft(node.ViewStmt.view, "view", at) }];
  if ("CreateTableAsStmt" in node) {
    const { into, objtype } = node.CreateTableAsStmt;
    const kind = objtype === "OBJECT_MATVIEW" ? "materialized-view" : "table";
    return [{ kind: "create-table", at, table: viewDraft(into?.rel, kind, at) }];
  }
  return [];
}

// ---------------------------------------------------------------------------------------------- tables

function tableDraft(create: Of<"CreateStmt">, context: StatementContext): TableDraft {
  const elements = create.tableElts ?? [];
  const name = tableName(create.relation);
  const empty: TableDraft = {
    ...name,
    kind: "table",
    columns: [],
    uniques: [],
    indexes: [],
    foreignKeys: [],
    location: locationAt(create.relation?.location, context),
  };
  const parent = create.inhRelations?.[0];
  const draft = {
    ...empty,
    ...(parent !== undefined && "RangeVar" in parent ? { partitionOf: tableName(parent.RangeVar).name } : {}),
  };
  return elements.reduce<TableDraft>((table, element) => withElement(table, element, context), draft);
}

function withElement(table: TableDraft, element: SqlNode, context: StatementContext): TableDraft {
  if ("TableLikeClause" in element) return { ...table, like: tableName(element.TableLikeClause.relation) };
  if ("Constraint" in element) return withConstraint(table, element.Constraint, undefined, context);
  if (!("ColumnDef" in element)) return table;
  const { ColumnDef: definition } = element;
  const column = columnOfDefinition(definition, context);
  const withColumn = { ...table, columns: [...table.columns, column] };
  return constraintsOf(definition).reduce<TableDraft>(
    (next, constraint) => withConstraint(next, constraint, column, context),
    withColumn,
  );
}

function withConstraint(
  table: TableDraft,
  constraint: Of<"Constraint">,
  column: Column | undefined,
  context: StatementContext,
): TableDraft {
  const read = readConstraint(constraint, column, context);
  switch (read?.kind) {
    case "primary-key":
      return { ...table, primaryKey: read.key };
    case "unique":
      return { ...table, uniques: [...table.uniques, read.key] };
    case "foreign-key":
      return { ...table, foreignKeys: [...table.foreignKeys, read.foreignKey] };
    default:
      return table;
  }
}

type ReadConstraint =
  | { readonly kind: "primary-key" | "unique"; readonly key: Key; readonly usingIndex?: string }
  | { readonly kind: "foreign-key"; readonly foreignKey: ForeignKey };

function readConstraint(
  constraint: Of<"Constraint">,
  column: Column | undefined,
  context: StatementContext,
): ReadConstraint | undefined {
  const { contype, conname, keys = [], fk_attrs = [], pk_attrs = [], pktable, indexname } = constraint;
  // What is written on a column stands where the column does.
  const location = column?.location ?? locationAt(constraint.location, context);
  const name = conname === undefined ? {} : { name: conname };
  const own = column === undefined ? [] : [column.name];
  if (contype === "CONSTR_PRIMARY" || contype === "CONSTR_UNIQUE") {
    const columns = keys.length > 0 ? keys.map(stringOf) : own;
    const kind = contype === "CONSTR_PRIMARY" ? "primary-key" : "unique";
    const key = { ...name, columns, location, source: context.source };
    return { kind, key, ...(indexname === undefined ? {} : { usingIndex: indexname }) };
  }
  if (contype !== "CONSTR_FOREIGN") return undefined;
  const onDelete = actionOf(constraint.fk_del_action);
  const onUpdate = actionOf(constraint.fk_upd_action);
  const foreignKey: ForeignKey = {
    ...name,
    columns: fk_attrs.length > 0 ? fk_attrs.map(stringOf) : own,
    references: { table: spelled(tableName(pktable)), columns: pk_attrs.map(stringOf) },
    ...(onDelete === undefined ? {} : { onDelete }),
    ...(onUpdate === undefined ? {} : { onUpdate }),
    enforced: true,
    location,
    sources: [context.source],
  };
  return { kind: "foreign-key", foreignKey };
}

function columnOfDefinition(definition: Of<"ColumnDef">, context: StatementContext): Column {
  const kinds = constraintsOf(definition).map(({ contype }) => contype);
  return {
    name: definition.colname ?? "",
    type: typeText(definition.typeName),
    nullable: !kinds.includes("CONSTR_NOTNULL") && !kinds.includes("CONSTR_PRIMARY"),
    location: locationAt(definition.location, context),
  };
}

function constraintsOf({ constraints = [] }: Of<"ColumnDef">): readonly Of<"Constraint">[] {
  return constraints.flatMap((one) => ("Constraint" in one ? [one.Constraint] : []));
}

function viewDraft(relation: Of<"RangeVar"> | undefined, kind: TableDraft["kind"], location: Location): TableDraft {
  return { ...tableName(relation), kind, columns: [], uniques: [], indexes: [], foreignKeys: [], location };
}

// ---------------------------------------------------------------------------------------------- indexes

function indexChange(create: Of<"IndexStmt">, context: StatementContext): readonly SchemaChange[] {
  const { idxname, indexParams = [], indexIncludingParams = [], whereClause } = create;
  const index: Index = {
    ...(idxname === undefined ? {} : { name: idxname }),
    parts: indexParams.flatMap((part) => ("IndexElem" in part ? [indexPart(part.IndexElem)] : [])),
    ...(indexIncludingParams.length === 0
      ? {}
      : { include: indexIncludingParams.flatMap((part) => ("IndexElem" in part ? [part.IndexElem.name ?? ""] : [])) }),
    method: methodOf(create.accessMethod),
    unique: create.unique ?? false,
    ...(whereClause === undefined ? {} : { where: renderSqlExpression(whereClause) }),
    ...(create.concurrent === true ? { concurrently: true as const } : {}),
    location: context.statement,
    sources: [context.source],
  };
  return [{ kind: "create-index", at: context.statement, table: tableName(create.relation), index }];
}

function indexPart(part: Of<"IndexElem">): IndexPart {
  const { name, expr, opclass, collation, ordering, nulls_ordering } = part;
  const column = name ?? plainColumn(expr);
  return {
    ...(column === undefined ? { expression: renderSqlExpression(expr) } : { column }),
    ...(ordering === "SORTBY_DESC" ? { descending: true as const } : {}),
    ...(nulls_ordering === "SORTBY_NULLS_FIRST" ? { nulls: "first" as const } : {}),
    ...(nulls_ordering === "SORTBY_NULLS_LAST" ? { nulls: "last" as const } : {}),
    ...(opclass === undefined ? {} : { operatorClass: lastString(opclass) }),
    ...(collation === undefined ? {} : { collation: lastString(collation) }),
  };
}

/** `((email))` is the column itself. */
function plainColumn(node: SqlNode | undefined): string | undefined {
  return node !== undefined && "ColumnRef" in node ? lastString(node.ColumnRef.fields) : undefined;
}

const METHODS: Readonly<Record<string, IndexMethod>> = {
  btree: "btree",
  hash: "hash",
  gin: "gin",
  gist: "gist",
  spgist: "spgist",
  brin: "brin",
  ivfflat: "vector",
  hnsw: "vector",
};

export function methodOf(name: string | undefined): IndexMethod {
  return METHODS[(name ?? "btree").toLowerCase()] ?? "other";
}

// ---------------------------------------------------------------------------------------------- alterations

function alterations(alter: Of<"AlterTableStmt">, context: StatementContext): readonly SchemaChange[] {
  if (alter.objtype !== "OBJECT_TABLE" && alter.objtype !== "OBJECT_MATVIEW") return [];
  const table = tableName(alter.relation);
  return (alter.cmds ?? []).flatMap((command) =>
    "AlterTableCmd" in command ? alteration(table, command.AlterTableCmd, context) : [],
  );
}

function alteration(
  table: TableName,
  { subtype, name = "", def }: Of<"AlterTableCmd">,
  context: StatementContext,
): readonly SchemaChange[] {
  const at = context.statement;
  switch (subtype) {
    case "AT_AddColumn":
      return def !== undefined && "ColumnDef" in def ? addedColumn(table, def.ColumnDef, context) : [];
    case "AT_DropColumn":
      return [{ kind: "drop-column", at, table, column: name }];
    case "AT_AlterColumnType": {
      const type = def !== undefined && "ColumnDef" in def ? typeText(def.ColumnDef.typeName) : "unknown";
      return [{ kind: "alter-column", at, table, column: name, type }];
    }
    case "AT_SetNotNull":
      return [{ kind: "alter-column", at, table, column: name, nullable: false }];
    case "AT_DropNotNull":
      return [{ kind: "alter-column", at, table, column: name, nullable: true }];
    case "AT_AddConstraint":
      return def !== undefined && "Constraint" in def ? addedConstraint(table, def.Constraint, undefined, context) : [];
    case "AT_DropConstraint":
      return [{ kind: "drop-constraint", at, table, name }];
    case "AT_AttachPartition":
      return [];
    default:
      return [];
  }
}

function addedColumn(
  table: TableName,
  definition: Of<"ColumnDef">,
  context: StatementContext,
): readonly SchemaChange[] {
  const column = columnOfDefinition(definition, context);
  return [
    { kind: "add-column", at: context.statement, table, column },
    ...constraintsOf(definition).flatMap((constraint) => addedConstraint(table, constraint, column, context)),
  ];
}

function addedConstraint(
  table: TableName,
  constraint: Of<"Constraint">,
  column: Column | undefined,
  context: StatementContext,
): readonly SchemaChange[] {
  const at = context.statement;
  const read = readConstraint(constraint, column, context);
  if (read === undefined) return [];
  if (read.kind === "foreign-key") return [{ kind: "add-foreign-key", at, table, foreignKey: read.foreignKey }];
  const kind = read.kind === "primary-key" ? "add-primary-key" : "add-unique";
  if (kind === "add-primary-key") return [{ kind, at, table, key: read.key }];
  return [
    { kind, at, table, key: read.key, ...(read.usingIndex === undefined ? {} : { usingIndex: read.usingIndex }) },
  ];
}

function renaming(rename: Of<"RenameStmt">, context: StatementContext): readonly SchemaChange[] {
  const { renameType, relation, subname = "", newname = "" } = rename;
  const at = context.statement;
  const table = tableName(relation);
  switch (renameType) {
    case "OBJECT_TABLE":
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
      return [{ kind: "rename-table", at, table, to: named(newname, table.schema) }];
    case "OBJECT_COLUMN":
      return [{ kind: "rename-column", at, table, column: subname, to: newname }];
    case "OBJECT_INDEX":
      return [{ kind: "rename-index", at, name: table.name, to: newname }];
    case "OBJECT_TABCONSTRAINT":
      return [{ kind: "rename-constraint", at, table, name: subname, to: newname }];
    default:
      return [];
  }
}

function drops(drop: Of<"DropStmt">, context: StatementContext): readonly SchemaChange[] {
  const at = context.statement;
  const names = (drop.objects ?? []).map((object) => ("List" in object ? (object.List.items ?? []).map(stringOf) : []));
  switch (drop.removeType) {
    case "OBJECT_TABLE":
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
      return names.map((parts) => ({ kind: "drop-table", at, table: named(parts.at(-1) ?? "", parts.at(-2)) }));
    case "OBJECT_INDEX":
      return names.map((parts) => ({ kind: "drop-index", at, name: parts.at(-1) ?? "" }));
    default:
      return [];
  }
}

// ---------------------------------------------------------------------------------------------- names and types

function tableName(relation: Of<"RangeVar"> | undefined): TableName {
  return named(relation?.relname ?? "", relation?.schemaname);
}

export function named(name: string, schema: string | undefined): TableName {
  return schema === undefined || schema === "" || schema === "public" ? { name } : { name, schema };
}

/** A name as `findTable` takes it. */
export function spelled({ name, schema }: TableName): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  bool: "boolean",
  float4: "real",
  float8: "double precision",
  bpchar: "char",
};

function typeText(type: Of<"TypeName"> | undefined): string {
  const name = lastString(type?.names);
  if (name === "") return "unknown";
  const size = (type?.typmods ?? []).map(renderSqlExpression).join(",");
  const array = (type?.arrayBounds ?? []).length > 0 ? "[]" : "";
  return `${TYPE_NAMES[name] ?? name}${size === "" ? "" : `(${size})`}${array}`;
}

const ACTIONS: Readonly<Record<string, ReferentialAction>> = {
  c: "cascade",
  n: "set null",
  d: "set default",
  r: "restrict",
  a: "no action",
};

function actionOf(code: string | undefined): ReferentialAction | undefined {
  return code === undefined || code === "a" ? undefined : ACTIONS[code];
}

function lastString(nodes: readonly SqlNode[] | undefined): string {
  const last = nodes?.at(-1);
  return last === undefined ? "" : stringOf(last);
}

function stringOf(node: SqlNode): string {
  return "String" in node ? (node.String.sval ?? "") : "";
}

function locationAt(location: number | undefined, { statement, spanAt }: StatementContext): Location {
  return { file: statement.file, span: spanAt(location) };
}
