/** `db.query.posts.findMany({ with: … })`. Drizzle sends one statement; here the relations are read apart, and the statement is counted once. */
import { query, uncounted } from "../database.js";
import { identifier, inList, join, render, Sql, sql, text } from "../sql.js";
import { cannot } from "../stub.js";
import { operators } from "./operators.js";
import { type Column, decodeColumn, factsOf, isTable, type Table } from "./table.js";

interface RelationFact {
  readonly table: Table;
  readonly many: boolean;
  readonly fields: readonly Column[];
  readonly references: readonly Column[];
  readonly name?: string;
}

/** What was declared, and what that comes to: declarations may speak of tables that are not there yet, so they are run when somebody asks. */
const relations = new Map<
  Table,
  { build: (() => Readonly<Record<string, RelationFact>>)[]; facts?: Map<string, RelationFact> }
>();

function relationsOf(table: Table): Map<string, RelationFact> {
  const own = relations.get(table);
  if (own === undefined) return new Map();
  own.facts ??= new Map(own.build.flatMap((build) => Object.entries(build())));
  return own.facts;
}

interface OneOptions {
  readonly fields?: readonly Column[];
  readonly references?: readonly Column[];
  readonly relationName?: string;
}

const factOf =
  (many: boolean) =>
  (table: Table, { fields = [], references = [], relationName }: OneOptions = {}): RelationFact => ({
    table,
    many,
    fields,
    references,
    ...(relationName === undefined ? {} : { name: relationName }),
  });

/** `relations(posts, ({ one, many }) => ({ … }))`. Tables may be declared in a circle, so nothing is looked up yet. */
export function declareRelations(
  table: Table,
  build: (helpers: object) => Readonly<Record<string, RelationFact>>,
): object {
  const own = relations.get(table) ?? { build: [] };
  relations.set(table, own);
  own.build.push(() => build({ one: factOf(false), many: factOf(true) }));
  return {};
}

interface Options {
  readonly where?: Sql | ((table: Table, helpers: typeof operators) => Sql | undefined);
  readonly columns?: Readonly<Record<string, boolean>>;
  readonly with?: Readonly<Record<string, true | Options | undefined>>;
  readonly orderBy?: Sql | readonly Sql[] | ((table: Table, helpers: typeof operators) => Sql | readonly Sql[]);
  readonly limit?: number;
  readonly offset?: number;
  readonly extras?: unknown;
}

type Row = Record<string, unknown>;

export async function findMany(table: Table, options: Options = {}): Promise<Row[]> {
  const limits = sql`${options.limit === undefined ? text("") : sql` LIMIT ${options.limit}`}${options.offset === undefined ? text("") : sql` OFFSET ${options.offset}`}`;
  const rows = await read(table, options, undefined, limits, false);
  return rows.map(({ row }) => row);
}

async function read(
  table: Table,
  options: Options,
  along: Sql | undefined,
  limits: Sql,
  inside: boolean,
): Promise<{ readonly row: Row; readonly all: Row }[]> {
  if (options.extras !== undefined) throw cannot("it reads `extras`");
  const { name, columns } = factsOf(table);
  const given = typeof options.where === "function" ? options.where(table, operators) : options.where;
  const conditions = [given, along].filter((one) => one !== undefined);
  const statement = sql`SELECT ${join([...columns], ", ")} FROM ${identifier(name)}${conditions.length === 0 ? text("") : sql` WHERE ${join(conditions, " AND ")}`}${orderOf(table, options)}${limits}`;
  const { text: written, params } = render(statement);
  const { values } = await (inside ? uncounted(() => query(written, params)) : query(written, params));
  const whole = values.map((row): Row =>
    Object.fromEntries(columns.map((column, index) => [column.property, decodeColumn(column, row[index])])),
  );
  const keep = kept(columns, options.columns);
  const rows = whole.map((all) => ({
    all,
    row: Object.fromEntries(Object.entries(all).filter(([key]) => keep.has(key))),
  }));
  for (const [field, wanted] of Object.entries(options.with ?? {})) {
    if (wanted !== undefined) await attach(table, field, wanted === true ? {} : wanted, rows);
  }
  return rows;
}

function kept(columns: readonly Column[], chosen: Options["columns"]): ReadonlySet<string> {
  const all = columns.map(({ property }) => property);
  if (chosen === undefined) return new Set(all);
  const positive = Object.values(chosen).includes(true);
  return new Set(all.filter((name) => (positive ? chosen[name] === true : chosen[name] !== false)));
}

async function attach(
  table: Table,
  field: string,
  options: Options,
  rows: readonly { readonly row: Row; readonly all: Row }[],
): Promise<void> {
  const fact = relationsOf(table).get(field);
  if (fact === undefined) throw cannot(`the relation \`${field}\` is not declared`);
  const [own, other] = tie(table, fact);
  if (options.limit !== undefined) throw cannot("it reads a page of a relation");
  const keys = [...new Set(rows.map(({ all }) => all[own.property]).filter((key) => key !== null))];
  const found = keys.length === 0 ? [] : await read(fact.table, options, inList(other, keys, false), text(""), true);
  for (const { row, all } of rows) {
    const mine = found.filter((one) => one.all[other.property] === all[own.property]).map((one) => one.row);
    row[field] = fact.many ? mine : (mine[0] ?? null);
  }
}

/** The columns that tie both tables; a `many` side leaves saying so to the other. */
function tie(table: Table, fact: RelationFact): readonly [Column, Column] {
  const [own] = fact.fields;
  const [other] = fact.references;
  if (1 < fact.fields.length) throw cannot("it reads a relation over several columns");
  if (own !== undefined && other !== undefined) return [own, other];
  for (const back of relationsOf(fact.table).values()) {
    const [theirs] = back.fields;
    const [mine] = back.references;
    if (back.table === table && back.name === fact.name && theirs !== undefined && mine !== undefined)
      return [mine, theirs];
  }
  throw cannot("a relation does not say by which columns");
}

function orderOf(table: Table, { orderBy }: Options): Sql {
  const given = typeof orderBy === "function" ? orderBy(table, operators) : orderBy;
  if (given === undefined) return text("");
  const parts = given instanceof Sql ? [given] : given;
  return parts.length === 0 ? text("") : sql` ORDER BY ${join([...parts], ", ")}`;
}

/** `db.query`, over the schema the client was made with. */
export function relationalQueries(schema: Readonly<Record<string, unknown>>): unknown {
  return new Proxy(
    {},
    {
      get: (_own, key) => {
        const table = typeof key === "string" ? schema[key] : undefined;
        if (!isTable(table)) throw cannot(`\`db.query.${String(key)}\` is not in the client's schema`);
        return {
          findMany: (options?: Options) => findMany(table, options),
          findFirst: async (options?: Options) => (await findMany(table, { ...options, limit: 1 }))[0],
        };
      },
    },
  );
}
