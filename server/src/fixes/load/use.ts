/** How the result of a query is used in its pass, and what takes its place there. */
import { ts } from "../../syntax/typescript.js";
import { isPromiseAll } from "../nodes.js";
import type { KeyedRead } from "./keyed-read.js";
import { walk } from "./loop-scope.js";
import type { LoopShape } from "./loop-shape.js";

export interface Use {
  /** What gives way. */
  readonly start: number;
  readonly end: number;
  /** The new text, given an expression for what was found: a row or a list, or undefined. */
  readonly print: (found: string) => string;
}

/** Undefined where the result is used as a promise, or more of it than its rows. */
export function useOf(node: ts.Expression, loop: LoopShape, read: KeyedRead): Use | undefined {
  let at = node;
  while (ts.isParenthesizedExpression(at.parent)) at = at.parent;
  const { parent } = at;
  if (ts.isAwaitExpression(parent)) {
    if (read.gives === "tuple") return tupleUse(parent, read);
    return read.gives === "result" ? resultUse(parent, loop, read) : valueUse(parent, read);
  }
  if (read.gives === "result" || read.gives === "tuple") return undefined;
  // `await Promise.all([…, query])`: what is no promise is handed on as it is.
  if (ts.isArrayLiteralExpression(parent) && isAwaitedAll(parent.parent)) return valueUse(at, read);
  if (loop.callback === undefined) return undefined;
  const isValue = loop.callback.body === at || (ts.isReturnStatement(parent) && isOwnReturn(parent, loop.callback));
  return isValue ? valueUse(at, read) : undefined;
}

function isAwaitedAll(node: ts.Node): boolean {
  return isPromiseAll(node) && ts.isAwaitExpression(node.parent);
}

function valueUse(node: ts.Expression, { missing, throws }: KeyedRead): Use {
  const operand = isOperand(node);
  const own = ts.isAwaitExpression(node) ? `(${node.getText()})` : node.getText();
  const otherwise = throws === true ? own : missing;
  return {
    ...place(node),
    print: (found) => (otherwise === "undefined" ? found : inParentheses(`${found} ?? ${otherwise}`, operand)),
  };
}

/** `const { rows } = await …`, `(await …).rows`, `const result = await …` of which nothing but `rows` is used. */
function resultUse(node: ts.AwaitExpression, loop: LoopShape, read: KeyedRead): Use | undefined {
  const outer = ts.isParenthesizedExpression(node.parent) ? node.parent : node;
  const { parent } = outer;
  if (ts.isPropertyAccessExpression(parent) && parent.name.text === "rows")
    return { ...place(parent), print: (found) => inParentheses(`${found} ?? ${read.missing}`, isOperand(parent)) };
  if (!ts.isVariableDeclaration(parent) || parent.type !== undefined) return undefined;
  const { name } = parent;
  if (ts.isObjectBindingPattern(name)) {
    const [only, ...others] = name.elements;
    if (only === undefined || others.length > 0 || only.initializer !== undefined) return undefined;
    if ((only.propertyName ?? only.name).getText() !== "rows") return undefined;
    return {
      start: name.getStart(),
      end: outer.end,
      print: (found) => `${only.name.getText()} = ${found} ?? ${read.missing}`,
    };
  }
  if (!usesRowsOnly(name, loop)) return undefined;
  return { ...place(outer), print: (found) => `{ rows: ${found} ?? ${read.missing} }` };
}

/** `const [rows] = await …`, `const [[row]] = await …`, `(await …)[0]`. */
function tupleUse(node: ts.AwaitExpression, { missing }: KeyedRead): Use | undefined {
  const outer = ts.isParenthesizedExpression(node.parent) ? node.parent : node;
  const { parent } = outer;
  if (ts.isElementAccessExpression(parent) && parent.argumentExpression.getText() === "0")
    return { ...place(parent), print: (found) => inParentheses(`${found} ?? ${missing}`, isOperand(parent)) };
  if (!ts.isVariableDeclaration(parent) || !ts.isArrayBindingPattern(parent.name)) return undefined;
  const [only, ...others] = parent.name.elements;
  if (only === undefined || !ts.isBindingElement(only) || only.initializer !== undefined || others.length > 0)
    return undefined;
  return {
    start: parent.name.getStart(),
    end: outer.end,
    print: (found) => `${only.name.getText()} = ${found} ?? ${missing}`,
  };
}

function usesRowsOnly(name: ts.BindingName, loop: LoopShape): boolean {
  if (!ts.isIdentifier(name)) return false;
  let only = true;
  walk(loop.body, (node) => {
    if (!ts.isIdentifier(node) || node.text !== name.text || node === name) return;
    const { parent } = node;
    if (ts.isPropertyAccessExpression(parent) && parent.name === node) return;
    if (!ts.isPropertyAccessExpression(parent) || parent.name.text !== "rows") only = false;
  });
  return only;
}

function place(node: ts.Node): Pick<Use, "start" | "end"> {
  return { start: node.getStart(), end: node.end };
}

function inParentheses(text: string, operand: boolean): string {
  return operand ? `(${text})` : text;
}

function isOwnReturn(node: ts.ReturnStatement, callback: ts.Node): boolean {
  let at: ts.Node = node.parent;
  while (!ts.isFunctionLike(at) && !ts.isSourceFile(at)) at = at.parent;
  return at === callback;
}

/** Whether an expression needs parentheses around an operator of its own to stand where it stands. */
export function isOperand({ parent }: ts.Expression): boolean {
  return (
    ts.isPropertyAccessExpression(parent) ||
    ts.isElementAccessExpression(parent) ||
    ts.isNonNullExpression(parent) ||
    ts.isBinaryExpression(parent) ||
    ts.isPrefixUnaryExpression(parent) ||
    ts.isConditionalExpression(parent) ||
    ts.isAsExpression(parent) ||
    ts.isTypeOfExpression(parent)
  );
}

/** Whether a row is only asked to be there: tested itself, or kept in a constant that is tested and nothing else. */
export function isPresence(node: ts.Expression, loop: LoopShape): boolean {
  if (!ts.isAwaitExpression(node.parent)) return false;
  const value = outermost(node.parent);
  if (isTested(value)) return true;
  const { parent } = value;
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return false;
  if ((parent.parent.flags & ts.NodeFlags.Const) === 0) return false;
  const { name } = parent;
  let tests = 0;
  let others = 0;
  walk(loop.body, (at) => {
    if (!ts.isIdentifier(at) || at.text !== name.text || at === name || isMember(at)) return;
    if (isTested(outermost(at))) tests++;
    else others++;
  });
  return tests > 0 && others === 0;
}

function isMember(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node)
  );
}

function outermost(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node.parent) ? outermost(node.parent) : node;
}

/** `if (row)`, `!row`, `row === null`, `row ? … : …`, `Boolean(row)`. */
function isTested(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isIfStatement(parent)) return parent.expression === node;
  if (ts.isConditionalExpression(parent)) return parent.condition === node;
  if (ts.isPrefixUnaryExpression(parent)) return parent.operator === ts.SyntaxKind.ExclamationToken;
  if (ts.isCallExpression(parent)) return parent.expression.getText() === "Boolean";
  if (!ts.isBinaryExpression(parent)) return false;
  const { operatorToken, left, right } = parent;
  if (/^[!=]==?$/.test(operatorToken.getText()))
    return /^(null|undefined)$/.test((left === node ? right : left).getText());
  // The right side of `&&` may be what is made of it all.
  return /^(&&|\|\|)$/.test(operatorToken.getText()) && isTested(outermost(parent));
}
