/** Conditions of an SQL tree → the query model's. */
import { lastName } from "../syntax/sql-expression.js";
import type { SqlNode } from "../syntax/postgres.js";
import { allOf, anyOf, unknownCondition } from "./conditions.js";
import type { ColumnRef, Condition, QueryValue } from "./model.js";

/** The column a dotted name means; undefined for names of no known table. */
export type ColumnResolver = (path: readonly string[]) => ColumnRef | undefined;

interface Operand {
  readonly column: ColumnRef;
  readonly fn?: string;
}

/** What `WHERE` and `ON` say. */
export function sqlCondition(node: SqlNode | undefined, resolve: ColumnResolver): Condition {
  if (node === undefined) return allOf([]);
  if ("BoolExpr" in node) {
    const parts = (node.BoolExpr.args ?? []).map((arg) => sqlCondition(arg, resolve));
    if (node.BoolExpr.boolop === "AND_EXPR") return allOf(parts);
    return node.BoolExpr.boolop === "OR_EXPR" ? anyOf(parts) : { kind: "not", of: allOf(parts) };
  }
  if ("NullTest" in node) {
    const operand = columnOperand(node.NullTest.arg, resolve);
    if (operand === undefined || operand.fn !== undefined) return unknownCondition("a test for null");
    return { kind: node.NullTest.nulltesttype === "IS_NULL" ? "null" : "not-null", column: operand.column };
  }
  if ("A_Expr" in node) return comparison(node.A_Expr, resolve);
  if ("SubLink" in node) return subquery(node.SubLink, resolve);
  if ("ColumnRef" in node) {
    const operand = columnOperand(node, resolve);
    return operand === undefined
      ? unknownCondition("a condition")
      : { kind: "equal", column: operand.column, value: { kind: "literal", value: true } };
  }
  if ("BooleanTest" in node) {
    const operand = columnOperand(node.BooleanTest.arg, resolve);
    const value = node.BooleanTest.booltesttype === "IS_TRUE";
    if (operand !== undefined) return { kind: "equal", column: operand.column, value: { kind: "literal", value } };
  }
  // `WHERE 1 = 1`, `WHERE TRUE` narrow nothing.
  if ("A_Const" in node) return allOf([]);
  return unknownCondition("a condition");
}

/** `x IN (SELECT …)` bounds `x`; everything else a subquery decides is not looked into. */
function subquery(
  link: { readonly subLinkType?: string; readonly testexpr?: SqlNode; readonly operName?: readonly SqlNode[] },
  resolve: ColumnResolver,
): Condition {
  const operand = link.subLinkType === "ANY_SUBLINK" ? columnOperand(link.testexpr, resolve) : undefined;
  const sign = lastName(link.operName);
  if (operand === undefined || (sign !== "" && sign !== "=")) return unknownCondition("a subquery");
  return { kind: "in", ...operand, value: { kind: "list" } };
}

interface Comparison {
  readonly kind?: string;
  readonly name?: readonly SqlNode[];
  readonly lexpr?: SqlNode;
  readonly rexpr?: SqlNode;
}

function comparison(expr: Comparison, resolve: ColumnResolver): Condition {
  const { kind, lexpr, rexpr } = expr;
  const sign = lastName(expr.name);
  const left = columnOperand(lexpr, resolve);
  const right = columnOperand(rexpr, resolve);
  const operand = left ?? right;
  if (operand === undefined) {
    return isConstant(lexpr) && isConstant(rexpr) ? allOf([]) : unknownCondition("a condition");
  }
  const value: QueryValue =
    left !== undefined && right !== undefined
      ? { kind: "column", column: right.column }
      : valueOf(left ? rexpr : lexpr);
  switch (kind) {
    case "AEXPR_IN":
      return sign === "<>" ? { kind: "not-equal", ...operand, value } : { kind: "in", ...operand, value };
    case "AEXPR_OP_ANY":
      return sign === "=" ? { kind: "in", ...operand, value: { kind: "list" } } : unknownCondition("a condition");
    case "AEXPR_BETWEEN":
    case "AEXPR_BETWEEN_SYM":
      return { kind: "range", ...operand, value: { kind: "parameter" } };
    case "AEXPR_LIKE":
    case "AEXPR_ILIKE":
      return like(operand, sign, rexpr, kind === "AEXPR_ILIKE");
    case "AEXPR_NOT_DISTINCT":
      return { kind: "equal", ...operand, value };
    case "AEXPR_DISTINCT":
      return { kind: "not-equal", ...operand, value };
    case "AEXPR_OP":
      return bySign(operand, sign, value);
    default:
      return unknownCondition("a condition");
  }
}

