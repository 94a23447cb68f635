/** Upper bounds of iterations that the code itself proves. */
import { NONE, type ExprId } from "../../facts/model.js";
import { receiversOf } from "../../facts/expressions.js";
import type { FileView } from "../../project/file-view.js";
import { calledName, unwrap, type Iteration } from "./iteration.js";

/** Most times an iteration can run, as far as the code says; undefined when it depends on data. */
export function boundOf(view: FileView, iteration: Iteration): number | undefined {
  const counted = iteration.loop?.form === "for" ? countedBound(view, iteration) : undefined;
  if (counted !== undefined) return counted;
  return iteration.over === NONE ? undefined : lengthOf(view, iteration.over, 0);
}

/** `for (let i = 0; i < 3; i++)`. */
function countedBound(view: FileView, { loop }: Iteration): number | undefined {
  const test = loop === undefined ? undefined : view.facts.exprs[loop.test];
  if (test?.kind !== "binary" || !/^[<>]=?$/.test(test.op)) return undefined;
  const limit = numberOf(view, test.op.startsWith("<") ? test.right : test.left);
  if (limit !== undefined) return test.op.endsWith("=") ? limit + 1 : limit;
  return undefined;
}

/** Literal numbers, constants that hold one, and `Math.min(x, 3)`. */
function numberOf(view: FileView, id: ExprId, depth = 0): number | undefined {
  const expr = view.facts.exprs[id];
  if (depth > 4 || expr === undefined) return undefined;
  if (expr.kind === "literal") return typeof expr.value === "number" ? expr.value : undefined;
  if (expr.kind === "call" && calledName(view, id) === "min") {
    const known = expr.args.map((arg) => numberOf(view, arg, depth + 1)).filter((value) => value !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }
  const value = view.valueOf(id);
  return value.kind === "literal" && typeof value.value === "number" ? value.value : undefined;
}

const KEEPS_LENGTH = new Set([
  "map",
  "filter",
  "sort",
  "reverse",
  "toSorted",
  "toReversed",
  "entries",
  "values",
  "keys",
  "slice",
  "concat",
  "flat",
]);

/** Most elements a collection can have. */
export function lengthOf(view: FileView, given: ExprId, depth: number): number | undefined {
  const id = unwrap(view, given);
  const expr = view.facts.exprs[id];
  if (depth > 6 || expr === undefined) return undefined;
  if (expr.kind === "array")
    return sum(
      expr.elements.map((element) =>
        view.facts.exprs[element]?.kind === "spread" ? lengthOf(view, element, depth + 1) : 1,
      ),
    );
  if (expr.kind === "object")
    return expr.props.some((prop) => prop.kind === "spread" || prop.kind === "computed")
      ? undefined
      : expr.props.length;
  if (expr.kind === "literal" && typeof expr.value === "string") return expr.value.length;
  if (expr.kind === "conditional")
    return largest([lengthOf(view, expr.whenTrue, depth + 1), lengthOf(view, expr.whenFalse, depth + 1)]);
  if (expr.kind === "logical")
    return largest([lengthOf(view, expr.left, depth + 1), lengthOf(view, expr.right, depth + 1)]);
  if (expr.kind === "call") return callLength(view, id, depth);
  if (expr.kind === "new" && (calledName(view, id) === "Set" || calledName(view, id) === "Map"))
    return expr.args[0] === undefined ? undefined : lengthOf(view, expr.args[0], depth + 1);
  if (expr.kind === "ref") return refLength(view, id, depth);
  if (expr.kind === "member") return valueLength(view, id, depth);
  return undefined;
}

function callLength(view: FileView, id: ExprId, depth: number): number | undefined {
  const expr = view.facts.exprs[id];
  if (expr?.kind !== "call") return undefined;
  const callee = view.facts.exprs[expr.callee];
  if (callee?.kind !== "member") return undefined;
  const [first, second] = expr.args;
  const object = view.facts.exprs[callee.object];
  const global = object?.kind === "ref" ? object.name : "";
  if (global === "Object" && /^(keys|values|entries)$/.test(callee.name))
    return first === undefined ? undefined : lengthOf(view, first, depth + 1);
  if (global === "Array" && callee.name === "from")
    return first === undefined ? undefined : arrayFromLength(view, first, depth);
  if (callee.name === "slice" && first !== undefined && second !== undefined) {
    const [from, to] = [numberOf(view, first), numberOf(view, second)];
    if (from !== undefined && to !== undefined && 0 <= from && from <= to) return to - from;
  }
  if (callee.name === "concat") return undefined;
  return KEEPS_LENGTH.has(callee.name) ? lengthOf(view, callee.object, depth + 1) : undefined;
}

/** `Array.from({ length: 3 })`, `Array.from(new Set([…]))`. */
function arrayFromLength(view: FileView, id: ExprId, depth: number): number | undefined {
  const expr = view.facts.exprs[id];
  const length = expr?.kind === "object" ? expr.props.find((prop) => prop.name === "length") : undefined;
  return length === undefined ? lengthOf(view, id, depth + 1) : numberOf(view, length.value);
}

/** A constant that nothing pushes to, or an enum. */
function refLength(view: FileView, id: ExprId, depth: number): number | undefined {
  const expr = view.facts.exprs[id];
  const binding = expr?.kind === "ref" ? view.facts.bindings[expr.binding] : undefined;
  if (binding?.members !== undefined) return binding.members.length;
  if (binding === undefined) return undefined;
  if (binding.kind === "import") return valueLength(view, id, depth);
  if (
    binding.path !== undefined ||
    binding.init === NONE ||
    binding.writes.length > 0 ||
    grown(view.facts).has(expr?.kind === "ref" ? expr.binding : NONE)
  )
    return undefined;
  return lengthOf(view, binding.init, depth + 1);
}

const GROWS = new Set(["push", "unshift", "splice", "add", "set", "append"]);

const grown = receiversOf((method) => GROWS.has(method));

/** Literals declared in another file, as far as their provenance tells. */
function valueLength(view: FileView, id: ExprId, depth: number): number | undefined {
  return view.literalLength(view.valueOf(id), depth);
}

function sum(parts: readonly (number | undefined)[]): number | undefined {
  let total = 0;
  for (const part of parts) {
    if (part === undefined) return undefined;
    total += part;
  }
  return total;
}

function largest(parts: readonly (number | undefined)[]): number | undefined {
  let most = 0;
  for (const part of parts) {
    if (part === undefined) return undefined;
    most = Math.max(most, part);
  }
  return most;
}
