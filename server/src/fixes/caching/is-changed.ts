/** Whether code changes what a name holds, so that it must not be shared. */
import { ts } from "../../syntax/typescript.js";

/** Methods that change what they are called on: of arrays, maps and dates, and of rows that know how to save themselves. */
const CHANGES =
  /^(push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|set\w*|add|delete|clear|append|save|update|remove|destroy|increment|decrement|assign|merge)$/;

/** Looks for assignments to the name's properties, changing methods called on it or on parts of it, and `Object.assign(name, …)`. */
export function isChanged(body: ts.Node, name: string): boolean {
  const isOf = (node: ts.Expression): boolean => rootOf(node) === name;
  const visit = (node: ts.Node): boolean => {
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind) && isOf(node.left)) return true;
    if (
      (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
      (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken) &&
      isOf(node.operand)
    )
      return true;
    if (ts.isDeleteExpression(node) && isOf(node.expression)) return true;
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { expression, name: method } = node.expression;
      if (CHANGES.test(method.text) && isOf(expression)) return true;
      if (method.text === "assign" && node.arguments[0] !== undefined && isOf(node.arguments[0])) return true;
    }
    return ts.forEachChild(node, (child) => visit(child) || undefined) === true;
  };
  return visit(body);
}

function rootOf(node: ts.Expression): string | undefined {
  let at: ts.Expression = node;
  for (;;) {
    if (ts.isIdentifier(at)) return at.text;
    if (
      ts.isPropertyAccessExpression(at) ||
      ts.isElementAccessExpression(at) ||
      ts.isNonNullExpression(at) ||
      ts.isParenthesizedExpression(at) ||
      ts.isAsExpression(at)
    )
      at = at.expression;
    else return undefined;
  }
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return ts.SyntaxKind.FirstAssignment <= kind && kind <= ts.SyntaxKind.LastAssignment;
}
