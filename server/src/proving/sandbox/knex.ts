/** What stands for Knex over `pg`: its query builder, without schema building and subqueries. */
import { asPg, inTransaction, query, rowsOf } from "./database.js";
import { Conditions, operatorSql } from "./conditions.js";
import { Lazy, LazyQuery } from "./lazy.js";
import { identifier, inList, join, quote, render, Sql, sql, text } from "./sql.js";
import { cannot } from "./stub.js";

/** `a.b as c`, `a.*`, a raw piece, or `{ c: "a.b" }`. */
function columns(given: readonly unknown[]): Sql[] {
  return given.flat().flatMap((one) => {
    if (one instanceof Sql) return [one];
    if (typeof one === "object" && one !== null) {
      return Object.entries(one).map(([as, name]) => sql`${identifier(String(name))} AS ${text(quote(as))}`);
    }
    return [named(String(one))];
  });
}

function named(written: string): Sql {
  const [, name = written, as] = /^(\S+)\s+as\s+(\S+)$/i.exec(written.trim()) ?? [];
  return as === undefined ? identifier(name) : sql`${identifier(name)} AS ${text(quote(as))}`;
}

type Values = Readonly<Record<string, unknown>>;

class KnexQuery extends Lazy<unknown> {
  readonly #table: Sql;
  #kind: "select" | "first" | "pluck" | "insert" | "update" | "del" = "select";
  #columns: Sql[] = [];
  #distinct = false;
  #joins: Sql[] = [];
  #orders: Sql[] = [];
  #groups: Sql[] = [];
  #limit: number | undefined;
  #offset: number | undefined;
  #returning: Sql[] = [];
  #rows: readonly Values[] = [];
  #conflict: Sql = text("");
  #pluck = "";
  readonly where_ = new Conditions();

  constructor(table: Sql) {
    super();
    this.#table = table;
  }

