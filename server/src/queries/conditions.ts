/** Puts conditions together and takes them apart. */
import { type ExprId, NONE } from "../facts/model.js";
import type { ColumnRef, Condition, Predicate, QueryValue } from "./model.js";
import { exprAt, resolved, type Scope } from "./scope.js";

/** A conjunction without needless nesting. */
export function allOf(parts: readonly Condition[]): Condition {
  const flat = parts.flatMap((part) => (part.kind === "and" ? part.of : [part]));
  const [first] = flat;
  return flat.length === 1 && first !== undefined ? first : { kind: "and", of: flat };
}

export function anyOf(parts: readonly Condition[]): Condition {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : { kind: "or", of: parts };
}

export function unknownCondition(why: string): Condition {
  return { kind: "unknown", why };
}

export function maybe(condition: Condition, optional: boolean): Condition {
  return optional && condition.kind !== "optional" ? { kind: "optional", of: condition } : condition;
}

/** Whether a condition says anything at all. */
export function isEmpty(condition: Condition): boolean {
  return condition.kind === "and" && condition.of.length === 0;
}

/** The parts that must all hold. */
export function conjuncts(condition: Condition): readonly Condition[] {
  return condition.kind === "and" ? condition.of.flatMap(conjuncts) : [condition];
}

/** Every predicate in a condition, wherever it stands. */
export function predicatesOf(condition: Condition): readonly Predicate[] {
  switch (condition.kind) {
    case "and":
    case "or":
      return condition.of.flatMap(predicatesOf);
    case "not":
    case "optional":
      return predicatesOf(condition.of);
    case "unknown":
      return [];
    default:
      return [condition];
  }
}

/** What was not understood in a condition. */
export function unknownsOf(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case "and":
    case "or":
      return condition.of.flatMap(unknownsOf);
    case "not":
    case "optional":
      return unknownsOf(condition.of);
    case "unknown":
      return [condition.why];
    default:
      return [];
  }
}

/**
 * Values that depend on a condition: `undefined` says nothing, a choice says what either side says. Undefined for every other value, which `read` is not asked
 * about then.
 */
export function byChoice(scope: Scope, id: ExprId, read: (value: ExprId) => Condition): Condition | undefined {
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "ref" && expr.name === "undefined") return allOf([]);
  if (expr?.kind === "logical" && expr.op !== "&&") return read(expr.left);
  if (expr?.kind !== "conditional") return undefined;
  const arms = [expr.whenTrue, expr.whenFalse].map(read);
  const told = arms.filter((arm) => !isEmpty(arm));
  return told.length === arms.length ? anyOf(told) : maybe(anyOf(told), told.length > 0);
}

/** What a column is compared with. */
export function valueAt(scope: Scope, id: ExprId): QueryValue {
  const known = scope.view.valueOf(id);
  if (known.kind === "literal") return known;
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind === "literal") return { kind: "literal", value: expr.value };
  if (expr?.kind === "call" && isConversion(scope, expr.callee)) {
    const [only, ...others] = expr.args;
    if (only !== undefined && others.length === 0) return valueAt(scope, only);
  }
  // Which member does not matter: that it is one of a few does.
  if (expr?.kind === "member" && isWritten(scope, id)) return { kind: "literal", value: expr.name };
  if (expr?.kind === "array") {
    const spread = expr.elements.some((element) => exprAt(scope, element)?.kind === "spread");
    if (spread) return { kind: "list" };
    const constant = expr.elements.every((element) => isWritten(scope, element)) ? { constant: true as const } : {};
    return { kind: "list", length: expr.elements.length, ...constant };
  }
  return { kind: "parameter" };
}

/** `BigInt(0)`, `String("a")` */
function isConversion(scope: Scope, callee: ExprId): boolean {
  const expr = exprAt(scope, callee);
  return expr?.kind === "ref" && expr.binding === NONE && /^(BigInt|Number|String|Boolean)$/.test(expr.name);
}

/** A literal, or a member of something named like a list of constants (`Status.Open`, `KINDS.A`). */
function isWritten(scope: Scope, id: ExprId): boolean {
  const expr = exprAt(scope, resolved(scope, id));
  if (expr?.kind !== "member") return expr?.kind === "literal";
  const object = exprAt(scope, expr.object);
  return object?.kind === "ref" && /^[A-Z]/.test(object.name);
}

/** Comparison with one value, or with nothing: `null` asks for absent values. */
export function equals(scope: Scope, column: ColumnRef, value: ExprId): Condition {
  const known = valueAt(scope, value);
  if (known.kind === "literal" && known.value === null) return { kind: "null", column };
  return { kind: "equal", column, value: known };
}

export function differs(scope: Scope, column: ColumnRef, value: ExprId): Condition {
  const known = valueAt(scope, value);
  if (known.kind === "literal" && known.value === null) return { kind: "not-null", column };
  return { kind: "not-equal", column, value: known };
}

/** A pattern given to `LIKE`: what it begins with decides. */
export function likePattern(scope: Scope, pattern: ExprId): "wildcard" | "fixed" | "unknown" {
  const expr = exprAt(scope, resolved(scope, pattern));
  if (expr?.kind === "literal" && typeof expr.value === "string") return beginning(expr.value) ?? "fixed";
  if (expr?.kind === "template") return beginning(expr.parts[0] ?? "") ?? "unknown";
  if (expr?.kind === "binary" && expr.op === "+") return likePattern(scope, expr.left);
  return "unknown";
}

/** Undefined when nothing fixed stands at the beginning. */
function beginning(text: string): "wildcard" | "fixed" | undefined {
  if (text === "") return undefined;
  return /^[%_]/.test(text) ? "wildcard" : "fixed";
}
