/** MikroORM entities: decorated classes. Its schema generator indexes every foreign key by itself, and names follow its underscore strategy. */
import type { ClassFact, ClassMemberFact } from "../../facts/model.js";
import type { Location } from "../../project/model.js";
import type { SchemaChange, SchemaFile, TableDraft, TablePart } from "../change.js";
import { exprOf, isTrue, placeOf, propOf, stringAt, stringsAt, thunkName, type FactReader } from "../fact-reader.js";
import { named } from "../postgres-changes.js";
import type { Column, ForeignKey, Index, Key, ReferentialAction, Relation } from "../model.js";
import { isSet } from "../migrations/changes.js";
import { decoratorNamed, decoratorsOf, snakeCase, superclassName, typeName, type Decorator } from "./decorators.js";

const COLUMNS = ["Property", "PrimaryKey", "SerializedPrimaryKey", "Enum"];
const RELATIONS = ["ManyToOne", "OneToOne", "OneToMany", "ManyToMany"];

export function readMikroOrm(reader: FactReader): SchemaFile | undefined {
  const changes: SchemaChange[] = [];
  const parts: TablePart[] = [];
  for (const cls of reader.facts.classes) {
    const decorators = decoratorsOf(reader, cls);
    const entity = decoratorNamed(decorators, "Entity");
    const draft = draftOf(reader, cls, decorators, entity);
    const isAbstract = cls.abstract === true || isTrue(reader, propOf(reader, entity?.args[0], "abstract"));
    if (entity !== undefined && !isAbstract)
      changes.push({ kind: "create-table", at: placeOf(reader, entity.expr), table: draft });
    else if (draft.columns.length > 0) parts.push({ name: cls.name, draft, fields: draft.as?.fields ?? {} });
  }
  if (changes.length === 0 && parts.length === 0) return undefined;
  return { path: reader.path, source: "mikro-orm", engine: "unknown", changes, problems: [], parts };
}

interface Building {
  readonly columns: Column[];
  readonly primary: Key[];
  readonly uniques: Key[];
  readonly indexes: Index[];
  readonly foreignKeys: ForeignKey[];
  readonly fields: Record<string, string>;
  readonly relations: Record<string, Relation>;
}

function draftOf(
  reader: FactReader,
  cls: ClassFact,
  decorators: readonly Decorator[],
  entity: Decorator | undefined,
): TableDraft {
  const into: Building = {
    columns: [],
    primary: [],
    uniques: [],
    indexes: [],
    foreignKeys: [],
    fields: {},
    relations: {},
  };
  for (const member of cls.members) readMember(reader, member, into);
  for (const decorator of decorators) readKeys(reader, decorator, undefined, into);
  const settings = entity?.args[0];
  const name =
    stringAt(reader, propOf(reader, settings, "tableName")) ?? stringAt(reader, propOf(reader, settings, "collection"));
  const location: Location =
    entity === undefined ? { file: reader.path, span: cls.span } : placeOf(reader, entity.expr);
  const parent = superclassName(reader, cls);
  const [key] = into.primary;
  return {
    ...named(name ?? snakeCase(cls.name), stringAt(reader, propOf(reader, settings, "schema"))),
    kind: "table",
    columns: into.columns,
    ...(key === undefined ? {} : { primaryKey: { ...key, columns: into.primary.flatMap(({ columns }) => columns) } }),
    uniques: into.uniques,
    indexes: into.indexes,
    foreignKeys: into.foreignKeys,
    location,
    as: {
      source: "mikro-orm",
      name: cls.name,
      file: reader.path,
      location,
      fields: into.fields,
      relations: into.relations,
    },
    ...(parent === undefined ? {} : { inherits: [parent] }),
  };
}

function readMember(reader: FactReader, member: ClassMemberFact, into: Building): void {
  const decorators = decoratorsOf(reader, member);
  const column = decoratorNamed(decorators, ...COLUMNS);
  const relation = decoratorNamed(decorators, ...RELATIONS);
  const location: Location = { file: reader.path, span: member.span };
  if (relation !== undefined) readRelation(reader, member, relation, location, into);
  else if (column !== undefined) readColumn(reader, member, column, location, into);
  else return;
  const name = into.fields[member.name];
  if (name === undefined) return;
  if (decoratorNamed(decorators, "PrimaryKey") !== undefined)
    into.primary.push({ columns: [name], location, source: "mikro-orm" });
  for (const decorator of decorators) readKeys(reader, decorator, name, into);
}

