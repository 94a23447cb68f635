/** Functions of every kind → entries of the function table, with their own region, scope and parameters. */
import { ts } from "../syntax/typescript.js";
import { declare, inScope, startOf, type Builder, type FunctionDraft } from "./builder.js";
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
  const draft = openFunction(b, { start: startOf(b, node), end: node.end }, nameSpanOf(b, node), options);
  const id = b.functions.length - 1;
  const modifiers = ts.getCombinedModifierFlags(node);
  if ((modifiers & ts.ModifierFlags.Async) !== 0) draft.async = true;
  if (node.asteriskToken !== undefined) draft.generator = true;
  if (node.type !== undefined) draft.returnType = lowerType(node.type);
  if (node.typeParameters !== undefined) draft.typeParams = node.typeParameters.map((param) => param.name.text);
  if (decorators.length > 0) draft.decorators = decorators;
  runInFunction(b, id, ts.isArrowFunction(node), () => {
    draft.params = node.parameters
      .filter((param) => !isThisParam(param))
      .map((param, index) => lowerParam(b, param, index));
    if (node.body === undefined) return;
    if (!ts.isBlock(node.body)) {
      draft.returns.push(lowerExpression(b, node.body, NONE));
      return;
    }
    const directives = directivesOf(node.body.statements);
    if (directives.length > 0) draft.directives = directives;
    lowerStatements(b, node.body.statements);
  });
  return id;
}

/** Adds a function with an empty body region; used for module bodies, field initialisers and static blocks too. */
export function openFunction(
  b: Builder,
  span: { start: number; end: number },
  nameSpan: { start: number; end: number },
  options: FunctionOptions,
): FunctionDraft {
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
  inScope(b, true, body);
  b.fn = fn;
  b.region = region;
  b.thisClass = thisClass;
}

function lowerParam(b: Builder, node: ts.ParameterDeclaration, index: number): ParamFact {
  const type = node.type === undefined ? undefined : lowerType(node.type);
  const decorators = lowerDecorators(b, node);
  const base = { kind: "param" as const, param: index, ...(type === undefined ? {} : { type }) };
  let binding = NONE;
  if (ts.isIdentifier(node.name)) {
    binding = declare(b, { ...base, name: node.name.text, span: { start: startOf(b, node.name), end: node.name.end } });
  } else declarePattern(b, node.name, { kind: "param", param: index }, []);
  const init = node.initializer === undefined ? NONE : lowerExpression(b, node.initializer, NONE);
  const property = ts.isIdentifier(node.name) && isParameterProperty(node) ? node.name.text : undefined;
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

function isThisParam(node: ts.ParameterDeclaration): boolean {
  return ts.isIdentifier(node.name) && node.name.text === "this";
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

function nameSpanOf(b: Builder, node: ts.FunctionLikeDeclaration): { start: number; end: number } {
  if (node.name !== undefined) return { start: startOf(b, node.name), end: node.name.end };
  if (ts.isArrowFunction(node))
    return { start: startOf(b, node.equalsGreaterThanToken), end: node.equalsGreaterThanToken.end };
  const start = startOf(b, node);
  return { start, end: Math.min(node.end, start + "function".length) };
}
