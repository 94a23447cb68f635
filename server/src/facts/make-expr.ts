/**
 * One maker per kind of expression. Every expression of a kind is written out as one whole literal, so that all of them share one shape: a large workspace
 * holds millions, and objects completed piece by piece cost a third more memory and time.
 */
import { NONE, type Expr, type ExprId, type ExprOf, type ObjectProp, type RegionId, type TypeRef } from "./model.js";

/** What all expressions have. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly parent: ExprId;
  readonly region: RegionId;
}

export const makeRef = ({ start, end, parent, region }: Place, name: string): Expr => ({
  kind: "ref",
  start,
  end,
  parent,
  region,
  name,
  binding: NONE,
});

export const makeSelf = ({ start, end, parent, region }: Place, kind: "this" | "super"): Expr => ({
  kind,
  start,
  end,
  parent,
  region,
});

export function makeMember(
  { start, end, parent, region }: Place,
  object: ExprId,
  name: string,
  nameStart: number,
  optional: boolean,
): Expr {
  const member: ExprOf<"member"> = { kind: "member", start, end, parent, region, object, name, nameStart };
  return optional ? { ...member, optional } : member;
}

export const makeIndex = ({ start, end, parent, region }: Place, object: ExprId, index: ExprId): Expr => ({
  kind: "index",
  start,
  end,
  parent,
  region,
  object,
  index,
});

export function makeCall(
  { start, end, parent, region }: Place,
  kind: "call" | "new",
  callee: ExprId,
  args: readonly ExprId[],
  typeArgs: readonly TypeRef[] | undefined,
): Expr {
  const call: ExprOf<"call"> | ExprOf<"new"> = { kind, start, end, parent, region, callee, args };
  return typeArgs === undefined ? call : { ...call, typeArgs };
}

export const makeLiteral = (
  { start, end, parent, region }: Place,
  value: ExprOf<"literal">["value"],
): ExprOf<"literal"> => ({ kind: "literal", start, end, parent, region, value });

export const makeRegExp = ({ start, end, parent, region }: Place, source: string, flags: string): Expr => ({
  kind: "regexp",
  start,
  end,
  parent,
  region,
  source,
  flags,
});

export const makeTemplate = (
  { start, end, parent, region }: Place,
  tag: ExprId,
  parts: readonly string[],
  exprs: readonly ExprId[],
): Expr => ({ kind: "template", start, end, parent, region, tag, parts, exprs });

export const makeObject = ({ start, end, parent, region }: Place, props: readonly ObjectProp[]): Expr => ({
  kind: "object",
  start,
  end,
  parent,
  region,
  props,
});

export const makeArray = ({ start, end, parent, region }: Place, elements: readonly ExprId[]): Expr => ({
  kind: "array",
  start,
  end,
  parent,
  region,
  elements,
});

export const makeFunction = ({ start, end, parent, region }: Place, fn: number): Expr => ({
  kind: "function",
  start,
  end,
  parent,
  region,
  fn,
});

export const makeClass = ({ start, end, parent, region }: Place, cls: number): Expr => ({
  kind: "class",
  start,
  end,
  parent,
  region,
  cls,
});

export const makeWrapper = (
  { start, end, parent, region }: Place,
  kind: "await" | "spread" | "import",
  value: ExprId,
): Expr => ({ kind, start, end, parent, region, value });

export function makeYield({ start, end, parent, region }: Place, value: ExprId, delegate: boolean): Expr {
  const made: ExprOf<"yield"> = { kind: "yield", start, end, parent, region, value };
  return delegate ? { ...made, delegate } : made;
}

export const makeConditional = (
  { start, end, parent, region }: Place,
  test: ExprId,
  whenTrue: ExprId,
  whenFalse: ExprId,
): Expr => ({ kind: "conditional", start, end, parent, region, test, whenTrue, whenFalse });

export const makeLogical = (
  { start, end, parent, region }: Place,
  op: ExprOf<"logical">["op"],
  left: ExprId,
  right: ExprId,
): Expr => ({ kind: "logical", start, end, parent, region, op, left, right });

export const makeBinary = ({ start, end, parent, region }: Place, op: string, left: ExprId, right: ExprId): Expr => ({
  kind: "binary",
  start,
  end,
  parent,
  region,
  op,
  left,
  right,
});

export const makeUnary = ({ start, end, parent, region }: Place, op: string, value: ExprId): Expr => ({
  kind: "unary",
  start,
  end,
  parent,
  region,
  op,
  value,
});

export const makeAssign = ({ start, end, parent, region }: Place, op: string, target: ExprId, value: ExprId): Expr => ({
  kind: "assign",
  start,
  end,
  parent,
  region,
  op,
  target,
  value,
});

export const makeOther = ({ start, end, parent, region }: Place, children: readonly ExprId[]): Expr => ({
  kind: "other",
  start,
  end,
  parent,
  region,
  children,
});
