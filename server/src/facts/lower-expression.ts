/** Expressions → entries of the expression table. */
import { ts } from "../syntax/typescript.js";
import { noteTooDeep, startOf, type Builder } from "./builder.js";
import { lowerClass } from "./lower-class.js";
import { lowerFunction } from "./lower-function.js";
import { lowerJsx } from "./lower-jsx.js";
import { lowerProperty, lowerRegExp, lowerTagged, lowerTemplate } from "./lower-literal.js";
import { lowerBinary, lowerConditional, lowerUnary } from "./lower-operator.js";
import { lowerType } from "./lower-type.js";
import * as make from "./make-expr.js";
import { NONE, type Expr, type ExprId, type TypeRef } from "./model.js";

/** Nesting beyond this is generated code or an attack; the stack of a worker thread holds about three times as much. */
export const MAX_DEPTH = 400;
export const MAX_STRING = 20_000;

/** Stands in the table while an expression's parts are lowered, so that it comes before them. */
const unfinished: Expr = make.makeOther({ start: 0, end: 0, parent: NONE, region: 0 }, []);

/** Lowers one expression. `nameHint` names a function or class the expression is, by what it initialises. */
export function lowerExpression(b: Builder, given: ts.Expression, parent: ExprId, nameHint = ""): ExprId {
  let node = given;
  let asserted: TypeRef | undefined;
  for (let inner = wrappedIn(node); inner !== undefined; inner = wrappedIn(node)) {
    asserted ??= assertedBy(node);
    node = inner;
  }
  const id = b.exprs.length;
  const place: make.Place = { start: startOf(b, node), end: node.end, parent, region: b.region };
  b.exprs.push(unfinished);
  if (b.depth >= MAX_DEPTH) {
    noteTooDeep(b, place);
    b.exprs[id] = make.makeOther(place, []);
    return id;
  }
  b.depth++;
  const expr = lowerLeaf(b, node, id, place) ?? lowerCompound(b, node, id, place, nameHint);
  b.depth--;
  b.exprs[id] = asserted === undefined ? expr : { ...expr, asserted };
  return id;
}

/** What parentheses, `!` and type assertions stand around; undefined for everything else. */
function wrappedIn(node: ts.Expression): ts.Expression | undefined {
  switch (node.kind) {
    case ts.SyntaxKind.ParenthesizedExpression:
    case ts.SyntaxKind.NonNullExpression:
    case ts.SyntaxKind.AsExpression:
    case ts.SyntaxKind.SatisfiesExpression:
    case ts.SyntaxKind.TypeAssertionExpression:
    case ts.SyntaxKind.ExpressionWithTypeArguments:
      return (node as ts.ParenthesizedExpression).expression;
    default:
      return undefined;
  }
}

function assertedBy(node: ts.Expression): TypeRef | undefined {
  if (!ts.isAsExpression(node) && !ts.isSatisfiesExpression(node) && !ts.isTypeAssertionExpression(node))
    return undefined;
  const { type } = node;
  const isConst = ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName) && type.typeName.text === "const";
  return isConst ? undefined : lowerType(type);
}

/** Names, literals and everything that is made of one part. */
function lowerLeaf(b: Builder, node: ts.Expression, id: ExprId, place: make.Place): Expr | undefined {
  switch (node.kind) {
    case ts.SyntaxKind.Identifier:
      b.pendingRefs.push(id);
      b.pendingScopes.push(b.scope);
      return make.makeRef(place, (node as ts.Identifier).text);
    case ts.SyntaxKind.PropertyAccessExpression:
      return lowerMember(b, node as ts.PropertyAccessExpression, id, place);
    case ts.SyntaxKind.StringLiteral:
    case ts.SyntaxKind.NoSubstitutionTemplateLiteral:
      return make.makeLiteral(place, (node as ts.StringLiteralLike).text.slice(0, MAX_STRING));
    case ts.SyntaxKind.NumericLiteral:
      return make.makeLiteral(place, numberOf(node as ts.NumericLiteral));
    case ts.SyntaxKind.TrueKeyword:
      return make.makeLiteral(place, true);
    case ts.SyntaxKind.FalseKeyword:
      return make.makeLiteral(place, false);
    case ts.SyntaxKind.NullKeyword:
      return make.makeLiteral(place, null);
    case ts.SyntaxKind.ThisKeyword:
      return make.makeSelf(place, "this");
    case ts.SyntaxKind.SuperKeyword:
      return make.makeSelf(place, "super");
    case ts.SyntaxKind.RegularExpressionLiteral:
      return lowerRegExp((node as ts.RegularExpressionLiteral).text, place);
    case ts.SyntaxKind.AwaitExpression:
      return make.makeWrapper(place, "await", lowerExpression(b, (node as ts.AwaitExpression).expression, id));
    case ts.SyntaxKind.SpreadElement:
      return make.makeWrapper(place, "spread", lowerExpression(b, (node as ts.SpreadElement).expression, id));
    case ts.SyntaxKind.YieldExpression:
      return lowerYield(b, node as ts.YieldExpression, id, place);
    case ts.SyntaxKind.PrefixUnaryExpression:
    case ts.SyntaxKind.PostfixUnaryExpression:
    case ts.SyntaxKind.TypeOfExpression:
    case ts.SyntaxKind.VoidExpression:
    case ts.SyntaxKind.DeleteExpression:
      return lowerUnary(b, node, id, place);
    default:
      return undefined;
  }
}

