/** Models of Sequelize: reads, plain writes, and associations read along. Options that run code of the program (hooks, scopes, getters) are refused by name. */
import { asPg, inTransaction, query, type Row, rowsOf, uncounted } from "../database.js";
import { decorationsOf } from "../decorators.js";
import { insertSql } from "../knex.js";
import { findModel } from "../schema.js";
import { identifier, inList, join, quote, render, sql, text, written, type Sql } from "../sql.js";
import { cannot } from "../stub.js";
import { type Columns, columnSql, whereSql } from "./operators.js";

type Values = Record<string, unknown>;

interface Definition extends Columns {
  readonly table: string;
  readonly key: string;
  readonly timestamps: boolean;
}

interface Association {
  readonly target: typeof Model;
  readonly many: boolean;
  readonly as: string;
  /** Attributes of this model and of the other that are compared. */
  readonly own: string;
  readonly other: string;
}

interface Options {
  readonly where?: unknown;
  readonly attributes?: unknown;
  readonly include?: unknown;
  readonly order?: unknown;
  readonly limit?: number;
  readonly offset?: number;
  readonly raw?: boolean;
  readonly paranoid?: boolean;
}

const KNOWN = new Set([
  "where",
  "attributes",
  "include",
  "order",
  "limit",
  "offset",
  "raw",
  "transaction",
  "logging",
  "returning",
  "validate",
  "hooks",
  "ignoreDuplicates",
  "individualHooks",
  "nest",
  "paranoid",
  "rejectOnEmpty",
  "useMaster",
  "benchmark",
  "lock",
]);

const definitions = new Map<unknown, Definition>();
const associations = new Map<unknown, Association[]>();
const settings = new Map<unknown, Readonly<Record<string, unknown>>>();

const given = (options: unknown): Options => {
  const all = (options ?? {}) as Record<string, unknown>;
  const odd = Object.keys(all).find((key) => !KNOWN.has(key) && all[key] !== undefined);
  if (odd !== undefined) throw cannot(`it asks Sequelize with \`${odd}\`, which has no stand-in`);
  return all;
};

/** What changes queries or runs beside them, said by decorators of sequelize-typescript. */
const CHANGES =
  /^(DefaultScope|DeletedAt|AfterFind|BeforeFind|Before\w*(Create|Update|Save|Destroy)|After\w*(Create|Update|Save|Destroy))$/;

function refuseDecorated(model: { readonly name: string; readonly prototype?: object }): void {
  if (model.prototype === undefined) return;
  for (const all of decorationsOf({ prototype: model.prototype }).values()) {
    const found = all.find(({ name }) => CHANGES.test(name));
    if (found !== undefined) throw cannot(`the model \`${model.name}\` has a \`${found.name}\`, which has no stand-in`);
  }
}

function definitionOf(model: { readonly name: string; readonly prototype?: object }): Definition {
  const known = definitions.get(model);
  if (known !== undefined) return known;
  refuseDecorated(model);
  const entity = findModel("sequelize", model.name);
  if (entity === undefined) throw cannot(`the model \`${model.name}\` is not among the tables of this proof`);
  const { hooks, defaultScope, getterMethods, paranoid, timestamps } = settings.get(model) ?? {};
  for (const [name, value] of Object.entries({ hooks, defaultScope, getterMethods, paranoid }))
    if (value !== undefined && value !== false)
      throw cannot(`the model \`${model.name}\` has \`${name}\`, which has no stand-in`);
  const [key = "id"] = entity.table.primaryKey;
  const made = {
    name: model.name,
    table: entity.table.name,
    key: entity.fieldOf.get(key) ?? key,
    columns: entity.columnOf,
    timestamps: timestamps !== false && entity.columnOf.has("createdAt") && entity.columnOf.has("updatedAt"),
  };
  definitions.set(model, made);
  return made;
}

export class EmptyResultError extends Error {
  override readonly name = "SequelizeEmptyResultError";
}

