/** What stands for Kysely over `pg`: selects, inserts, updates and deletes with plain conditions. */
import { inTransaction, query, rowsOf, type Row } from "./database.js";
import { Conditions, operatorSql } from "./conditions.js";
import { insertSql } from "./knex.js";
import { identifier, inList, join, quote, render, Sql, sql, text } from "./sql.js";
import { cannot } from "./stub.js";

type Values = Readonly<Record<string, unknown>>;

function aliased(written: string): Sql {
  const [, name = written, as] = /^(\S+)\s+as\s+(\S+)$/i.exec(written.trim()) ?? [];
  return as === undefined ? identifier(name) : sql`${identifier(name)} AS ${text(quote(as))}`;
}

/** An expression that can be given a name with `as`. */
class Named extends Sql {
  as(name: string): Sql {
    return new Sql([...this.chunks, ` AS ${quote(name)}`]);
  }
}

const call = (name: string, of: string): Named =>
  new Named(sql`${text(name)}(${of === "*" ? text("*") : identifier(of)})`.chunks);

const functions = {
  count: (of: string) => call("count", of),
  countAll: () => call("count", "*"),
  sum: (of: string) => call("sum", of),
  avg: (of: string) => call("avg", of),
  min: (of: string) => call("min", of),
  max: (of: string) => call("max", of),
};

function comparison(left: unknown, operator: unknown, right: unknown): Sql {
  const column = left instanceof Sql ? left : identifier(String(left));
  const written = String(operator).toLowerCase();
  if (written === "in" || written === "not in") {
    if (!Array.isArray(right)) throw cannot("it uses a subquery with `in`");
    return inList(column, right as readonly unknown[], written === "not in");
  }
  const sign = operatorSql(written);
  if (sign === undefined) throw cannot(`it compares with \`${written}\``);
  return right === null && written.startsWith("is") ? sql`${column} ${sign} NULL` : sql`${column} ${sign} ${right}`;
}

/** The `eb` that callbacks are given. */
const expressions = Object.assign(comparison, {
  and: (parts: readonly Sql[]) => (parts.length === 0 ? text("true") : sql`(${join(parts, " AND ")})`),
  or: (parts: readonly Sql[]) => (parts.length === 0 ? text("false") : sql`(${join(parts, " OR ")})`),
  not: (part: Sql) => sql`NOT (${part})`,
  ref: identifier,
  val: (value: unknown) => sql`${value}`,
  fn: functions,
  eb: comparison,
});

function pieces(given: unknown): Sql[] {
  if (typeof given === "function") return pieces((given as (eb: typeof expressions) => unknown)(expressions));
  const list = Array.isArray(given) ? (given as readonly unknown[]) : [given];
  return list.map((one) => (one instanceof Sql ? one : aliased(String(one))));
}

interface Draft {
  readonly kind: "select" | "insert" | "update" | "delete";
  readonly table: Sql;
  readonly columns: readonly Sql[];
  readonly joins: readonly Sql[];
  readonly conditions: readonly Sql[];
  readonly groups: readonly Sql[];
  readonly orders: readonly Sql[];
  readonly limit?: number;
  readonly offset?: number;
  readonly distinct?: true;
  readonly rows: readonly Values[];
  readonly conflict?: Sql;
  readonly returning: readonly Sql[];
}

