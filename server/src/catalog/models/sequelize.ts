/** Sequelize models: `sequelize.define`, `Model.init`, and the decorated classes of sequelize-typescript; with what associations add. */
import type { ClassFact, ClassMemberFact, ExprId } from "../../facts/model.js";
import type { Location } from "../../project/model.js";
import type { SchemaChange, SchemaFile, TableDraft, TablePart } from "../change.js";
import { objectCondition } from "../condition-of.js";
import {
  elementsOf,
  exprOf,
  isFalse,
  isTrue,
  nameAt,
  placeOf,
  propOf,
  stringAt,
  thunkName,
  type FactReader,
} from "../fact-reader.js";
import { isSet, withColumn } from "../migrations/changes.js";
import { columnsOf, partOf } from "../migrations/sequelize.js";
import { methodOf, named } from "../postgres-changes.js";
import type { Column, ForeignKey, Index, Key, ReferentialAction, Relation } from "../model.js";
import {
  decoratorNamed,
  decoratorsOf,
  plural,
  snakeCase,
  superclassName,
  typeName,
  type Decorator,
} from "./decorators.js";

export function readSequelize(reader: FactReader): SchemaFile | undefined {
  const tables = [...definedTables(reader), ...decoratedTables(reader)];
  const changes = tables.flatMap((draft): SchemaChange[] =>
    draft.as === undefined ? [] : [{ kind: "create-table", at: draft.location, table: draft }],
  );
  const parts = [...baseClasses(reader), ...associations(reader)];
  if (changes.length === 0 && parts.length === 0) return undefined;
  return { path: reader.path, source: "sequelize", engine: "unknown", changes, problems: [], parts };
}

// ---------------------------------------------------------------------------------------------- define and init

function definedTables(reader: FactReader): readonly TableDraft[] {
  return reader.facts.exprs.flatMap((expr, id): TableDraft[] => {
    const callee = expr.kind === "call" ? reader.facts.exprs[expr.callee] : undefined;
    if (expr.kind !== "call" || callee?.kind !== "member") return [];
    const isDefine = callee.name === "define" && stringAt(reader, expr.args[0]) !== undefined;
    const isInit = callee.name === "init" && propOf(reader, expr.args[1], "sequelize") !== undefined;
    if (!isDefine && !isInit) return [];
    const options = expr.args[isDefine ? 2 : 1];
    const attributes = expr.args[isDefine ? 1 : 0];
    const model = isDefine
      ? stringAt(reader, expr.args[0])
      : (stringAt(reader, propOf(reader, options, "modelName")) ?? nameAt(reader, callee.object));
    if (model === undefined || exprOf(reader, attributes, "object") === undefined) return [];
    const variable = isDefine ? (reader.byInit.get(id)?.name ?? model) : (nameAt(reader, callee.object) ?? model);
    return [
      draftOf(reader, {
        model: variable === "this" ? model : variable,
        tableModel: model,
        attributes,
        options,
        at: placeOf(reader, id),
      }),
    ];
  });
}

interface Definition {
  /** How code calls it. */
  readonly model: string;
  /** What the table is named after. */
  readonly tableModel: string;
  readonly attributes: ExprId | undefined;
  readonly options: ExprId | undefined;
  readonly at: Location;
}

function draftOf(reader: FactReader, { model, tableModel, attributes, options, at }: Definition): TableDraft {
  const underscored = isTrue(reader, propOf(reader, options, "underscored"));
  const written = columnsOf(reader, attributes);
  const fields: Record<string, string> = {};
  const empty: TableDraft = {
    ...tableName(reader, tableModel, options),
    kind: "table",
    columns: [],
    uniques: [],
    indexes: [],
    foreignKeys: [],
    location: at,
  };
  const props = exprOf(reader, attributes, "object")?.props.flatMap(({ name }) => name ?? []) ?? [];
  const table = written.reduce<TableDraft>((next, draft, i) => {
    const field = props[i] ?? draft.column.name;
    const name = underscored && draft.column.name === field ? snakeCase(field) : draft.column.name;
    fields[field] = name;
    const foreignKey = draft.foreignKey === undefined ? {} : { foreignKey: { ...draft.foreignKey, columns: [name] } };
    return withColumn(next, { ...draft, column: { ...draft.column, name }, ...foreignKey });
  }, empty);
  const id: Column = { name: "id", type: "integer", nullable: false, location: at };
  const keyed =
    table.primaryKey === undefined
      ? {
          ...table,
          columns: [id, ...table.columns],
          primaryKey: { columns: ["id"], location: at, source: "sequelize" as const },
        }
      : table;
  const { indexes, incomplete } = indexesOf(reader, propOf(reader, options, "indexes"), fields);
  return ofSequelize({
    ...keyed,
    indexes,
    ...(incomplete ? { incomplete: "its indexes are made by code that cannot be read" } : {}),
    as: { source: "sequelize", name: model, file: reader.path, location: at, fields, relations: {} },
  });
}

