/** Conditions put together one after another, as query builders do it. */
import { sql, text, type Sql } from "./sql.js";

/** A list of conditions, each tied to the ones before it. */
export class Conditions {
  #whole: Sql | undefined;

  add(tie: "AND" | "OR", condition: Sql): void {
    this.#whole = this.#whole === undefined ? condition : sql`${this.#whole} ${text(tie)} ${condition}`;
  }

  get isEmpty(): boolean {
    return this.#whole === undefined;
  }

  /** ` WHERE …`, or nothing. */
  clause(word = "WHERE"): Sql {
    return this.#whole === undefined ? text("") : sql`${text(` ${word} `)}${this.#whole}`;
  }

  group(): Sql {
    return this.#whole === undefined ? text("true") : sql`(${this.#whole})`;
  }
}

const OPERATORS = new Set([
  "=",
  "<>",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "like",
  "ilike",
  "not like",
  "not ilike",
  "is",
  "is not",
  "is distinct from",
]);

/** An operator as SQL; undefined for one that is not known to take one value. */
export function operatorSql(operator: string): Sql | undefined {
  const lower = operator.toLowerCase().trim();
  return OPERATORS.has(lower) ? text(lower.toUpperCase()) : undefined;
}
