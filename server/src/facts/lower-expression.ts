/** Expressions → entries of the expression table. */
import { ts } from "../syntax/typescript.js";
import { inRegion, startOf, type Builder } from "./builder.js";
import { lowerClass } from "./lower-class.js";
import { lowerFunction } from "./lower-function.js";
import { lowerProperty, lowerRegExp, lowerTagged, lowerTemplate } from "./lower-literal.js";
import { lowerType } from "./lower-type.js";
import { NONE, type BranchFact, type Expr, type ExprId, type TypeRef } from "./model.js";

/** Nesting beyond this is generated code or an attack; the stack of a worker thread holds about three times as much. */
const MAX_DEPTH = 400;
export const MAX_STRING = 20_000;

/** Lowers one expression. `nameHint` names a function or class the expression is, by what it initialises. */
export function lowerExpression(b: Builder, given: ts.Expression, parent: ExprId, nameHint = ""): ExprId {
  let node = given;
  let asserted: TypeRef | undefined;
  for (;;) {
    if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node)) node = node.expression;
    else if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isTypeAssertionExpression(node)) {
      if (!isConstAssertion(node.type)) asserted ??= lowerType(node.type);
      node = node.expression;
    } else if (ts.isExpressionWithTypeArguments(node)) node = node.expression;
    else break;
  }
  const id = b.exprs.length;
  const start = startOf(b, node);
  const expr: Expr = { start, end: node.end, parent, region: b.region, kind: "other", children: [] };
  b.exprs.push(expr);
  if (b.depth >= MAX_DEPTH) {
    if (!b.problems.some((problem) => problem.kind === "too-deep")) {
      b.problems.push({
        kind: "too-deep",
        message: "part of the code is nested too deeply and was left out",
        span: { start, end: node.end },
      });
    }
    return id;
  }
  b.depth++;
  const content = lowerContent(b, node, id, nameHint);
  b.depth--;
  // Every kind is completed in place: spreading would copy each expression twice on the hottest path of the extractor.
  const whole = content as { -readonly [K in keyof Expr]: Expr[K] };
  whole.start = start;
  whole.end = node.end;
  whole.parent = parent;
  whole.region = expr.region;
  if (asserted !== undefined) whole.asserted = asserted;
  b.exprs[id] = whole as Expr;
  return id;
}

export type Content = Partial<Expr> & { readonly kind: Expr["kind"] };

