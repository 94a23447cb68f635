/** What stands for `postgres` (postgres.js): tagged templates, lists of values and of names. */
import { asPg, inTransaction, query, rowsOf } from "./database.js";
import { insertSql } from "./knex.js";
import { LazyQuery } from "./lazy.js";
import { identifier, join, list, render, Sql, sql, text } from "./sql.js";
import { cannot } from "./stub.js";

/** A statement, or a piece of one: it runs only when somebody waits for it. */
class Statement extends Sql implements PromiseLike<unknown> {
  #lazy: LazyQuery<unknown> | undefined;
  then<A, B>(
    onValue?: ((value: unknown) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#lazy ??= new LazyQuery(async () => {
      const { text: written, params } = render(this);
      const result = await query(written, params);
      return Object.assign(rowsOf(result, asPg), { count: result.affected });
    });
    return this.#lazy.then(onValue, onError);
  }
}

/** What a value becomes where `sql(value)` stands. */
class Helper extends Sql {}

function helper(first: unknown, names: readonly string[]): Sql {
  if (typeof first === "string") return new Helper(identifier(first).chunks);
  if (!Array.isArray(first)) throw cannot("it builds a statement from an object");
  const values = first as readonly unknown[];
  const [sample] = values;
  if (typeof sample !== "object" || sample === null) return new Helper(sql`(${list(values)})`.chunks);
  const wanted = 0 < names.length ? names : Object.keys(sample);
  const rows = (values as readonly Record<string, unknown>[]).map((row) =>
    Object.fromEntries(wanted.map((name) => [name, row[name]])),
  );
  // The words before the columns are the statement's own.
  const { chunks } = insertSql(text(""), rows);
  const [head, ...rest] = chunks;
  return new Helper([(typeof head === "string" ? head : "").replace(/^INSERT INTO /, ""), ...rest]);
}

export const postgresTag: unknown = Object.assign(
  (first: unknown, ...rest: readonly unknown[]): unknown =>
    Array.isArray(first) && "raw" in first
      ? new Statement(sql(first as unknown as TemplateStringsArray, ...rest).chunks)
      : helper(first, rest as readonly string[]),
  {
    unsafe: (written: string, params: readonly unknown[] = []) =>
      new LazyQuery(async () => rowsOf(await query(written, params), asPg)),
    array: (values: readonly unknown[]) => values,
    json: (value: unknown) => value,
    begin: (work: (tx: unknown) => Promise<unknown>) => inTransaction(() => work(postgresTag)),
    end: () => Promise.resolve(),
    join,
  },
);

export const postgresModule = { default: (): unknown => postgresTag };
