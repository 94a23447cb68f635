/**
 * A `schema.prisma` (or one of several files of a schema folder) → the tables it declares. A relation is a foreign key that the database enforces, unless the
 * datasource says `relationMode = "prisma"`; the datasource may stand in another file of the folder, so that is decided when the files are merged.
 */
import type { Span } from "../base/span.js";
import type { Location } from "../project/model.js";
import {
  argumentOf,
  parsePrismaSchema,
  type PrismaAttribute,
  type PrismaBlock,
  type PrismaField,
  type PrismaSchema,
  type PrismaValue,
} from "../syntax/prisma-schema.js";
import type { SchemaFile, TableDraft } from "./change.js";
import type {
  Column,
  Engine,
  ForeignKey,
  Index,
  IndexMethod,
  IndexPart,
  Key,
  ReferentialAction,
  Relation,
} from "./model.js";
import { UNKNOWN_CONDITION } from "./lookup.js";

/** What the datasource block says, wherever it stands. */
export interface PrismaDatasource {
  readonly engine: Engine;
  readonly relationMode: "foreignKeys" | "prisma";
}

export interface PrismaSchemaFile extends SchemaFile {
  readonly datasource?: PrismaDatasource;
  /** Names of models and enums of this file, to tell scalar fields from relations across files. */
  readonly schema: PrismaSchema;
}

const ENGINES: Readonly<Record<string, Engine>> = {
  postgresql: "postgresql",
  postgres: "postgresql",
  cockroachdb: "postgresql",
  mysql: "mysql",
  sqlite: "sqlite",
  mongodb: "mongodb",
};

export function readPrismaFile(path: string, text: string): PrismaSchemaFile {
  const schema = parsePrismaSchema(text);
  const source = schema.blocks.find((block) => block.keyword === "datasource");
  const datasource = source === undefined ? undefined : datasourceOf(source);
  const problems = schema.problems.map(({ message, span }) => ({ at: { file: path, span }, message }));
  return {
    path,
    source: "prisma",
    engine: datasource?.engine ?? "unknown",
    changes: [],
    problems,
    schema,
    ...(datasource === undefined ? {} : { datasource }),
  };
}

function datasourceOf({ settings }: PrismaBlock): PrismaDatasource {
  const provider = wordOf(settings["provider"]);
  return {
    engine: ENGINES[provider] ?? "unknown",
    relationMode:
      wordOf(settings["relationMode"]) === "prisma" || wordOf(settings["referentialIntegrity"]) === "prisma"
        ? "prisma"
        : "foreignKeys",
  };
}

/** Tables of all files of one schema. */
export function prismaTables(files: readonly PrismaSchemaFile[], datasource: PrismaDatasource): readonly TableDraft[] {
  const models = new Map<string, PrismaBlock>();
  const enums = new Map<string, PrismaBlock>();
  for (const { schema } of files)
    for (const block of schema.blocks) {
      if (block.keyword === "model" || block.keyword === "view") models.set(block.name, block);
      else if (block.keyword === "enum") enums.set(block.name, block);
    }
  const context = { models, enums, datasource };
  return files.flatMap(({ path, schema }) =>
    schema.blocks
      .filter((block) => models.get(block.name) === block)
      .map((block) => tableOf(block, { ...context, path, columns: columnNames(block, models) })),
  );
}

interface Context {
  readonly path: string;
  readonly models: ReadonlyMap<string, PrismaBlock>;
  readonly enums: ReadonlyMap<string, PrismaBlock>;
  readonly datasource: PrismaDatasource;
  /** Column of each scalar field. */
  readonly columns: Readonly<Record<string, string>>;
}

function tableOf(block: PrismaBlock, context: Context): TableDraft {
  const scalars = block.fields.filter((field) => Object.hasOwn(context.columns, field.name));
  const schema = attribute(block.attributes, "schema");
  const schemaName = schema === undefined ? "" : wordOf(argumentOf(schema.args, "name"));
  const location = place(context, block.nameSpan);
  const primaryKey = primaryKeyOf(block, scalars, context);
  return {
    name: tableNameOf(block),
    ...(schemaName === "" || schemaName === "public" ? {} : { schema: schemaName }),
    kind: block.keyword === "view" ? "view" : context.datasource.engine === "mongodb" ? "collection" : "table",
    columns: scalars.map((field) => columnOfField(field, context)),
    ...(primaryKey === undefined ? {} : { primaryKey }),
    uniques: uniquesOf(block, scalars, context),
    indexes: indexesOf(block, context),
    foreignKeys: foreignKeysOf(block, context),
    location,
    as: {
      source: "prisma",
      name: block.name,
      file: context.path,
      location,
      fields: context.columns,
      relations: relationsOf(block, context),
    },
  };
}