function lowerContent(b: Builder, node: ts.Expression, id: ExprId, nameHint: string): Content {
  switch (node.kind) {
    case ts.SyntaxKind.Identifier:
      return lowerName(b, node as ts.Identifier, id);
    case ts.SyntaxKind.PropertyAccessExpression:
      return lowerMember(b, node as ts.PropertyAccessExpression, id);
    case ts.SyntaxKind.CallExpression:
      return lowerCall(b, node as ts.CallExpression, id);
    case ts.SyntaxKind.NewExpression:
      return lowerNew(b, node as ts.NewExpression, id);
    case ts.SyntaxKind.StringLiteral:
    case ts.SyntaxKind.NoSubstitutionTemplateLiteral:
      return { kind: "literal", value: (node as ts.StringLiteralLike).text.slice(0, MAX_STRING) };
    case ts.SyntaxKind.NumericLiteral:
      return { kind: "literal", value: Number((node as ts.NumericLiteral).text) };
    case ts.SyntaxKind.TrueKeyword:
      return { kind: "literal", value: true };
    case ts.SyntaxKind.FalseKeyword:
      return { kind: "literal", value: false };
    case ts.SyntaxKind.NullKeyword:
      return { kind: "literal", value: null };
    case ts.SyntaxKind.ThisKeyword:
      return { kind: "this" };
    case ts.SyntaxKind.SuperKeyword:
      return { kind: "super" };
    case ts.SyntaxKind.ObjectLiteralExpression:
      return {
        kind: "object",
        props: (node as ts.ObjectLiteralExpression).properties.map((prop) => lowerProperty(b, prop, id)),
      };
    case ts.SyntaxKind.ArrayLiteralExpression:
      return {
        kind: "array",
        elements: (node as ts.ArrayLiteralExpression).elements.map((element) => lowerExpression(b, element, id)),
      };
    case ts.SyntaxKind.ArrowFunction:
    case ts.SyntaxKind.FunctionExpression:
      return {
        kind: "function",
        fn: lowerFunction(b, node as ts.FunctionLikeDeclaration, {
          kind: ts.isArrowFunction(node) ? "arrow" : "function",
          name: nameHint,
          expr: id,
        }),
      };
    case ts.SyntaxKind.ClassExpression:
      return { kind: "class", cls: lowerClass(b, node as ts.ClassExpression, NONE, nameHint) };
    case ts.SyntaxKind.AwaitExpression:
      return { kind: "await", value: lowerExpression(b, (node as ts.AwaitExpression).expression, id) };
    case ts.SyntaxKind.TemplateExpression:
      return { kind: "template", tag: NONE, ...lowerTemplate(b, node as ts.TemplateExpression, id) };
    case ts.SyntaxKind.TaggedTemplateExpression:
      return lowerTagged(b, node as ts.TaggedTemplateExpression, id);
    case ts.SyntaxKind.BinaryExpression:
      return lowerBinary(b, node as ts.BinaryExpression, id, nameHint);
    case ts.SyntaxKind.ConditionalExpression:
      return lowerConditional(b, node as ts.ConditionalExpression, id, nameHint);
    case ts.SyntaxKind.ElementAccessExpression:
      return lowerIndex(b, node as ts.ElementAccessExpression, id);
    case ts.SyntaxKind.SpreadElement:
      return { kind: "spread", value: lowerExpression(b, (node as ts.SpreadElement).expression, id) };
    case ts.SyntaxKind.RegularExpressionLiteral:
      return lowerRegExp((node as ts.RegularExpressionLiteral).text);
    case ts.SyntaxKind.YieldExpression:
      return lowerYield(b, node as ts.YieldExpression, id);
    case ts.SyntaxKind.PrefixUnaryExpression:
    case ts.SyntaxKind.PostfixUnaryExpression:
      return lowerUnary(b, node as ts.PrefixUnaryExpression | ts.PostfixUnaryExpression, id);
    case ts.SyntaxKind.TypeOfExpression:
    case ts.SyntaxKind.VoidExpression:
    case ts.SyntaxKind.DeleteExpression:
      return {
        kind: "unary",
        op: ts.isTypeOfExpression(node) ? "typeof" : ts.isVoidExpression(node) ? "void" : "delete",
        value: lowerExpression(b, (node as ts.TypeOfExpression).expression, id),
      };
    default:
      return { kind: "other", children: lowerChildren(b, node, id) };
  }
}

/** Expressions directly below a node of no further interest: JSX, sequences, meta properties. */
function lowerChildren(b: Builder, node: ts.Node, parent: ExprId): ExprId[] {
  const children: ExprId[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isExpression(child) && !ts.isJsxOpeningElement(child) && !ts.isJsxClosingElement(child))
      children.push(lowerExpression(b, child, parent));
    else if (!ts.isTypeNode(child) && !ts.isIdentifier(child)) ts.forEachChild(child, visit);
  };
  if (ts.isJsxOpeningLikeElement(node) || ts.isJsxElement(node)) {
    // A tag's name is a component, not a value that is computed here.
    ts.forEachChild(node, (child) => {
      const isTag = ts.isJsxOpeningLikeElement(node) && child === node.tagName;
      if (!isTag && !ts.isJsxClosingElement(child)) visitJsx(child, visit);
    });
  } else ts.forEachChild(node, visit);
  return children;
}

function visitJsx(child: ts.Node, visit: (node: ts.Node) => void): void {
  if (ts.isJsxOpeningElement(child)) ts.forEachChild(child.attributes, visit);
  else visit(child);
}

function lowerName(b: Builder, node: ts.Identifier, id: ExprId): Content {
  b.pendingRefs.push(id);
  b.pendingScopes.push(b.scope);
  return { kind: "ref", name: node.text, binding: NONE };
}

function lowerMember(b: Builder, node: ts.PropertyAccessExpression, id: ExprId): Content {
  const object = lowerExpression(b, node.expression, id);
  const base = {
    kind: "member",
    object,
    name: node.name.text,
    nameStart: node.name.end - node.name.text.length,
  } as const;
  return node.questionDotToken === undefined ? base : { ...base, optional: true };
}

function lowerIndex(b: Builder, node: ts.ElementAccessExpression, id: ExprId): Content {
  const object = lowerExpression(b, node.expression, id);
  const key = node.argumentExpression;
  if (ts.isStringLiteralLike(key)) return { kind: "member", object, name: key.text, nameStart: startOf(b, key) };
  return { kind: "index", object, index: lowerExpression(b, key, id) };
}