/** A class, because models extend it. Values of a row are properties of its own, as programs see them. */
export class Model {
  static init(_attributes: unknown, options: unknown): unknown {
    settings.set(this, (options ?? {}) as Record<string, unknown>);
    return this;
  }
  static scope(): never {
    throw cannot(`it uses a scope of \`${this.name}\`, which has no stand-in`);
  }
  static withScope(): never {
    return this.scope();
  }
  static unscoped(): never {
    return this.scope();
  }
  static get sequelize(): unknown {
    return { transaction };
  }
  static belongsTo(target: typeof Model, options?: Values): void {
    const as = aliasOf(target, options, false);
    const own = typeof options?.["foreignKey"] === "string" ? options["foreignKey"] : `${as}Id`;
    associate(this, () => ({ target, many: false, as, own, other: definitionOf(target).key }));
  }
  static hasMany(target: typeof Model, options?: Values): void {
    hasSome(this, target, options, true);
  }
  static hasOne(target: typeof Model, options?: Values): void {
    hasSome(this, target, options, false);
  }
  static addHook(): never {
    throw cannot(`the model \`${this.name}\` has hooks, which have no stand-in`);
  }
  static async findAll(options?: unknown): Promise<unknown[]> {
    return findAll(this, given(options), undefined, false);
  }
  static async findOne(options?: unknown): Promise<unknown> {
    const [found] = await findAll(this, { ...given(options), limit: 1 }, undefined, false);
    if (found === undefined && (options as Values | undefined)?.["rejectOnEmpty"] === true)
      throw new EmptyResultError();
    return found ?? null;
  }
  static async findByPk(key: unknown, options?: unknown): Promise<unknown> {
    if (key === null || key === undefined) return null;
    return this.findOne({ ...(options as object | undefined), where: { [definitionOf(this).key]: key } });
  }
  static async count(options?: unknown): Promise<number> {
    const { where, include } = given(options);
    if (include !== undefined) throw cannot("it counts with `include`");
    const model = definitionOf(this);
    const statement = render(sql`SELECT count(*)::int FROM ${from(model)} WHERE ${whereSql(model, where)}`);
    return Number((await query(statement.text, statement.params)).values[0]?.[0]);
  }
  static async findAndCountAll(options?: unknown): Promise<{ readonly rows: unknown[]; readonly count: number }> {
    return { count: await this.count({ where: given(options).where }), rows: await this.findAll(options) };
  }
  static build(values: Values = {}): unknown {
    return Object.assign(Object.create(this.prototype) as object, values);
  }
  static async create(values: Values): Promise<unknown> {
    const [made] = await insert(this, [values], false);
    return made;
  }
  static async bulkCreate(rows: readonly Values[], options?: unknown): Promise<unknown[]> {
    return insert(this, rows, (given(options) as Values)["ignoreDuplicates"] === true);
  }
  static async update(values: Values, options: unknown): Promise<[number]> {
    return [await update(this, whereSql(definitionOf(this), given(options).where), values)];
  }
  static async destroy(options: unknown): Promise<number> {
    const model = definitionOf(this);
    const { where } = given(options);
    if (where === undefined)
      throw new Error("Missing where or truncate attribute in the options parameter of model.destroy.");
    const statement = render(sql`DELETE FROM ${from(model)} WHERE ${whereSql(model, where)}`);
    return (await query(statement.text, statement.params)).affected;
  }
  get(name?: unknown): unknown {
    return typeof name === "string" ? Reflect.get(this, name) : this.toJSON();
  }
  toJSON(): Values {
    return Object.fromEntries(Object.entries(this).map(([key, value]: [string, unknown]) => [key, plainOf(value)]));
  }
  async update(values: Values): Promise<this> {
    await update(this.constructor as typeof Model, ownKey(this), values);
    return Object.assign(this, values);
  }
  async destroy(): Promise<void> {
    const model = definitionOf(this.constructor);
    const statement = render(sql`DELETE FROM ${from(model)} WHERE ${ownKey(this)}`);
    await query(statement.text, statement.params);
  }
}

/** Runs the function it is given last; without one, what it gives is only handed along. */
export function transaction(...given: readonly unknown[]): Promise<unknown> {
  const work = given.at(-1);
  if (typeof work !== "function") throw cannot("it begins a transaction without a function");
  return inTransaction(() => (work as (transaction: object) => Promise<unknown>)({}));
}

