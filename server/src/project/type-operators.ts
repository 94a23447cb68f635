/** Types that compute other types: `typeof`, `ReturnType`, `InstanceType`, indexed access, and the wrappers that change nothing here. */
import { NONE, type TypeRef } from "../facts/model.js";
import { memberStep } from "./dialect-engine.js";
import { type Value } from "./model.js";
import { functionOf, type ProjectFile } from "./project-file.js";
import { type Provenance } from "./provenance.js";
import { bindingValue } from "./resolve-binding.js";
import { callableParameter, callableResult } from "./resolve-function-type.js";
import { memberValue } from "./resolve-member.js";
import { returnValue } from "./resolve-return.js";
import { externalValue, elementOf, mapValue, unionOf, unknown } from "./value.js";

/** Types whose values carry nothing to call that matters here. */
export const plainTypes: ReadonlySet<string> = new Set(
  "string number boolean void any unknown undefined never bigint symbol object null ? Date Buffer Uint8Array RegExp Error URL Function keyof".split(
    " ",
  ),
);

/** Wrappers around their first argument. */
export const transparentTypes: ReadonlySet<string> = new Set(
  (
    "Promise PromiseLike Awaited Readonly Required Partial Pick Omit NonNullable Exclude Extract DeepPartial DeepReadonly Writable Mutable Nullable " +
    "Maybe Optional Merge Simplify Prettify OmitThisParameter ThisType Lazy WrapperType Relation Ref LazyRef"
  ).split(" "),
);

/** Types that are iterated to their first argument. */
export const arrayTypes: ReadonlySet<string> = new Set(
  "[] Array ReadonlyArray Set ReadonlySet Iterable AsyncIterable Iterator AsyncIterator IterableIterator AsyncIterableIterator Generator AsyncGenerator".split(
    " ",
  ),
);

/** Tables of values by key: looking one up gives the second argument. */
export const tableTypes: ReadonlySet<string> = new Set(["Record", "Map", "ReadonlyMap", "WeakMap"]);

/** The value of a computed type; undefined when the type is not one of these. */
export function operatorValue(
  ctx: Provenance,
  file: ProjectFile,
  type: TypeRef,
  inner: (part: TypeRef | undefined) => Value,
): Value | undefined {
  const [first, second] = type.args ?? [];
  switch (type.name) {
    case "typeof":
      return namedValue(ctx, file, type.text ?? "");
    case "ReturnType":
      return resultOf(ctx, inner(first));
    case "Parameters":
      return mapValue(inner(first), (member) => parametersOf(ctx, member));
    case "InstanceType":
      return mapValue(inner(first), (member) => {
        if (member.kind === "class") return { ...member, kind: "instance" };
        if (member.kind !== "external") return member;
        return ctx.dialects.instanceOf(member.module, member.path)?.value ?? { ...member, kind: "external-instance" };
      });
    case "index":
      return first === undefined || second === undefined ? unknown : indexedType(ctx, file, first, second, inner);
    default:
      return undefined;
  }
}

/** The value of a dotted name at module level, as `typeof a.b` means it. */
function namedValue(ctx: Provenance, file: ProjectFile, text: string): Value {
  const [head = "", ...rest] = text.split(".");
  const binding = file.names().bindings.get(head) ?? NONE;
  let value = binding === NONE ? unknown : bindingValue(ctx, file, binding);
  for (const name of rest) value = memberValue(ctx, value, name);
  return value;
}

/** The parameters of a function, or function type, as a tuple. */
function parametersOf(ctx: Provenance, value: Value): Value {
  const tuple = (file: string, args: readonly TypeRef[]): Value => ({
    kind: "shape",
    file,
    type: { name: "[,]", args },
  });
  if (value.kind === "shape" && value.type.name === "=>") return tuple(value.file, value.type.args?.slice(1) ?? []);
  if (value.kind !== "function") return unknown;
  const file = ctx.fileAt(value.ref.file);
  const params = file === undefined ? [] : (functionOf(file, value.ref.fn)?.params ?? []);
  return tuple(
    value.ref.file,
    params.map((param) => param.type ?? { name: "?" }),
  );
}

function resultOf(ctx: Provenance, callable: Value): Value {
  return mapValue(callable, (member) => {
    if (member.kind === "function") return returnValue(ctx, member.ref);
    if (member.kind === "external")
      return (
        ctx.dialects.factoryOf(member.module, member.path)?.value ??
        externalValue(member.module, [...member.path, "()"])
      );
    return member.kind === "shape" ? callableResult(ctx, member) : unknown;
  });
}

function indexedType(
  ctx: Provenance,
  file: ProjectFile,
  target: TypeRef,
  key: TypeRef,
  inner: (part: TypeRef | undefined) => Value,
): Value {
  const name = key.name === "literal" ? key.text : undefined;
  if (name === undefined) return unionOf([elementOf(inner(target))]);
  if (!/^\d+$/.test(name)) return memberValue(ctx, inner(target), name);
  if (target.name === "Parameters") return parameterOf(ctx, file, target.args?.[0], Number(name), inner);
  return elementOf(inner(target));
}

/**
 * `Parameters<F>[i]`. For a method of a dialect's value whose argument is a callback, `Parameters<Parameters<F>[i]>[j]` is what the callback
 * receives: the usual way to name a transaction's type.
 */
function parameterOf(
  ctx: Provenance,
  file: ProjectFile,
  callable: TypeRef | undefined,
  position: number,
  inner: (part: TypeRef | undefined) => Value,
): Value {
  if (callable === undefined) return unknown;
  const nested = callable.name === "index" && callable.args?.[0]?.name === "Parameters" ? callable.args : undefined;
  const arg = Number(nested?.[1]?.text ?? NaN);
  const method = nested?.[0]?.args?.[0];
  if (method !== undefined && Number.isInteger(arg)) {
    const received = receivedByCallback(ctx, file, method, arg, position, inner);
    if (received.kind !== "unknown") return received;
  }
  return callableParameter(ctx, inner(callable), position);
}

function receivedByCallback(
  ctx: Provenance,
  file: ProjectFile,
  method: TypeRef,
  arg: number,
  position: number,
  inner: (part: TypeRef | undefined) => Value,
): Value {
  const [object, name] = methodOf(ctx, file, method, inner);
  return mapValue(object, (receiver) => {
    if (receiver.kind !== "dialect") return unknown;
    const callback = memberStep(ctx, receiver, name)?.call?.callbacks?.find((entry) => entry.arg === arg);
    const state = callback?.params[position];
    if (state === null || state === undefined) return unknown;
    return {
      kind: "dialect",
      dialect: receiver.dialect,
      state: state === "same" ? receiver.state : state,
      ...(callback?.transaction === true ? { transaction: true } : {}),
    };
  });
}

/** The receiver and name of a method named by a type: `typeof db.transaction`, `Client["$transaction"]`. */
function methodOf(
  ctx: Provenance,
  file: ProjectFile,
  method: TypeRef,
  inner: (part: TypeRef | undefined) => Value,
): readonly [Value, string] {
  if (method.name === "typeof") {
    const text = method.text ?? "";
    const dot = text.lastIndexOf(".");
    return dot < 0 ? [unknown, ""] : [namedValue(ctx, file, text.slice(0, dot)), text.slice(dot + 1)];
  }
  if (method.name === "index" && method.args?.[1]?.name === "literal")
    return [inner(method.args[0]), method.args[1].text ?? ""];
  return [unknown, ""];
}
