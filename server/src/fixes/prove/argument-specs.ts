/** What to give each parameter, from its declared type, its name and the tables there are. A guess may be poor; then the proof says that it fails. */
import { findTable } from "../../catalog/lookup.js";
import type { Catalog, Table } from "../../catalog/model.js";
import type { ArgumentSpec } from "../../proving/proof-case.js";
import { ts } from "../../syntax/typescript.js";
import { camelCase, capitalized, singularOf } from "../names.js";

export interface SpecContext {
  readonly tree: ts.SourceFile;
  readonly catalog: Catalog;
  /** Library the file's own client comes from: `knex`, `kysely`, `drizzle-orm`, `@prisma/client`, `mysql2`, `pg`. */
  readonly library: string;
  /** Spec of an instance of a class the file imports, by the name it is used under; undefined for anything else. */
  readonly instanceOf: (local: string) => ArgumentSpec | undefined;
  /** File and exported name of what the file imports from the workspace under a name. */
  readonly exportOf: (local: string) => { readonly module: string; readonly name: string } | undefined;
}

export function parameterSpec(
  parameter: ts.ParameterDeclaration,
  position: number,
  context: SpecContext,
): ArgumentSpec {
  const { name, type } = parameter;
  if (ts.isIdentifier(name)) return byName(name.text, position) ?? specOf(name.text, type, context, 0);
  if (type !== undefined && ts.isTypeLiteralNode(type)) return specOf("", type, context, 0);
  if (!ts.isObjectBindingPattern(name)) return { kind: "outside", name: "a list" };
  const members = type === undefined ? undefined : membersOf(type, context.tree);
  const props = name.elements.flatMap((element): [string, ArgumentSpec][] => {
    const property = (element.propertyName ?? element.name).getText(context.tree);
    if (element.dotDotDotToken !== undefined) return [];
    return [
      [
        property,
        members?.get(property) === undefined
          ? named(property, context)
          : specOf(property, members.get(property), context, 1),
      ],
    ];
  });
  return { kind: "object", props: Object.fromEntries(props) };
}

function byName(name: string, position: number): ArgumentSpec | undefined {
  if (/^(req|request)$/.test(name) && position <= 1) return { kind: "request" };
  if (/^(res|response|reply)$/.test(name)) return { kind: "response" };
  return name === "next" ? { kind: "outside", name: "next" } : undefined;
}

const CLIENT_NAMES: Readonly<Record<string, string>> = {
  prisma: "@prisma/client",
  prismaClient: "@prisma/client",
  prismaService: "@prisma/client",
  knex: "knex",
  trx: "knex",
  pool: "pg",
  pgPool: "pg",
  sql: "postgres",
};

/** A pool is that of the driver the file imports. */
function ownDriver(client: string | undefined, { library }: SpecContext): string | undefined {
  return client === "pg" && library === "mysql2" ? library : client;
}

const CLIENT_TYPES: readonly (readonly [RegExp, string])[] = [
  [/(PrismaClient|TransactionClient|PrismaService|PrismaTransaction)\b/, "@prisma/client"],
  [/^Knex\b/, "knex"],
  [/^(Kysely|Transaction)</, "kysely"],
  [/^(NodePgDatabase|PgDatabase|PostgresJsDatabase|PgTransaction|PgliteDatabase|DrizzleDb)\b/, "drizzle-orm"],
  [/^(Pool|PoolClient|pg\.Pool|pg\.Client|pg\.PoolClient)$/, "pg"],
  [/^(DataSource|EntityManager|QueryRunner)$/, "typeorm"],
  [/^(mysql2?\.(Pool|Connection)|(mysql2?\.)?PoolConnection)$/, "mysql2"],
];

/** A parameter nobody gave a type. */
function named(name: string, context: SpecContext): ArgumentSpec {
  const usual =
    CLIENT_NAMES[name] ?? (/^(db|database|tx|client|conn|connection)$/.test(name) ? context.library : undefined);
  const client = ownDriver(usual, context);
  if (client !== undefined) return { kind: "client", library: client };
  if (/^(ctx|context|c)$/.test(name)) return requestContext(context);
  if (/^(input|args|params|query|body|data|dto|options|opts|filter|session|user|auth|currentUser)$/.test(name))
    return { kind: "named", name };
  if (/^(logger|log)$/.test(name)) return { kind: "outside", name: "logger" };
  if (/Ids$|^ids$/.test(name)) return { kind: "list", of: { kind: "value", name, type: "any" } };
  return rowsNamed(name, context) ?? { kind: "named", name };
}

/** What frameworks hand along: clients by the usual names, and somebody who asks. */
function requestContext({ library }: SpecContext): ArgumentSpec {
  const client: ArgumentSpec = { kind: "client", library };
  const props: Readonly<Record<string, ArgumentSpec>> = {
    prisma: { kind: "client", library: "@prisma/client" },
    db: client,
    knex: { kind: "client", library: "knex" },
    pool: { kind: "client", library: "pg" },
    user: { kind: "named", name: "user" },
  };
  return { kind: "object", props, open: true };
}

function rowsNamed(name: string, { catalog }: SpecContext): ArgumentSpec | undefined {
  const singular = singularOf(name);
  for (const [word, many] of [
    [singular, true],
    [name, false],
  ] as const) {
    if (word === undefined) continue;
    const table = tableOf(capitalized(word), catalog) ?? tableOf(word, catalog) ?? tableOf(`${word}s`, catalog);
    if (table !== undefined) return rowsOf(table, capitalized(word), many);
  }
  return undefined;
}

function tableOf(name: string, catalog: Catalog): Table | undefined {
  return findTable(catalog, name);
}

