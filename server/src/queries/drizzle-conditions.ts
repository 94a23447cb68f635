/** Drizzle's operators: `and(eq(users.email, email), gt(users.age, 18))`, and conditions in `sql` templates. */
import { type ExprId, type ExprOf, NONE } from "../facts/model.js";
import {
  allOf,
  anyOf,
  byChoice,
  differs,
  equals,
  likePattern,
  maybe,
  unknownCondition,
  valueAt,
} from "./conditions.js";
import { addTable, type Draft } from "./draft.js";
import type { ColumnRef, Condition } from "./model.js";
import { readArray } from "./read-array.js";
import { exprAt, resolved, type Scope } from "./scope.js";
import { sqlFragment } from "./sql-query.js";

/** Finds the column a member expression means among the tables of the query. */
export function drizzleColumn(scope: Scope, draft: Draft, id: ExprId): ColumnRef | undefined {
  const expr = exprAt(scope, id);
  if (expr?.kind !== "member") return undefined;
  const object = exprAt(scope, expr.object);
  const owner = object?.kind === "ref" || object?.kind === "member" ? object.name : undefined;
  if (owner === undefined) return undefined;
  const table = draft.tables.findIndex((one) => one.alias === owner || one.name === owner);
  return table < 0 ? undefined : { table, name: expr.name };
}

export function drizzleCondition(scope: Scope, draft: Draft, id: ExprId): Condition {
  const choice = byChoice(scope, id, (value) => drizzleCondition(scope, draft, value));
  if (choice !== undefined) return choice;
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "template") return template(scope, draft, expr);
  if (expr?.kind === "logical" && expr.op === "&&") return maybe(drizzleCondition(scope, draft, expr.right), true);
  if (expr?.kind !== "call") return unknownCondition("a computed condition");
  const callee = exprAt(scope, expr.callee);
  const name = callee?.kind === "ref" || callee?.kind === "member" ? callee.name : "";
  return operator(scope, draft, name, expr.args);
}

function operator(scope: Scope, draft: Draft, name: string, args: readonly ExprId[]): Condition {
  const [first = NONE, second = NONE] = args;
  if (name === "and" || name === "or") {
    const parts = args.flatMap((arg) => operands(scope, draft, arg));
    return name === "and" ? allOf(parts) : anyOf(parts);
  }
  if (name === "not") return { kind: "not", of: drizzleCondition(scope, draft, first) };
  if (name === "exists" || name === "notExists") return unknownCondition("a subquery");
  const column = drizzleColumn(scope, draft, first);
  if (column === undefined) return unknownCondition("a condition on something else");
  const value = valueAt(scope, second);
  switch (name) {
    case "eq": {
      const other = drizzleColumn(scope, draft, second);
      if (other !== undefined) return { kind: "equal", column, value: { kind: "column", column: other } };
      return equals(scope, column, second);
    }
    case "ne":
      return differs(scope, column, second);
    case "gt":
    case "gte":
    case "lt":
    case "lte":
    case "between":
      return { kind: "range", column, value };
    case "inArray":
      return { kind: "in", column, value: value.kind === "list" ? value : { kind: "list" } };
    case "isNull":
      return { kind: "null", column };
    case "isNotNull":
      return { kind: "not-null", column };
    case "like":
      return { kind: "like", column, leading: likePattern(scope, second), value };
    case "ilike":
      return { kind: "like", column, leading: likePattern(scope, second), insensitive: true, value };
    case "notInArray":
    case "notLike":
    case "notIlike":
    case "notBetween":
      return { kind: "not-equal", column, value };
    case "arrayContains":
    case "arrayContained":
    case "arrayOverlaps":
      return { kind: "special", column, operator: name };
    default:
      return unknownCondition(name === "" ? "a computed condition" : `\`${name}\``);
  }
}

function operands(scope: Scope, draft: Draft, id: ExprId): readonly Condition[] {
  const expr = exprAt(scope, id);
  if (expr?.kind !== "spread") return [drizzleCondition(scope, draft, id)];
  const read = readArray(scope, expr.value);
  const parts = read.elements.map(({ value, optional }) => maybe(drizzleCondition(scope, draft, value), optional));
  return read.open ? [...parts, unknownCondition("a list of conditions that is put together")] : parts;
}

/** The text of a `sql` template, with columns named and everything else as parameters. */
function template(scope: Scope, draft: Draft, expr: ExprOf<"template">): Condition {
  const tag = exprAt(scope, expr.tag);
  if (tag?.kind !== "ref" && tag?.kind !== "member") return unknownCondition("a template");
  const text = expr.parts
    .map((part, i) => {
      const hole = expr.exprs[i];
      if (hole === undefined) return part;
      const column = drizzleColumn(scope, draft, hole);
      if (column === undefined) return `${part}$${i + 1}`;
      const table = draft.tables[column.table];
      return `${part}"${table?.alias ?? table?.name ?? ""}"."${column.name}"`;
    })
    .join("");
  return sqlFragment(draft, text);
}

/** A table given as `users`, `schema.users`, or `alias(users, "u")` behind a name. */
export function drizzleTable(scope: Scope, draft: Draft, id: ExprId): number | undefined {
  const written = exprAt(scope, id);
  const name = written?.kind === "ref" || written?.kind === "member" ? written.name : undefined;
  if (name === undefined) return undefined;
  const value = exprAt(scope, resolved(scope, id));
  if (value?.kind === "call") {
    const callee = exprAt(scope, value.callee);
    const isAlias = (callee?.kind === "ref" || callee?.kind === "member") && /^alias/i.test(callee.name);
    const inner = isAlias ? exprAt(scope, value.args[0] ?? NONE) : undefined;
    if (inner?.kind === "ref" || inner?.kind === "member") {
      return addTable(draft, { name: inner.name, naming: "model", alias: name });
    }
  }
  return addTable(draft, { name, naming: "model" });
}
