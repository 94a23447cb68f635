/** TypeORM entities: decorated classes, with what they inherit from classes of other files by name. */
import type { ClassFact, ClassMemberFact, ExprId } from "../../facts/model.js";
import type { Location } from "../../project/model.js";
import type { SchemaChange, SchemaFile, TableDraft, TablePart } from "../change.js";
import {
  elementsOf,
  exprOf,
  isTrue,
  nameAt,
  placeOf,
  propOf,
  propsOf,
  returned,
  stringAt,
  stringsAt,
  thunkName,
  type FactReader,
} from "../fact-reader.js";
import { named } from "../postgres-changes.js";
import type { Column, ForeignKey, Index, Key, ReferentialAction, Relation } from "../model.js";
import { decoratorNamed, decoratorsOf, snakeCase, superclassName, typeName, type Decorator } from "./decorators.js";
import { UNKNOWN_CONDITION } from "../lookup.js";

const COLUMNS = [
  "Column",
  "PrimaryColumn",
  "PrimaryGeneratedColumn",
  "CreateDateColumn",
  "UpdateDateColumn",
  "DeleteDateColumn",
  "VersionColumn",
  "ObjectIdColumn",
  "ViewColumn",
];
const RELATIONS = ["ManyToOne", "OneToOne", "OneToMany", "ManyToMany"];

export function readTypeorm(reader: FactReader): SchemaFile | undefined {
  const changes: SchemaChange[] = [];
  const parts: TablePart[] = [];
  for (const cls of reader.facts.classes) {
    const decorators = decoratorsOf(reader, cls);
    const entity = decoratorNamed(decorators, "Entity", "ViewEntity");
    const draft = draftOf(reader, cls, decorators, entity);
    if (entity !== undefined) changes.push({ kind: "create-table", at: placeOf(reader, entity.expr), table: draft });
    else if (draft.columns.length > 0 || draft.foreignKeys.length > 0 || draft.indexes.length > 0)
      parts.push({ name: cls.name, draft, fields: draft.as?.fields ?? {} });
  }
  if (changes.length === 0 && parts.length === 0) return undefined;
  return { path: reader.path, source: "typeorm", engine: "unknown", changes, problems: [], parts };
}