function lowerCall(b: Builder, node: ts.CallExpression, id: ExprId): Content {
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [first] = node.arguments;
    const value = first === undefined ? NONE : lowerExpression(b, first, id);
    if (first !== undefined && ts.isStringLiteralLike(first)) addLoad(b, first.text, "dynamic", node);
    return { kind: "import", value };
  }
  const callee = lowerExpression(b, node.expression, id);
  const args = lowerArguments(b, node.arguments, id);
  const [first] = node.arguments;
  if (
    ts.isIdentifier(node.expression) &&
    node.expression.text === "require" &&
    first !== undefined &&
    ts.isStringLiteralLike(first)
  ) {
    addLoad(b, first.text, "require", node);
  }
  return withTypeArgs({ kind: "call", callee, args }, node.typeArguments);
}

function addLoad(b: Builder, module: string, form: "require" | "dynamic", node: ts.Node): void {
  b.imports.push({ module, imported: "*", local: "", span: { start: startOf(b, node), end: node.end }, form });
}

function lowerNew(b: Builder, node: ts.NewExpression, id: ExprId): Content {
  const callee = lowerExpression(b, node.expression, id);
  return withTypeArgs({ kind: "new", callee, args: lowerArguments(b, node.arguments ?? [], id) }, node.typeArguments);
}

function withTypeArgs<T extends object>(content: T, typeArgs: readonly ts.TypeNode[] | undefined): T {
  return typeArgs === undefined ? content : { ...content, typeArgs: typeArgs.map((arg) => lowerType(arg)) };
}

function lowerArguments(b: Builder, args: readonly ts.Expression[], call: ExprId): ExprId[] {
  return args.map((arg, index) => {
    const id = lowerExpression(b, arg, call);
    const expr = b.exprs[id];
    const fn = expr?.kind === "function" ? b.functions[expr.fn] : undefined;
    if (fn !== undefined) fn.passedTo = { call, arg: index };
    return id;
  });
}

function lowerYield(b: Builder, node: ts.YieldExpression, id: ExprId): Content {
  const value = node.expression === undefined ? NONE : lowerExpression(b, node.expression, id);
  b.exits.push({ kind: "yield", region: b.region, expr: value, span: { start: startOf(b, node), end: node.end } });
  return node.asteriskToken === undefined ? { kind: "yield", value } : { kind: "yield", value, delegate: true };
}

function lowerUnary(b: Builder, node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression, id: ExprId): Content {
  const value = lowerExpression(b, node.operand, id);
  const isUpdate = node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken;
  const op = ts.tokenToString(node.operator) ?? "?";
  if (!isUpdate) {
    const operand = b.exprs[value];
    // Negative numbers are literals to everybody but the grammar.
    if (op === "-" && operand?.kind === "literal" && typeof operand.value === "number")
      return { kind: "literal", value: -operand.value };
    return { kind: "unary", op, value };
  }
  b.pendingWrites.push({ target: value, assign: id });
  return { kind: "assign", op, target: value, value: NONE };
}

function lowerConditional(b: Builder, node: ts.ConditionalExpression, id: ExprId, nameHint: string): Content {
  const test = lowerExpression(b, node.condition, id);
  const whenTrue = lowerArm(b, node.whenTrue, id, { test, arm: "then" }, nameHint);
  const whenFalse = lowerArm(b, node.whenFalse, id, { test, arm: "else" }, nameHint);
  return { kind: "conditional", test, whenTrue, whenFalse };
}

function lowerArm(b: Builder, node: ts.Expression, parent: ExprId, branch: BranchFact, nameHint: string): ExprId {
  let id = NONE;
  inRegion(b, { kind: "branch", span: { start: startOf(b, node), end: node.end }, branch }, () => {
    id = lowerExpression(b, node, parent, nameHint);
  });
  return id;
}

function lowerBinary(b: Builder, node: ts.BinaryExpression, id: ExprId, nameHint: string): Content {
  const operator = node.operatorToken.kind;
  if (operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment)
    return lowerAssignment(b, node, id);
  const logical = logicalOf(operator);
  if (logical !== undefined) {
    const left = lowerExpression(b, node.left, id, nameHint);
    const [op, arm] = logical;
    return { kind: "logical", op, left, right: lowerArm(b, node.right, id, { test: left, arm }, nameHint) };
  }
  return lowerSpine(b, node, id);
}