function bySign(operand: Operand, sign: string, value: QueryValue): Condition {
  switch (sign) {
    case "=":
      return { kind: "equal", ...operand, value };
    case "<>":
    case "!=":
      return { kind: "not-equal", ...operand, value };
    case "<":
    case ">":
    case "<=":
    case ">=":
      return { kind: "range", ...operand, value };
    case "~":
    case "~*":
      return {
        kind: "like",
        ...operand,
        leading: "unknown",
        value,
        ...(sign === "~*" ? { insensitive: true as const } : {}),
      };
    default:
      return { kind: "special", column: operand.column, operator: sign };
  }
}

function like(operand: Operand, sign: string, pattern: SqlNode | undefined, insensitive: boolean): Condition {
  const value = valueOf(pattern);
  if (sign.startsWith("!")) return { kind: "not-equal", ...operand, value };
  return {
    kind: "like",
    ...operand,
    leading: patternStart(pattern),
    value,
    ...(insensitive ? { insensitive: true as const } : {}),
  };
}

/** `'%' || $1` begins with what its first part begins with. */
function patternStart(node: SqlNode | undefined): "wildcard" | "fixed" | "unknown" {
  if (node === undefined) return "unknown";
  if ("TypeCast" in node) return patternStart(node.TypeCast.arg);
  if ("A_Expr" in node && lastName(node.A_Expr.name) === "||") return patternStart(node.A_Expr.lexpr);
  if ("FuncCall" in node && lastName(node.FuncCall.funcname) === "concat") return patternStart(node.FuncCall.args?.[0]);
  if (!("A_Const" in node)) return "unknown";
  const text = node.A_Const.sval?.sval;
  if (text === undefined || text === "") return "unknown";
  return /^[%_]/.test(text) ? "wildcard" : "fixed";
}

/** A column, possibly inside one function or cast. */
export function columnOperand(node: SqlNode | undefined, resolve: ColumnResolver): Operand | undefined {
  if (node === undefined) return undefined;
  if ("ColumnRef" in node) {
    const path = (node.ColumnRef.fields ?? []).flatMap((field) => ("String" in field ? [field.String.sval ?? ""] : []));
    const column = path.length === 0 ? undefined : resolve(path);
    return column === undefined ? undefined : { column };
  }
  if ("FuncCall" in node) {
    const [first, ...others] = node.FuncCall.args ?? [];
    const inner = columnOperand(first, resolve);
    if (inner === undefined || inner.fn !== undefined || others.some((arg) => !isConstant(arg))) return undefined;
    return { column: inner.column, fn: lastName(node.FuncCall.funcname) };
  }
  if ("TypeCast" in node) {
    const inner = columnOperand(node.TypeCast.arg, resolve);
    const type = lastName(node.TypeCast.typeName?.names);
    // Casts between text types, and of a column to what it is anyway, do not matter to an index as a rule.
    if (inner === undefined || inner.fn !== undefined || /^(text|varchar|bpchar|citext|uuid)$/.test(type)) return inner;
    return { column: inner.column, fn: `::${type}` };
  }
  if ("CollateClause" in node) return columnOperand(node.CollateClause.arg, resolve);
  return undefined;
}

export function valueOf(node: SqlNode | undefined): QueryValue {
  if (node === undefined) return { kind: "parameter" };
  if ("A_Const" in node) {
    const { ival, sval, boolval, isnull, fval } = node.A_Const;
    if (isnull === true) return { kind: "literal", value: null };
    if (ival !== undefined) return { kind: "literal", value: ival.ival ?? 0 };
    if (fval !== undefined) return { kind: "literal", value: Number(fval.fval ?? 0) };
    if (boolval !== undefined) return { kind: "literal", value: boolval.boolval ?? false };
    return { kind: "literal", value: sval?.sval ?? "" };
  }
  if ("TypeCast" in node) return valueOf(node.TypeCast.arg);
  if ("List" in node) {
    const items = node.List.items ?? [];
    // One placeholder in parentheses is expanded by many drivers.
    if (items.length === 1 && !items.every(isWritten)) return { kind: "list" };
    return { kind: "list", length: items.length, ...(items.every(isWritten) ? { constant: true as const } : {}) };
  }
  return { kind: "parameter" };
}

function isWritten(node: SqlNode): boolean {
  return "TypeCast" in node ? node.TypeCast.arg !== undefined && isWritten(node.TypeCast.arg) : "A_Const" in node;
}

function isConstant(node: SqlNode | undefined): boolean {
  if (node === undefined) return false;
  if ("TypeCast" in node) return isConstant(node.TypeCast.arg);
  return "A_Const" in node || "ParamRef" in node;
}
