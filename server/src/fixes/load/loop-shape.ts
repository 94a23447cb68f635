/**
 * A loop as a fix sees it: what is iterated, what each pass is handed, and where statements can be put before it. Loops whose passes are not simply the
 * elements of a list that is there beforehand have no shape, and nothing that stands in them is rewritten.
 */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import { around, bare, isAsync, isFunction, isListed, mayAwait, nodeAt } from "../nodes.js";
import type { InsertionPoint } from "./insertion-point.js";
import { insertionPoint } from "./insertion-point.js";

export interface LoopShape {
  /** The statement, or the call of the iteration method. */
  readonly node: ts.Node;
  /** What runs once per element. */
  readonly body: ts.Node;
  /** The list, as written. */
  readonly over: ts.Expression;
  /** What each pass calls its element: a name or a pattern. */
  readonly element: ts.BindingName;
  /** `list[i]` of a counting loop, which its element is initialised with. */
  readonly indexed?: { readonly list: string; readonly index: string };
  readonly before: InsertionPoint;
  /** The callback of an iteration method, or the function that is called once per element. */
  readonly callback?: ts.FunctionLikeDeclaration;
  /** Statements of the body that come before the loop once: what they declare is the same in every pass. */
  readonly fixed?: ReadonlySet<ts.Node>;
}

/**
 * @param span Of the loop statement, or of the call that is given the callback.
 * @param collector What the promises of a callback are given to at once.
 */
export function loopShape(tree: ts.SourceFile, span: Span, collector = /^Promise\.all$/): LoopShape | undefined {
  const statement = nodeAt(tree, span, isLoop);
  if (statement !== undefined) return fromStatement(statement);
  const call = nodeAt(tree, span, ts.isCallExpression);
  return call === undefined ? undefined : fromCall(call, collector);
}

function isLoop(node: ts.Node): node is ts.ForOfStatement | ts.ForStatement {
  return ts.isForOfStatement(node) || ts.isForStatement(node);
}

function fromStatement(node: ts.ForOfStatement | ts.ForStatement): LoopShape | undefined {
  const outer = ts.isLabeledStatement(node.parent) ? node.parent : node;
  const before = isListed(outer) && mayAwait(node) ? insertionPoint(outer) : undefined;
  if (before === undefined) return undefined;
  if (ts.isForStatement(node)) return counting(node, before);
  if (node.awaitModifier !== undefined) return undefined;
  const element = declaredName(node.initializer);
  return element === undefined ? undefined : { node, body: node.statement, over: node.expression, element, before };
}

function declaredName(initializer: ts.ForInitializer): ts.BindingName | undefined {
  if (!ts.isVariableDeclarationList(initializer) || (initializer.flags & ts.NodeFlags.Const) === 0) return undefined;
  return initializer.declarations[0]?.name;
}

/** `for (let i = 0; i < list.length; i++) { const element = list[i]; … }` */
function counting(node: ts.ForStatement, before: InsertionPoint): LoopShape | undefined {
  const { initializer, condition, incrementor, statement } = node;
  if (initializer === undefined || !ts.isVariableDeclarationList(initializer) || !ts.isBlock(statement))
    return undefined;
  const [counter, ...others] = initializer.declarations;
  if (counter?.initializer?.getText() !== "0" || !ts.isIdentifier(counter.name) || others.length > 0) return undefined;
  const index = counter.name.text;
  if (!/^(\+\+\w+|\w+\+\+|\w+ \+= 1)$/.test(incrementor?.getText() ?? "")) return undefined;
  if (condition === undefined || !ts.isBinaryExpression(condition)) return undefined;
  const { left, operatorToken, right } = condition;
  if (left.getText() !== index || operatorToken.kind !== ts.SyntaxKind.LessThanToken) return undefined;
  if (!ts.isPropertyAccessExpression(right) || right.name.text !== "length") return undefined;
  const list = right.expression.getText();
  for (const line of statement.statements) {
    if (!ts.isVariableStatement(line) || (line.declarationList.flags & ts.NodeFlags.Const) === 0) continue;
    const found = line.declarationList.declarations.find(
      ({ initializer: value }) => value !== undefined && bare(value).getText() === `${list}[${index}]`,
    );
    if (found === undefined) continue;
    return { node, body: statement, over: right.expression, element: found.name, indexed: { list, index }, before };
  }
  return undefined;
}

const MAPS = /^(map|flatMap)$/;

/** `list.map(async (element) => …)`, collected by `Promise.all`. */
function fromCall(node: ts.CallExpression, collector: RegExp): LoopShape | undefined {
  const { expression, arguments: args } = node;
  const [given] = args;
  if (!ts.isPropertyAccessExpression(expression) || !MAPS.test(expression.name.text)) return undefined;
  if (expression.questionDotToken !== undefined || given === undefined || args.length > 1) return undefined;
  const callback = bare(given);
  if (!ts.isArrowFunction(callback) && !ts.isFunctionExpression(callback)) return undefined;
  const [element] = callback.parameters;
  if (element === undefined || element.initializer !== undefined || element.dotDotDotToken !== undefined)
    return undefined;
  const collected = collectorOf(node, collector);
  const limited = limitedBy(callback);
  const own = limited ?? callback;
  // Promises of a callback that is not async may be used as what they are, unless all of them are awaited at once.
  if (collected === undefined && !isAsync(own)) return undefined;
  const before = mayAwait(node) ? placeBefore(node) : undefined;
  return before === undefined
    ? undefined
    : { node, body: own.body, over: expression.expression, element: element.name, before, callback: own };
}

/** `(element) => limit(async () => …)`: the function that is run when its turn comes is what a pass does. */
function limitedBy({ body }: ts.ArrowFunction | ts.FunctionExpression): ts.ArrowFunction | undefined {
  if (!ts.isCallExpression(body) || !ts.isIdentifier(body.expression) || !/limit/i.test(body.expression.text))
    return undefined;
  const [only, ...others] = body.arguments;
  const isPlain = only !== undefined && others.length === 0 && ts.isArrowFunction(only);
  return isPlain && only.parameters.length === 0 ? only : undefined;
}

/** The `Promise.all` that the promises are given to at once. */
function collectorOf(node: ts.CallExpression, name: RegExp): ts.CallExpression | undefined {
  const all = ts.isParenthesizedExpression(node.parent) ? node.parent.parent : node.parent;
  return ts.isCallExpression(all) && name.test(all.expression.getText()) ? all : undefined;
}

/** Before the statement of an expression that runs whenever its statement does. */
function placeBefore(node: ts.Expression): InsertionPoint | undefined {
  const statement = around(node, (at): at is ts.Statement | ts.ArrowFunction => ts.isStatement(at) || isFunction(at));
  for (let at: ts.Node = node; at !== statement && !ts.isSourceFile(at); at = at.parent) {
    const { parent } = at;
    if (ts.isConditionalExpression(parent) && parent.condition !== at) return undefined;
    if (ts.isBinaryExpression(parent) && parent.right === at && isShortCircuit(parent)) return undefined;
    if (ts.isForStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent)) return undefined;
  }
  return statement === undefined ? undefined : insertionPoint(statement);
}

function isShortCircuit({ operatorToken: { kind } }: ts.BinaryExpression): boolean {
  return (
    kind === ts.SyntaxKind.AmpersandAmpersandToken ||
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken
  );
}
