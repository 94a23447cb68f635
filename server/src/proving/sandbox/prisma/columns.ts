/** Columns of a Prisma model in SQL, and their values as Prisma gives and takes them. */
import { asPg } from "../database.js";
import type { Entity } from "../schema.js";
import { identifier, written, type Sql } from "../sql.js";
import { cannot } from "../stub.js";

export function columnSql(entity: Entity, field: string, alias?: string): Sql {
  const column = entity.columnOf.get(field);
  if (column === undefined) throw cannot(`\`${entity.model.name}\` has no field \`${field}\``);
  return identifier(alias === undefined ? column : `${alias}.${column}`);
}

/** Prisma takes text for dates and numbers for big integers; a stand-in for the rest would have to be sure of the type. */
export function decodeInput(_entity: Entity, _field: string, value: unknown): unknown {
  return value instanceof Decimal ? value.toString() : value;
}

/** PostgreSQL's `int8`, `numeric`, `int8[]` and so on, as Prisma gives them. */
export function decodeOutput(value: unknown, type: number): unknown {
  if (type === 20 && value !== null) return BigInt(value as string);
  if (type === 1700 && value !== null) return new Decimal(written(value));
  return asPg(value, type);
}

/** As much of Decimal.js as two runs need to agree on a value. */
class Decimal {
  readonly #digits: string;
  constructor(digits: string) {
    this.#digits = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
  }
  toString(): string {
    return this.#digits;
  }
  toJSON(): string {
    return this.#digits;
  }
  toNumber(): number {
    return Number(this.#digits);
  }
  valueOf(): string {
    return this.#digits;
  }
  toFixed(digits?: number): string {
    return this.toNumber().toFixed(digits);
  }
}
