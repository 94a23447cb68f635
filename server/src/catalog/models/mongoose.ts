/** Mongoose schemas, and the decorated classes NestJS makes them from. MongoDB indexes `_id` by itself and nothing else that is not asked for. */
import { NONE, type ExprId } from "../../facts/model.js";
import type { SchemaChange, SchemaFile, TableDraft, TablePart } from "../change.js";
import {
  chainOf,
  elementsOf,
  exprOf,
  isFalse,
  isTrue,
  nameAt,
  numberAt,
  placeOf,
  propOf,
  propsOf,
  stringAt,
  type FactReader,
} from "../fact-reader.js";
import type { Column, Index, IndexMethod, IndexPart, Relation } from "../model.js";
import { isSet } from "../migrations/changes.js";
import { decoratorNamed, decoratorsOf, plural } from "./decorators.js";
import { UNKNOWN_CONDITION } from "../lookup.js";

export function readMongoose(reader: FactReader): SchemaFile | undefined {
  const schemas = [...schemaVariables(reader), ...schemaClasses(reader)];
  if (schemas.length === 0) return undefined;
  const models = modelNames(reader);
  const changes = schemas.map((schema): SchemaChange => {
    const model = models.get(schema.variable) ?? schema.model;
    const name = schema.collection ?? plural(model.toLowerCase());
    const { location } = schema.draft;
    const as = {
      source: "mongoose" as const,
      name: model,
      file: reader.path,
      location,
      fields: schema.fields,
      relations: schema.relations,
    };
    return { kind: "create-table", at: location, table: { ...schema.draft, name, as } };
  });
  const parts: TablePart[] = [];
  return { path: reader.path, source: "mongoose", engine: "mongodb", changes, problems: [], parts };
}

interface SchemaDraft {
  readonly variable: string;
  /** Name of the model, as far as the schema tells. */
  readonly model: string;
  readonly collection?: string;
  readonly draft: TableDraft;
  readonly fields: Readonly<Record<string, string>>;
  readonly relations: Readonly<Record<string, Relation>>;
}

/** `const userSchema = new Schema({ … })`. */
function schemaVariables(reader: FactReader): readonly SchemaDraft[] {
  return [...reader.byInit].flatMap(([id, binding]): SchemaDraft[] => {
    // Mongoose allows both `new Schema(…)` and `Schema(…)`.
    const made = exprOf(reader, id, "new") ?? exprOf(reader, id, "call");
    if (
      made === undefined ||
      nameAt(reader, made.callee) !== "Schema" ||
      exprOf(reader, made.args[0], "object") === undefined
    )
      return [];
    const into = empty();
    for (const { name, value } of propsOf(reader, made.args[0])) readField(reader, name, value, value, into);
    const collection = stringAt(reader, propOf(reader, made.args[1], "collection"));
    return [
      finish(reader, { id, variable: binding.name, model: binding.name.replace(/_?schema$/i, ""), collection, into }),
    ];
  });
}

/** `@Schema() class User { @Prop({ index: true }) email: string }` with `SchemaFactory.createForClass(User)`. */
function schemaClasses(reader: FactReader): readonly SchemaDraft[] {
  return reader.facts.classes.flatMap((cls): SchemaDraft[] => {
    const schema = decoratorNamed(decoratorsOf(reader, cls), "Schema");
    if (schema === undefined) return [];
    const into = empty();
    for (const member of cls.members) {
      const prop = decoratorNamed(decoratorsOf(reader, member), "Prop");
      if (prop !== undefined) readField(reader, member.name, prop.args[0], prop.expr, into);
    }
    const made = [...reader.byInit].find(([id]) => {
      const chain = chainOf(reader, id);
      return chain?.name === "createForClass" && nameAt(reader, chain.args[0]) === cls.name;
    });
    const collection = stringAt(reader, propOf(reader, schema.args[0], "collection"));
    return [finish(reader, { id: schema.expr, variable: made?.[1].name ?? "", model: cls.name, collection, into })];
  });
}

interface Building {
  readonly columns: Column[];
  readonly indexes: Index[];
  readonly relations: Record<string, Relation>;
}

function empty(): Building {
  return { columns: [], indexes: [], relations: {} };
}

interface Finishing {
  readonly id: ExprId;
  readonly variable: string;
  readonly model: string;
  readonly collection: string | undefined;
  readonly into: Building;
}

function finish(reader: FactReader, { id, variable, model, collection, into }: Finishing): SchemaDraft {
  const location = placeOf(reader, id);
  const own = indexCalls(reader, variable);
  const idColumn: Column = { name: "_id", type: "objectid", nullable: false, location };
  const columns = into.columns.some(({ name }) => name === "_id") ? into.columns : [idColumn, ...into.columns];
  const draft: TableDraft = {
    name: model,
    kind: "collection",
    columns,
    primaryKey: { columns: ["_id"], location, source: "mongoose" },
    uniques: [],
    indexes: [...into.indexes, ...own.indexes],
    foreignKeys: [],
    location,
    ...(own.incomplete ? { incomplete: "some of its indexes are made by code that cannot be read" } : {}),
  };
  const fields = Object.fromEntries(columns.map(({ name }) => [name, name]));
  return {
    variable,
    model,
    ...(collection === undefined ? {} : { collection }),
    draft,
    fields: { ...fields, id: "_id" },
    relations: into.relations,
  };
}