function logicalOf(operator: ts.SyntaxKind): readonly ["&&" | "||" | "??", BranchFact["arm"]] | undefined {
  if (operator === ts.SyntaxKind.AmpersandAmpersandToken) return ["&&", "and"];
  if (operator === ts.SyntaxKind.BarBarToken) return ["||", "or"];
  return operator === ts.SyntaxKind.QuestionQuestionToken ? ["??", "nullish"] : undefined;
}

/** `a + b + c + …`: the parser builds these without recursion, thousands deep, so they are taken apart the same way. */
function lowerSpine(b: Builder, top: ts.BinaryExpression, id: ExprId): Content {
  const spine: { readonly node: ts.BinaryExpression; readonly id: ExprId }[] = [{ node: top, id }];
  let leftmost: ts.Expression = top.left;
  while (ts.isBinaryExpression(leftmost) && isPlainOperator(leftmost.operatorToken.kind)) {
    const parent = spine[spine.length - 1]?.id ?? id;
    const own = b.exprs.length;
    b.exprs.push({
      start: startOf(b, leftmost),
      end: leftmost.end,
      parent,
      region: b.region,
      kind: "other",
      children: [],
    });
    spine.push({ node: leftmost, id: own });
    leftmost = leftmost.left;
  }
  let left = lowerExpression(b, leftmost, spine[spine.length - 1]?.id ?? id);
  for (let i = spine.length - 1; i > 0; i--) {
    const link = spine[i];
    const hole = link === undefined ? undefined : b.exprs[link.id];
    if (link === undefined || hole === undefined) continue;
    const right = lowerExpression(b, link.node.right, link.id);
    b.exprs[link.id] = {
      start: hole.start,
      end: hole.end,
      parent: hole.parent,
      region: hole.region,
      kind: "binary",
      op: operatorText(link.node),
      left,
      right,
    };
    left = link.id;
  }
  return { kind: "binary", op: operatorText(top), left, right: lowerExpression(b, top.right, id) };
}

function isPlainOperator(kind: ts.SyntaxKind): boolean {
  const assigns = kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
  return (
    !assigns &&
    kind !== ts.SyntaxKind.AmpersandAmpersandToken &&
    kind !== ts.SyntaxKind.BarBarToken &&
    kind !== ts.SyntaxKind.QuestionQuestionToken
  );
}

function operatorText(node: ts.BinaryExpression): string {
  return ts.tokenToString(node.operatorToken.kind) ?? "?";
}

function lowerAssignment(b: Builder, node: ts.BinaryExpression, id: ExprId): Content {
  const target = lowerExpression(b, node.left, id);
  const value = lowerExpression(b, node.right, id, assignedName(node.left));
  b.pendingWrites.push({ target, assign: id });
  noteMemberWrite(b, target, value);
  return { kind: "assign", op: operatorText(node), target, value };
}

function assignedName(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  return ts.isPropertyAccessExpression(node) ? node.name.text : "";
}

/** `this.x = …` tells what a class member holds; `exports.x = …` and `module.exports = …` export. */
function noteMemberWrite(b: Builder, target: ExprId, value: ExprId): void {
  const member = b.exprs[target];
  if (member?.kind !== "member") return;
  const object = b.exprs[member.object];
  if (object?.kind === "this" && b.thisClass !== NONE) {
    b.pendingThisWrites.push({
      cls: b.thisClass,
      name: member.name,
      value,
      span: { start: member.start, end: member.end },
    });
    return;
  }
  const isModule = object?.kind === "ref" && object.name === "module" && member.name === "exports";
  if (isModule) b.exports.push({ name: "=", binding: NONE, expr: value });
  else if (isExportsObject(b, object)) b.exports.push({ name: member.name, binding: NONE, expr: value });
}

function isExportsObject(b: Builder, object: Expr | undefined): boolean {
  if (object?.kind === "ref") return object.name === "exports";
  if (object?.kind !== "member" || object.name !== "exports") return false;
  const root = b.exprs[object.object];
  return root?.kind === "ref" && root.name === "module";
}

function isConstAssertion(type: ts.TypeNode): boolean {
  return ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName) && type.typeName.text === "const";
}
