/** Drizzle tables: `pgTable`, `mysqlTable`, `sqliteTable`, tables of a `pgSchema`, of a `…TableCreator`, and what `relations` adds to them. */
import { NONE, type ExprId } from "../../facts/model.js";
import type { SchemaChange, SchemaFile, TableDraft, TablePart } from "../change.js";
import {
  chainOf,
  elementsOf,
  nameAt,
  placeOf,
  propOf,
  propsOf,
  resolved,
  returned,
  sqlText,
  stringAt,
  type CallChain,
  type FactReader,
} from "../fact-reader.js";
import type { Engine, ForeignKey, Relation } from "../model.js";
import { columnRef, readColumns } from "./drizzle-columns.js";
import { readExtras } from "./drizzle-indexes.js";

const TABLES: Readonly<Record<string, Engine>> = {
  pgTable: "postgresql",
  mysqlTable: "mysql",
  sqliteTable: "sqlite",
  singlestoreTable: "mysql",
};
const CREATORS: Readonly<Record<string, Engine>> = {
  pgTableCreator: "postgresql",
  mysqlTableCreator: "mysql",
  sqliteTableCreator: "sqlite",
};
const SCHEMAS: Readonly<Record<string, Engine>> = { pgSchema: "postgresql", mysqlSchema: "mysql" };

interface TableCall {
  readonly chain: CallChain;
  readonly engine: Engine;
  readonly name: string;
  readonly schema?: string;
  /** Function of another file that makes tables, with a prefix nobody here knows. */
  readonly creator?: string;
}

export function readDrizzle(reader: FactReader): SchemaFile | undefined {
  const changes: SchemaChange[] = [];
  const parts: TablePart[] = [];
  let engine: Engine = "unknown";
  for (const [id, expr] of reader.facts.exprs.entries()) {
    if (expr.kind === "call") {
      const table = tableCall(reader, id);
      if (table !== undefined) {
        engine = table.engine;
        changes.push({ kind: "create-table", at: placeOf(reader, id), table: draftOf(reader, id, table) });
      } else parts.push(...relationParts(reader, id), ...definedRelations(reader, id), ...creatorPart(reader, id));
    } else if (expr.kind === "object" && reader.byInit.has(id)) parts.push(...columnSet(reader, id));
  }
  parts.push(...columnFunctions(reader));
  if (changes.length === 0 && parts.length === 0) return undefined;
  return { path: reader.path, source: "drizzle", engine, changes, problems: [], parts };
}

// ---------------------------------------------------------------------------------------------- tables

function tableCall(reader: FactReader, id: ExprId): TableCall | undefined {
  const chain = chainOf(reader, id);
  const first = stringAt(reader, chain?.args[0]);
  if (chain === undefined || first === undefined || chain.args.length < 2) return undefined;
  const known =
    chain.receiver === NONE || nameAt(reader, chain.receiver) !== undefined ? TABLES[chain.name] : undefined;
  if (known !== undefined && chain.steps.length < 3) return { chain, engine: known, name: first };
  if (chain.name === "table" && chain.receiver !== NONE) {
    const schema = chainOf(reader, resolved(reader, chain.receiver));
    const engine = schema === undefined ? undefined : SCHEMAS[schema.name];
    const schemaName = stringAt(reader, schema?.args[0]);
    if (engine !== undefined)
      return {
        chain,
        engine,
        name: first,
        ...(schemaName === undefined || schemaName === "public" ? {} : { schema: schemaName }),
      };
  }
  if (chain.receiver !== NONE) return undefined;
  return createdTable(reader, chain, first);
}