/** Nesting below this many levels is not followed. */
const MAX_DEPTH = 4;

/** `{ type: String, index: true }`, `String`, `[{ … }]`, or an object of fields. */
function readField(
  reader: FactReader,
  path: string,
  id: ExprId | undefined,
  at: ExprId,
  into: Building,
  depth = 0,
): void {
  const [element] = elementsOf(reader, id);
  const definition = element ?? id;
  const type = propOf(reader, definition, "type");
  const isGroup =
    exprOf(reader, definition, "object") !== undefined &&
    (type === undefined || propOf(reader, type, "type") !== undefined);
  const hasOptions = ["ref", "index", "unique", "required", "default", "enum"].some(
    (key) => propOf(reader, definition, key) !== undefined,
  );
  if (isGroup && !hasOptions && depth < MAX_DEPTH) {
    for (const { name, value } of propsOf(reader, definition))
      readField(reader, `${path}.${name}`, value, value, into, depth + 1);
    return;
  }
  const location = placeOf(reader, at);
  const typeText = nameAt(reader, elementsOf(reader, type)[0] ?? type) ?? nameAt(reader, definition) ?? "unknown";
  into.columns.push({
    name: path,
    type: typeText.toLowerCase(),
    nullable: !isTrue(reader, propOf(reader, definition, "required")),
    location,
  });
  const ref = propOf(reader, definition, "ref") ?? propOf(reader, elementsOf(reader, type)[0], "ref");
  const target = stringAt(reader, ref) ?? nameAt(reader, ref);
  if (target !== undefined)
    into.relations[path] = {
      target,
      many: element !== undefined || elementsOf(reader, type).length > 0,
      columns: [path],
      references: ["_id"],
    };
  const kind = stringAt(reader, propOf(reader, definition, "index"));
  const unique = isSet(reader, definition, "unique");
  if (!unique && !isSet(reader, definition, "index")) return;
  const isPartial = propOf(reader, propOf(reader, definition, "index"), "partialFilterExpression") !== undefined;
  into.indexes.push({
    parts: [{ column: path }],
    method: methodOf(kind),
    unique,
    ...(isPartial ? { where: UNKNOWN_CONDITION } : {}),
    location,
    sources: ["mongoose"],
  });
}

function methodOf(kind: string | undefined): IndexMethod {
  if (kind === "text") return "text";
  if (kind?.startsWith("2d") === true || kind === "geoHaystack") return "geo";
  return kind === "hashed" ? "hash" : "btree";
}

/** `userSchema.index({ a: 1, b: -1 }, { unique: true })`. */
function indexCalls(
  reader: FactReader,
  variable: string,
): { readonly indexes: readonly Index[]; readonly incomplete: boolean } {
  const indexes: Index[] = [];
  let incomplete = false;
  for (const [id, expr] of reader.facts.exprs.entries()) {
    if (expr.kind !== "call" || variable === "") continue;
    const callee = reader.facts.exprs[expr.callee];
    if (callee?.kind !== "member" || callee.name !== "index" || nameAt(reader, callee.object) !== variable) continue;
    const index = indexOf(reader, id, expr.args);
    if (index === undefined) incomplete = true;
    else indexes.push(index);
  }
  return { indexes, incomplete };
}

function indexOf(reader: FactReader, id: ExprId, [fields, options]: readonly ExprId[]): Index | undefined {
  const object = exprOf(reader, fields, "object");
  if (object === undefined || object.props.some((prop) => prop.name === undefined)) return undefined;
  const kinds: string[] = [];
  const parts = object.props.map(({ name = "", value }): IndexPart => {
    const kind = stringAt(reader, value);
    if (kind !== undefined && !/^(?:asc|desc|ascending|descending)$/.test(kind)) kinds.push(kind);
    const isDown = (numberAt(reader, value) ?? 1) < 0 || kind?.startsWith("desc") === true;
    return isDown ? { column: name, descending: true } : { column: name };
  });
  const isPartial = propOf(reader, options, "partialFilterExpression") !== undefined;
  const name = stringAt(reader, propOf(reader, options, "name"));
  const unique = isTrue(reader, propOf(reader, options, "unique"));
  return {
    ...(name === undefined ? {} : { name }),
    parts,
    method: methodOf(kinds[0]),
    unique,
    ...(isPartial && !isFalse(reader, propOf(reader, options, "partialFilterExpression"))
      ? { where: UNKNOWN_CONDITION }
      : {}),
    location: placeOf(reader, id),
    sources: ["mongoose"],
  };
}

/** Model of each schema variable: `mongoose.model("User", userSchema)`. */
function modelNames(reader: FactReader): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const expr of reader.facts.exprs) {
    if (expr.kind !== "call") continue;
    const callee = reader.facts.exprs[expr.callee];
    const isModel = (callee?.kind === "member" || callee?.kind === "ref") && callee.name === "model";
    const model = isModel ? stringAt(reader, expr.args[0]) : undefined;
    const variable = expr.args[1] === undefined || expr.args[1] === NONE ? undefined : nameAt(reader, expr.args[1]);
    if (model !== undefined && variable !== undefined) names.set(variable, model);
  }
  return names;
}
