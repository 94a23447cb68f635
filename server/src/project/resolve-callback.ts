/** What the parameters of a function written as an argument receive: rows of a list, a transaction, a settled promise, or what the declared type says. */
import { type ExprId, NONE } from "../facts/model.js";
import { iteration } from "./known-callbacks.js";
import { type FunctionRef, type Value } from "./model.js";
import { exprOf, functionOf, type ProjectFile } from "./project-file.js";
import { type Provenance, settledValue, valueOf } from "./provenance.js";
import { type CalleePart, calleeOf } from "./resolve-callee.js";
import { callableParameter } from "./resolve-function-type.js";
import { argumentValue } from "./resolve-callers.js";
import { parameterCalls } from "./parameter-use.js";
import { elementOf, unionOf, unknown } from "./value.js";

/** A callback is followed through this many functions that hand it on. */
const maxHops = 3;

/** The value of parameter `position` of the function that is argument `site.arg` of `site.call`. */
export function callbackParameter(
  ctx: Provenance,
  file: ProjectFile,
  site: { readonly call: ExprId; readonly arg: number },
  position: number,
  hops = 0,
): Value {
  const call = exprOf(file, site.call);
  if (call?.kind !== "call" && call?.kind !== "new") return unknown;
  const callee = calleeOf(ctx, file, site.call);
  const value = unionOf(callee.parts.map((part) => fromPart(ctx, part, site.arg, position, hops)));
  if (value.kind !== "unknown") return value;
  const { receiver, name } = callee;
  if (receiver !== undefined && name === "then" && site.arg === 0 && position === 0) return settledValue(receiver);
  const from = callee.parts.find((part) => part.kind === "value" && part.value.kind === "external");
  const module = from?.kind === "value" && from.value.kind === "external" ? from.value.module : undefined;
  if (module === undefined && receiver === undefined) return unknown;
  const steps = iteration(name, module, call.args.length);
  if (steps?.callback !== site.arg || steps.element !== position) return unknown;
  return elementOf(
    steps.over === "receiver" ? (receiver ?? unknown) : valueOf(ctx, file, call.args[steps.over] ?? NONE),
  );
}

function fromPart(ctx: Provenance, part: CalleePart, arg: number, position: number, hops: number): Value {
  if (part.kind === "step") {
    const callback = part.step.callbacks?.find((entry) => entry.arg === arg);
    const state = callback?.params[position];
    if (callback === undefined || state === null || state === undefined) return unknown;
    const { table, transaction, lowConfidence } = part.receiver;
    return {
      kind: "dialect",
      dialect: part.receiver.dialect,
      state: state === "same" ? part.receiver.state : state,
      ...(table === undefined ? {} : { table }),
      ...(lowConfidence === true ? { lowConfidence } : {}),
      ...(callback.transaction === true || transaction === true ? { transaction: true } : {}),
    };
  }
  const declared = callableParameter(ctx, callableParameter(ctx, part.value, arg), position);
  if (declared.kind !== "unknown" || part.value.kind !== "function") return declared;
  return passedIn(ctx, part.value.ref, arg, position, hops);
}

/** What a workspace function hands to the callback it takes as parameter `arg`, itself or through the functions it gives it on to. */
function passedIn(ctx: Provenance, ref: FunctionRef, arg: number, position: number, hops: number): Value {
  const file = ctx.fileAt(ref.file);
  const binding = file === undefined ? NONE : (functionOf(file, ref.fn)?.params[arg]?.binding ?? NONE);
  if (file === undefined || binding === NONE) return unknown;
  ctx.memo.touch(file.token);
  const direct = unionOf(parameterCalls(file, ref.fn, arg).map((call) => argumentValue(ctx, file, call, position, [])));
  if (direct.kind !== "unknown" || hops === maxHops) return direct;
  const further = file.uses().passed.get(binding) ?? [];
  return unionOf(further.slice(0, maxHops).map((site) => callbackParameter(ctx, file, site, position, hops + 1)));
}