function plainOf(value: unknown): unknown {
  if (value instanceof Model) return value.toJSON();
  return Array.isArray(value) ? (value as readonly unknown[]).map(plainOf) : value;
}

function ownKey(row: Model): Sql {
  const model = definitionOf(row.constructor);
  return whereSql(model, { [model.key]: Reflect.get(row, model.key) as unknown });
}

function aliasOf(target: { readonly name: string }, options: Values | undefined, many: boolean): string {
  const as = options?.["as"];
  if (typeof as === "string") return as;
  return many ? `${target.name}${target.name.endsWith("s") ? "" : "s"}` : target.name;
}

function associate(model: unknown, make: () => Association): void {
  // The other model may not be defined yet.
  const own = associations.get(model) ?? [];
  associations.set(model, own);
  let made: Association | undefined;
  const late = (): Association => (made ??= make());
  own.push(new Proxy({} as Association, { get: (_own, key) => Reflect.get(late(), key) as unknown }));
}

function hasSome(model: typeof Model, target: typeof Model, options: Values | undefined, many: boolean): void {
  const as = aliasOf(target, options, many);
  const named = options?.["foreignKey"];
  const other = typeof named === "string" ? named : `${model.name.charAt(0).toLowerCase()}${model.name.slice(1)}Id`;
  associate(model, () => ({ target, many, as, own: definitionOf(model).key, other }));
}

function from({ table }: Definition): Sql {
  return sql`${identifier(table)} AS "t"`;
}

async function findAll(cls: typeof Model, options: Options, along: Sql | undefined, inside: boolean): Promise<Model[]> {
  const model = definitionOf(cls);
  const attributes = attributesOf(model, options.attributes);
  const included = includesOf(cls, options.include);
  const read = [...new Set([...attributes, ...included.map(({ association }) => association.own), model.key])];
  const conditions = [whereSql(model, options.where), ...(along === undefined ? [] : [along])];
  const statement = render(
    sql`SELECT ${join(
      read.map((name) => sql`${columnSql(model, name)} AS ${text(quote(name))}`),
      ", ",
    )} FROM ${from(model)} WHERE ${join(conditions, " AND ")}${orderSql(model, options.order)}${limits(options)}`,
  );
  const send = (): ReturnType<typeof query> => query(statement.text, statement.params);
  const all = rowsOf(await (inside ? uncounted(send) : send()), decode);
  const rows = all.map((row) => made(cls, row, attributes, options.raw === true));
  for (const one of included) await attach(one, all, rows);
  return rows;
}

/** Dates without time stay text, and numbers too big for JavaScript too. */
function decode(value: unknown, type: number): unknown {
  return type === 1082 ? value : asPg(value, type);
}

function made(cls: typeof Model, row: Row, attributes: readonly string[], raw: boolean): Model {
  const values = Object.fromEntries(attributes.map((name) => [name, row[name]]));
  return (raw ? values : Object.assign(Object.create(cls.prototype as object) as object, values)) as unknown as Model;
}

function attributesOf({ columns }: Definition, chosen: unknown): readonly string[] {
  const all = [...columns.keys()];
  if (chosen === undefined) return all;
  if (Array.isArray(chosen)) {
    if (chosen.some((one) => typeof one !== "string")) throw cannot("it selects an expression");
    return chosen as readonly string[];
  }
  const { include, exclude } = chosen as { readonly include?: unknown; readonly exclude?: readonly string[] };
  if (include !== undefined) throw cannot("it selects an expression");
  return all.filter((name) => exclude?.includes(name) !== true);
}

interface Included {
  readonly association: Association;
  readonly options: Options & { readonly required?: boolean };
}

function includesOf(cls: typeof Model, include: unknown): readonly Included[] {
  if (include === undefined) return [];
  const list = Array.isArray(include) ? (include as readonly unknown[]) : [include];
  return list.map((one): Included => {
    const options = (
      typeof one === "object" && one !== null ? one : typeof one === "string" ? { association: one } : { model: one }
    ) as Values;
    const found = (associations.get(cls) ?? []).filter(
      (association) =>
        (options["model"] === undefined || association.target === options["model"]) &&
        (options["as"] === undefined || association.as === options["as"]) &&
        (options["association"] === undefined || association.as === options["association"]),
    );
    const [only] = found;
    if (only === undefined || 1 < found.length) throw cannot("it includes an association that has no stand-in");
    if (options["through"] !== undefined || options["required"] === true || options["where"] !== undefined)
      throw cannot("it includes only rows that have another");
    const own = new Set(["where", "as", "model", "association", "required"]);
    const rest = Object.fromEntries(Object.entries(options).filter(([key]) => !own.has(key)));
    return { association: only, options: given(rest) };
  });
}