/** `createTable("post", …)` with `createTable = pgTableCreator((name) => `app_${name}`)`, here or in another file. */
function createdTable(reader: FactReader, chain: CallChain, first: string): TableCall | undefined {
  const call = reader.facts.exprs[chain.expr];
  const callee = call?.kind === "call" ? call.callee : NONE;
  const creator = chainOf(reader, resolved(reader, callee));
  const engine = creator === undefined ? undefined : CREATORS[creator.name];
  if (engine !== undefined && creator !== undefined)
    return { chain, engine, name: createdName(reader, creator, first) };
  const imported = reader.facts.exprs[callee];
  const binding = imported?.kind === "ref" ? reader.facts.bindings[imported.binding] : undefined;
  if (binding?.import === undefined || !hasDrizzleColumns(reader, chain.args[1])) return undefined;
  return { chain, engine: coreEngine(reader), name: first, creator: chain.name };
}

/** Engine of the module the columns come from. */
function coreEngine({ facts }: FactReader): Engine {
  const core = facts.imports
    .map(({ module }) => /^drizzle-orm\/(pg|mysql|sqlite)-core/.exec(module)?.[1])
    .find((one) => one !== undefined);
  return core === "pg" ? "postgresql" : core === "mysql" ? "mysql" : core === "sqlite" ? "sqlite" : "unknown";
}

function hasDrizzleColumns(reader: FactReader, id: ExprId | undefined): boolean {
  const columns = returned(reader, id) ?? id;
  return (
    coreEngine(reader) !== "unknown" &&
    propsOf(reader, columns).some(({ value }) => chainOf(reader, value) !== undefined)
  );
}

function createdName(reader: FactReader, creator: CallChain, name: string): string {
  const made = returned(reader, creator.args[0]);
  return sqlText(reader, made, () => name) ?? name;
}

function creatorPart(reader: FactReader, id: ExprId): readonly TablePart[] {
  const binding = reader.byInit.get(id);
  const chain = binding === undefined ? undefined : chainOf(reader, id);
  if (binding === undefined || chain === undefined || CREATORS[chain.name] === undefined) return [];
  return [{ name: binding.name, draft: NO_DRAFT, renames: createdName(reader, chain, "\0") }];
}

const NO_DRAFT = { columns: [], uniques: [], indexes: [], foreignKeys: [] } as const;

function draftOf(reader: FactReader, id: ExprId, table: TableCall): TableDraft {
  const [, columnsArg, extrasArg] = table.chain.args;
  const location = placeOf(reader, id);
  const columns = readColumns(reader, returned(reader, columnsArg) ?? columnsArg);
  const extras = readExtras(reader, extrasArg, columns.fields);
  const name = reader.byInit.get(id)?.name ?? table.name;
  const primaryKey = extras.primaryKey ?? columns.primaryKey;
  const nameLocation = placeOf(reader, table.chain.args[0] ?? id);
  return {
    name: table.name,
    ...(table.schema === undefined ? {} : { schema: table.schema }),
    kind: "table",
    columns: columns.columns,
    ...(primaryKey === undefined ? {} : { primaryKey }),
    uniques: [...columns.uniques, ...extras.uniques],
    indexes: extras.indexes,
    foreignKeys: [...columns.foreignKeys, ...extras.foreignKeys],
    location: nameLocation,
    ...(extras.incomplete === undefined ? {} : { incomplete: extras.incomplete }),
    as: { source: "drizzle", name, file: reader.path, location, fields: columns.fields, relations: {} },
    ...(columns.spreads.length === 0 ? {} : { spreads: columns.spreads }),
    ...(table.creator === undefined ? {} : { creator: table.creator }),
  };
}

/** An object of columns that other tables spread in. */
function columnSet(reader: FactReader, id: ExprId): readonly TablePart[] {
  const binding = reader.byInit.get(id);
  return binding?.fn === 0 ? columnPart(reader, binding.name, id) : [];
}

/** Functions that give such an object: `...timestamps()`. */
function columnFunctions(reader: FactReader): readonly TablePart[] {
  return reader.facts.functions.flatMap(({ name, returns, parent }) => {
    const [only, ...others] = returns;
    return name === "" || only === undefined || others.length > 0 || parent !== 0 ? [] : columnPart(reader, name, only);
  });
}

