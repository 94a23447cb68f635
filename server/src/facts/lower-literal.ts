/** Literals with parts: objects, templates, regular expressions. */
import { ts } from "../syntax/typescript.js";
import { propertyName, startOf, type Builder } from "./builder.js";
import { lowerExpression, MAX_STRING, type Content } from "./lower-expression.js";
import { lowerFunction } from "./lower-function.js";
import type { Expr, ExprId, ObjectProp } from "./model.js";

export function lowerTemplate(
  b: Builder,
  node: ts.TemplateExpression,
  id: ExprId,
): { parts: string[]; exprs: ExprId[] } {
  const parts = [node.head.text.slice(0, MAX_STRING)];
  const exprs: ExprId[] = [];
  for (const span of node.templateSpans) {
    exprs.push(lowerExpression(b, span.expression, id));
    parts.push(span.literal.text.slice(0, MAX_STRING));
  }
  return { parts, exprs };
}

export function lowerTagged(b: Builder, node: ts.TaggedTemplateExpression, id: ExprId): Content {
  const tag = lowerExpression(b, node.tag, id);
  if (ts.isNoSubstitutionTemplateLiteral(node.template))
    return { kind: "template", tag, parts: [node.template.text.slice(0, MAX_STRING)], exprs: [] };
  return { kind: "template", tag, ...lowerTemplate(b, node.template, id) };
}

export function lowerRegExp(text: string): Content {
  const end = text.lastIndexOf("/");
  return { kind: "regexp", source: text.slice(1, end), flags: text.slice(end + 1) };
}

export function lowerProperty(b: Builder, prop: ts.ObjectLiteralElementLike, parent: ExprId): ObjectProp {
  if (ts.isSpreadAssignment(prop)) return { kind: "spread", value: lowerExpression(b, prop.expression, parent) };
  if (ts.isShorthandPropertyAssignment(prop))
    return { name: prop.name.text, kind: "shorthand", value: lowerExpression(b, prop.name, parent) };
  const name = propertyName(prop.name);
  if (ts.isPropertyAssignment(prop)) {
    if (name === undefined && ts.isComputedPropertyName(prop.name)) lowerExpression(b, prop.name.expression, parent);
    const value = lowerExpression(b, prop.initializer, parent, name ?? "");
    return name === undefined ? { kind: "computed", value } : { name, kind: "value", value };
  }
  const id = b.exprs.length;
  const base: Expr = { start: startOf(b, prop), end: prop.end, parent, region: b.region, kind: "other", children: [] };
  b.exprs.push(base);
  const kind = ts.isGetAccessorDeclaration(prop) ? "getter" : ts.isSetAccessorDeclaration(prop) ? "setter" : "method";
  const fn = lowerFunction(b, prop, { kind, name: name ?? "", expr: id });
  b.exprs[id] = { start: base.start, end: base.end, parent, region: b.region, kind: "function", fn };
  return name === undefined ? { kind: "computed", value: id } : { name, kind, value: id };
}
