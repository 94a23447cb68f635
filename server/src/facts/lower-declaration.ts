/** Declarations of functions, classes, types, enums and namespaces, and what the file exports by declaring it. */
import { ts } from "../syntax/typescript.js";
import { declare, enterScope, propertyName, startOf, type Builder } from "./builder.js";
import { lowerClass } from "./lower-class.js";
import { numberOf } from "./lower-expression.js";
import { has, lowerFunction } from "./lower-function.js";
import { lowerStatement, lowerStatements } from "./lower-statement.js";
import { lowerHeritage, lowerType, membersOf } from "./lower-type.js";
import { NONE, type BindingFact, type BindingId, type TypeDeclarationFact } from "./model.js";

type EnumMember = NonNullable<BindingFact["members"]>[number];

function exportDeclared(b: Builder, node: ts.Statement, local: string, binding: BindingId): void {
  if (!has(node, ts.SyntaxKind.ExportKeyword)) return;
  const name = has(node, ts.SyntaxKind.DefaultKeyword) ? "default" : local;
  b.exports.push({ name, binding, expr: NONE, local });
}

export function lowerFunctionDeclaration(b: Builder, node: ts.FunctionDeclaration): void {
  // Overload signatures and `declare function` have no body to run.
  if (node.body === undefined) return;
  const name = node.name?.text ?? "default";
  const at = node.name ?? node;
  const binding = declare(b, { name, kind: "function", span: { start: startOf(b, at), end: at.end } });
  const fn = lowerFunction(b, node, { kind: "function", name, binding });
  const draft = b.bindings[binding];
  if (draft !== undefined) draft.function = fn;
  exportDeclared(b, node, name, binding);
}

export function lowerClassDeclaration(b: Builder, node: ts.ClassDeclaration): void {
  const name = node.name?.text ?? "default";
  const at = node.name ?? node;
  const binding = declare(b, { name, kind: "class", span: { start: startOf(b, at), end: at.end } });
  const cls = lowerClass(b, node, binding, name);
  const draft = b.bindings[binding];
  if (draft !== undefined) draft.cls = cls;
  exportDeclared(b, node, name, binding);
}

export function lowerTypeDeclaration(b: Builder, node: ts.InterfaceDeclaration | ts.TypeAliasDeclaration): void {
  const name = node.name.text;
  const span = { start: startOf(b, node), end: node.end };
  const typeParams = node.typeParameters?.map((param) => param.name.text);
  const base = { name, span, ...(typeParams === undefined ? {} : { typeParams }) };
  const fact: TypeDeclarationFact = ts.isTypeAliasDeclaration(node)
    ? { ...base, kind: "alias", type: lowerType(node.type) }
    : {
        ...base,
        kind: "interface",
        members: membersOf(node.members),
        extends: node.heritageClauses?.flatMap((clause) => clause.types.map(lowerHeritage)) ?? [],
      };
  b.types.push(fact);
  if (!has(node, ts.SyntaxKind.ExportKeyword)) return;
  const exported = has(node, ts.SyntaxKind.DefaultKeyword) ? "default" : name;
  b.exports.push({ name: exported, binding: NONE, expr: NONE, local: name, typeOnly: true });
}

export function lowerEnum(b: Builder, node: ts.EnumDeclaration): void {
  const members: EnumMember[] = [];
  let next: number | undefined = 0;
  for (const { name: key, initializer } of node.members) {
    const value: string | number | undefined = initializer === undefined ? next : constantOf(initializer);
    next = typeof value === "number" ? value + 1 : undefined;
    const name = propertyName(key) ?? "?";
    members.push(value === undefined ? { name } : { name, value });
  }
  const name = node.name.text;
  const span = { start: startOf(b, node.name), end: node.name.end };
  exportDeclared(b, node, name, declare(b, { name, kind: "enum", span, members }));
}

/** Value of an enum member that is written as a string or a number; sums and references are not computed. */
function constantOf(node: ts.Expression): string | number | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isNumericLiteral(node)) return numberOf(node);
  const isNegative = ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken;
  return isNegative && ts.isNumericLiteral(node.operand) ? 0 - numberOf(node.operand) : undefined;
}

/** `namespace A {}`, `namespace A.B {}`, `declare module "m" {}` and `declare global {}`. */
export function lowerNamespace(b: Builder, node: ts.ModuleDeclaration): void {
  const { name, body } = node;
  if (ts.isIdentifier(name)) {
    const span = { start: startOf(b, name), end: name.end };
    exportDeclared(b, node, name.text, declare(b, { name: name.text, kind: "namespace", span }));
  }
  if (body === undefined || ts.isIdentifier(body)) return;
  // Exports inside a namespace are not exports of the file.
  const counts = [b.exports.length, b.pendingExports.length] as const;
  const scope = enterScope(b, true);
  if (ts.isModuleBlock(body)) lowerStatements(b, body.statements);
  else lowerStatement(b, body);
  b.scope = scope;
  [b.exports.length, b.pendingExports.length] = counts;
}
