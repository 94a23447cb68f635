/** Classes that dependency injection makes once and keeps. */
import { ts } from "../../syntax/typescript.js";

/** The class around a node whose `this` it would mean, when it is one of these; methods that are static are left out. */
export function injectedClass(node: ts.Node): ts.ClassDeclaration | undefined {
  let at = node;
  while (!ts.isClassDeclaration(at.parent)) {
    if (ts.isSourceFile(at.parent)) return undefined;
    if (ts.isFunctionExpression(at) || ts.isFunctionDeclaration(at)) return undefined;
    // A method or accessor of an object has a `this` of its own.
    if (ts.isMethodDeclaration(at) || ts.isAccessor(at)) return undefined;
    at = at.parent;
  }
  const cls = at.parent;
  const isStatic =
    ts.canHaveModifiers(at) && ts.getModifiers(at)?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) === true;
  if (!ts.isMethodDeclaration(at) || isStatic) return undefined;
  const decorators = (ts.getDecorators(cls) ?? []).map((one) => one.getText());
  return decorators.some((one) => /^@(Injectable|Controller|Resolver|Processor)\b/.test(one) && !/scope/i.test(one))
    ? cls
    : undefined;
}
