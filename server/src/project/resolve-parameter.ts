/**
 * The values of parameters: by declared type, else default value, else injection decorators, else by what the function is
 * passed to, else by what its callers pass.
 */
import { type BindingFact, type ExprId, type FunctionId, NONE } from "../facts/model.js";
import { type Value } from "./model.js";
import { exprOf, functionOf, type ProjectFile } from "./project-file.js";
import { serverParameter } from "./plugin-instance.js";
import { type Provenance, valueOf } from "./provenance.js";
import { stepInto } from "./resolve-binding.js";
import { callbackParameter } from "./resolve-callback.js";
import { calleeOf } from "./resolve-callee.js";
import { callerValue } from "./resolve-callers.js";
import { frameworkContext } from "./framework-context.js";
import { injectedValue } from "./resolve-injection.js";
import { callableParameter } from "./resolve-function-type.js";
import { typeValue } from "./type-provenance.js";
import { better, isOpaque, unionOf, unknown } from "./value.js";

/** Object literals inside object literals, at most. */
const maxNesting = 5;

/** The value a parameter (or a part of a destructured one) has when its function runs. */
export function parameterValue(ctx: Provenance, file: ProjectFile, binding: BindingFact): Value {
  const fn = functionOf(file, binding.fn);
  const position = binding.param;
  const param = position === undefined ? undefined : fn?.params[position];
  if (fn === undefined || position === undefined || param === undefined) return unknown;
  const path = binding.path ?? [];
  if (param.rest === true && path.length === 0)
    return param.type === undefined ? unknown : typeValue(ctx, file, param.type);

  const declared = path.length === 0 ? (binding.type ?? param.type) : param.type;
  let best = declared === undefined ? unknown : stepInto(ctx, typeValue(ctx, file, declared), path);
  if (isDecided(best)) return best;
  if (binding.fallback !== undefined) best = better(best, valueOf(ctx, file, binding.fallback));
  if (param.init !== NONE) best = better(best, stepInto(ctx, valueOf(ctx, file, param.init), path));
  if (isDecided(best)) return best;
  if (param.decorators !== undefined)
    best = better(best, stepInto(ctx, injectedValue(ctx, file, param.decorators), path));
  if (isDecided(best)) return best;
  best = better(best, stepInto(ctx, contextualValue(ctx, file, binding.fn, position), path));
  return isDecided(best) ? best : better(best, callerValue(ctx, file, binding.fn, position, path));
}

/** Whether more opinions on a value are not worth asking for. */
function isDecided(value: Value): boolean {
  return !isOpaque(value) && value.kind !== "shape";
}

/** What the place a function expression stands in says about its parameters. */
function contextualValue(ctx: Provenance, file: ProjectFile, fn: FunctionId, position: number): Value {
  const fact = functionOf(file, fn);
  if (fact === undefined) return unknown;
  if (fact.passedTo !== undefined) {
    const received = callbackParameter(ctx, file, fact.passedTo, position);
    if (received.kind !== "unknown") return received;
    const context = position === 0 ? frameworkContext(ctx, file, fact.passedTo.call) : unknown;
    return better(context, serverParameter(ctx, file, fact.passedTo.call, position));
  }
  const declared = fact.binding === NONE ? undefined : file.facts.bindings[fact.binding]?.type;
  if (declared !== undefined) return callableParameter(ctx, typeValue(ctx, file, declared), position);
  return fact.expr === NONE ? unknown : callableParameter(ctx, expectedValue(ctx, file, fact.expr), position);
}

/** What the place of an expression says it must be: an argument's declared type, a property of an object that is one. */
function expectedValue(ctx: Provenance, file: ProjectFile, id: ExprId): Value {
  const path: string[] = [];
  let child = id;
  for (let depth = 0; depth < maxNesting; depth++) {
    const parent = exprOf(file, child)?.parent ?? NONE;
    const expr = exprOf(file, parent);
    if (expr?.kind === "call" || expr?.kind === "new") {
      const parts = calleeOf(ctx, file, parent).parts;
      const position = expr.args.indexOf(child);
      return stepInto(
        ctx,
        unionOf(parts.map((part) => (part.kind === "value" ? callableParameter(ctx, part.value, position) : unknown))),
        path,
      );
    }
    if (expr?.kind !== "object") return unknown;
    const name = expr.props.find((prop) => prop.value === child)?.name;
    if (name === undefined) return unknown;
    path.unshift(name);
    if (expr.asserted !== undefined) return stepInto(ctx, typeValue(ctx, file, expr.asserted), path);
    const owner = file.uses().initialises.get(parent);
    const declared = owner === undefined ? undefined : file.facts.bindings[owner]?.type;
    if (declared !== undefined) return stepInto(ctx, typeValue(ctx, file, declared), path);
    child = parent;
  }
  return unknown;
}