function columnPart(reader: FactReader, name: string, id: ExprId): readonly TablePart[] {
  if (coreEngine(reader) === "unknown") return [];
  const { columns, primaryKey, uniques, foreignKeys, fields, spreads } = readColumns(reader, id);
  if (columns.length === 0) return [];
  const keys = primaryKey === undefined ? {} : { primaryKey };
  return [{ name, draft: { columns, ...keys, uniques, indexes: [], foreignKeys, spreads }, fields }];
}

// ---------------------------------------------------------------------------------------------- relations

/** `relations(posts, ({ one, many }) => ({ author: one(users, { fields: [posts.authorId], … }) }))`. */
function relationParts(reader: FactReader, id: ExprId): readonly TablePart[] {
  const chain = chainOf(reader, id);
  if (chain?.name !== "relations" || chain.args.length !== 2) return [];
  const table = nameAt(reader, chain.args[0]);
  if (table === undefined) return [];
  const relations: Record<string, Relation> = {};
  const foreignKeys: ForeignKey[] = [];
  for (const { name, value } of propsOf(reader, returned(reader, chain.args[1]))) {
    const relation = chainOf(reader, value);
    const target = nameAt(reader, relation?.args[0]);
    if (relation === undefined || target === undefined) continue;
    const fieldsOf = (key: string): readonly string[] =>
      elementsOf(reader, propOf(reader, relation.args[1], key)).flatMap((one) => columnRef(reader, one)?.field ?? []);
    const label = stringAt(reader, propOf(reader, relation.args[1], "relationName"));
    const columns = fieldsOf("fields");
    const references = fieldsOf("references");
    relations[name] = {
      target,
      many: relation.name === "many",
      columns,
      references,
      ...(label === undefined ? {} : { label }),
    };
    if (relation.name !== "one" || columns.length === 0) continue;
    const location = placeOf(reader, value);
    foreignKeys.push({
      columns,
      references: { table: target, columns: references },
      enforced: false,
      location,
      sources: ["drizzle"],
    });
  }
  return [{ name: table, draft: { ...NO_DRAFT, foreignKeys }, relations }];
}

/** `defineRelations(schema, (r) => ({ posts: { author: r.one.users({ from: r.posts.authorId, to: r.users.id }) } }))`. */
function definedRelations(reader: FactReader, id: ExprId): readonly TablePart[] {
  const chain = chainOf(reader, id);
  if (chain?.name !== "defineRelations" && chain?.name !== "defineRelationsPart") return [];
  return propsOf(reader, returned(reader, chain.args[1])).map(({ name: table, value }) => {
    const relations: Record<string, Relation> = {};
    const foreignKeys: ForeignKey[] = [];
    for (const relation of propsOf(reader, value)) {
      const call = chainOf(reader, relation.value);
      const kind = call === undefined ? undefined : nameAt(reader, call.receiver);
      if (call === undefined || (kind !== "one" && kind !== "many")) continue;
      const fieldsOf = (key: string): readonly string[] => {
        const listed = propOf(reader, call.args[0], key);
        const ids =
          elementsOf(reader, listed).length > 0 ? elementsOf(reader, listed) : listed === undefined ? [] : [listed];
        return ids.flatMap((one) => nameAt(reader, one) ?? []);
      };
      const [columns, references] = [fieldsOf("from"), fieldsOf("to")];
      relations[relation.name] = { target: call.name, many: kind === "many", columns, references };
      if (kind === "many" || columns.length === 0) continue;
      const location = placeOf(reader, relation.value);
      foreignKeys.push({
        columns,
        references: { table: call.name, columns: references },
        enforced: false,
        location,
        sources: ["drizzle"],
      });
    }
    return { name: table, draft: { ...NO_DRAFT, foreignKeys }, relations };
  });
}
