/** Operators: arithmetic and comparison, those that evaluate a side only sometimes, and assignments with what they write to. */
import { ts } from "../syntax/typescript.js";
import { enterRegion, startOf, type Builder } from "./builder.js";
import { lowerExpression, numberOf } from "./lower-expression.js";
import * as make from "./make-expr.js";
import { NONE, type BranchFact, type Expr, type ExprId } from "./model.js";

/** Prefix and postfix operators, `typeof`, `void` and `delete`. */
export function lowerUnary(b: Builder, node: ts.Expression, id: ExprId, place: make.Place): Expr {
  if (!ts.isPrefixUnaryExpression(node) && !ts.isPostfixUnaryExpression(node)) {
    const op = ts.isTypeOfExpression(node) ? "typeof" : ts.isVoidExpression(node) ? "void" : "delete";
    return make.makeUnary(place, op, lowerExpression(b, (node as ts.TypeOfExpression).expression, id));
  }
  const { operand, operator } = node;
  // Negative numbers are literals to everybody but the grammar. Zero stays positive, as JSON knows no other.
  if (operator === ts.SyntaxKind.MinusToken && ts.isNumericLiteral(operand))
    return make.makeLiteral(place, 0 - numberOf(operand));
  const value = lowerExpression(b, operand, id);
  const op = ts.tokenToString(operator) ?? "?";
  if (operator !== ts.SyntaxKind.PlusPlusToken && operator !== ts.SyntaxKind.MinusMinusToken)
    return make.makeUnary(place, op, value);
  b.pendingWrites.push({ target: value, assign: id });
  return make.makeAssign(place, op, value, NONE);
}

export function lowerConditional(
  b: Builder,
  node: ts.ConditionalExpression,
  id: ExprId,
  place: make.Place,
  nameHint: string,
): Expr {
  const test = lowerExpression(b, node.condition, id);
  const whenTrue = lowerArm(b, node.whenTrue, id, { test, arm: "then" }, nameHint);
  const whenFalse = lowerArm(b, node.whenFalse, id, { test, arm: "else" }, nameHint);
  return make.makeConditional(place, test, whenTrue, whenFalse);
}

function lowerArm(b: Builder, node: ts.Expression, parent: ExprId, branch: BranchFact, nameHint: string): ExprId {
  const outer = enterRegion(b, "branch", { start: startOf(b, node), end: node.end }, branch);
  const id = lowerExpression(b, node, parent, nameHint);
  b.region = outer;
  return id;
}

export function lowerBinary(
  b: Builder,
  node: ts.BinaryExpression,
  id: ExprId,
  place: make.Place,
  nameHint: string,
): Expr {
  const operator = node.operatorToken.kind;
  if (isAssignment(operator)) return lowerAssignment(b, node, id, place);
  const logical = logicalOf(operator);
  if (logical === undefined) return lowerSpine(b, node, id, place);
  const [op, arm] = logical;
  const left = lowerExpression(b, node.left, id, nameHint);
  return make.makeLogical(place, op, left, lowerArm(b, node.right, id, { test: left, arm }, nameHint));
}

function isAssignment(operator: ts.SyntaxKind): boolean {
  return operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment;
}

function logicalOf(operator: ts.SyntaxKind): readonly ["&&" | "||" | "??", BranchFact["arm"]] | undefined {
  if (operator === ts.SyntaxKind.AmpersandAmpersandToken) return ["&&", "and"];
  if (operator === ts.SyntaxKind.BarBarToken) return ["||", "or"];
  return operator === ts.SyntaxKind.QuestionQuestionToken ? ["??", "nullish"] : undefined;
}

/** `a + b + c + …`: the parser builds these without recursion, thousands deep, so they are taken apart the same way. */
function lowerSpine(b: Builder, top: ts.BinaryExpression, id: ExprId, topPlace: make.Place): Expr {
  const below: { readonly node: ts.BinaryExpression; readonly id: ExprId; readonly place: make.Place }[] = [];
  let leftmost: ts.Expression = top.left;
  let parent = id;
  while (ts.isBinaryExpression(leftmost) && isPlainOperator(leftmost.operatorToken.kind)) {
    const own = b.exprs.length;
    const place: make.Place = { start: topPlace.start, end: leftmost.end, parent, region: b.region };
    b.exprs.push(make.makeOther(place, []));
    below.push({ node: leftmost, id: own, place });
    parent = own;
    leftmost = leftmost.left;
  }
  let left = lowerExpression(b, leftmost, parent);
  for (const { node, id: own, place } of below.reverse()) {
    b.exprs[own] = make.makeBinary(place, operatorText(node), left, lowerExpression(b, node.right, own));
    left = own;
  }
  return make.makeBinary(topPlace, operatorText(top), left, lowerExpression(b, top.right, id));
}

function isPlainOperator(operator: ts.SyntaxKind): boolean {
  return !isAssignment(operator) && logicalOf(operator) === undefined;
}

function operatorText(node: ts.BinaryExpression): string {
  return ts.tokenToString(node.operatorToken.kind) ?? "?";
}

function lowerAssignment(b: Builder, node: ts.BinaryExpression, id: ExprId, place: make.Place): Expr {
  const target = lowerExpression(b, node.left, id);
  const name = assignedName(node.left);
  const arm = conditionalArmOf(node.operatorToken.kind);
  const value =
    arm === undefined
      ? lowerExpression(b, node.right, id, name)
      : lowerArm(b, node.right, id, { test: target, arm }, name);
  b.pendingWrites.push({ target, assign: id });
  noteMemberWrite(b, target, value);
  return make.makeAssign(place, operatorText(node), target, value);
}

/** `x ??= f()` runs `f` only when there is something to assign. */
function conditionalArmOf(operator: ts.SyntaxKind): BranchFact["arm"] | undefined {
  if (operator === ts.SyntaxKind.AmpersandAmpersandEqualsToken) return "and";
  if (operator === ts.SyntaxKind.BarBarEqualsToken) return "or";
  return operator === ts.SyntaxKind.QuestionQuestionEqualsToken ? "nullish" : undefined;
}

function assignedName(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  return ts.isPropertyAccessExpression(node) ? node.name.text : "";
}

/** `this.x = …` tells what a class member holds; `exports.x = …` and `module.exports = …` export. */
function noteMemberWrite(b: Builder, target: ExprId, value: ExprId): void {
  const member = b.exprs[target];
  if (member?.kind !== "member") return;
  const { name, start, end } = member;
  const object = b.exprs[member.object];
  if (object?.kind === "this") {
    if (b.thisClass !== NONE) b.pendingThisWrites.push({ cls: b.thisClass, name, value, span: { start, end } });
    return;
  }
  const isModule = object?.kind === "ref" && object.name === "module" && name === "exports";
  if (isModule) b.exports.push({ name: "=", binding: NONE, expr: assignedLast(b, value) });
  else if (isExportsObject(b, object)) b.exports.push({ name, binding: NONE, expr: assignedLast(b, value) });
}

/** `module.exports = exports = x` exports x. */
function assignedLast(b: Builder, value: ExprId): ExprId {
  let last = value;
  for (let expr = b.exprs[last]; expr?.kind === "assign" && expr.op === "="; expr = b.exprs[last]) last = expr.value;
  return last;
}

function isExportsObject(b: Builder, object: Expr | undefined): boolean {
  if (object?.kind === "ref") return object.name === "exports";
  if (object?.kind !== "member" || object.name !== "exports") return false;
  const root = b.exprs[object.object];
  return root?.kind === "ref" && root.name === "module";
}
