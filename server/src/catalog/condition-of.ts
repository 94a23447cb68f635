/** Predicates of partial indexes that code writes as objects or calls → SQL, as far as they compare columns with plain values. */
import type { ExprId } from "../facts/model.js";
import { exprOf, nameAt, propsOf, sqlText, stringAt, type FactReader } from "./fact-reader.js";
import { UNKNOWN_CONDITION } from "./lookup.js";

/**
 * `{ status: "pending", deletedAt: null, ownerId: { [Op.ne]: null } }` of Sequelize → SQL; `UNKNOWN_CONDITION` for what is beyond that.
 * @param columns Names of columns by the names that the object uses, where they differ.
 */
export function objectCondition(
  reader: FactReader,
  id: ExprId | undefined,
  columns: Readonly<Record<string, string>> = {},
): string {
  const object = exprOf(reader, id, "object");
  const props = propsOf(reader, id);
  if (object === undefined || props.length === 0 || props.length < object.props.length) return UNKNOWN_CONDITION;
  return all(props.map(({ name, value }) => comparedTo(reader, columns[name] ?? name, value)));
}

/** `.where("deletedAt", "is", null)` calls of Kysely, each given by its arguments. */
export function chainCondition(reader: FactReader, calls: readonly (readonly ExprId[])[]): string {
  return all(
    calls.map(([column, operator, value]) => {
      const name = stringAt(reader, column);
      if (name === undefined || operator === undefined) return rawCondition(reader, column);
      const text = literalText(reader, value);
      const op = stringAt(reader, operator);
      if (text === undefined || op === undefined || !/^(?:=|is|is not)$/i.test(op)) return undefined;
      return `${name} ${op} ${text}`;
    }),
  );
}

/** SQL of a tagged template without holes. */
function rawCondition(reader: FactReader, id: ExprId | undefined): string | undefined {
  const template = exprOf(reader, id, "template");
  return template === undefined || template.exprs.length > 0 ? undefined : sqlText(reader, id, () => "");
}

function comparedTo(reader: FactReader, column: string, value: ExprId): string | undefined {
  const text = literalText(reader, value);
  if (text !== undefined) return `${column} ${text === "null" ? "is" : "="} ${text}`;
  const [only, ...others] = exprOf(reader, value, "object")?.props ?? [];
  if (only === undefined || others.length > 0 || literalText(reader, only.value) !== "null") return undefined;
  const operator = only.key === undefined ? only.name : nameAt(reader, only.key);
  return operator === "ne" || operator === "not" || operator === "$ne" ? `${column} is not null` : undefined;
}

function literalText(reader: FactReader, id: ExprId | undefined): string | undefined {
  const literal = exprOf(reader, id, "literal");
  if (literal === undefined) return undefined;
  return typeof literal.value === "string" ? `'${literal.value.replace(/'/g, "''")}'` : String(literal.value);
}

/** One part that is not understood makes the whole unknown. */
function all(parts: readonly (string | undefined)[]): string {
  const known = parts.flatMap((part) => part ?? []);
  return known.length === 0 || known.length < parts.length ? UNKNOWN_CONDITION : known.join(" and ");
}
