/** Direct sub-expressions of an expression, in the order they are evaluated. Bodies of functions and classes are not part of it. */
import { NONE, type Expr, type ExprId } from "./model.js";

export function childrenOf(expr: Expr): readonly ExprId[] {
  return all(expr).filter((id) => id !== NONE);
}

function all(expr: Expr): readonly ExprId[] {
  switch (expr.kind) {
    case "member":
      return [expr.object];
    case "index":
      return [expr.object, expr.index];
    case "call":
    case "new":
      return [expr.callee, ...expr.args];
    case "template":
      return [expr.tag, ...expr.exprs];
    case "object":
      return expr.props.flatMap(({ key, value }) => (key === undefined ? [value] : [key, value]));
    case "array":
      return expr.elements;
    case "await":
    case "yield":
    case "spread":
    case "unary":
    case "import":
      return [expr.value];
    case "conditional":
      return [expr.test, expr.whenTrue, expr.whenFalse];
    case "logical":
    case "binary":
      return [expr.left, expr.right];
    case "assign":
      return [expr.target, expr.value];
    case "other":
      return expr.children;
    case "ref":
    case "this":
    case "super":
    case "literal":
    case "regexp":
    case "function":
    case "class":
      return [];
  }
}