async function attach({ association, options }: Included, all: readonly Row[], rows: readonly Model[]): Promise<void> {
  const { target, many, as, own, other } = association;
  const model = definitionOf(target);
  const keys = [...new Set(all.map((row) => row[own]).filter((key) => key !== null))];
  const key = columnSql(model, other);
  const attributes = attributesOf(model, options.attributes);
  const wanted = { ...options, attributes: [...new Set([...attributes, other])] };
  const found = keys.length === 0 ? [] : await findAll(target, wanted, inList(key, keys, false), true);
  const byKey = new Map<string, Model[]>();
  for (const one of found) {
    const text = written(Reflect.get(one, other));
    byKey.set(text, [...(byKey.get(text) ?? []), one]);
    if (!attributes.includes(other)) Reflect.deleteProperty(one, other);
  }
  rows.forEach((row, index) => {
    const mine = byKey.get(written(all[index]?.[own])) ?? [];
    Object.assign(row, { [as]: many ? mine : (mine[0] ?? null) });
  });
}

function orderSql(model: Definition, order: unknown): Sql {
  if (order === undefined || order === null) return text("");
  const list = Array.isArray(order) ? (order as readonly unknown[]) : [order];
  const parts = list.map((one) => {
    const [name, direction = "ASC"] = Array.isArray(one) ? (one as readonly unknown[]) : [one];
    if (typeof name !== "string" || typeof direction !== "string" || !/^(asc|desc)$/i.test(direction))
      throw cannot("it orders in a way that has no stand-in");
    return sql`${columnSql(model, name)} ${text(direction.toUpperCase())}`;
  });
  return parts.length === 0 ? text("") : sql` ORDER BY ${join(parts, ", ")}`;
}

function limits({ limit, offset }: Options): Sql {
  const first = limit === undefined ? text("") : sql` LIMIT ${limit}`;
  return offset === undefined ? first : sql`${first} OFFSET ${offset}`;
}

function stamped(model: Definition, values: Values, names: readonly string[]): Values {
  const now = new Date();
  return { ...Object.fromEntries(model.timestamps ? names.map((name) => [name, now]) : []), ...values };
}

function toColumns(model: Definition, values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const column = model.columns.get(name);
      return column === undefined || value === undefined ? [] : [[column, value]];
    }),
  );
}

async function insert(cls: typeof Model, rows: readonly Values[], ignore: boolean): Promise<unknown[]> {
  if (rows.length === 0) return [];
  const model = definitionOf(cls);
  const all = rows.map((row) => stamped(model, row, ["createdAt", "updatedAt"]));
  const into = insertSql(
    identifier(model.table),
    all.map((row) => toColumns(model, row)),
  );
  const names = [...model.columns.keys()];
  const returning = join(
    names.map((name) => sql`${identifier(model.columns.get(name) ?? name)} AS ${text(quote(name))}`),
    ", ",
  );
  const statement = render(sql`${into}${text(ignore ? " ON CONFLICT DO NOTHING" : "")} RETURNING ${returning}`);
  const back = rowsOf(await query(statement.text, statement.params), decode);
  return back.map((row) => made(cls, row, names, false));
}

async function update(cls: typeof Model, condition: Sql, values: Values): Promise<number> {
  const model = definitionOf(cls);
  const sets = Object.entries(toColumns(model, stamped(model, values, ["updatedAt"]))).map(
    ([column, value]) => sql`${identifier(column)} = ${value}`,
  );
  if (sets.length === 0) return 0;
  const statement = render(sql`UPDATE ${from(model)} SET ${join(sets, ", ")} WHERE ${condition}`);
  return (await query(statement.text, statement.params)).affected;
}
