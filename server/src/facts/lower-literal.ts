/** Literals with parts: objects, templates, regular expressions. */
import { ts } from "../syntax/typescript.js";
import { propertyName, startOf, type Builder } from "./builder.js";
import { lowerExpression, MAX_STRING } from "./lower-expression.js";
import { lowerFunction } from "./lower-function.js";
import * as make from "./make-expr.js";
import { NONE, type Expr, type ExprId, type ObjectProp } from "./model.js";

export function lowerTemplate(
  b: Builder,
  node: ts.TemplateExpression,
  id: ExprId,
  place: make.Place,
  tag: ExprId,
): Expr {
  const parts = [node.head.text.slice(0, MAX_STRING)];
  const exprs: ExprId[] = [];
  for (const span of node.templateSpans) {
    exprs.push(lowerExpression(b, span.expression, id));
    parts.push(span.literal.text.slice(0, MAX_STRING));
  }
  return make.makeTemplate(place, tag, parts, exprs);
}

export function lowerTagged(b: Builder, node: ts.TaggedTemplateExpression, id: ExprId, place: make.Place): Expr {
  const tag = lowerExpression(b, node.tag, id);
  return ts.isNoSubstitutionTemplateLiteral(node.template)
    ? make.makeTemplate(place, tag, [node.template.text.slice(0, MAX_STRING)], [])
    : lowerTemplate(b, node.template, id, place, tag);
}

export function lowerRegExp(text: string, place: make.Place): Expr {
  const end = text.lastIndexOf("/");
  return make.makeRegExp(place, text.slice(1, end), text.slice(end + 1));
}

export function lowerProperty(b: Builder, prop: ts.ObjectLiteralElementLike, parent: ExprId): ObjectProp {
  if (ts.isSpreadAssignment(prop)) return { kind: "spread", value: lowerExpression(b, prop.expression, parent) };
  if (ts.isShorthandPropertyAssignment(prop)) return lowerShorthand(b, prop, parent);
  const name = propertyName(prop.name);
  const key =
    name === undefined && ts.isComputedPropertyName(prop.name)
      ? lowerExpression(b, prop.name.expression, parent)
      : NONE;
  if (ts.isPropertyAssignment(prop)) {
    const value = lowerExpression(b, prop.initializer, parent, name ?? "");
    return name === undefined ? { kind: "computed", key, value } : { name, kind: "value", value };
  }
  const kind = ts.isGetAccessorDeclaration(prop) ? "getter" : ts.isSetAccessorDeclaration(prop) ? "setter" : "method";
  const id = b.exprs.length;
  const place: make.Place = { start: startOf(b, prop), end: prop.end, parent, region: b.region };
  b.exprs.push(make.makeOther(place, []));
  b.exprs[id] = make.makeFunction(place, lowerFunction(b, prop, { kind, name: name ?? "", expr: id }));
  return name === undefined ? { kind: "computed", key, value: id } : { name, kind, value: id };
}

/** `{ a }`, and `{ a = 1 }` of an assignment that takes an object apart: there the name is written to, if need be with the default. */
function lowerShorthand(b: Builder, prop: ts.ShorthandPropertyAssignment, parent: ExprId): ObjectProp {
  const name = prop.name.text;
  const initializer = prop.objectAssignmentInitializer;
  if (initializer === undefined) return { name, kind: "shorthand", value: lowerExpression(b, prop.name, parent) };
  const id = b.exprs.length;
  const place: make.Place = { start: startOf(b, prop), end: prop.end, parent, region: b.region };
  b.exprs.push(make.makeOther(place, []));
  const target = lowerExpression(b, prop.name, id);
  b.exprs[id] = make.makeAssign(place, "=", target, lowerExpression(b, initializer, id));
  b.pendingWrites.push({ target, assign: id });
  return { name, kind: "value", value: id };
}