// ---------------------------------------------------------------------------------------------- columns

function tableNameOf(block: PrismaBlock): string {
  const map = attribute(block.attributes, "map");
  return map === undefined ? block.name : wordOf(argumentOf(map.args, "name")) || block.name;
}

function columnNames(block: PrismaBlock, models: ReadonlyMap<string, PrismaBlock>): Readonly<Record<string, string>> {
  const columns: Record<string, string> = {};
  for (const field of block.fields) {
    if (field.type === "" || models.has(field.type)) continue;
    const map = attribute(field.attributes, "map");
    columns[field.name] = map === undefined ? field.name : wordOf(argumentOf(map.args, "name")) || field.name;
  }
  return columns;
}

const TYPES: Readonly<Record<string, string>> = {
  String: "text",
  Int: "integer",
  BigInt: "bigint",
  Boolean: "boolean",
  DateTime: "timestamp",
  Float: "double precision",
  Decimal: "numeric",
  Json: "jsonb",
  Bytes: "bytea",
};

function columnOfField(field: PrismaField, context: Context): Column {
  const native = field.attributes.find(({ name }) => name.startsWith("db."));
  const size = native?.args.map(({ value }) => wordOf(value)).join(",");
  const type =
    native === undefined ? (TYPES[field.type] ?? field.type.toLowerCase()) : native.name.slice(3).toLowerCase();
  const values = context.enums.get(field.type)?.fields.map(({ name }) => name);
  return {
    name: context.columns[field.name] ?? field.name,
    type: `${type}${size === undefined || size === "" ? "" : `(${size})`}${field.list ? "[]" : ""}`,
    nullable: field.optional,
    ...(values === undefined ? {} : { values }),
    location: place(context, field.nameSpan),
  };
}

// ---------------------------------------------------------------------------------------------- keys and indexes

function primaryKeyOf(block: PrismaBlock, scalars: readonly PrismaField[], context: Context): Key | undefined {
  const whole = attribute(block.attributes, "id");
  if (whole !== undefined) return keyOf(whole, context);
  const field = scalars.find((one) => attribute(one.attributes, "id") !== undefined);
  if (field === undefined) return undefined;
  return {
    columns: [context.columns[field.name] ?? field.name],
    location: place(context, field.nameSpan),
    source: "prisma",
  };
}

function uniquesOf(block: PrismaBlock, scalars: readonly PrismaField[], context: Context): readonly Key[] {
  const single = scalars.flatMap((field): Key[] => {
    const unique = attribute(field.attributes, "unique");
    if (unique === undefined) return [];
    return [
      {
        ...mapName(unique),
        columns: [context.columns[field.name] ?? field.name],
        location: place(context, field.nameSpan),
        source: "prisma",
      },
    ];
  });
  const several = block.attributes.filter(({ name }) => name === "unique").map((one) => keyOf(one, context));
  return [...single, ...several];
}

function keyOf(attribute: PrismaAttribute, context: Context): Key {
  const columns = partsOf(attribute, context).flatMap(({ column }) => (column === undefined ? [] : [column]));
  return { ...mapName(attribute), columns, location: place(context, attribute), source: "prisma" };
}

const METHODS: Readonly<Record<string, IndexMethod>> = {
  BTree: "btree",
  Hash: "hash",
  Gin: "gin",
  Gist: "gist",
  SpGist: "spgist",
  Brin: "brin",
};

function indexesOf(block: PrismaBlock, context: Context): readonly Index[] {
  return block.attributes
    .filter(({ name }) => name === "index" || name === "fulltext")
    .map((attribute): Index => {
      const type = attribute.args.find((one) => one.name === "type");
      const method = attribute.name === "fulltext" ? "fulltext" : (METHODS[wordOf(type?.value)] ?? "btree");
      const where = attribute.args.find((one) => one.name === "where");
      return {
        ...mapName(attribute),
        parts: partsOf(attribute, context),
        method,
        unique: false,
        ...(where === undefined ? {} : { where: wordOf(where.value) || UNKNOWN_CONDITION }),
        location: place(context, attribute),
        sources: ["prisma"],
      };
    });
}

