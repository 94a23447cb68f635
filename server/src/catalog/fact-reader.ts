/** Small questions about the expressions of one file, as schema readers ask them. Pure look-ups in facts; anything unclear is undefined. */
import { NONE, type BindingFact, type ExprId, type ExprOf, type FileFacts } from "../facts/model.js";
import type { Location } from "../project/model.js";
import { importedName, type ConstantLookup } from "./exported-constants.js";

export interface FactReader {
  readonly path: string;
  readonly facts: FileFacts;
  /** Bindings by the expression that initialises them. */
  readonly byInit: ReadonlyMap<ExprId, BindingFact>;
  /** Strings that other files export. */
  readonly constantOf: ConstantLookup;
}

export function factReader(path: string, facts: FileFacts, constantOf: ConstantLookup = () => undefined): FactReader {
  const byInit = new Map<ExprId, BindingFact>();
  for (const binding of facts.bindings)
    if (binding.init !== NONE && binding.path === undefined) byInit.set(binding.init, binding);
  return { path, facts, byInit, constantOf };
}

export function placeOf({ path, facts }: FactReader, id: ExprId): Location {
  const expr = facts.exprs[id];
  return { file: path, span: { start: expr?.start ?? 0, end: expr?.end ?? 0 } };
}

/** Follows a name to the constant of this file it stands for. */
export function resolved(reader: FactReader, id: ExprId | undefined, steps = 4): ExprId {
  if (id === undefined) return NONE;
  const expr = reader.facts.exprs[id];
  if (expr?.kind !== "ref" || steps === 0) return id;
  const binding = reader.facts.bindings[expr.binding];
  if (binding === undefined || binding.init === NONE || binding.path !== undefined || binding.writes.length > 0)
    return id;
  return resolved(reader, binding.init, steps - 1);
}

export function exprOf<
  K extends "call" | "new" | "object" | "array" | "ref" | "member" | "function" | "template" | "literal",
>(reader: FactReader, id: ExprId | undefined, kind: K): ExprOf<K> | undefined {
  const expr = reader.facts.exprs[resolved(reader, id)];
  return expr?.kind === kind ? (expr as ExprOf<K>) : undefined;
}

/** A string that stands there, or in a constant of this file. */
export function stringAt(reader: FactReader, id: ExprId | undefined): string | undefined {
  const at = resolved(reader, id);
  const expr = reader.facts.exprs[at];
  if (expr?.kind === "literal") return typeof expr.value === "string" ? expr.value : undefined;
  if (expr?.kind === "template") return expr.exprs.length === 0 ? expr.parts.join("") : undefined;
  if (expr?.kind === "ref") return imported(reader, expr, undefined);
  return expr?.kind === "member" ? memberString(reader, expr) : undefined;
}

/** A string, or a member of an enum or object, that another file exports. */
function imported(reader: FactReader, { binding }: ExprOf<"ref">, member: string | undefined): string | undefined {
  const name = importedName(reader.facts, reader.facts.bindings[binding]);
  return name === undefined ? undefined : reader.constantOf(name, member);
}

/** `Tables.users` of an object or enum of this file. */
function memberString(reader: FactReader, { object, name }: ExprOf<"member">): string | undefined {
  const ref = reader.facts.exprs[object];
  const binding = ref?.kind === "ref" ? reader.facts.bindings[ref.binding] : undefined;
  const value = binding?.members?.find((member) => member.name === name)?.value;
  if (typeof value === "string") return value;
  if (exprOf(reader, object, "object") !== undefined) return stringAt(reader, propOf(reader, object, name));
  return ref?.kind === "ref" ? imported(reader, ref, name) : undefined;
}

export function numberAt(reader: FactReader, id: ExprId | undefined): number | undefined {
  const expr = reader.facts.exprs[resolved(reader, id)];
  if (expr?.kind === "unary" && expr.op === "-") {
    const value = numberAt(reader, expr.value);
    return value === undefined ? undefined : -value;
  }
  return expr?.kind === "literal" && typeof expr.value === "number" ? expr.value : undefined;
}

export function isTrue(reader: FactReader, id: ExprId | undefined): boolean {
  const expr = reader.facts.exprs[resolved(reader, id)];
  return expr?.kind === "literal" && expr.value === true;
}

