/** What a generic function gives when its type parameter appears in an argument: `remember("db", () => new Client())` is the client. */
import { type ExprOf, NONE, type TypeRef } from "../facts/model.js";
import { type FunctionRef, type Value } from "./model.js";
import { functionOf, type ProjectFile } from "./project-file.js";
import { type Provenance, settledValue, valueOf } from "./provenance.js";
import { returnValue } from "./resolve-return.js";
import { typeValue } from "./type-provenance.js";
import { arrayOf, elementOf, isUnknown, mapValue, unknown } from "./value.js";

/** The result of calling a workspace function whose return type names one of its type parameters; unknown when it does not. */
export function genericResult(ctx: Provenance, file: ProjectFile, expr: ExprOf<"call">, ref: FunctionRef): Value {
  const owner = ctx.fileAt(ref.file);
  const fn = owner === undefined ? undefined : functionOf(owner, ref.fn);
  if (owner === undefined || fn === undefined) return unknown;
  ctx.memo.touch(owner.token);
  const returned = strip(fn.returnType);
  if (returned === undefined) return calledBack(ctx, file, expr, owner, ref);
  const list = returned.name === "[]";
  const wanted = list ? strip(returned.args?.[0])?.name : returned.name;
  if (wanted === undefined || fn.typeParams?.includes(wanted) !== true) return unknown;
  const explicit = expr.typeArgs?.[fn.typeParams.indexOf(wanted)];
  if (explicit !== undefined) {
    const value = typeValue(ctx, file, explicit);
    if (!isUnknown(value)) return list ? arrayOf(value) : value;
  }
  for (const [i, param] of fn.params.entries()) {
    const arg = expr.args[i];
    if (arg === undefined || param.type === undefined) continue;
    const found = bound(ctx, valueOf(ctx, file, arg), param.type, wanted);
    if (!isUnknown(found)) return list ? arrayOf(found) : found;
  }
  return unknown;
}

/** What a type parameter stands for, given a value of a type that mentions it. */
function bound(ctx: Provenance, value: Value, type: TypeRef, wanted: string): Value {
  const plain = strip(type);
  if (plain === undefined) return unknown;
  if (plain.name === wanted) return settledValue(value);
  if (plain.name === "[]") return bound(ctx, elementOf(value), plain.args?.[0] ?? plain, wanted);
  if (plain.name === "=>" && plain.args?.[0] !== undefined) {
    const result = plain.args[0];
    return mapValue(value, (member) =>
      member.kind === "function" ? bound(ctx, returnValue(ctx, member.ref), result, wanted) : unknown,
    );
  }
  if (plain.name === "|") {
    for (const part of plain.args ?? []) {
      const found = bound(ctx, value, part, wanted);
      if (!isUnknown(found)) return found;
    }
  }
  return unknown;
}

const transparent: ReadonlySet<string> = new Set(["Promise", "PromiseLike", "Awaited", "Readonly", "NonNullable"]);

function strip(type: TypeRef | undefined): TypeRef | undefined {
  let current = type;
  while (current !== undefined && transparent.has(current.name)) current = current.args?.[0];
  return current;
}

/**
 * Without an annotation: a function whose own result is unknown and that calls the one function it is given, such as a keyed singleton helper, gives
 * what that one returns.
 */
function calledBack(
  ctx: Provenance,
  file: ProjectFile,
  expr: ExprOf<"call">,
  owner: ProjectFile,
  ref: FunctionRef,
): Value {
  if (!isUnknown(returnValue(ctx, ref))) return unknown;
  const fn = functionOf(owner, ref.fn);
  for (const [i, param] of (fn?.params ?? []).entries()) {
    const arg = expr.args[i];
    if (arg === undefined || param.binding === NONE || !owner.uses().calls.has(param.binding)) continue;
    const given = valueOf(ctx, file, arg);
    if (given.kind === "function") return settledValue(returnValue(ctx, given.ref));
  }
  return unknown;
}
