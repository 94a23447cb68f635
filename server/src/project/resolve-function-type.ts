/** Reads function types: what calling them gives, and what their parameters are. */
import { type TypeRef } from "../facts/model.js";
import { type Value } from "./model.js";
import { functionOf } from "./project-file.js";
import { pluginParameter } from "./plugin-instance.js";
import { type Provenance } from "./provenance.js";
import { typeValue } from "./type-provenance.js";
import { mapValue, unionOf, unknown } from "./value.js";

/** A parameter of a function, or of a function type, by its declared type. */
export function callableParameter(ctx: Provenance, callable: Value, position: number): Value {
  return mapValue(callable, (member) => {
    if (member.kind === "shape") {
      const file = ctx.fileAt(member.file);
      const type = functionType(member.type)?.args?.[position + 1];
      return file === undefined || type === undefined ? unknown : typeValue(ctx, file, type, member.args);
    }
    if (member.kind === "external-instance") return pluginParameter(member, position);
    if (member.kind !== "function") return unknown;
    const file = ctx.fileAt(member.ref.file);
    const type = file === undefined ? undefined : functionOf(file, member.ref.fn)?.params[position]?.type;
    return file === undefined || type === undefined ? unknown : typeValue(ctx, file, type);
  });
}

/** What calling a value of a function type gives. */
export function callableResult(ctx: Provenance, shape: Extract<Value, { kind: "shape" }>): Value {
  const file = ctx.fileAt(shape.file);
  const type = functionType(shape.type)?.args?.[0];
  return file === undefined || type === undefined ? unknown : unionOf([typeValue(ctx, file, type, shape.args)]);
}

function functionType(type: TypeRef): TypeRef | undefined {
  return type.name === "=>" ? type : undefined;
}