function rowsOf(table: Table, word: string, many: boolean): ArgumentSpec {
  const model = table.names.find((one) => one.source === "prisma" && camelCase(one.name) === camelCase(word));
  return { kind: "rows", table: table.name, many, ...(model === undefined ? {} : { model: model.name }) };
}

export function specOf(name: string, type: ts.TypeNode | undefined, context: SpecContext, depth: number): ArgumentSpec {
  if (type === undefined || 4 < depth) return named(name, context);
  if (ts.isParenthesizedTypeNode(type) || ts.isTypeOperatorNode(type)) return specOf(name, type.type, context, depth);
  if (ts.isArrayTypeNode(type)) return listOf(name, type.elementType, context, depth);
  if (ts.isUnionTypeNode(type)) {
    const [first] = type.types.filter((one) => !/^(null|undefined)$/.test(one.getText(context.tree)));
    return specOf(name, first, context, depth + 1);
  }
  if (ts.isTypeLiteralNode(type)) return objectOf(memberMap(type.members, context.tree), context, depth);
  const keyword = keywordType(type);
  if (keyword !== undefined) return { kind: "value", name, type: keyword };
  return ts.isTypeReferenceNode(type) ? referenceSpec(name, type, context, depth) : named(name, context);
}

function keywordType({ kind }: ts.TypeNode): "string" | "number" | "boolean" | undefined {
  if (kind === ts.SyntaxKind.StringKeyword) return "string";
  if (kind === ts.SyntaxKind.NumberKeyword) return "number";
  return kind === ts.SyntaxKind.BooleanKeyword ? "boolean" : undefined;
}

function listOf(name: string, of: ts.TypeNode, context: SpecContext, depth: number): ArgumentSpec {
  const element = specOf(singularOf(name) ?? name, of, context, depth + 1);
  return element.kind === "rows" ? { ...element, many: true } : { kind: "list", of: element };
}

function referenceSpec(name: string, type: ts.TypeReferenceNode, context: SpecContext, depth: number): ArgumentSpec {
  const text = type.getText(context.tree);
  const typeName = type.typeName.getText(context.tree);
  const [argument] = type.typeArguments ?? [];
  if (/^(Array|ReadonlyArray|Iterable|Set|ReadonlySet)$/.test(typeName) && argument !== undefined)
    return listOf(name, argument, context, depth);
  if (/^(Promise|Readonly|Partial|Required|Awaited)$/.test(typeName) && argument !== undefined)
    return specOf(name, argument, context, depth + 1);
  if (typeName === "Date") return { kind: "value", name, type: "date" };
  if (/(^|\.)(\w*Request|NextApiRequest)$/.test(typeName)) return { kind: "request" };
  if (/(^|\.)(\w*Response|FastifyReply)$/.test(typeName)) return { kind: "response" };
  const client = ownDriver(CLIENT_TYPES.find(([pattern]) => pattern.test(text))?.[1], context);
  const instance = context.instanceOf(typeName);
  if (instance !== undefined) return instance;
  if (client !== undefined) return { kind: "client", library: client };
  const repository = repositorySpec(typeName, argument, context);
  if (repository !== undefined) return repository;
  const members = membersOf(type, context.tree);
  const table = tableOf(typeName.split(".").at(-1) ?? typeName, context.catalog);
  if (table !== undefined) return rowsOf(table, typeName.split(".").at(-1) ?? typeName, false);
  if (members !== undefined) return objectOf(members, context, depth);
  const library = CLIENT_NAMES[name] ?? (/^(db|tx)$/.test(name) ? context.library : undefined);
  if (library !== undefined) return { kind: "client", library };
  return /(Service|Repository|Client|Logger|Queue|Module|Manager|Gateway)$/.test(typeName)
    ? { kind: "outside", name: typeName }
    : named(name, context);
}

/** `Repository<User>`, `Model<UserDocument>`: of the entity class a file imports. */
function repositorySpec(
  typeName: string,
  argument: ts.TypeNode | undefined,
  { exportOf, tree }: SpecContext,
): ArgumentSpec | undefined {
  if (argument === undefined || !/^(Repository|EntityRepository|Model)$/.test(typeName)) return undefined;
  const name = argument.getText(tree).replace(/Document$/, "");
  const found = exportOf(name) ?? exportOf(argument.getText(tree));
  if (found === undefined) return undefined;
  const library = typeName === "Repository" ? "typeorm" : typeName === "Model" ? "mongoose" : "mikro-orm";
  return { kind: "repository", library, ...found };
}

function objectOf(
  members: ReadonlyMap<string, ts.TypeNode | undefined>,
  context: SpecContext,
  depth: number,
): ArgumentSpec {
  return {
    kind: "object",
    props: Object.fromEntries([...members].map(([name, type]) => [name, specOf(name, type, context, depth + 1)])),
  };
}

type Members = ReadonlyMap<string, ts.TypeNode | undefined>;

/** Members of an object type written in place, or of an interface or alias of the file. */
function membersOf(type: ts.TypeNode, tree: ts.SourceFile): Members | undefined {
  if (ts.isTypeLiteralNode(type)) return memberMap(type.members, tree);
  if (!ts.isTypeReferenceNode(type) || !ts.isIdentifier(type.typeName)) return undefined;
  const name = type.typeName.text;
  for (const statement of tree.statements) {
    if (ts.isInterfaceDeclaration(statement) && statement.name.text === name) return memberMap(statement.members, tree);
    if (ts.isTypeAliasDeclaration(statement) && statement.name.text === name) return membersOf(statement.type, tree);
  }
  return undefined;
}

function memberMap(members: ts.NodeArray<ts.TypeElement>, tree: ts.SourceFile): Members {
  return new Map(
    members.flatMap((member): [string, ts.TypeNode | undefined][] =>
      ts.isPropertySignature(member) ? [[member.name.getText(tree), member.type]] : [],
    ),
  );
}