function tableName(
  reader: FactReader,
  model: string,
  options: ExprId | undefined,
): { readonly name: string; readonly schema?: string } {
  const own = stringAt(reader, propOf(reader, options, "tableName"));
  const frozen = isTrue(reader, propOf(reader, options, "freezeTableName"));
  const base = isTrue(reader, propOf(reader, options, "underscored")) ? snakeCase(model) : model;
  return named(own ?? (frozen ? base : plural(base)), stringAt(reader, propOf(reader, options, "schema")));
}

function indexesOf(
  reader: FactReader,
  id: ExprId | undefined,
  fields: Readonly<Record<string, string>>,
): { readonly indexes: readonly Index[]; readonly incomplete: boolean } {
  const items = elementsOf(reader, id);
  const isList = id === undefined || exprOf(reader, id, "array") !== undefined;
  const indexes = items.flatMap((item): Index[] => {
    const parts = elementsOf(reader, propOf(reader, item, "fields")).map((field) => partOf(reader, field));
    const name = stringAt(reader, propOf(reader, item, "name"));
    const unique =
      isTrue(reader, propOf(reader, item, "unique")) ||
      /unique/i.test(stringAt(reader, propOf(reader, item, "type")) ?? "");
    if (parts.length === 0) return [];
    const where = propOf(reader, item, "where");
    return [
      {
        ...(name === undefined ? {} : { name }),
        parts: parts.map((part) =>
          part.column === undefined ? part : { ...part, column: fields[part.column] ?? part.column },
        ),
        method: methodOf(stringAt(reader, propOf(reader, item, "using"))),
        unique,
        ...(where === undefined ? {} : { where: objectCondition(reader, where, fields) }),
        location: placeOf(reader, item),
        sources: ["sequelize"],
      },
    ];
  });
  return { indexes, incomplete: !isList || indexes.length < items.length };
}

/** Readers shared with migrations say where things come from in their own way. */
function ofSequelize(draft: TableDraft): TableDraft {
  const key = (one: Key): Key => ({ ...one, source: "sequelize" });
  return {
    ...draft,
    ...(draft.primaryKey === undefined ? {} : { primaryKey: key(draft.primaryKey) }),
    uniques: draft.uniques.map(key),
    indexes: draft.indexes.map((one) => ({ ...one, sources: ["sequelize"] })),
    foreignKeys: draft.foreignKeys.map((one) => ({ ...one, sources: ["sequelize"] })),
  };
}

// ---------------------------------------------------------------------------------------------- sequelize-typescript

function decoratedTables(reader: FactReader): readonly TableDraft[] {
  return reader.facts.classes.flatMap((cls): TableDraft[] => {
    const table = decoratorNamed(decoratorsOf(reader, cls), "Table");
    return table === undefined ? [] : [decoratedDraft(reader, cls, table)];
  });
}

function decoratedDraft(reader: FactReader, cls: ClassFact, table: Decorator | undefined): TableDraft {
  const options = table?.args[0];
  const columns: Column[] = [];
  const indexes: Index[] = [];
  const uniques: Key[] = [];
  const foreignKeys: ForeignKey[] = [];
  const fields: Record<string, string> = {};
  const relations: Record<string, Relation> = {};
  let primaryKey: Key | undefined;
  const underscored = isTrue(reader, propOf(reader, options, "underscored"));
  for (const member of cls.members) {
    const decorators = decoratorsOf(reader, member);
    const has = (name: string): Decorator | undefined => decoratorNamed(decorators, name);
    const location: Location = { file: reader.path, span: member.span };
    const association = decoratorNamed(decorators, "BelongsTo", "HasMany", "HasOne", "BelongsToMany");
    const target =
      association === undefined ? undefined : (thunkName(reader, association.args[0]) ?? typeName(member.type));
    if (association !== undefined && target !== undefined)
      relations[member.name] = relationOf(reader, member, association, target);
    const column = decoratorNamed(decorators, "Column", "CreatedAt", "UpdatedAt", "DeletedAt");
    if (column === undefined) continue;
    const name =
      stringAt(reader, propOf(reader, column.args[0], "field")) ?? (underscored ? snakeCase(member.name) : member.name);
    const key: Key = { columns: [name], location, source: "sequelize" };
    fields[member.name] = name;
    const type =
      nameAt(reader, column.args[0]) ??
      nameAt(reader, propOf(reader, column.args[0], "type")) ??
      member.type?.name ??
      "unknown";
    columns.push({
      name,
      type: type.toLowerCase(),
      nullable: has("AllowNull") === undefined || !isFalse(reader, has("AllowNull")?.args[0]),
      location,
    });
    if (has("PrimaryKey") !== undefined || isTrue(reader, propOf(reader, column.args[0], "primaryKey")))
      primaryKey = key;
    if (has("Unique") !== undefined || isSet(reader, column.args[0], "unique")) uniques.push(key);
    if (has("Index") !== undefined)
      indexes.push({ parts: [{ column: name }], method: "btree", unique: false, location, sources: ["sequelize"] });
    const references = thunkName(reader, has("ForeignKey")?.args[0]);
    if (references !== undefined)
      foreignKeys.push({
        columns: [name],
        references: { table: references, columns: [] },
        enforced: true,
        location,
        sources: ["sequelize"],
      });
  }
  const own = indexesOf(reader, propOf(reader, options, "indexes"), fields);
  const location = table === undefined ? { file: reader.path, span: cls.span } : placeOf(reader, table.expr);
  const parent = superclassName(reader, cls);
  return {
    ...tableName(reader, stringAt(reader, propOf(reader, options, "modelName")) ?? cls.name, options),
    kind: "table",
    columns,
    ...(primaryKey === undefined ? {} : { primaryKey }),
    uniques,
    indexes: [...indexes, ...own.indexes],
    foreignKeys,
    location,
    ...(own.incomplete ? { incomplete: "its indexes are made by code that cannot be read" } : {}),
    as: { source: "sequelize", name: cls.name, file: reader.path, location, fields, relations },
    ...(parent === undefined || parent === "Model" ? {} : { inherits: [parent] }),
  };
}

