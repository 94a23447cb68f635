/** What calling a workspace function gives: by its annotation, else by what it returns. */
import { type TypeRef } from "../facts/model.js";
import { type FunctionRef, type Value } from "./model.js";
import { functionOf, type ProjectFile, returnKey } from "./project-file.js";
import { type Provenance, settledValue, valueOf } from "./provenance.js";
import { isPlainType, typeValue } from "./type-provenance.js";
import { better, mapValue, unionOf, unknown, weight } from "./value.js";

/** Of a function's return statements, this many are looked at. */
const sampledReturns = 6;

/** From this weight on an annotation needs no second opinion. */
const precise = 5;

/** The value a function returns, with its promise settled when it is async. */
export function returnValue(ctx: Provenance, ref: FunctionRef): Value {
  const file = ctx.fileAt(ref.file);
  const fn = file === undefined ? undefined : functionOf(file, ref.fn);
  if (file === undefined || fn === undefined) return unknown;
  const known = file.cells.get(returnKey(ref.fn));
  if (known !== undefined) return ctx.memo.reuse(known);
  return ctx.memo.fill(file.cells, returnKey(ref.fn), file.token, () => {
    if (fn.returnType !== undefined && isPlainType(fn.returnType)) return unknown;
    const annotated = annotatedValue(ctx, file, fn.returnType, fn.typeParams);
    if (precise <= weight(annotated) || fn.generator === true) return annotated;
    const returned = unionOf(fn.returns.slice(0, sampledReturns).map((id) => valueOf(ctx, file, id)));
    return better(annotated, fn.async === true ? settledValue(returned) : handedOut(returned));
  });
}

function annotatedValue(
  ctx: Provenance,
  file: ProjectFile,
  type: TypeRef | undefined,
  typeParams: readonly string[] | undefined,
): Value {
  if (type === undefined || typeParams?.includes(type.name) === true) return unknown;
  return typeValue(ctx, file, type);
}

/** A builder that was returned counts as run by the function that returned it, unless the caller goes on building. */
function handedOut(value: Value): Value {
  return mapValue(value, (member) =>
    member.kind === "dialect" && member.pending !== undefined && member.pending.returned !== true
      ? { ...member, pending: { ...member.pending, returned: true } }
      : member,
  );
}