function readColumn(
  reader: FactReader,
  member: ClassMemberFact,
  decorator: Decorator,
  location: Location,
  into: Building,
): void {
  const [options] = decorator.args;
  if (propOf(reader, options, "persist") !== undefined) return;
  const name =
    stringAt(reader, propOf(reader, options, "fieldName")) ??
    stringAt(reader, propOf(reader, options, "name")) ??
    snakeCase(member.name);
  const type =
    stringAt(reader, propOf(reader, options, "columnType")) ??
    stringAt(reader, propOf(reader, options, "type")) ??
    member.type?.name ??
    "unknown";
  into.fields[member.name] = name;
  into.columns.push({
    name,
    type: type.toLowerCase(),
    nullable: isTrue(reader, propOf(reader, options, "nullable")),
    location,
  });
  if (isSet(reader, options, "unique")) into.uniques.push({ columns: [name], location, source: "mikro-orm" });
  if (isSet(reader, options, "index")) into.indexes.push(plain([name], location));
}

function plain(columns: readonly string[], location: Location): Index {
  return {
    parts: columns.map((column) => ({ column })),
    method: "btree",
    unique: false,
    location,
    sources: ["mikro-orm"],
  };
}

function readRelation(
  reader: FactReader,
  member: ClassMemberFact,
  relation: Decorator,
  location: Location,
  into: Building,
): void {
  const [first, second, third] = relation.args;
  const options = [first, second, third].find((arg) => exprOf(reader, arg, "object") !== undefined);
  const entity = propOf(reader, options, "entity") ?? (options === first ? undefined : first);
  const target = thunkName(reader, entity) ?? typeName(member.type);
  if (target === undefined) return;
  const isOwner =
    relation.name === "ManyToOne" ||
    (relation.name === "OneToOne" && propOf(reader, options, "mappedBy") === undefined && second === undefined);
  const many = relation.name.endsWith("Many");
  const column =
    stringAt(reader, propOf(reader, options, "fieldName")) ??
    stringAt(reader, propOf(reader, options, "joinColumn")) ??
    stringAt(reader, propOf(reader, options, "columnName")) ??
    `${snakeCase(member.name)}_id`;
  into.relations[member.name] = { target, many, columns: isOwner ? [column] : [], references: [] };
  if (!isOwner) return;
  into.fields[member.name] = column;
  into.columns.push({
    name: column,
    type: "unknown",
    nullable: isTrue(reader, propOf(reader, options, "nullable")),
    location,
  });
  const onDelete =
    stringAt(reader, propOf(reader, options, "onDelete")) ?? stringAt(reader, propOf(reader, options, "deleteRule"));
  into.foreignKeys.push({
    columns: [column],
    references: { table: target, columns: [] },
    ...(onDelete === undefined ? {} : { onDelete: onDelete.toLowerCase() as ReferentialAction }),
    enforced: true,
    location,
    sources: ["mikro-orm"],
  });
  if (relation.name === "OneToOne") into.uniques.push({ columns: [column], location, source: "mikro-orm" });
  // Made by the schema generator, not asked for: no index of somebody's that could be superfluous.
  else into.indexes.push({ ...plain([column], location), constraint: "foreign-key" });
}

/** `@Index({ properties: ["a", "b"] })` and `@Unique(…)` of a class, or without properties of a member. */
function readKeys(reader: FactReader, decorator: Decorator, own: string | undefined, into: Building): void {
  if (decorator.name !== "Index" && decorator.name !== "Unique") return;
  const [options] = decorator.args;
  const location = placeOf(reader, decorator.expr);
  const listed = stringsAt(reader, propOf(reader, options, "properties")).map((field) => into.fields[field] ?? field);
  const columns = listed.length > 0 ? listed : own === undefined ? [] : [own];
  if (columns.length === 0) return;
  if (decorator.name === "Unique") {
    into.uniques.push({ columns, location, source: "mikro-orm" });
    return;
  }
  const name = stringAt(reader, propOf(reader, options, "name"));
  const isOwn = propOf(reader, options, "expression") !== undefined || propOf(reader, options, "type") !== undefined;
  into.indexes.push({
    ...plain(columns, location),
    ...(name === undefined ? {} : { name }),
    ...(isOwn ? { method: "other" as const } : {}),
  });
}
