/** TypeORM's query builder, as far as one table with conditions, order and page, and relations read along. */
import { query } from "../database.js";
import { identifier, join, render, sql, text, type Sql } from "../sql.js";
import { cannot } from "../stub.js";
import { columnSql, type TypeormEntity } from "./entity.js";
import { find } from "./read.js";

type Values = Record<string, unknown>;

export class Builder {
  readonly #entity: TypeormEntity;
  readonly #alias: string;
  readonly #params: Values = {};
  #texts: { readonly tie: "AND" | "OR"; readonly written: string }[] = [];
  readonly #relations: string[] = [];
  readonly #order = new Map<string, string>();
  #take: number | undefined;
  #skip: number | undefined;

  constructor(entity: TypeormEntity, alias: string) {
    this.#entity = entity;
    this.#alias = alias;
  }
  where(written: unknown, params: Values = {}): this {
    this.#texts = [];
    return this.#add("AND", written, params);
  }
  andWhere(written: unknown, params: Values = {}): this {
    return this.#add("AND", written, params);
  }
  orWhere(written: unknown, params: Values = {}): this {
    return this.#add("OR", written, params);
  }
  #add(tie: "AND" | "OR", written: unknown, params: Values): this {
    if (typeof written !== "string") throw cannot("it builds a condition in a way that has no stand-in");
    this.#texts.push({ tie, written });
    Object.assign(this.#params, params);
    return this;
  }
  setParameters(params: Values): this {
    Object.assign(this.#params, params);
    return this;
  }
  setParameter(name: string, value: unknown): this {
    this.#params[name] = value;
    return this;
  }
  leftJoinAndSelect(path: unknown, alias: unknown, condition?: unknown): this {
    const [owner, property] = typeof path === "string" ? path.split(".") : [];
    if (owner !== this.#alias || property === undefined || typeof alias !== "string" || condition !== undefined)
      throw cannot("it joins in a way that has no stand-in");
    this.#relations.push(property);
    return this;
  }
  orderBy(path: string, direction = "ASC"): this {
    this.#order.clear();
    return this.addOrderBy(path, direction);
  }
  addOrderBy(path: string, direction = "ASC"): this {
    const [owner, property = ""] = path.split(".");
    if (owner !== this.#alias) throw cannot("it orders by another table");
    this.#order.set(property, direction);
    return this;
  }
  take(count: number): this {
    this.#take = count;
    return this;
  }
  limit(count: number): this {
    return this.take(count);
  }
  skip(count: number): this {
    this.#skip = count;
    return this;
  }
  offset(count: number): this {
    return this.skip(count);
  }
  async getMany(): Promise<Values[]> {
    return find(this.#entity, {
      where: undefined,
      relations: this.#relations,
      order: Object.fromEntries(this.#order),
      ...(this.#take === undefined ? {} : { take: this.#take }),
      ...(this.#skip === undefined ? {} : { skip: this.#skip }),
      condition: this.#where(),
    });
  }
  async getOne(): Promise<Values | null> {
    return (await this.getMany())[0] ?? null;
  }
  async getCount(): Promise<number> {
    const statement = render(
      sql`SELECT count(*)::int FROM ${identifier(this.#entity.entity.table.name)} AS "t" WHERE ${this.#where()}`,
    );
    return Number((await query(statement.text, statement.params)).values[0]?.[0]);
  }
  async getManyAndCount(): Promise<[Values[], number]> {
    return [await this.getMany(), await this.getCount()];
  }

  #where(): Sql {
    const parts = this.#texts.map(({ tie, written }, index) => {
      const piece = sql`(${this.#piece(written)})`;
      return index === 0 ? piece : sql`${text(` ${tie} `)}${piece}`;
    });
    return parts.length === 0 ? text("true") : sql`(${join(parts, "")})`;
  }

  /** `user.name = :name` and `user.id IN (:...ids)`. */
  #piece(written: string): Sql {
    const parts = written.split(/(:\.\.\.\w+|(?<!:):(?!:)\w+|\b[A-Za-z_]\w*\.[A-Za-z_]\w*)/);
    return join(
      parts.map((part, index) => {
        if (index % 2 === 0) return text(part);
        if (!part.startsWith(":")) return this.#column(part);
        const name = part.replace(/^:(\.\.\.)?/, "");
        if (!(name in this.#params)) throw cannot(`it gives no value for \`:${name}\``);
        const value = this.#params[name];
        if (!part.startsWith(":...")) return sql`${value}`;
        const values = value as readonly unknown[];
        if (values.length === 0) return text("NULL");
        return join(
          values.map((one) => sql`${one}`),
          ", ",
        );
      }),
      "",
    );
  }

  #column(path: string): Sql {
    const [owner, property = ""] = path.split(".");
    if (owner !== this.#alias) throw cannot("it asks by a column of another table");
    return columnSql(this.#entity, property, "t");
  }
}
