/** JSX: what is computed inside it. Tags are components, not values that are computed here, and text says nothing. */
import { ts } from "../syntax/typescript.js";
import type { Builder } from "./builder.js";
import { lowerExpression } from "./lower-expression.js";
import type { ExprId } from "./model.js";

/** Expressions of attributes and children, in source order. */
export function lowerJsx(
  b: Builder,
  node: ts.JsxElement | ts.JsxSelfClosingElement | ts.JsxFragment,
  parent: ExprId,
): ExprId[] {
  const found: ExprId[] = [];
  const { attributes } = ts.isJsxElement(node) ? node.openingElement : ts.isJsxFragment(node) ? {} : node;
  for (const attribute of attributes?.properties ?? []) {
    const value = ts.isJsxSpreadAttribute(attribute) ? attribute.expression : attribute.initializer;
    if (value !== undefined) lowerPart(b, value, parent, found);
  }
  if (!ts.isJsxSelfClosingElement(node)) for (const child of node.children) lowerPart(b, child, parent, found);
  return found;
}

function lowerPart(b: Builder, part: ts.Expression | ts.JsxChild, parent: ExprId, found: ExprId[]): void {
  if (ts.isJsxText(part) || ts.isStringLiteral(part)) return;
  const value = ts.isJsxExpression(part) ? part.expression : part;
  if (value !== undefined) found.push(lowerExpression(b, value, parent));
}
