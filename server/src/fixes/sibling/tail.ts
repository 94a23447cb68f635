/** What a function does beside its query, and whether it can be done by a function made inside of its sibling. */
import { ts } from "../../syntax/typescript.js";
import { calledName } from "../load/loop-scope.js";

export interface Tail {
  /** Something in it is awaited. */
  readonly isAsync: boolean;
  /** What it gives may be a promise. */
  readonly waits: boolean;
  /** `: User | null`, as the function declares it; empty where it declares nothing. */
  readonly type: string;
}

/** Calls that give no promise. */
const AT_ONCE =
  /^(map|filter|find|some|every|at|slice|includes|has|get|keys|values|entries|join|split|trim|toString|toLowerCase|toUpperCase|toJSON|toObject|toISOString|parse|stringify|Number|String|Boolean|BigInt|Date|freeze|assign|fromEntries|isArray)$/;

/** Undefined for bodies that cannot be written again elsewhere: texts over several lines would be indented anew. */
export function tailOf(fn: ts.FunctionLikeDeclaration, query: ts.Expression): Tail | undefined {
  const { body, type } = fn;
  if (body === undefined || hasLongText(body, query)) return undefined;
  const isAsync = waitsIn(body, query);
  const waits = isAsync || givesUnknown(body, query);
  return { isAsync, waits, type: waits && !isAsync ? "" : typeText(type, isAsync) };
}

function typeText(type: ts.TypeNode | undefined, isAsync: boolean): string {
  if (type === undefined || type.getText().includes("\n") || !ts.isTypeReferenceNode(type)) return "";
  const [inner, ...others] = type.typeArguments ?? [];
  if (type.typeName.getText() !== "Promise" || inner === undefined || others.length > 0) return "";
  return isAsync ? `: ${type.getText()}` : `: ${inner.getText()}`;
}

function hasLongText(node: ts.Node, query: ts.Node): boolean {
  if (node === query) return false;
  const isText = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || ts.isJsxText(node);
  if (isText && node.getText().includes("\n")) return true;
  return ts.forEachChild(node, (child) => hasLongText(child, query) || undefined) === true;
}

/** Whether the function waits for anything but the query. */
function waitsIn(node: ts.Node, query: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) return true;
  if (ts.isAwaitExpression(node) && unwrapped(node.expression) !== query) return true;
  return ts.forEachChild(node, (child) => waitsIn(child, query) || undefined) === true;
}

function unwrapped(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? unwrapped(node.expression) : node;
}

/** Whether something is returned that another function made, which may be a promise. */
function givesUnknown(body: ts.ConciseBody, query: ts.Node): boolean {
  const visit = (node: ts.Node): boolean => {
    if (ts.isFunctionLike(node)) return false;
    if (ts.isReturnStatement(node)) return node.expression !== undefined && mayPromise(node.expression, query);
    return ts.forEachChild(node, (child) => visit(child) || undefined) === true;
  };
  return ts.isBlock(body) ? visit(body) : mayPromise(body, query);
}

function mayPromise(node: ts.Expression, query: ts.Node): boolean {
  if (node === query) return false;
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node))
    return mayPromise(node.expression, query);
  if (ts.isAwaitExpression(node) || ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node))
    return false;
  if (ts.isConditionalExpression(node)) return mayPromise(node.whenTrue, query) || mayPromise(node.whenFalse, query);
  if (ts.isBinaryExpression(node)) return mayPromise(node.left, query) || mayPromise(node.right, query);
  if (ts.isCallExpression(node)) return !AT_ONCE.test(calledName(node));
  return false;
}