function lowerCompound(b: Builder, node: ts.Expression, id: ExprId, place: make.Place, nameHint: string): Expr {
  switch (node.kind) {
    case ts.SyntaxKind.CallExpression:
      return lowerCall(b, node as ts.CallExpression, id, place);
    case ts.SyntaxKind.NewExpression:
      return lowerNew(b, node as ts.NewExpression, id, place);
    case ts.SyntaxKind.ObjectLiteralExpression:
      return make.makeObject(
        place,
        (node as ts.ObjectLiteralExpression).properties.map((prop) => lowerProperty(b, prop, id)),
      );
    case ts.SyntaxKind.ArrayLiteralExpression:
      return make.makeArray(place, lowerAll(b, (node as ts.ArrayLiteralExpression).elements, id));
    case ts.SyntaxKind.ArrowFunction:
    case ts.SyntaxKind.FunctionExpression: {
      const fn = node as ts.ArrowFunction | ts.FunctionExpression;
      const kind = ts.isArrowFunction(fn) ? "arrow" : "function";
      return make.makeFunction(place, lowerFunction(b, fn, { kind, name: fn.name?.text ?? nameHint, expr: id }));
    }
    case ts.SyntaxKind.ClassExpression:
      return make.makeClass(place, lowerClass(b, node as ts.ClassExpression, NONE, nameHint));
    case ts.SyntaxKind.TemplateExpression:
      return lowerTemplate(b, node as ts.TemplateExpression, id, place, NONE);
    case ts.SyntaxKind.TaggedTemplateExpression:
      return lowerTagged(b, node as ts.TaggedTemplateExpression, id, place);
    case ts.SyntaxKind.BinaryExpression:
      return lowerBinary(b, node as ts.BinaryExpression, id, place, nameHint);
    case ts.SyntaxKind.ConditionalExpression:
      return lowerConditional(b, node as ts.ConditionalExpression, id, place, nameHint);
    case ts.SyntaxKind.ElementAccessExpression:
      return lowerIndex(b, node as ts.ElementAccessExpression, id, place);
    case ts.SyntaxKind.JsxElement:
    case ts.SyntaxKind.JsxSelfClosingElement:
    case ts.SyntaxKind.JsxFragment:
      return make.makeOther(place, lowerJsx(b, node as ts.JsxElement | ts.JsxSelfClosingElement | ts.JsxFragment, id));
    default:
      // `import.meta`, `new.target`, holes of arrays, big integers: nothing in them is evaluated.
      return make.makeOther(place, []);
  }
}

export function lowerAll(b: Builder, nodes: readonly ts.Expression[], parent: ExprId): ExprId[] {
  const ids: ExprId[] = [];
  for (const node of nodes) ids.push(lowerExpression(b, node, parent));
  return ids;
}

/** Finite, because facts are JSON: what is written as more than the largest number stands for "without limit" anyway. */
export function numberOf(node: ts.NumericLiteral): number {
  return Math.min(Number(node.text), Number.MAX_VALUE);
}

function lowerMember(b: Builder, node: ts.PropertyAccessExpression, id: ExprId, place: make.Place): Expr {
  const object = lowerExpression(b, node.expression, id);
  const { name } = node;
  return make.makeMember(place, object, name.text, startOf(b, name), node.questionDotToken !== undefined);
}

function lowerIndex(b: Builder, node: ts.ElementAccessExpression, id: ExprId, place: make.Place): Expr {
  const object = lowerExpression(b, node.expression, id);
  const key = node.argumentExpression;
  return ts.isStringLiteralLike(key)
    ? make.makeMember(place, object, key.text, startOf(b, key), node.questionDotToken !== undefined)
    : make.makeIndex(place, object, lowerExpression(b, key, id));
}

function lowerCall(b: Builder, node: ts.CallExpression, id: ExprId, place: make.Place): Expr {
  const [first] = node.arguments;
  const module = first !== undefined && ts.isStringLiteralLike(first) ? first.text : undefined;
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [value = NONE] = lowerArguments(b, node.arguments, id);
    if (module !== undefined) addLoad(b, module, "dynamic", place);
    return make.makeWrapper(place, "import", value);
  }
  const callee = lowerExpression(b, node.expression, id);
  const args = lowerArguments(b, node.arguments, id);
  if (module !== undefined && ts.isIdentifier(node.expression) && node.expression.text === "require")
    addLoad(b, module, "require", place);
  return make.makeCall(
    place,
    "call",
    callee,
    args,
    node.typeArguments?.map((arg) => lowerType(arg)),
  );
}

function addLoad(b: Builder, module: string, form: "require" | "dynamic", { start, end }: make.Place): void {
  b.imports.push({ module, imported: "*", local: "", span: { start, end }, form });
}

function lowerNew(b: Builder, node: ts.NewExpression, id: ExprId, place: make.Place): Expr {
  const callee = lowerExpression(b, node.expression, id);
  const args = node.arguments === undefined ? [] : lowerArguments(b, node.arguments, id);
  return make.makeCall(
    place,
    "new",
    callee,
    args,
    node.typeArguments?.map((arg) => lowerType(arg)),
  );
}

function lowerArguments(b: Builder, args: readonly ts.Expression[], call: ExprId): ExprId[] {
  const ids = lowerAll(b, args, call);
  for (const [arg, id] of ids.entries()) {
    const expr = b.exprs[id];
    const fn = expr?.kind === "function" ? b.functions[expr.fn] : undefined;
    if (fn !== undefined) fn.passedTo = { call, arg };
  }
  return ids;
}

function lowerYield(b: Builder, node: ts.YieldExpression, id: ExprId, place: make.Place): Expr {
  const value = node.expression === undefined ? NONE : lowerExpression(b, node.expression, id);
  const { start, end, region } = place;
  b.exits.push({ kind: "yield", region, expr: value, span: { start, end } });
  return make.makeYield(place, value, node.asteriskToken !== undefined);
}