/** Index names: `map` names it in the database; `name` did in old schemas. */
function mapName({ args }: PrismaAttribute): { readonly name?: string } {
  const named = args.find((one) => one.name === "map") ?? args.find((one) => one.name === "name");
  const text = wordOf(named?.value);
  return text === "" ? {} : { name: text };
}

function partsOf(attribute: PrismaAttribute, context: Context): readonly IndexPart[] {
  const fields = argumentOf(attribute.args, "fields");
  const items = fields?.kind === "list" ? fields.items : fields === undefined ? [] : [fields];
  return items.map((item): IndexPart => {
    const name = item.kind === "call" ? item.name : wordOf(item);
    const args = item.kind === "call" ? item.args : [];
    const sort = wordOf(args.find((one) => one.name === "sort")?.value);
    const length = Number(wordOf(args.find((one) => one.name === "length")?.value));
    const ops = args.find((one) => one.name === "ops")?.value;
    const operatorClass = ops?.kind === "call" ? wordOf(ops.args[0]?.value) : wordOf(ops);
    return {
      column: context.columns[name] ?? name,
      ...(sort === "Desc" ? { descending: true as const } : {}),
      ...(operatorClass === "" ? {} : { operatorClass }),
      ...(length > 0 ? { prefixLength: length } : {}),
    };
  });
}

// ---------------------------------------------------------------------------------------------- relations

const ACTIONS: Readonly<Record<string, ReferentialAction>> = {
  Cascade: "cascade",
  SetNull: "set null",
  SetDefault: "set default",
  Restrict: "restrict",
  NoAction: "no action",
};

function foreignKeysOf(block: PrismaBlock, context: Context): readonly ForeignKey[] {
  return block.fields.flatMap((field): ForeignKey[] => {
    const target = context.models.get(field.type);
    const { columns, references, relation } = relationColumns(field, context);
    if (target === undefined || columns.length === 0 || relation === undefined) return [];
    const first = block.fields.find((one) => context.columns[one.name] === columns[0]);
    const onDelete = ACTIONS[wordOf(relation.args.find((one) => one.name === "onDelete")?.value)];
    const onUpdate = ACTIONS[wordOf(relation.args.find((one) => one.name === "onUpdate")?.value)];
    return [
      {
        ...(relation.args.some((one) => one.name === "map") ? mapName(relation) : {}),
        columns,
        references: { table: tableNameOf(target), columns: references },
        ...(onDelete === undefined ? {} : { onDelete }),
        ...(onUpdate === undefined ? {} : { onUpdate }),
        enforced: context.datasource.relationMode === "foreignKeys",
        // Whoever looks for the key looks at the column first.
        location: place(context, first?.nameSpan ?? field.nameSpan),
        others: first === undefined ? [] : [place(context, field.nameSpan)],
        sources: ["prisma"],
      },
    ];
  });
}

function relationColumns(
  field: PrismaField,
  { columns, models }: Context,
): {
  readonly columns: readonly string[];
  readonly references: readonly string[];
  readonly relation: PrismaAttribute | undefined;
} {
  const relation = attribute(field.attributes, "relation");
  const target = models.get(field.type);
  const theirs = target === undefined ? {} : columnNames(target, models);
  const names = (name: string, of: Readonly<Record<string, string>>): readonly string[] => {
    const value = relation?.args.find((one) => one.name === name)?.value;
    return value?.kind === "list" ? value.items.map((item) => of[wordOf(item)] ?? wordOf(item)) : [];
  };
  return { columns: names("fields", columns), references: names("references", theirs), relation };
}

function relationsOf(block: PrismaBlock, context: Context): Readonly<Record<string, Relation>> {
  const relations: Record<string, Relation> = {};
  for (const field of block.fields) {
    if (!context.models.has(field.type)) continue;
    const { columns, references, relation } = relationColumns(field, context);
    const named =
      relation?.args.find((one) => one.name === "name") ?? relation?.args.find((one) => one.name === undefined);
    const label = wordOf(named?.value);
    relations[field.name] = {
      target: field.type,
      many: field.list,
      columns,
      references,
      ...(label === "" ? {} : { label }),
    };
  }
  return relations;
}

// ---------------------------------------------------------------------------------------------- small parts

function attribute(attributes: readonly PrismaAttribute[], name: string): PrismaAttribute | undefined {
  return attributes.find((one) => one.name === name);
}

function wordOf(value: PrismaValue | undefined): string {
  return value === undefined || value.kind === "list" ? "" : value.kind === "call" ? value.name : value.text;
}

function place({ path }: { readonly path: string }, { start, end }: Span): Location {
  return { file: path, span: { start, end } };
}
