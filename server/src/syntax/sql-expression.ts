/**
 * Parts of an SQL tree → normalised text, so that the predicate of an index and the condition of a query can be compared as strings: lower-case functions
 * and keywords, one space, no superfluous parentheses, no table qualifiers, no casts of literals.
 */
import type { SqlNode } from "./postgres.js";

/** Text of an expression. Kinds that are not known by name give a text that equals only itself. */
export function renderSqlExpression(node: SqlNode | undefined): string {
  if (node === undefined) return "";
  if ("ColumnRef" in node) return columnText(node.ColumnRef.fields ?? []);
  if ("A_Const" in node) return constantText(node.A_Const);
  if ("ParamRef" in node) return `$${node.ParamRef.number ?? 0}`;
  if ("TypeCast" in node) return castText(node.TypeCast);
  if ("FuncCall" in node) {
    const { args = [] } = node.FuncCall;
    return `${lastName(node.FuncCall.funcname)}(${list(args)})`;
  }
  if ("A_Expr" in node) return operatorText(node.A_Expr);
  if ("BoolExpr" in node) return booleanText(node.BoolExpr);
  if ("NullTest" in node) {
    const { arg, nulltesttype } = node.NullTest;
    return `${operand(arg)} is ${nulltesttype === "IS_NULL" ? "null" : "not null"}`;
  }
  if ("BooleanTest" in node) {
    const { arg, booltesttype = "" } = node.BooleanTest;
    return `${operand(arg)} ${booltesttype.toLowerCase().replaceAll("_", " ")}`;
  }
  if ("CoalesceExpr" in node) return `coalesce(${list(node.CoalesceExpr.args ?? [])})`;
  if ("List" in node) return `(${list(node.List.items ?? [])})`;
  if ("A_ArrayExpr" in node) return `array[${list(node.A_ArrayExpr.elements ?? [])}]`;
  if ("CollateClause" in node)
    return `${operand(node.CollateClause.arg)} collate ${lastName(node.CollateClause.collname)}`;
  if ("String" in node) return node.String.sval ?? "";
  return opaque(node);
}

function columnText(fields: readonly SqlNode[]): string {
  const last = fields.at(-1);
  if (last === undefined) return "";
  return "A_Star" in last ? "*" : "String" in last ? (last.String.sval ?? "") : opaque(last);
}

interface Constant {
  readonly ival?: { readonly ival?: number };
  readonly fval?: { readonly fval?: string };
  readonly boolval?: { readonly boolval?: boolean };
  readonly sval?: { readonly sval?: string };
  readonly isnull?: boolean;
}

function constantText({ ival, fval, boolval, sval, isnull }: Constant): string {
  if (isnull === true) return "null";
  // Zero, false and the empty string are left out of the tree.
  if (ival !== undefined) return String(ival.ival ?? 0);
  if (fval !== undefined) return fval.fval ?? "0";
  if (boolval !== undefined) return String(boolval.boolval ?? false);
  return `'${(sval?.sval ?? "").replaceAll("'", "''")}'`;
}

interface Cast {
  readonly arg?: SqlNode;
  readonly typeName?: { readonly names?: readonly SqlNode[]; readonly arrayBounds?: readonly SqlNode[] };
}

function castText({ arg, typeName }: Cast): string {
  const type = lastName(typeName?.names) + (typeName?.arrayBounds === undefined ? "" : "[]");
  if (arg !== undefined && "A_Const" in arg) {
    const text = constantText(arg.A_Const);
    return type === "bool" && /^'(?:t|f|true|false)'$/.test(text) ? (text.startsWith("'t") ? "true" : "false") : text;
  }
  return `${operand(arg)}::${type}`;
}

interface Operator {
  readonly kind?: string;
  readonly name?: readonly SqlNode[];
  readonly lexpr?: SqlNode;
  readonly rexpr?: SqlNode;
}

function operatorText({ kind, name, lexpr, rexpr }: Operator): string {
  const sign = lastName(name);
  const negated = sign === "<>" || sign.startsWith("!");
  switch (kind) {
    case "AEXPR_IN":
      return `${operand(lexpr)} ${negated ? "not in" : "in"} ${renderSqlExpression(rexpr)}`;
    case "AEXPR_LIKE":
      return `${operand(lexpr)} ${negated ? "not like" : "like"} ${operand(rexpr)}`;
    case "AEXPR_ILIKE":
      return `${operand(lexpr)} ${negated ? "not ilike" : "ilike"} ${operand(rexpr)}`;
    case "AEXPR_OP_ANY":
      return `${operand(lexpr)} ${sign} any(${renderSqlExpression(rexpr)})`;
    case "AEXPR_OP_ALL":
      return `${operand(lexpr)} ${sign} all(${renderSqlExpression(rexpr)})`;
    case "AEXPR_DISTINCT":
      return `${operand(lexpr)} is distinct from ${operand(rexpr)}`;
    case "AEXPR_NOT_DISTINCT":
      return `${operand(lexpr)} is not distinct from ${operand(rexpr)}`;
    case "AEXPR_BETWEEN":
    case "AEXPR_NOT_BETWEEN": {
      const [low, high] = rexpr !== undefined && "List" in rexpr ? (rexpr.List.items ?? []) : [];
      const word = kind === "AEXPR_BETWEEN" ? "between" : "not between";
      return `${operand(lexpr)} ${word} ${operand(low)} and ${operand(high)}`;
    }
    default:
      return lexpr === undefined ? `${sign}${operand(rexpr)}` : `${operand(lexpr)} ${sign} ${operand(rexpr)}`;
  }
}

function booleanText({ boolop, args = [] }: { readonly boolop?: string; readonly args?: readonly SqlNode[] }): string {
  if (boolop === "NOT_EXPR") return `not ${operand(args[0])}`;
  return args.map(operand).join(boolop === "OR_EXPR" ? " or " : " and ");
}

/** Parentheses only around what would otherwise be read differently. */
function operand(node: SqlNode | undefined): string {
  const text = renderSqlExpression(node);
  const compound = node !== undefined && ("BoolExpr" in node || "A_Expr" in node || "NullTest" in node);
  const flatAnd = node !== undefined && "NullTest" in node;
  return compound && !flatAnd && !isComparison(node) ? `(${text})` : text;
}

/** Comparisons bind tighter than `and`, `or`, `not`, and nobody nests them. */
function isComparison(node: SqlNode): boolean {
  if (!("A_Expr" in node)) return false;
  const sign = lastName(node.A_Expr.name);
  return node.A_Expr.kind !== "AEXPR_OP" || ["=", "<>", "<", ">", "<=", ">="].includes(sign);
}

function list(nodes: readonly SqlNode[]): string {
  return nodes.map(renderSqlExpression).join(", ");
}

export function lastName(names: readonly SqlNode[] | undefined): string {
  const last = names?.at(-1);
  return last !== undefined && "String" in last ? (last.String.sval ?? "").toLowerCase() : "";
}

function opaque(node: SqlNode): string {
  return JSON.stringify(node, (key, value: unknown) => (key === "location" ? undefined : value));
}
