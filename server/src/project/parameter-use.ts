/** What a function does with a function it is given: calls it, calls it in a loop, or keeps it for later. */
import { pausesWithin } from "../facts/pauses.js";
import { type BindingId, type ExprId, type FunctionId, NONE, type RegionId } from "../facts/model.js";
import { iteration } from "./known-callbacks.js";
import { exprOf, functionOf, type ProjectFile } from "./project-file.js";
import { type Provenance } from "./provenance.js";
import { calleeOf } from "./resolve-callee.js";

export interface ParameterUse {
  readonly runs: "once" | "per-element" | "deferred" | "never";
  /** Parameter of the same function whose elements the loop goes through, if it is one. */
  readonly overParam?: number;
  /** Argument position in which the element is handed on. */
  readonly elementParam?: number;
  /** For `per-element`: it pauses on purpose between the runs. */
  readonly paced?: true;
}

/** A function that is handed on is followed through this many others. */
const maxHops = 3;

/** Functions inside functions are followed this deep. */
const maxNesting = 4;

/** The calls a function makes of its parameter `position`, its own and those in functions inside it. */
export function parameterCalls(file: ProjectFile, fn: FunctionId, position: number): readonly ExprId[] {
  const binding = functionOf(file, fn)?.params[position]?.binding ?? NONE;
  return binding === NONE ? [] : (file.uses().calls.get(binding) ?? []);
}

/**
 * What becomes of the function given as parameter `position`, or as property `property` of the object given there. Being stored or captured counts
 * as `deferred`; being handed on, as what the function it goes to does with it.
 */
export function parameterUse(
  ctx: Provenance,
  file: ProjectFile,
  fn: FunctionId,
  position: number,
  property?: string,
  hops = 0,
): ParameterUse {
  if (property !== undefined) return propertyUse(ctx, file, fn, position, property, hops);
  const binding = functionOf(file, fn)?.params[position]?.binding ?? NONE;
  return binding === NONE ? { runs: "never" } : bindingUse(ctx, file, fn, binding, hops);
}

function bindingUse(
  ctx: Provenance,
  file: ProjectFile,
  fn: FunctionId,
  binding: BindingId,
  hops: number,
): ParameterUse {
  const uses = file.uses();
  let best: ParameterUse = { runs: "never" };
  for (const call of uses.calls.get(binding) ?? []) best = stronger(best, callUse(file, fn, call));
  if (best.runs !== "never") return best;
  for (const { call, arg } of uses.passed.get(binding) ?? [])
    best = stronger(best, passedUse(ctx, file, fn, call, arg, hops));
  if (best.runs !== "never") return best;
  return uses.mentioned.has(binding) ? { runs: "deferred" } : best;
}

/** A function in an object that is given: `options.onRow(…)`, or taken out of it by destructuring. */
function propertyUse(
  ctx: Provenance,
  file: ProjectFile,
  fn: FunctionId,
  position: number,
  property: string,
  hops: number,
): ParameterUse {
  let best: ParameterUse = { runs: "never" };
  const whole = functionOf(file, fn)?.params[position]?.binding ?? NONE;
  file.facts.bindings.forEach((binding, id) => {
    if (binding.path?.length !== 1 || binding.path[0] !== property) return;
    const init = exprOf(file, binding.init);
    const fromParam = binding.fn === fn && binding.param === position;
    if (fromParam || (whole !== NONE && init?.kind === "ref" && init.binding === whole)) {
      best = stronger(best, bindingUse(ctx, file, fn, id, hops));
    }
  });
  if (whole === NONE) return best;
  for (const call of file.uses().memberCalls.get(whole)?.get(property) ?? [])
    best = stronger(best, callUse(file, fn, call));
  return best;
}

const rank = { never: 0, deferred: 1, once: 2, "per-element": 3 } as const;

function stronger(a: ParameterUse, b: ParameterUse): ParameterUse {
  return rank[a.runs] < rank[b.runs] ? b : a;
}

/** How often a call inside `fn` runs per run of `fn`. */
function callUse(file: ProjectFile, fn: FunctionId, call: ExprId): ParameterUse {
  const expr = exprOf(file, call);
  if (expr === undefined) return { runs: "never" };
  const args = expr.kind === "call" || expr.kind === "new" ? expr.args : [];
  let use: ParameterUse = { runs: "once" };
  let region: RegionId = expr.region;
  for (let nesting = 0; nesting < maxNesting; nesting++) {
    const loop = enclosingLoop(file, region);
    if (loop !== undefined && use.runs === "once") use = perElement(file, fn, loop.over, loop.bindings, args);
    const owner = file.facts.regions[region]?.fn ?? 0;
    if (owner === fn) return use;
    // The call stands in a function inside: what happens to that one decides.
    const inner = functionOf(file, owner);
    if (inner?.passedTo === undefined) return { runs: "deferred" };
    const outer = exprOf(file, inner.passedTo.call);
    if (outer?.kind !== "call")
      return { runs: outer?.kind === "new" && isPromise(file, outer.callee) ? use.runs : "deferred" };
    const callee = exprOf(file, outer.callee);
    const name = callee?.kind === "member" || callee?.kind === "ref" ? callee.name : "";
    const steps = callee?.kind === "member" ? iteration(name, undefined, outer.args.length) : undefined;
    if (steps?.callback === inner.passedTo.arg && callee?.kind === "member" && use.runs === "once") {
      const element = inner.params[steps.element]?.binding ?? NONE;
      use = perElement(file, fn, callee.object, element === NONE ? [] : [element], args);
    } else if (/^(on|once|setTimeout|setInterval|setImmediate|nextTick|addListener|addEventListener)$/.test(name))
      return { runs: "deferred" };
    region = outer.region;
  }
  return { runs: "deferred" };
}