interface Building {
  readonly columns: Column[];
  primary: { readonly name: string; readonly location: Location }[];
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
  for (const decorator of decorators) readClassDecorator(reader, decorator, into);
  const [first] = entity?.args ?? [];
  const text = stringAt(reader, first) ?? stringAt(reader, propOf(reader, first, "name"));
  const location: Location =
    entity === undefined ? { file: reader.path, span: cls.span } : placeOf(reader, entity.expr);
  const parent = superclassName(reader, cls);
  const options = exprOf(reader, first, "object") === undefined ? entity?.args[1] : first;
  const [key] = into.primary;
  return {
    ...named(text ?? snakeCase(cls.name), stringAt(reader, propOf(reader, options, "schema"))),
    kind: entity?.name === "ViewEntity" ? "view" : "table",
    columns: into.columns,
    ...(key === undefined
      ? {}
      : {
          primaryKey: {
            columns: into.primary.map(({ name }) => name),
            location: key.location,
            source: "typeorm" as const,
          },
        }),
    uniques: into.uniques,
    indexes: into.indexes,
    foreignKeys: into.foreignKeys,
    location,
    as: {
      source: "typeorm",
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
  if (column !== undefined) readColumn(reader, member, column, location, into);
  if (relation !== undefined) readRelation(reader, member, relation, decorators, into);
  if (column === undefined && relation === undefined) return;
  const name = into.fields[member.name] ?? member.name;
  for (const decorator of decorators) {
    if (decorator.name === "Index") into.indexes.push(indexOf(reader, decorator, [name]));
    if (decorator.name === "Unique")
      into.uniques.push({ columns: [name], location: placeOf(reader, decorator.expr), source: "typeorm" });
    if (decorator.name === "PrimaryColumn" && relation !== undefined) into.primary.push({ name, location });
  }
}

function readColumn(
  reader: FactReader,
  member: ClassMemberFact,
  decorator: Decorator,
  location: Location,
  into: Building,
): void {
  const options = decorator.args.find((arg) => exprOf(reader, arg, "object") !== undefined);
  // `@Column(() => Name)` embeds the columns of another class.
  if (decorator.args.some((arg) => exprOf(reader, arg, "function") !== undefined)) return;
  const name = stringAt(reader, propOf(reader, options, "name")) ?? member.name;
  const type =
    stringAt(reader, decorator.args[0]) ??
    stringAt(reader, propOf(reader, options, "type")) ??
    member.type?.name ??
    "unknown";
  const isPrimary = decorator.name.startsWith("Primary") || isTrue(reader, propOf(reader, options, "primary"));
  const values = stringsAt(reader, propOf(reader, options, "enum"));
  into.fields[member.name] = name;
  const isEnum = propOf(reader, options, "enum") !== undefined;
  into.columns.push({
    name,
    type: type.toLowerCase(),
    nullable: isTrue(reader, propOf(reader, options, "nullable")),
    ...(isEnum ? { values: values.length > 0 ? values : enumValues(reader, propOf(reader, options, "enum")) } : {}),
    location,
  });
  if (isPrimary) into.primary.push({ name, location });
  if (isTrue(reader, propOf(reader, options, "unique")))
    into.uniques.push({ columns: [name], location, source: "typeorm" });
}

function enumValues({ facts }: FactReader, id: ExprId | undefined): readonly string[] {
  const ref = id === undefined ? undefined : facts.exprs[id];
  const members = ref?.kind === "ref" ? facts.bindings[ref.binding]?.members : undefined;
  return (members ?? []).map(({ value, name }) => String(value ?? name));
}

function readRelation(
  reader: FactReader,
  member: ClassMemberFact,
  relation: Decorator,
  decorators: readonly Decorator[],
  into: Building,
): void {
  const target = thunkName(reader, relation.args[0]) ?? typeName(member.type);
  if (target === undefined) return;
  const joins = decorators.filter(({ name }) => name === "JoinColumn");
  const isOwner = relation.name === "ManyToOne" || (relation.name === "OneToOne" && joins.length > 0);
  const many = relation.name.endsWith("Many");
  const columns = isOwner ? joinColumns(reader, member, joins) : [];
  const names = columns.map(({ name }) => name);
  into.relations[member.name] = {
    target,
    many,
    columns: names,
    references: columns.flatMap(({ references }) => references ?? []),
  };
  if (!isOwner) return;
  const location: Location = { file: reader.path, span: member.span };
  const [first] = names;
  if (first !== undefined) into.fields[member.name] ??= first;
  for (const name of names)
    if (!into.columns.some((column) => column.name === name))
      into.columns.push({ name, type: "unknown", nullable: true, location });
  const options = relation.args.slice(1).find((arg) => exprOf(reader, arg, "object") !== undefined);
  const onDelete = stringAt(reader, propOf(reader, options, "onDelete"))?.toLowerCase();
  const isFree = propOf(reader, options, "createForeignKeyConstraints") !== undefined;
  into.foreignKeys.push({
    columns: names,
    references: { table: target, columns: columns.flatMap(({ references }) => references ?? []) },
    ...(onDelete === undefined || onDelete === "no action" ? {} : { onDelete: onDelete as ReferentialAction }),
    enforced: !isFree,
    location,
    sources: ["typeorm"],
  });
  // TypeORM makes the owning column of a one-to-one relation unique.
  if (relation.name === "OneToOne") into.uniques.push({ columns: names, location, source: "typeorm" });
}

interface JoinColumn {
  readonly name: string;
  readonly references?: string;
}

function joinColumns(reader: FactReader, member: ClassMemberFact, joins: readonly Decorator[]): readonly JoinColumn[] {
  const settings = joins.flatMap(({ args }) =>
    elementsOf(reader, args[0]).length > 0 ? elementsOf(reader, args[0]) : args.slice(0, 1),
  );
  const all = settings.length > 0 ? settings : [undefined];
  return all.map((id) => {
    const references = stringAt(reader, propOf(reader, id, "referencedColumnName"));
    const name = stringAt(reader, propOf(reader, id, "name")) ?? `${member.name}${capitalized(references ?? "id")}`;
    return references === undefined ? { name } : { name, references };
  });
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `@Index(["a", "b"])`, `@Index("name", ["a"], { unique: true })`, `@Index((entity) => [entity.a])`, `@Unique(…)`. */
function readClassDecorator(reader: FactReader, decorator: Decorator, into: Building): void {
  if (decorator.name !== "Index" && decorator.name !== "Unique") return;
  const listed = decorator.args.find(
    (arg) => exprOf(reader, arg, "array") !== undefined || exprOf(reader, arg, "function") !== undefined,
  );
  const fields = listed === undefined ? [] : fieldNames(reader, listed);
  const columns = fields.map((field) => into.fields[field] ?? field);
  if (columns.length === 0) return;
  if (decorator.name === "Index") into.indexes.push(indexOf(reader, decorator, columns));
  else into.uniques.push({ columns, location: placeOf(reader, decorator.expr), source: "typeorm" });
}

function fieldNames(reader: FactReader, id: ExprId): readonly string[] {
  const texts = stringsAt(reader, id);
  if (texts.length > 0) return texts;
  const body = returned(reader, id);
  const members = elementsOf(reader, body).flatMap((one) => nameAt(reader, one) ?? []);
  return members.length > 0 ? members : propsOf(reader, body).map(({ name }) => name);
}

function indexOf(reader: FactReader, decorator: Decorator, columns: readonly string[]): Index {
  const options = decorator.args.find((arg) => exprOf(reader, arg, "object") !== undefined);
  const name = stringAt(reader, decorator.args[0]);
  const isOn = (key: string): boolean => isTrue(reader, propOf(reader, options, key));
  const where = propOf(reader, options, "where");
  return {
    ...(name === undefined ? {} : { name }),
    parts: columns.map((column) => ({ column })),
    method: isOn("fulltext") ? "fulltext" : isOn("spatial") ? "geo" : "btree",
    unique: isOn("unique"),
    ...(where === undefined ? {} : { where: stringAt(reader, where) ?? UNKNOWN_CONDITION }),
    location: placeOf(reader, decorator.expr),
    sources: ["typeorm"],
  };
}