/** Each step gives a new builder, as Kysely's do. */
class Builder {
  readonly #draft: Draft;
  constructor(draft: Draft) {
    this.#draft = draft;
  }
  #with(more: Partial<Draft>): Builder {
    return kyselyBuilder({ ...this.#draft, ...more });
  }
  select(given: unknown): Builder {
    return this.#with({ columns: [...this.#draft.columns, ...pieces(given)] });
  }
  selectAll(table?: string): Builder {
    return this.#with({
      columns: [...this.#draft.columns, table === undefined ? text("*") : identifier(`${table}.*`)],
    });
  }
  distinct(): Builder {
    return this.#with({ distinct: true });
  }
  where(left: unknown, operator?: unknown, right?: unknown): Builder {
    const condition =
      typeof left === "function"
        ? (left as (eb: typeof expressions) => Sql)(expressions)
        : operator === undefined
          ? (left as Sql)
          : comparison(left, operator, right);
    return this.#with({ conditions: [...this.#draft.conditions, condition] });
  }
  whereRef(left: string, operator: string, right: string): Builder {
    return this.where(left, operator, identifier(right));
  }
  innerJoin(table: string, left: unknown, right?: string): Builder {
    return this.#join("INNER JOIN", table, left, right);
  }
  leftJoin(table: string, left: unknown, right?: string): Builder {
    return this.#join("LEFT JOIN", table, left, right);
  }
  #join(kind: string, table: string, left: unknown, right: string | undefined): Builder {
    if (typeof left !== "string" || right === undefined) throw cannot("it joins with a function");
    const piece = sql`${text(` ${kind} `)}${aliased(table)} ON ${identifier(left)} = ${identifier(right)}`;
    return this.#with({ joins: [...this.#draft.joins, piece] });
  }
  groupBy(given: unknown): Builder {
    return this.#with({ groups: [...this.#draft.groups, ...pieces(given)] });
  }
  orderBy(given: unknown, direction?: unknown): Builder {
    const orders = pieces(given).map((piece) => (direction === "desc" ? sql`${piece} DESC` : piece));
    if (typeof direction === "function") throw cannot("it orders with a function");
    return this.#with({ orders: [...this.#draft.orders, ...orders] });
  }
  limit(limit: number): Builder {
    return this.#with({ limit });
  }
  offset(offset: number): Builder {
    return this.#with({ offset });
  }
  values(rows: Values | readonly Values[]): Builder {
    return this.#with({ rows: Array.isArray(rows) ? (rows as readonly Values[]) : [rows as Values] });
  }
  set(values: Values): Builder {
    if (typeof values === "function") throw cannot("it updates with a function");
    return this.#with({ rows: [values] });
  }
  onConflict(build: (oc: unknown) => Sql): Builder {
    const nothing = text(" ON CONFLICT DO NOTHING");
    const chain: unknown = new Proxy(
      { doNothing: () => nothing },
      { get: (own, key) => (key === "doNothing" ? own.doNothing : () => chain) },
    );
    return this.#with({ conflict: build(chain) });
  }
  returning(given: unknown): Builder {
    return this.#with({ returning: [...this.#draft.returning, ...pieces(given)] });
  }
  returningAll(): Builder {
    return this.#with({ returning: [text("*")] });
  }
  $if(condition: boolean, then: (builder: Builder) => Builder): Builder {
    return condition ? then(this) : this;
  }

  async execute(): Promise<unknown[]> {
    const { kind, returning } = this.#draft;
    const statement = render(statementOf(this.#draft));
    const result = await query(statement.text, statement.params);
    if (kind === "select" || 0 < returning.length) return rowsOf(result);
    const count = BigInt(result.affected);
    return [
      kind === "insert"
        ? { numInsertedOrUpdatedRows: count }
        : kind === "update"
          ? { numUpdatedRows: count }
          : { numDeletedRows: count },
    ];
  }
  async executeTakeFirst(): Promise<unknown> {
    return (await this.execute())[0];
  }
  async executeTakeFirstOrThrow(make?: unknown): Promise<unknown> {
    const first = await this.executeTakeFirst();
    if (first !== undefined) return first;
    if (typeof make === "function") throw cannot("it makes its own error when there is no row");
    const error = new Error("no result");
    error.name = "NoResultError";
    throw error;
  }
}

function kyselyBuilder(draft: Draft): Builder {
  return new Proxy(new Builder(draft), {
    get: (own, key) => {
      if (typeof key === "symbol" || key === "then") return undefined;
      const found: unknown = Reflect.get(own, key, own);
      if (typeof found !== "function") throw cannot(`it uses \`${key}\` of Kysely, which has no stand-in`);
      return (found as (...args: unknown[]) => unknown).bind(own);
    },
  });
}

function statementOf(draft: Draft): Sql {
  const { kind, table, rows } = draft;
  const conditions = new Conditions();
  for (const condition of draft.conditions) conditions.add("AND", condition);
  const returning = draft.returning.length === 0 ? text("") : sql` RETURNING ${join(draft.returning, ", ")}`;
  if (kind === "insert") return sql`${insertSql(table, rows)}${draft.conflict ?? text("")}${returning}`;
  if (kind === "delete") return sql`DELETE FROM ${table}${conditions.clause()}${returning}`;
  if (kind === "update") {
    const sets = Object.entries(rows[0] ?? {}).flatMap(([name, value]) =>
      value === undefined ? [] : [sql`${identifier(name)} = ${value}`],
    );
    return sql`UPDATE ${table} SET ${join(sets, ", ")}${conditions.clause()}${returning}`;
  }
  const head = sql`SELECT ${text(draft.distinct === true ? "DISTINCT " : "")}${join(draft.columns, ", ")} FROM ${table}`;
  return join(
    [
      head,
      ...draft.joins,
      conditions.clause(),
      ...(draft.groups.length === 0 ? [] : [sql` GROUP BY ${join(draft.groups, ", ")}`]),
      ...(draft.orders.length === 0 ? [] : [sql` ORDER BY ${join(draft.orders, ", ")}`]),
      ...(draft.limit === undefined ? [] : [sql` LIMIT ${draft.limit}`]),
      ...(draft.offset === undefined ? [] : [sql` OFFSET ${draft.offset}`]),
    ],
    "",
  );
}

function start(kind: Draft["kind"], table: unknown): Builder {
  if (typeof table !== "string") throw cannot("it queries something other than a table");
  return kyselyBuilder({
    kind,
    table: aliased(table),
    columns: [],
    joins: [],
    conditions: [],
    groups: [],
    orders: [],
    rows: [],
    returning: [],
  });
}

/** `` sql`…`.execute(db) ``. */
class RawKysely extends Named {
  async execute(): Promise<{ readonly rows: Row[] }> {
    const statement = render(this);
    return { rows: rowsOf(await query(statement.text, statement.params)) };
  }
}

const tag = Object.assign(
  (parts: TemplateStringsArray, ...values: unknown[]) => new RawKysely(sql(parts, ...values).chunks),
  {
    ref: identifier,
    table: identifier,
    raw: text,
    lit: (value: unknown) => sql`${value}`,
    join: (values: readonly unknown[]) =>
      join(
        values.map((value) => sql`${value}`),
        ", ",
      ),
  },
);

export class Kysely {
  readonly fn = functions;
  selectFrom(table: unknown): Builder {
    return start("select", table);
  }
  insertInto(table: unknown): Builder {
    return start("insert", table);
  }
  updateTable(table: unknown): Builder {
    return start("update", table);
  }
  deleteFrom(table: unknown): Builder {
    return start("delete", table);
  }
  transaction(): { execute: (work: (trx: Kysely) => Promise<unknown>) => Promise<unknown> } {
    return { execute: (work) => inTransaction(() => work(this)) };
  }
  destroy(): Promise<void> {
    return Promise.resolve();
  }
}

/** Drivers and plugins are made and handed over; only the shape matters. */
class Part {
  readonly kind = "part";
}

export const kyselyModule = { Kysely, sql: tag, PostgresDialect: Part, expressionBuilder: () => expressions };
