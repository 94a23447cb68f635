/** Functions of every kind → entries of the function table, with their own region, scope and parameters. */
import type { Span } from "../base/span.js";
import { ts } from "../syntax/typescript.js";
import { declare, enterScope, startOf, type Builder, type FunctionDraft } from "./builder.js";
import { declarePattern } from "./lower-binding.js";
import { lowerExpression } from "./lower-expression.js";
import { lowerStatements } from "./lower-statement.js";
import { lowerType } from "./lower-type.js";
import { NONE, type ExprId, type FunctionFact, type FunctionId, type ParamFact } from "./model.js";

export interface FunctionOptions {
  readonly kind: FunctionFact["kind"];
  readonly name: string;
  readonly expr?: ExprId;
  readonly binding?: number;
  readonly cls?: number;
  readonly static?: boolean;
}

export function lowerFunction(b: Builder, node: ts.FunctionLikeDeclaration, options: FunctionOptions): FunctionId {
  const decorators = lowerDecorators(b, node);
  // Decorators of parameters run with the class, not with the function.
  const ofParams = node.parameters.map((param) => lowerDecorators(b, param));
  const draft = openFunction(b, { start: startOf(b, node), end: node.end }, nameSpanOf(b, node), options);
  const id = b.functions.length - 1;
  if (has(node, ts.SyntaxKind.AsyncKeyword)) draft.async = true;
  if (node.asteriskToken !== undefined) draft.generator = true;
  if (node.type !== undefined) draft.returnType = lowerType(node.type);
  if (node.typeParameters !== undefined) draft.typeParams = node.typeParameters.map((param) => param.name.text);
  if (decorators.length > 0) draft.decorators = decorators;
  const outer = enterScope(b, false);
  // The name of a function expression is known inside it alone.
  if (ts.isFunctionExpression(node) && node.name !== undefined)
    declare(b, { name: node.name.text, kind: "function", span: draft.nameSpan, function: id });
  runInFunction(b, id, ts.isArrowFunction(node), () => lowerParts(b, node, draft, ofParams));
  b.scope = outer;
  return id;
}

function lowerParts(
  b: Builder,
  node: ts.FunctionLikeDeclaration,
  draft: FunctionDraft,
  decorators: readonly ExprId[][],
): void {
  const params: ParamFact[] = [];
  for (const [index, param] of node.parameters.entries()) {
    // `this` is declared like a parameter and is none.
    if (ts.isIdentifier(param.name) && param.name.text === "this") continue;
    params.push(lowerParam(b, param, params.length, decorators[index] ?? []));
  }
  draft.params = params;
  const { body } = node;
  if (body === undefined) return;
  if (!ts.isBlock(body)) {
    draft.returns.push(lowerExpression(b, body, NONE));
    return;
  }
  const directives = directivesOf(body.statements);
  if (directives.length > 0) draft.directives = directives;
  lowerStatements(b, body.statements);
}

/** Adds a function with an empty body region; used for module bodies, field initialisers and static blocks too. */
export function openFunction(b: Builder, span: Span, nameSpan: Span, options: FunctionOptions): FunctionDraft {
  const id = b.functions.length;
  const body = b.regions.length;
  b.regions.push({ kind: "function", parent: NONE, fn: id, span });
  const draft: FunctionDraft = {
    kind: options.kind,
    name: options.name,
    span,
    nameSpan,
    parent: id === 0 ? NONE : b.fn,
    definedIn: b.region,
    body,
    expr: options.expr ?? NONE,
    binding: options.binding ?? NONE,
    cls: options.cls ?? NONE,
    params: [],
    returns: [],
  };
  if (options.static === true) draft.static = true;
  b.functions.push(draft);
  return draft;
}

/** Walks what belongs to a function's body. Arrows keep the `this` around them; other functions outside classes have none we know. */
export function runInFunction(b: Builder, id: FunctionId, keepsThis: boolean, body: () => void): void {
  const { fn, region, thisClass } = b;
  const draft = b.functions[id];
  if (draft === undefined) return;
  b.fn = id;
  b.region = draft.body;
  if (!keepsThis) b.thisClass = draft.cls;
  const outer = enterScope(b, true);
  body();
  b.scope = outer;
  b.fn = fn;
  b.region = region;
  b.thisClass = thisClass;
}

function lowerParam(
  b: Builder,
  node: ts.ParameterDeclaration,
  index: number,
  decorators: readonly ExprId[],
): ParamFact {
  const type = node.type === undefined ? undefined : lowerType(node.type);
  const { name } = node;
  let binding = NONE;
  if (ts.isIdentifier(name)) {
    const draft = {
      name: name.text,
      kind: "param",
      span: { start: startOf(b, name), end: name.end },
      param: index,
    } as const;
    binding = declare(b, type === undefined ? draft : { ...draft, type });
  } else declarePattern(b, name, { kind: "param", param: index }, [], []);
  const init = node.initializer === undefined ? NONE : lowerExpression(b, node.initializer, NONE);
  const property = ts.isIdentifier(name) && isParameterProperty(node) ? name.text : undefined;
  return {
    binding,
    init,
    ...(type === undefined ? {} : { type }),
    ...(node.dotDotDotToken === undefined ? {} : { rest: true as const }),
    ...(node.questionToken === undefined ? {} : { optional: true as const }),
    ...(property === undefined ? {} : { property }),
    ...(decorators.length === 0 ? {} : { decorators }),
  };
}

function isParameterProperty(node: ts.ParameterDeclaration): boolean {
  return node.modifiers?.some(({ kind }) => isPropertyModifier(kind)) === true;
}

function isPropertyModifier(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.PrivateKeyword ||
    kind === ts.SyntaxKind.PublicKeyword ||
    kind === ts.SyntaxKind.ProtectedKeyword ||
    kind === ts.SyntaxKind.ReadonlyKeyword ||
    kind === ts.SyntaxKind.OverrideKeyword
  );
}

export function has(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && node.modifiers?.some((modifier) => modifier.kind === kind) === true;
}

export function lowerDecorators(b: Builder, node: ts.Node): ExprId[] {
  if (!ts.canHaveDecorators(node)) return [];
  return (ts.getDecorators(node) ?? []).map((decorator) => lowerExpression(b, decorator.expression, NONE));
}

/** `"use server"` and the like at the top of a list of statements. */
export function directivesOf(statements: readonly ts.Statement[]): string[] {
  const directives: string[] = [];
  for (const statement of statements) {
    if (!ts.isExpressionStatement(statement) || !ts.isStringLiteral(statement.expression)) break;
    directives.push(statement.expression.text);
  }
  return directives;
}

/** The name, the `=>` of an arrow, or else the keyword. */
function nameSpanOf(b: Builder, node: ts.FunctionLikeDeclaration): Span {
  if (node.name !== undefined) return { start: startOf(b, node.name), end: node.name.end };
  if (ts.isArrowFunction(node))
    return { start: startOf(b, node.equalsGreaterThanToken), end: node.equalsGreaterThanToken.end };
  const start = startOf(b, node);
  const keyword = ts.isConstructorDeclaration(node) ? "constructor" : "function";
  const at = b.text.indexOf(keyword, start);
  return at < 0 || node.end < at + keyword.length ? { start, end: start } : { start: at, end: at + keyword.length };
}
