/** Drizzle's query builders over `pg`. */
import { query } from "../database.js";
import { Lazy } from "../lazy.js";
import { identifier, join, quote, render, Sql, sql, text } from "../sql.js";
import { cannot } from "../stub.js";
import { decodeOf } from "./operators.js";
import { Column, decodeColumn, encodeColumn, factsOf, isTable, type Table } from "./table.js";

/** Where a value of the result goes: property names from the row down. */
interface Target {
  readonly path: readonly string[];
  readonly of: Sql;
}

function targets(fields: Readonly<Record<string, unknown>>, path: readonly string[] = []): Target[] {
  return Object.entries(fields).flatMap(([name, of]) => {
    if (of instanceof Sql) return [{ path: [...path, name], of }];
    if (isTable(of))
      return factsOf(of).columns.map((column) => ({ path: [...path, name, column.property], of: column }));
    if (typeof of === "object" && of !== null) return targets(of as Record<string, unknown>, [...path, name]);
    throw cannot(`it selects \`${name}\`, which has no stand-in`);
  });
}

function decode(of: Sql, value: unknown): unknown {
  return of instanceof Column ? decodeColumn(of, value) : decodeOf(of)(value);
}

/** Reads rows and puts each value where it belongs. Tables joined from the left that have no row are null. */
async function read(statement: Sql, list: readonly Target[], nullable: ReadonlySet<string>): Promise<unknown[]> {
  const { text: written, params } = render(statement);
  const { values } = await query(written, params);
  return values.map((row) => {
    const made: Record<string, unknown> = {};
    const filled = new Set<string>();
    list.forEach(({ path, of }, index) => {
      const value = decode(of, row[index]);
      let at = made;
      for (const name of path.slice(0, -1)) at = (at[name] ??= {}) as Record<string, unknown>;
      at[path.at(-1) ?? ""] = value;
      if (value !== null && path.length === 2) filled.add(path[0] ?? "");
    });
    for (const name of nullable) if (!filled.has(name) && name in made) made[name] = null;
    return made;
  });
}

const columnsOf = (list: readonly Target[]): Sql =>
  join(
    list.map(({ of }, index) => sql`${of} AS ${text(quote(`c${index}`))}`),
    ", ",
  );

export class Select extends Lazy<unknown[]> {
  readonly #fields: Readonly<Record<string, unknown>> | undefined;
  readonly #distinct: boolean;
  #table: Table | undefined;
  #joins: { readonly kind: string; readonly table: Table; readonly on: Sql }[] = [];
  #where: Sql | undefined;
  #orders: readonly Sql[] = [];
  #groups: readonly Sql[] = [];
  #limit: number | undefined;
  #offset: number | undefined;

