/** Types as written → `TypeRef`. Nothing is resolved; what has no use for provenance becomes `?`. */
import { ts } from "../syntax/typescript.js";
import type { TypeRef } from "./model.js";

/** Deeper parts of a type say nothing about where a value comes from. */
const MAX_DEPTH = 6;
const MAX_MEMBERS = 60;
const UNKNOWN: TypeRef = { name: "?" };

export function lowerType(node: ts.TypeNode, depth = 0): TypeRef {
  if (depth > MAX_DEPTH) return UNKNOWN;
  const down = (inner: ts.TypeNode): TypeRef => lowerType(inner, depth + 1);
  if (ts.isTypeReferenceNode(node)) return reference(entityName(node.typeName), node.typeArguments, depth);
  if (ts.isArrayTypeNode(node)) return { name: "[]", args: [down(node.elementType)] };
  if (ts.isUnionTypeNode(node)) return { name: "|", args: node.types.slice(0, 16).map(down) };
  if (ts.isIntersectionTypeNode(node)) return { name: "&", args: node.types.slice(0, 16).map(down) };
  if (ts.isParenthesizedTypeNode(node)) return down(node.type);
  if (ts.isTypeOperatorNode(node))
    return node.operator === ts.SyntaxKind.KeyOfKeyword ? { name: "keyof", args: [down(node.type)] } : down(node.type);
  if (ts.isTypeLiteralNode(node)) return { name: "{}", members: membersOf(node.members, depth) };
  if (ts.isFunctionTypeNode(node) || ts.isConstructorTypeNode(node)) return functionType(node, depth);
  if (ts.isTypeQueryNode(node)) return { name: "typeof", text: entityName(node.exprName) };
  if (ts.isLiteralTypeNode(node)) return { name: "literal", text: literalText(node.literal) };
  if (ts.isIndexedAccessTypeNode(node)) return { name: "index", args: [down(node.objectType), down(node.indexType)] };
  if (ts.isTupleTypeNode(node))
    return {
      name: "[,]",
      args: node.elements.slice(0, 16).map((element) => down(ts.isNamedTupleMember(element) ? element.type : element)),
    };
  if (ts.isOptionalTypeNode(node) || ts.isRestTypeNode(node)) return down(node.type);
  if (ts.isImportTypeNode(node)) return importType(node, depth);
  return keyword(node);
}

/** A name with type arguments, as after `extends` and `implements`. */
export function lowerHeritage(node: ts.ExpressionWithTypeArguments): TypeRef {
  return reference(expressionName(node.expression), node.typeArguments, 0);
}

export function membersOf(nodes: readonly ts.TypeElement[], depth = 0): Record<string, TypeRef> {
  const members: Record<string, TypeRef> = {};
  for (const node of nodes.slice(0, MAX_MEMBERS)) {
    const name =
      node.name !== undefined && (ts.isIdentifier(node.name) || ts.isStringLiteral(node.name))
        ? node.name.text
        : undefined;
    if (name === undefined || name === "__proto__") continue;
    if (ts.isPropertySignature(node))
      members[name] = node.type === undefined ? UNKNOWN : lowerType(node.type, depth + 1);
    else if (ts.isMethodSignature(node)) members[name] = functionType(node, depth);
    else if (ts.isGetAccessorDeclaration(node) && node.type !== undefined)
      members[name] = lowerType(node.type, depth + 1);
  }
  return members;
}

function functionType(node: ts.SignatureDeclarationBase, depth: number): TypeRef {
  const result = node.type === undefined ? UNKNOWN : lowerType(node.type, depth + 1);
  const params = node.parameters.map((param) =>
    param.type === undefined ? UNKNOWN : lowerType(param.type, depth + 1),
  );
  return { name: "=>", args: [result, ...params] };
}

function reference(name: string, args: readonly ts.TypeNode[] | undefined, depth: number): TypeRef {
  if (args === undefined || args.length === 0) return { name };
  const lowered = args.map((arg) => lowerType(arg, depth + 1));
  if (name === "Array" || name === "ReadonlyArray") return { name: "[]", args: lowered };
  return { name, args: lowered };
}

function importType(node: ts.ImportTypeNode, depth: number): TypeRef {
  const module = ts.isLiteralTypeNode(node.argument) ? literalText(node.argument.literal) : "";
  const args = node.typeArguments?.map((arg) => lowerType(arg, depth + 1));
  return {
    name: "import",
    text: module,
    ...(node.qualifier === undefined ? {} : { member: entityName(node.qualifier) }),
    ...(args === undefined ? {} : { args }),
  };
}

function literalText(node: ts.LiteralTypeNode["literal"]): string {
  if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return node.text;
  if (node.kind === ts.SyntaxKind.TrueKeyword) return "true";
  if (node.kind === ts.SyntaxKind.FalseKeyword) return "false";
  return node.kind === ts.SyntaxKind.NullKeyword ? "null" : "?";
}

/** `A.B.C` as text. Taken apart in a loop, because names of thousands of parts can be written. */
export function entityName(node: ts.EntityName): string {
  const parts: string[] = [];
  let left = node;
  for (; ts.isQualifiedName(left); left = left.left) parts.push(left.right.text);
  return [left.text, ...parts.reverse()].join(".");
}

function expressionName(node: ts.Expression): string {
  const parts: string[] = [];
  let left = node;
  for (; ts.isPropertyAccessExpression(left); left = left.expression) parts.push(left.name.text);
  return ts.isIdentifier(left) ? [left.text, ...parts.reverse()].join(".") : "?";
}

function keyword(node: ts.TypeNode): TypeRef {
  switch (node.kind) {
    case ts.SyntaxKind.StringKeyword:
      return { name: "string" };
    case ts.SyntaxKind.NumberKeyword:
      return { name: "number" };
    case ts.SyntaxKind.BooleanKeyword:
      return { name: "boolean" };
    case ts.SyntaxKind.VoidKeyword:
      return { name: "void" };
    case ts.SyntaxKind.AnyKeyword:
      return { name: "any" };
    case ts.SyntaxKind.UnknownKeyword:
      return { name: "unknown" };
    case ts.SyntaxKind.UndefinedKeyword:
      return { name: "undefined" };
    case ts.SyntaxKind.NeverKeyword:
      return { name: "never" };
    case ts.SyntaxKind.ThisType:
      return { name: "this" };
    default:
      return UNKNOWN;
  }
}
