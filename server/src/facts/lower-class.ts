/** Classes → entries of the class table; their methods, initialisers and static blocks become functions. */
import { ts } from "../syntax/typescript.js";
import {
  declare,
  enterScope,
  propertyName,
  startOf,
  type Builder,
  type ClassDraft,
  type ClassMemberDraft,
} from "./builder.js";
import { lowerExpression } from "./lower-expression.js";
import { has, lowerDecorators, lowerFunction, openFunction, runInFunction } from "./lower-function.js";
import { lowerStatements } from "./lower-statement.js";
import { lowerHeritage, lowerType } from "./lower-type.js";
import { NONE, type ClassId } from "./model.js";

export function lowerClass(b: Builder, node: ts.ClassLikeDeclaration, binding: number, nameHint: string): ClassId {
  const id = b.classes.length;
  const decorators = lowerDecorators(b, node);
  const draft: ClassDraft = {
    name: node.name?.text ?? nameHint,
    span: { start: startOf(b, node), end: node.end },
    binding,
    superclass: NONE,
    implements: [],
    decorators,
    members: [],
  };
  b.classes.push(draft);
  if (has(node, ts.SyntaxKind.AbstractKeyword)) draft.abstract = true;
  if (node.typeParameters !== undefined) draft.typeParams = node.typeParameters.map((param) => param.name.text);
  for (const clause of node.heritageClauses ?? []) {
    if (clause.token === ts.SyntaxKind.ImplementsKeyword) {
      draft.implements = clause.types.map(lowerHeritage);
      continue;
    }
    const [type] = clause.types;
    if (type === undefined) continue;
    draft.superclass = lowerExpression(b, type.expression, NONE);
    if (type.typeArguments !== undefined) draft.superTypeArgs = type.typeArguments.map((arg) => lowerType(arg));
  }
  const { thisClass } = b;
  const outer = enterScope(b, false);
  b.thisClass = id;
  // The name of a class expression is known inside it alone.
  if (ts.isClassExpression(node) && node.name !== undefined) {
    const span = { start: startOf(b, node.name), end: node.name.end };
    declare(b, { name: node.name.text, kind: "class", span, cls: id });
  }
  for (const member of node.members) lowerMember(b, member, id, draft);
  b.scope = outer;
  b.thisClass = thisClass;
  return id;
}

function lowerMember(b: Builder, node: ts.ClassElement, cls: ClassId, draft: ClassDraft): void {
  if (ts.isMethodDeclaration(node) || ts.isAccessor(node) || ts.isConstructorDeclaration(node))
    lowerMethod(b, node, cls, draft);
  else if (ts.isPropertyDeclaration(node)) lowerField(b, node, cls, draft);
  else if (ts.isClassStaticBlockDeclaration(node)) {
    const span = { start: startOf(b, node), end: node.end };
    openFunction(b, span, span, { kind: "static-block", name: "static", cls, static: true });
    runInFunction(b, b.functions.length - 1, false, () => lowerStatements(b, node.body.statements));
  }
}

function lowerMethod(
  b: Builder,
  node: ts.MethodDeclaration | ts.AccessorDeclaration | ts.ConstructorDeclaration,
  cls: ClassId,
  draft: ClassDraft,
): void {
  const isAbstract = has(node, ts.SyntaxKind.AbstractKeyword);
  // Overload signatures say nothing that the implementation does not; abstract methods have nothing else.
  if (node.body === undefined && !isAbstract) return;
  const kind = ts.isConstructorDeclaration(node)
    ? "constructor"
    : ts.isGetAccessor(node)
      ? "getter"
      : ts.isSetAccessor(node)
        ? "setter"
        : "method";
  const name = ts.isConstructorDeclaration(node) ? "constructor" : (propertyName(node.name) ?? "?");
  const isStatic = has(node, ts.SyntaxKind.StaticKeyword);
  const fn = node.body === undefined ? NONE : lowerFunction(b, node, { kind, name, cls, static: isStatic });
  const member = addMember(b, draft, node, name, kind);
  member.fn = fn;
  if (isStatic) member.static = true;
  if (isAbstract) member.abstract = true;
  if (node.type !== undefined) member.type = { name: "=>", args: [lowerType(node.type)] };
  if (fn !== NONE) member.decorators = b.functions[fn]?.decorators ?? [];
  if (kind === "constructor" && fn !== NONE) addParameterProperties(b, draft, fn);
}

function addParameterProperties(b: Builder, draft: ClassDraft, fn: number): void {
  for (const param of b.functions[fn]?.params ?? []) {
    if (param.property === undefined) continue;
    const binding = b.bindings[param.binding];
    draft.members.push({
      name: param.property,
      kind: "parameter-property",
      fn: NONE,
      init: param.init,
      span: binding?.span ?? draft.span,
      decorators: param.decorators ?? [],
      assigned: [],
      ...(param.type === undefined ? {} : { type: param.type }),
    });
  }
}

function lowerField(b: Builder, node: ts.PropertyDeclaration, cls: ClassId, draft: ClassDraft): void {
  const name = propertyName(node.name) ?? "?";
  const decorators = lowerDecorators(b, node);
  const member = addMember(b, draft, node, name, "property");
  member.decorators = decorators;
  if (has(node, ts.SyntaxKind.StaticKeyword)) member.static = true;
  if (has(node, ts.SyntaxKind.AbstractKeyword)) member.abstract = true;
  if (node.type !== undefined) member.type = lowerType(node.type);
  if (node.initializer === undefined) return;
  const { initializer } = node;
  const span = { start: startOf(b, initializer), end: initializer.end };
  openFunction(
    b,
    span,
    { start: startOf(b, node.name), end: node.name.end },
    { kind: "field-initializer", name, cls, static: member.static === true },
  );
  runInFunction(b, b.functions.length - 1, false, () => {
    member.init = lowerExpression(b, initializer, NONE, name);
  });
  const expr = b.exprs[member.init];
  if (expr?.kind !== "function") return;
  member.fn = expr.fn;
  const fn = b.functions[expr.fn];
  if (fn !== undefined) fn.cls = cls;
}

function addMember(
  b: Builder,
  draft: ClassDraft,
  node: ts.ClassElement,
  name: string,
  kind: ClassMemberDraft["kind"],
): ClassMemberDraft {
  const at = node.name ?? node;
  const member: ClassMemberDraft = {
    name,
    kind,
    fn: NONE,
    init: NONE,
    span: { start: startOf(b, at), end: at.end },
    decorators: [],
    assigned: [],
  };
  draft.members.push(member);
  return member;
}