  constructor(fields: Readonly<Record<string, unknown>> | undefined, distinct: boolean) {
    super();
    this.#fields = fields;
    this.#distinct = distinct;
  }
  from(table: Table): this {
    factsOf(table);
    this.#table = table;
    return this;
  }
  where(condition: Sql | undefined): this {
    this.#where = condition;
    return this;
  }
  innerJoin(table: Table, on: Sql): this {
    this.#joins.push({ kind: "INNER JOIN", table, on });
    return this;
  }
  leftJoin(table: Table, on: Sql): this {
    this.#joins.push({ kind: "LEFT JOIN", table, on });
    return this;
  }
  orderBy(...orders: Sql[]): this {
    this.#orders = orders;
    return this;
  }
  groupBy(...groups: Sql[]): this {
    this.#groups = groups;
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
  $dynamic(): this {
    return this;
  }
  execute(): Promise<unknown[]> {
    return this.then((rows) => rows);
  }

  protected async run(): Promise<unknown[]> {
    const table = this.#table;
    if (table === undefined) throw cannot("it selects from nothing");
    const list = this.#targets(table);
    const left = this.#joins.filter(({ kind }) => kind.startsWith("LEFT")).map(({ table }) => factsOf(table).name);
    return read(this.#statement(table, list), list, new Set(left));
  }

  #targets(table: Table): Target[] {
    if (this.#fields !== undefined) return targets(this.#fields);
    if (this.#joins.length === 0) return targets(table);
    return targets(
      Object.fromEntries([table, ...this.#joins.map((one) => one.table)].map((one) => [factsOf(one).name, one])),
    );
  }

  #statement(table: Table, list: readonly Target[]): Sql {
    return join(
      [
        sql`SELECT ${text(this.#distinct ? "DISTINCT " : "")}${columnsOf(list)} FROM ${identifier(factsOf(table).name)}`,
        ...this.#joins.map(
          ({ kind, table: other, on }) => sql`${text(` ${kind} `)}${identifier(factsOf(other).name)} ON ${on}`,
        ),
        ...(this.#where === undefined ? [] : [sql` WHERE ${this.#where}`]),
        ...(this.#groups.length === 0 ? [] : [sql` GROUP BY ${join(this.#groups, ", ")}`]),
        ...(this.#orders.length === 0 ? [] : [sql` ORDER BY ${join(this.#orders, ", ")}`]),
        ...(this.#limit === undefined ? [] : [sql` LIMIT ${this.#limit}`]),
        ...(this.#offset === undefined ? [] : [sql` OFFSET ${this.#offset}`]),
      ],
      "",
    );
  }
}

type Values = Readonly<Record<string, unknown>>;

/** `insert`, `update` and `delete`. */
export class Write extends Lazy<unknown> {
  readonly #kind: "insert" | "update" | "delete";
  readonly #table: Table;
  #rows: readonly Values[] = [];
  #where: Sql | undefined;
  #returning: readonly Target[] | undefined;
  #conflict: Sql = text("");

  constructor(kind: "insert" | "update" | "delete", table: Table) {
    super();
    this.#kind = kind;
    this.#table = table;
  }
  values(rows: Values | readonly Values[]): this {
    this.#rows = Array.isArray(rows) ? (rows as readonly Values[]) : [rows as Values];
    if (this.#rows.length === 0) throw new Error("values() must be called with at least one value");
    return this;
  }
  set(values: Values): this {
    this.#rows = [values];
    return this;
  }
  where(condition: Sql | undefined): this {
    this.#where = condition;
    return this;
  }
  onConflictDoNothing(): this {
    this.#conflict = text(" ON CONFLICT DO NOTHING");
    return this;
  }
  returning(fields?: Readonly<Record<string, unknown>>): this {
    this.#returning = targets(fields ?? this.#table);
    return this;
  }
  execute(): Promise<unknown> {
    return this.then((rows) => rows);
  }

  protected async run(): Promise<unknown> {
    const returning = this.#returning === undefined ? text("") : sql` RETURNING ${columnsOf(this.#returning)}`;
    const statement = sql`${this.#statement()}${returning}`;
    if (this.#returning !== undefined) return read(statement, this.#returning, new Set());
    const { text: written, params } = render(statement);
    const { affected } = await query(written, params);
    return { rowCount: affected, rows: [] };
  }

  #statement(): Sql {
    const { name, columns } = factsOf(this.#table);
    const where = this.#where === undefined ? text("") : sql` WHERE ${this.#where}`;
    const into = identifier(name);
    if (this.#kind === "delete") return sql`DELETE FROM ${into}${where}`;
    if (this.#kind === "update") {
      const [row = {}] = this.#rows;
      const sets = columns.flatMap((column) =>
        row[column.property] === undefined
          ? []
          : [sql`${identifier(column.columnName)} = ${encodeColumn(column, row[column.property])}`],
      );
      return sql`UPDATE ${into} SET ${join(sets, ", ")}${where}`;
    }
    const names = columns.map((column) => identifier(column.columnName));
    const tuples = this.#rows.map((row) => {
      const values = columns.map((column) => {
        const value = row[column.property] ?? (row[column.property] === undefined ? column.fallback?.() : null);
        return value === undefined ? text("DEFAULT") : sql`${encodeColumn(column, value)}`;
      });
      return sql`(${join(values, ", ")})`;
    });
    return sql`INSERT INTO ${into} (${join(names, ", ")}) VALUES ${join(tuples, ", ")}${this.#conflict}`;
  }
}
