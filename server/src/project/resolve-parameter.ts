/**
 * The values of parameters: by declared type, else default value, else injection decorators, else by what the function is
 * passed to, else by what its callers in the same file pass.
 */
import { type BindingFact, type ExprId, type FunctionId, NONE } from "../facts/model.js";
import { type Value } from "./model.js";
import { exprOf, functionOf, type ProjectFile } from "./project-file.js";
import { type Provenance, valueOf } from "./provenance.js";
import { stepInto } from "./resolve-binding.js";
import { callbackParameter } from "./resolve-callback.js";
import { injectedValue } from "./resolve-injection.js";
import { callableParameter } from "./resolve-function-type.js";
import { typeValue } from "./type-provenance.js";
import { better, isOpaque, unionOf, unknown } from "./value.js";

/** With more callers than this, what one of them passes says little about the parameter. */
const maxCallers = 4;

/** The value a parameter (or a part of a destructured one) has when its function runs. */
export function parameterValue(ctx: Provenance, file: ProjectFile, binding: BindingFact): Value {
  const fn = functionOf(file, binding.fn);
  const position = binding.param;
  const param = position === undefined ? undefined : fn?.params[position];
  if (fn === undefined || position === undefined || param === undefined) return unknown;
  const path = binding.path ?? [];
  if (param.rest === true && path.length === 0)
    return param.type === undefined ? unknown : typeValue(ctx, file, param.type);

  const candidates: (() => Value)[] = [
    () => (binding.type === undefined || path.length === 0 ? unknown : typeValue(ctx, file, binding.type)),
    () => (param.type === undefined ? unknown : stepInto(ctx, typeValue(ctx, file, param.type), path)),
    () => (binding.fallback === undefined ? unknown : valueOf(ctx, file, binding.fallback)),
    () => (param.init === NONE ? unknown : stepInto(ctx, valueOf(ctx, file, param.init), path)),
    () => stepInto(ctx, injectedValue(ctx, file, param.decorators ?? []), path),
    () => stepInto(ctx, contextualValue(ctx, file, binding.fn, position), path),
    () => callerValue(ctx, file, binding.fn, position, path),
  ];
  let best: Value = unknown;
  for (const candidate of candidates) {
    if (!isOpaque(best) && best.kind !== "shape") break;
    best = better(best, candidate());
  }
  return best;
}

/** What the place a function expression stands in says about its parameters. */
function contextualValue(ctx: Provenance, file: ProjectFile, fn: FunctionId, position: number): Value {
  const fact = functionOf(file, fn);
  if (fact === undefined) return unknown;
  if (fact.passedTo !== undefined) return callbackParameter(ctx, file, fact.passedTo, position);
  const declared = fact.binding === NONE ? undefined : file.facts.bindings[fact.binding]?.type;
  return declared === undefined ? unknown : callableParameter(ctx, typeValue(ctx, file, declared), position);
}

/** What the few callers in the same file pass; callers elsewhere are not known here. */
function callerValue(
  ctx: Provenance,
  file: ProjectFile,
  fn: FunctionId,
  position: number,
  path: readonly string[],
): Value {
  const binding = functionOf(file, fn)?.binding ?? NONE;
  if (binding === NONE) return unknown;
  const calls = file.uses().calls.get(binding) ?? [];
  if (maxCallers < calls.length) return unknown;
  return unionOf(calls.map((call) => argumentValue(ctx, file, call, position, path)));
}

export function argumentValue(
  ctx: Provenance,
  file: ProjectFile,
  call: ExprId,
  position: number,
  path: readonly string[],
): Value {
  const expr = exprOf(file, call);
  const arg = expr?.kind === "call" || expr?.kind === "new" ? expr.args[position] : undefined;
  return arg === undefined ? unknown : stepInto(ctx, valueOf(ctx, file, arg), path);
}