export function isFalse(reader: FactReader, id: ExprId | undefined): boolean {
  const expr = reader.facts.exprs[resolved(reader, id)];
  return expr?.kind === "literal" && expr.value === false;
}

/** Value of a property of an object literal. */
export function propOf(reader: FactReader, id: ExprId | undefined, name: string): ExprId | undefined {
  return exprOf(reader, id, "object")?.props.find((prop) => prop.name === name)?.value;
}

export function propsOf(
  reader: FactReader,
  id: ExprId | undefined,
): readonly { readonly name: string; readonly value: ExprId }[] {
  return (exprOf(reader, id, "object")?.props ?? []).flatMap(({ name, value }) =>
    name === undefined ? [] : [{ name, value }],
  );
}

export function elementsOf(reader: FactReader, id: ExprId | undefined): readonly ExprId[] {
  return exprOf(reader, id, "array")?.elements ?? [];
}

/** Strings of an array literal, or the one string itself. */
export function stringsAt(reader: FactReader, id: ExprId | undefined): readonly string[] {
  const one = stringAt(reader, id);
  return one === undefined ? elementsOf(reader, id).flatMap((element) => stringAt(reader, element) ?? []) : [one];
}

/** What a function written here returns: the expression of an arrow, or of its only `return`. */
export function returned(reader: FactReader, id: ExprId | undefined): ExprId | undefined {
  const fn = exprOf(reader, id, "function");
  const returns = fn === undefined ? [] : (reader.facts.functions[fn.fn]?.returns ?? []);
  return returns.length === 1 ? returns[0] : undefined;
}

export interface ChainStep {
  readonly name: string;
  readonly args: readonly ExprId[];
  readonly expr: ExprId;
}

export interface CallChain extends ChainStep {
  /** What the first function is a member of: `t` of `t.string("a").notNull()`; `NONE` for a plain function. */
  readonly receiver: ExprId;
  /** The calls on its result, in order. */
  readonly steps: readonly ChainStep[];
}

/** `varchar("a").notNull().unique()` as its first call and the calls on it. */
export function chainOf(reader: FactReader, id: ExprId | undefined): CallChain | undefined {
  const steps: ChainStep[] = [];
  let at = id ?? NONE;
  for (let limit = 0; limit < 60; limit++) {
    const call = reader.facts.exprs[at];
    if (call?.kind !== "call" && call?.kind !== "new") return undefined;
    const callee = reader.facts.exprs[call.callee];
    if (callee?.kind === "ref")
      return { name: callee.name, args: call.args, expr: at, receiver: NONE, steps: steps.reverse() };
    if (callee?.kind !== "member") return undefined;
    const object = reader.facts.exprs[callee.object];
    const step = { name: callee.name, args: call.args, expr: at };
    if (object?.kind !== "call") return { ...step, receiver: callee.object, steps: steps.reverse() };
    steps.push(step);
    at = callee.object;
  }
  return undefined;
}

export function stepOf({ steps }: CallChain, name: string): ChainStep | undefined {
  return steps.find((step) => step.name === name);
}

/** Name of a variable: `users`, or the last member of `schema.users`. */
export function nameAt(reader: FactReader, id: ExprId | undefined): string | undefined {
  const expr = id === undefined ? undefined : reader.facts.exprs[id];
  return expr?.kind === "ref" || expr?.kind === "member" ? expr.name : undefined;
}

/** The name of what a function without arguments gives: `User` of `() => User`, or of `User` itself, or the text of `"User"`. */
export function thunkName(reader: FactReader, id: ExprId | undefined): string | undefined {
  const text = stringAt(reader, id);
  if (text !== undefined) return text;
  const body = returned(reader, id);
  return body === undefined ? nameAt(reader, id) : (nameAt(reader, body) ?? stringAt(reader, body));
}

/** SQL of a tagged template with the names of what is put in where that is a column. */
export function sqlText(
  reader: FactReader,
  id: ExprId | undefined,
  hole: (expr: ExprId) => string,
): string | undefined {
  const template = exprOf(reader, id, "template");
  if (template === undefined) return stringAt(reader, id);
  return template.parts.map((part, i) => (i === 0 ? part : hole(template.exprs[i - 1] ?? NONE) + part)).join("");
}