  select(...given: unknown[]): this {
    this.#columns.push(...columns(given));
    return this;
  }
  column(...given: unknown[]): this {
    return this.select(...given);
  }
  columns(...given: unknown[]): this {
    return this.select(...given);
  }
  distinct(...given: unknown[]): this {
    this.#distinct = true;
    return this.select(...given);
  }
  count(given = "*"): this {
    return this.#aggregate("count", given);
  }
  sum(given: string): this {
    return this.#aggregate("sum", given);
  }
  min(given: string): this {
    return this.#aggregate("min", given);
  }
  max(given: string): this {
    return this.#aggregate("max", given);
  }
  #aggregate(name: string, given: unknown): this {
    const written = typeof given === "object" && given !== null ? Object.entries(given)[0] : undefined;
    const [, column = String(given), as = name] = /^(\S+)\s+as\s+(\S+)$/i.exec(String(given).trim()) ?? [];
    const of = written === undefined ? column : String(written[1]);
    this.#columns.push(
      sql`${text(name)}(${of === "*" ? text("*") : identifier(of)}) AS ${text(quote(written?.[0] ?? as))}`,
    );
    return this;
  }
  first(...given: unknown[]): this {
    this.#kind = "first";
    return this.select(...given);
  }
  pluck(column: string): this {
    this.#kind = "pluck";
    this.#pluck = column.split(".").at(-1) ?? column;
    return this.select(column);
  }
  from(): this {
    return this;
  }
  where(...given: unknown[]): this {
    return this.#add("AND", given, false);
  }
  andWhere(...given: unknown[]): this {
    return this.#add("AND", given, false);
  }
  orWhere(...given: unknown[]): this {
    return this.#add("OR", given, false);
  }
  whereNot(...given: unknown[]): this {
    return this.#add("AND", given, true);
  }
  whereIn(column: string, values: unknown): this {
    return this.#in(column, values, false);
  }
  whereNotIn(column: string, values: unknown): this {
    return this.#in(column, values, true);
  }
  whereNull(column: string): this {
    this.where_.add("AND", sql`${identifier(column)} IS NULL`);
    return this;
  }
  whereNotNull(column: string): this {
    this.where_.add("AND", sql`${identifier(column)} IS NOT NULL`);
    return this;
  }
  whereBetween(column: string, [low, high]: readonly [unknown, unknown]): this {
    this.where_.add("AND", sql`${identifier(column)} BETWEEN ${low} AND ${high}`);
    return this;
  }
  whereRaw(written: string, bindings: readonly unknown[] = []): this {
    this.where_.add("AND", bound(written, bindings));
    return this;
  }
  #in(column: string, values: unknown, negated: boolean): this {
    if (!Array.isArray(values)) throw cannot("it uses a subquery in `whereIn`");
    this.where_.add("AND", inList(identifier(column), values as readonly unknown[], negated));
    return this;
  }
  #add(tie: "AND" | "OR", given: readonly unknown[], negated: boolean): this {
    const condition = conditionOf(given);
    this.where_.add(tie, negated ? sql`NOT (${condition})` : condition);
    return this;
  }
  join(...given: unknown[]): this {
    return this.#join("INNER JOIN", given);
  }
  innerJoin(...given: unknown[]): this {
    return this.#join("INNER JOIN", given);
  }
  leftJoin(...given: unknown[]): this {
    return this.#join("LEFT JOIN", given);
  }
  #join(kind: string, [table, left, operator, right]: readonly unknown[]): this {
    if (typeof left !== "string") throw cannot("it joins with a function");
    const [sign, other] = right === undefined ? ["=", operator] : [String(operator), right];
    this.#joins.push(
      sql`${text(` ${kind} `)}${named(String(table))} ON ${identifier(left)} ${text(sign)} ${identifier(String(other))}`,
    );
    return this;
  }
  orderBy(given: unknown, direction = "asc"): this {
    const list = Array.isArray(given) ? (given as readonly unknown[]) : [given];
    for (const one of list) {
      const { column, order } =
        typeof one === "object" && one !== null
          ? (one as { column: string; order?: string })
          : { column: String(one), order: direction };
      this.#orders.push(sql`${identifier(column)} ${text(order?.toLowerCase() === "desc" ? "DESC" : "ASC")}`);
    }
    return this;
  }
  groupBy(...given: unknown[]): this {
    this.#groups.push(...columns(given));
    return this;
  }
  limit(count: number): this {
    this.#limit = count;
    return this;
  }
  offset(count: number): this {
    this.#offset = count;
    return this;
  }
  insert(rows: Values | readonly Values[], returning?: unknown): this {
    this.#kind = "insert";
    this.#rows = Array.isArray(rows) ? (rows as readonly Values[]) : [rows as Values];
    return returning === undefined ? this : this.returning(returning);
  }
  update(values: Values | string, value?: unknown): this {
    this.#kind = "update";
    this.#rows = [typeof values === "string" ? { [values]: value } : values];
    return this;
  }
  increment(column: string, amount = 1): this {
    return this.update({ [column]: sql`${identifier(column)} + ${amount}` });
  }
  del(): this {
    this.#kind = "del";
    return this;
  }
  delete(): this {
    return this.del();
  }
  returning(...given: unknown[]): this {
    this.#returning.push(...columns(given.map((one) => one)));
    return this;
  }
  onConflict(): { ignore: () => KnexQuery; merge: () => never } {
    return {
      ignore: () => {
        this.#conflict = text(" ON CONFLICT DO NOTHING");
        return this;
      },
      merge: () => {
        throw cannot("it merges on conflict");
      },
    };
  }
  transacting(): this {
    return this;
  }
  clone(): this {
    throw cannot("it clones a query");
  }

  protected async run(): Promise<unknown> {
    if (this.#kind === "insert" && this.#rows.length === 0) return [];
    const statement = render(this.#statement());
    const result = await query(statement.text, statement.params);
    const rows = rowsOf(result);
    if (this.#kind === "first") return rows[0];
    if (this.#kind === "pluck") return rows.map((row) => row[this.#pluck]);
    if (this.#kind === "select" || 0 < this.#returning.length) return rows;
    return this.#kind === "insert" ? { command: "INSERT", rowCount: result.affected, rows } : result.affected;
  }

  #statement(): Sql {
    const returning = this.#returning.length === 0 ? text("") : sql` RETURNING ${join(this.#returning, ", ")}`;
    if (this.#kind === "insert") return sql`${insertSql(this.#table, this.#rows)}${this.#conflict}${returning}`;
    if (this.#kind === "del") return sql`DELETE FROM ${this.#table}${this.where_.clause()}${returning}`;
    if (this.#kind === "update") {
      const sets = Object.entries(this.#rows[0] ?? {}).flatMap(([name, value]) =>
        value === undefined ? [] : [sql`${identifier(name)} = ${value}`],
      );
      return sql`UPDATE ${this.#table} SET ${join(sets, ", ")}${this.where_.clause()}${returning}`;
    }
    const limit = this.#kind === "first" ? 1 : this.#limit;
    const all = this.#columns.length === 0 ? text("*") : join(this.#columns, ", ");
    return join(
      [
        sql`SELECT ${text(this.#distinct ? "DISTINCT " : "")}${all} FROM ${this.#table}`,
        ...this.#joins,
        this.where_.clause(),
        ...(this.#groups.length === 0 ? [] : [sql` GROUP BY ${join(this.#groups, ", ")}`]),
        ...(this.#orders.length === 0 ? [] : [sql` ORDER BY ${join(this.#orders, ", ")}`]),
        ...(limit === undefined ? [] : [sql` LIMIT ${limit}`]),
        ...(this.#offset === undefined ? [] : [sql` OFFSET ${this.#offset}`]),
      ],
      "",
    );
  }
}

function conditionOf([first, second, third]: readonly unknown[]): Sql {
  if (first instanceof Sql) return first;
  if (typeof first === "function") {
    const inner = new KnexQuery(text(""));
    (first as (this: KnexQuery, builder: KnexQuery) => void).call(inner, inner);
    return inner.where_.group();
  }
  if (typeof first === "object" && first !== null) {
    const each = Object.entries(first).map(([name, value]) => comparison(name, "=", value));
    return each.length === 0 ? text("true") : sql`(${join(each, " AND ")})`;
  }
  return third === undefined
    ? comparison(String(first), "=", second)
    : comparison(String(first), String(second), third);
}

function comparison(column: string, operator: string, value: unknown): Sql {
  // Knex refuses undefined with these words.
  if (value === undefined)
    throw new Error(`Undefined binding(s) detected when compiling SELECT. Undefined column(s): [${column}]`);
  if (value === null && operator === "=") return sql`${identifier(column)} IS NULL`;
  if (operator.toLowerCase() === "in" && Array.isArray(value))
    return inList(identifier(column), value as readonly unknown[], false);
  const sign = operatorSql(operator);
  if (sign === undefined) throw cannot(`it compares with \`${operator}\``);
  return sql`${identifier(column)} ${sign} ${value}`;
}

export function insertSql(table: Sql, rows: readonly Values[]): Sql {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row).filter((name) => row[name] !== undefined)))];
  if (names.length === 0) return sql`INSERT INTO ${table} DEFAULT VALUES`;
  const tuples = rows.map(
    (row) =>
      sql`(${join(
        names.map((name) => (row[name] === undefined ? text("DEFAULT") : sql`${row[name]}`)),
        ", ",
      )})`,
  );
  const into = join(
    names.map((name) => text(quote(name))),
    ", ",
  );
  return sql`INSERT INTO ${table} (${into}) VALUES ${join(tuples, ", ")}`;
}

/** `?` values, `??` names and `:name` values. */
function bound(written: string, bindings: readonly unknown[] | Values): Sql {
  if (!Array.isArray(bindings)) {
    const parts = written.split(/(?<!:):(\w+)/);
    return join(
      parts.map((part, index) => (index % 2 === 0 ? text(part) : sql`${(bindings as Values)[part]}`)),
      "",
    );
  }
  let next = 0;
  const values = bindings as readonly unknown[];
  const pieces = written
    .split(/(\?\??)/)
    .map((part) =>
      part === "?" ? sql`${values[next++]}` : part === "??" ? identifier(String(values[next++])) : text(part),
    );
  return join(pieces, "");
}

class RawQuery extends Sql implements PromiseLike<unknown> {
  #lazy: LazyQuery<unknown> | undefined;
  then<A, B>(
    onValue?: ((value: unknown) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#lazy ??= new LazyQuery(async () => {
      const { text: statement, params } = render(this);
      const result = await query(statement, params);
      return { rows: rowsOf(result, asPg), rowCount: result.affected };
    });
    return this.#lazy.then(onValue, onError);
  }
}

export function knexClient(): unknown {
  const make = (table: unknown): KnexQuery => {
    if (typeof table !== "string") throw cannot("it queries something other than a table");
    return new KnexQuery(named(table));
  };
  const client = Object.assign(make, {
    raw: (written: string, bindings: unknown = []) =>
      new RawQuery(
        bound(written, (Array.isArray(bindings) || typeof bindings === "object" ? bindings : [bindings]) as Values)
          .chunks,
      ),
    select: (...given: unknown[]) => ({ from: (table: string) => make(table).select(...given) }),
    from: make,
    table: make,
    transaction: (work: unknown) => {
      if (typeof work !== "function") throw cannot("it begins a transaction without a function");
      return inTransaction(() => (work as (trx: unknown) => Promise<unknown>)(client));
    },
    destroy: () => Promise.resolve(),
    fn: { now: () => text("now()") },
  });
  return new Proxy(client, {
    get: (own, key) => {
      if (key in own || typeof key === "symbol" || key === "then") return Reflect.get(own, key) as unknown;
      throw cannot(`it uses \`knex.${key}\`, which has no stand-in`);
    },
  });
}

export const knexModule = { knex: knexClient, default: knexClient };
