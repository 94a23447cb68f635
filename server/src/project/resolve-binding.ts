/** The values of names: variables, imports, loop elements and destructured parts. Parameters are in `resolve-parameter.ts`. */
import { type BindingFact, type BindingId, type ExprId, type ExprOf, NONE } from "../facts/model.js";
import { type Value } from "./model.js";
import { bindingKey, exprOf, type ProjectFile } from "./project-file.js";
import { type Provenance, settledValue, valueOf } from "./provenance.js";
import { importValue, packageExport } from "./resolve-export.js";
import { memberValue } from "./resolve-member.js";
import { parameterValue } from "./resolve-parameter.js";
import { shapeGuess } from "./shape-guess.js";
import { typeValue } from "./type-provenance.js";
import { better, elementOf, isOpaque, unionOf, unknown } from "./value.js";

/** Of the assignments to a variable, this many are looked at. */
const sampledWrites = 4;

const globalObjects: ReadonlySet<string> = new Set(["globalThis", "global", "window", "self"]);

/** The value of a name where it is used. */
export function refValue(ctx: Provenance, file: ProjectFile, expr: ExprOf<"ref">, id: ExprId): Value {
  // `declare global { … }` makes a namespace of that name, which is no value.
  const isGlobal = expr.binding === NONE || file.facts.bindings[expr.binding]?.kind === "namespace";
  if (isGlobal) return globalValue(ctx, expr.name);
  const value = bindingValue(ctx, file, expr.binding);
  return value.kind === "unknown" ? shapeGuess(ctx, file, id) : value;
}

function globalValue(ctx: Provenance, name: string): Value {
  if (name === "undefined" || name === "arguments") return unknown;
  if (globalObjects.has(name)) return { kind: "external", module: "global:", path: [] };
  return packageExport(ctx, "global:", [name]);
}

/** The value a binding holds, judged by its declaration, its type and what is assigned to it. */
export function bindingValue(ctx: Provenance, file: ProjectFile, id: BindingId): Value {
  const known = file.cells.get(bindingKey(id));
  if (known !== undefined) return ctx.memo.reuse(known);
  const binding = file.facts.bindings[id];
  if (binding === undefined) return unknown;
  return ctx.memo.fill(file.cells, bindingKey(id), file.token, () => freshValue(ctx, file, id, binding));
}

function freshValue(ctx: Provenance, file: ProjectFile, id: BindingId, binding: BindingFact): Value {
  switch (binding.kind) {
    case "import":
      return binding.import === undefined ? unknown : importValue(ctx, file, binding.import);
    case "function":
      return binding.function === undefined
        ? unknown
        : { kind: "function", ref: { file: file.path, fn: binding.function } };
    case "class":
      return binding.cls === undefined ? unknown : { kind: "class", file: file.path, cls: binding.cls };
    case "param":
      return parameterValue(ctx, file, binding);
    case "const":
    case "let":
    case "var":
      return variableValue(ctx, file, id, binding);
    case "enum":
    case "catch":
    case "type":
    case "namespace":
      return unknown;
  }
}

function variableValue(ctx: Provenance, file: ProjectFile, id: BindingId, binding: BindingFact): Value {
  let value = initialValue(ctx, file, binding);
  if (binding.fallback !== undefined && binding.fallback !== NONE)
    value = unionOf([value, valueOf(ctx, file, binding.fallback)]);
  if (binding.type !== undefined) value = better(value, typeValue(ctx, file, binding.type));
  const length = value.kind === "array" ? constantLength(file, binding) : undefined;
  if (value.kind === "array" && length !== undefined) return { ...value, length };
  if (!isOpaque(value) || binding.writes.length === 0) return value;
  return unionOf([value, ...binding.writes.slice(0, sampledWrites).map((write) => writtenValue(ctx, file, id, write))]);
}

/** Elements of the array literal that a constant of a module is declared with; an empty one is there to be filled. */
function constantLength(file: ProjectFile, binding: BindingFact): number | undefined {
  const init = exprOf(file, binding.init);
  if (binding.kind !== "const" || binding.fn !== 0 || binding.path !== undefined || init?.kind !== "array")
    return undefined;
  if (init.elements.length === 0 || init.elements.some((element) => exprOf(file, element)?.kind === "spread"))
    return undefined;
  return init.elements.length;
}

function initialValue(ctx: Provenance, file: ProjectFile, binding: BindingFact): Value {
  const loop = binding.loop === undefined ? undefined : file.facts.regions[binding.loop]?.loop;
  if (loop !== undefined && loop.over !== NONE) {
    if (loop.form === "for-in") return unknown;
    return stepInto(ctx, elementOf(valueOf(ctx, file, loop.over)), binding.path ?? []);
  }
  return binding.init === NONE ? unknown : destructuredValue(ctx, file, binding.init, binding.path ?? []);
}

function writtenValue(ctx: Provenance, file: ProjectFile, id: BindingId, write: ExprId): Value {
  const assign = exprOf(file, write);
  if (assign?.kind !== "assign" || assign.value === NONE) return unknown;
  const target = exprOf(file, assign.target);
  return target?.kind === "ref" && target.binding === id ? valueOf(ctx, file, assign.value) : unknown;
}

/** The part of an expression that a destructuring path leads to. Positions are followed into array literals and `Promise.all([…])`. */
export function destructuredValue(ctx: Provenance, file: ProjectFile, init: ExprId, path: readonly string[]): Value {
  const [step, ...rest] = path;
  if (step === undefined) return valueOf(ctx, file, init);
  if (/^\d+$/.test(step)) {
    const element = literalElement(file, init, Number(step));
    if (element !== NONE) return settledValue(destructuredValue(ctx, file, element, rest));
  }
  return stepInto(ctx, valueOf(ctx, file, init), path);
}

/** Takes a value apart step by step: property names, array positions, `...` for what is left. */
export function stepInto(ctx: Provenance, value: Value, path: readonly string[]): Value {
  let current = value;
  for (const step of path) {
    if (step === "...") continue;
    current = /^\d+$/.test(step) && current.kind !== "shape" ? elementOf(current) : memberValue(ctx, current, step);
  }
  return current;
}

/** The element of an array literal, also through `await`, `Promise.all` and a constant that holds the array; `NONE` if it is none. */
function literalElement(file: ProjectFile, id: ExprId, position: number): ExprId {
  const expr = exprOf(file, id);
  if (expr?.kind === "await") return literalElement(file, expr.value, position);
  if (expr?.kind === "array") {
    const before = expr.elements.slice(0, position + 1);
    return before.some((element) => exprOf(file, element)?.kind === "spread") ? NONE : (before[position] ?? NONE);
  }
  if (expr?.kind === "call" && isCombinator(file, expr)) return literalElement(file, expr.args[0] ?? NONE, position);
  return NONE;
}

/** `Promise.all(…)` and its kin, also of promise libraries and through `$transaction([…])`-like calls that keep positions. */
function isCombinator(file: ProjectFile, call: ExprOf<"call">): boolean {
  const callee = exprOf(file, call.callee);
  if (callee?.kind !== "member") return false;
  if (callee.name === "$transaction" || callee.name === "batch") return true;
  const object = exprOf(file, callee.object);
  return object?.kind === "ref" && object.name === "Promise" && callee.name === "all";
}