function isPromise(file: ProjectFile, callee: ExprId): boolean {
  const expr = exprOf(file, callee);
  return expr?.kind === "ref" && expr.name === "Promise";
}

interface Loop {
  readonly over: ExprId;
  readonly bindings: readonly BindingId[];
}

/** The nearest loop over a collection around a region, within its function. Retry and poll loops do not count: they repeat, not iterate. */
function enclosingLoop(file: ProjectFile, from: RegionId): Loop | undefined {
  let region: RegionId = from;
  while (region !== NONE) {
    const fact = file.facts.regions[region];
    if (fact === undefined) return undefined;
    if (fact.loop !== undefined && fact.loop.over !== NONE)
      return { over: fact.loop.over, bindings: fact.loop.bindings };
    region = fact.parent;
  }
  return undefined;
}

function perElement(
  file: ProjectFile,
  fn: FunctionId,
  over: ExprId,
  bindings: readonly BindingId[],
  args: readonly ExprId[],
): ParameterUse {
  const overParam = parameterAt(file, fn, over);
  const position = args.findIndex((arg) => {
    const expr = exprOf(file, arg);
    return expr?.kind === "ref" && bindings.includes(expr.binding);
  });
  return {
    runs: "per-element",
    ...(pausesWithin(file.facts, fn) ? { paced: true as const } : {}),
    ...(overParam === undefined ? {} : { overParam }),
    ...(position < 0 ? {} : { elementParam: position }),
  };
}

/** The parameter of `fn` an expression stands for, through calls such as `items.entries()` and constants. */
function parameterAt(file: ProjectFile, fn: FunctionId, id: ExprId): number | undefined {
  let current = id;
  for (let step = 0; step < 6; step++) {
    const expr = exprOf(file, current);
    if (expr?.kind === "call") {
      const callee = exprOf(file, expr.callee);
      if (callee?.kind !== "member") return undefined;
      current = callee.object;
    } else if (expr?.kind === "await") current = expr.value;
    else if (expr?.kind === "ref") {
      const binding = file.facts.bindings[expr.binding];
      if (binding?.kind === "param") return binding.fn === fn ? binding.param : undefined;
      if (binding === undefined || binding.init === NONE) return undefined;
      current = binding.init;
    } else return undefined;
  }
  return undefined;
}

/** Properties of the object given as a parameter that the function calls or hands on. */
export function calledProperties(file: ProjectFile, fn: FunctionId, position: number): readonly string[] {
  const { calls, passed, memberCalls } = file.uses();
  const whole = functionOf(file, fn)?.params[position]?.binding ?? NONE;
  const names = new Set(memberCalls.get(whole)?.keys());
  file.facts.bindings.forEach((binding, id) => {
    const [name] = binding.path ?? [];
    if (name === undefined || binding.path?.length !== 1 || !(calls.has(id) || passed.has(id))) return;
    const init = exprOf(file, binding.init);
    const fromWhole = whole !== NONE && init?.kind === "ref" && init.binding === whole;
    if (fromWhole || (binding.fn === fn && binding.param === position)) names.add(name);
  });
  return [...names].sort();
}

/** The function is an argument of another call: what that one does with it. */
function passedUse(
  ctx: Provenance,
  file: ProjectFile,
  fn: FunctionId,
  call: ExprId,
  arg: number,
  hops: number,
): ParameterUse {
  const expr = exprOf(file, call);
  if (expr?.kind !== "call") return { runs: "deferred" };
  const { args } = expr;
  const callee = calleeOf(ctx, file, call);
  for (const part of hops < maxHops ? callee.parts : []) {
    if (part.kind === "step") {
      const described = part.step.callbacks?.find((entry) => entry.arg === arg);
      if (described !== undefined) return { runs: described.runs };
    } else if (part.value.kind === "function") {
      const owner = ctx.fileAt(part.value.ref.file);
      if (owner === undefined) continue;
      ctx.memo.touch(owner.token);
      const inner = parameterUse(ctx, owner, part.value.ref.fn, arg, undefined, hops + 1);
      if (inner.runs !== "per-element") return { runs: inner.runs };
      const over = inner.overParam === undefined ? undefined : parameterAt(file, fn, args[inner.overParam] ?? NONE);
      return { ...inner, ...(over === undefined ? {} : { overParam: over }) };
    }
  }
  const written = exprOf(file, expr.callee);
  if (written?.kind !== "member") return { runs: "once" };
  const steps = iteration(written.name, undefined, args.length);
  if (steps?.callback === arg) return { ...perElement(file, fn, written.object, [], []), elementParam: steps.element };
  return /^(on|once|push|set|add|addListener|use|unshift|register)$/.test(written.name)
    ? { runs: "deferred" }
    : { runs: "once" };
}
