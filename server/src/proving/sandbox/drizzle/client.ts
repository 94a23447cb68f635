/** What stands for `drizzle-orm` and its drivers. */
import { asPg, inTransaction, query, rowsOf } from "../database.js";
import { LazyQuery } from "../lazy.js";
import { render, sql, text, type Sql } from "../sql.js";
import { cannot, outside } from "../stub.js";
import { operators } from "./operators.js";
import { Select, Write } from "./queries.js";
import { declareRelations, relationalQueries } from "./relational.js";
import { factsOf, type Table } from "./table.js";
import { identifier } from "../sql.js";

type Fields = Readonly<Record<string, unknown>>;

export function drizzleClient(...given: readonly unknown[]): unknown {
  const options = given.findLast(
    (one): one is { readonly schema: Fields } => typeof one === "object" && one !== null && "schema" in one,
  );
  const client = {
    select: (fields?: Fields) => new Select(fields, false),
    selectDistinct: (fields?: Fields) => new Select(fields, true),
    insert: (table: Table) => new Write("insert", table),
    update: (table: Table) => new Write("update", table),
    delete: (table: Table) => new Write("delete", table),
    query: relationalQueries(options?.schema ?? {}),
    execute: (statement: Sql) =>
      new LazyQuery(async () => {
        const { text: written, params } = render(statement);
        const result = await query(written, params);
        return { rows: rowsOf(result, asPg), rowCount: result.affected };
      }),
    $count: (table: Table, where?: Sql) =>
      new LazyQuery(async () => {
        const { text: written, params } = render(
          sql`SELECT count(*)::int FROM ${identifier(factsOf(table).name)}${where === undefined ? text("") : sql` WHERE ${where}`}`,
        );
        return (await query(written, params)).values[0]?.[0];
      }),
    transaction: (work: (tx: unknown) => Promise<unknown>) => inTransaction(() => work(proxy)),
  };
  const proxy: unknown = new Proxy(client, {
    get: (own, key) => {
      if (key in own || typeof key === "symbol" || key === "then") return Reflect.get(own, key) as unknown;
      throw cannot(`it uses \`db.${key}\` of Drizzle, which has no stand-in`);
    },
  });
  return proxy;
}

export const drizzleDriverModule = { drizzle: drizzleClient };

export const drizzleModule: unknown = new Proxy(
  { ...operators, relations: declareRelations, getTableColumns: (table: Table) => table },
  {
    get: (own, key) =>
      key in own
        ? (Reflect.get(own, key) as unknown)
        : typeof key === "symbol"
          ? undefined
          : outside(`drizzle-orm.${key}`),
  },
);