function relationOf(reader: FactReader, member: ClassMemberFact, association: Decorator, target: string): Relation {
  const [, second] = association.args;
  const key = stringAt(reader, second) ?? stringAt(reader, propOf(reader, second, "foreignKey"));
  const isOwner = association.name === "BelongsTo";
  return {
    target,
    many: association.name.includes("Many"),
    columns: isOwner ? [key ?? `${member.name}Id`] : [],
    references: !isOwner && key !== undefined ? [key] : [],
  };
}

/** Classes without a table of their own that others extend. */
function baseClasses(reader: FactReader): readonly TablePart[] {
  return reader.facts.classes.flatMap((cls): TablePart[] => {
    if (decoratorNamed(decoratorsOf(reader, cls), "Table") !== undefined) return [];
    const draft = decoratedDraft(reader, cls, undefined);
    return draft.columns.length === 0 ? [] : [{ name: cls.name, draft, fields: draft.as?.fields ?? {} }];
  });
}

// ---------------------------------------------------------------------------------------------- associations

/** `Post.belongsTo(User, { foreignKey: "userId" })`: a column of the posts, and a foreign key unless told otherwise. */
function associations(reader: FactReader): readonly TablePart[] {
  const parts = new Map<
    string,
    { foreignKeys: ForeignKey[]; columns: Column[]; relations: Record<string, Relation> }
  >();
  const partOfModel = (
    name: string,
  ): { foreignKeys: ForeignKey[]; columns: Column[]; relations: Record<string, Relation> } => {
    const known = parts.get(name) ?? { foreignKeys: [], columns: [], relations: {} };
    parts.set(name, known);
    return known;
  };
  for (const [id, expr] of reader.facts.exprs.entries()) {
    const callee = expr.kind === "call" ? reader.facts.exprs[expr.callee] : undefined;
    if (
      expr.kind !== "call" ||
      callee?.kind !== "member" ||
      !/^(?:belongsTo|hasMany|hasOne|belongsToMany)$/.test(callee.name)
    )
      continue;
    const [source, target] = [nameAt(reader, callee.object), nameAt(reader, expr.args[0])];
    if (source === undefined || target === undefined) continue;
    const options = expr.args[1];
    const key = propOf(reader, options, "foreignKey");
    const column = stringAt(reader, key) ?? stringAt(reader, propOf(reader, key, "name"));
    const alias =
      stringAt(reader, propOf(reader, options, "as")) ?? (callee.name.includes("Many") ? plural(target) : target);
    const isOwner = callee.name === "belongsTo";
    const columns = isOwner && column !== undefined ? [column] : [];
    partOfModel(source).relations[alias] = { target, many: callee.name.includes("Many"), columns, references: [] };
    if (callee.name === "belongsToMany" || column === undefined) continue;
    const location = placeOf(reader, id);
    const onDelete = stringAt(reader, propOf(reader, options, "onDelete"))?.toLowerCase();
    const child = partOfModel(isOwner ? source : target);
    child.columns.push({ name: column, type: "unknown", nullable: true, location });
    child.foreignKeys.push({
      columns: [column],
      references: { table: isOwner ? target : source, columns: [] },
      ...(onDelete === undefined ? {} : { onDelete: onDelete as ReferentialAction }),
      enforced: !isFalse(reader, propOf(reader, options, "constraints")),
      location,
      sources: ["sequelize"],
    });
  }
  return [...parts].map(([name, { foreignKeys, columns, relations }]) => ({
    name,
    draft: { columns, uniques: [], indexes: [], foreignKeys },
    relations,
  }));
}
