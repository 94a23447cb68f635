/** What `drizzle-orm` exports for conditions and orders. */
import { identifier, inList, join, param, Sql, sql, text } from "../sql.js";
import { cannot } from "../stub.js";
import { Column, isTable, factsOf } from "./table.js";

function piece(value: unknown): Sql {
  if (value instanceof Sql) return value;
  return isTable(value) ? identifier(factsOf(value).name) : param(value);
}

const compare =
  (sign: string) =>
  (left: unknown, right: unknown): Sql =>
    sql`${piece(left)} ${text(sign)} ${piece(right)}`;

const together =
  (between: string) =>
  (...parts: readonly (Sql | undefined)[]): Sql | undefined => {
    const given = parts.filter((part) => part !== undefined);
    return given.length === 0 ? undefined : sql`(${join(given, between)})`;
  };

const oneOf =
  (negated: boolean) =>
  (column: unknown, values: unknown): Sql => {
    if (!Array.isArray(values)) throw cannot("it uses a subquery with `inArray`");
    return inList(piece(column), values as readonly unknown[], negated);
  };

/** A function's result, decoded. */
export class Computed extends Sql {
  readonly decode: (value: unknown) => unknown;
  constructor(of: Sql, decode: (value: unknown) => unknown) {
    super(of.chunks);
    this.decode = decode;
  }
  mapWith(decode: unknown): Computed {
    return new Computed(
      this,
      decode === Number
        ? (value) => (value === null ? null : Number(value))
        : () => {
            throw cannot("it maps a value with `mapWith`");
          },
    );
  }
  as(): this {
    return this;
  }
}

const same = (value: unknown): unknown => value;
const computed = (name: string, decode: (value: unknown) => unknown) => (of?: unknown) =>
  new Computed(sql`${text(name)}(${of === undefined ? text("*") : piece(of)})`, decode);

const tag = Object.assign(
  (parts: TemplateStringsArray, ...values: unknown[]) =>
    new Computed(sql(parts, ...values.map((value) => piece(value))), same),
  {
    raw: (written: string) => new Computed(text(written), same),
    join: (parts: readonly Sql[], between?: Sql) =>
      join(
        parts,
        between === undefined ? "" : between.chunks.map((chunk) => (typeof chunk === "string" ? chunk : "")).join(""),
      ),
    identifier,
  },
);

const ofColumn = (name: string) => (of: unknown) => new Computed(sql`${text(name)}(${piece(of)})`, same);

export const operators = {
  eq: compare("="),
  ne: compare("<>"),
  gt: compare(">"),
  gte: compare(">="),
  lt: compare("<"),
  lte: compare("<="),
  like: compare("LIKE"),
  ilike: compare("ILIKE"),
  notLike: compare("NOT LIKE"),
  notIlike: compare("NOT ILIKE"),
  and: together(" AND "),
  or: together(" OR "),
  not: (part: Sql) => sql`NOT (${part})`,
  isNull: (of: unknown) => sql`${piece(of)} IS NULL`,
  isNotNull: (of: unknown) => sql`${piece(of)} IS NOT NULL`,
  between: (of: unknown, low: unknown, high: unknown) => sql`${piece(of)} BETWEEN ${low} AND ${high}`,
  inArray: oneOf(false),
  notInArray: oneOf(true),
  asc: (of: unknown) => sql`${piece(of)} ASC`,
  desc: (of: unknown) => sql`${piece(of)} DESC`,
  count: computed("count", Number),
  sum: ofColumn("sum"),
  avg: ofColumn("avg"),
  max: ofColumn("max"),
  min: ofColumn("min"),
  sql: tag,
};

export function decodeOf(value: unknown): (given: unknown) => unknown {
  return value instanceof Computed ? value.decode : same;
}

export { Column };
