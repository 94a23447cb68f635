/** What becomes of functions given to a call: whether they run, how often and when. */
import { type Expr, type ExprId, type ExprOf, NONE } from "../facts/model.js";
import {
  type Iteration,
  deferringMethods,
  immediateMethods,
  iteration,
  plainDataSteps,
  routeMethods,
  routerNames,
  singleValuePackages,
} from "./known-callbacks.js";
import { isIdentity } from "./identity-functions.js";
import { type CallbackUse, type FunctionRef, type Value } from "./model.js";
import { parameterUse } from "./parameter-use.js";
import { enclosingFunction, exprOf, functionOf, type ProjectFile } from "./project-file.js";
import { type Provenance, valueOf } from "./provenance.js";
import { type Callee } from "./resolve-callee.js";
import { partsOf } from "./value.js";

interface External {
  readonly module: string;
  readonly path: readonly string[];
}

const none: readonly CallbackUse[] = [];

/** Uses of the functions given as arguments, written there or named. */
export function callbackUses(
  ctx: Provenance,
  file: ProjectFile,
  id: ExprId,
  callee: Callee,
  external: External | undefined,
): readonly CallbackUse[] {
  const call = exprOf(file, id);
  if (call?.kind !== "call" && call?.kind !== "new") return none;
  let uses: CallbackUse[] | undefined;
  call.args.forEach((arg, index) => {
    for (const ref of functionsGiven(ctx, file, arg)) {
      const use = useOf(ctx, file, id, callee, external, index, ref, call.args);
      if (use !== undefined) (uses ??= []).push(use);
    }
    const literal = exprOf(file, arg);
    if (literal?.kind === "object") {
      for (const use of propertyUses(ctx, file, callee, index, literal, call.args)) (uses ??= []).push(use);
    }
  });
  return uses ?? none;
}

/** Functions in an object that a workspace function is given and calls. What packages do with theirs is not known. */
function propertyUses(
  ctx: Provenance,
  file: ProjectFile,
  callee: Callee,
  arg: number,
  literal: ExprOf<"object">,
  args: readonly ExprId[],
): readonly CallbackUse[] {
  return literal.props.flatMap((prop) => {
    const value = exprOf(file, prop.value);
    if (prop.name === undefined || value?.kind !== "function" || prop.kind === "getter" || prop.kind === "setter")
      return [];
    const own = workspaceUse(ctx, callee, arg, { file: file.path, fn: value.fn }, args, prop.name);
    return own === undefined || own.runs === "never" ? [] : [own.use];
  });
}

/** Functions an argument can be. Only forms that usually hold a function are looked up; data is the common case and costs nothing. */
function functionsGiven(ctx: Provenance, file: ProjectFile, arg: ExprId): readonly FunctionRef[] {
  const expr = exprOf(file, arg);
  if (expr?.kind === "function") return [{ file: file.path, fn: expr.fn }];
  if (expr === undefined || !mayBeFunction(file, expr)) return [];
  return partsOf(valueOf(ctx, file, arg)).flatMap((value: Value) => (value.kind === "function" ? [value.ref] : []));
}

function mayBeFunction(file: ProjectFile, expr: Expr): boolean {
  switch (expr.kind) {
    case "ref": {
      const binding = file.facts.bindings[expr.binding];
      if (binding === undefined || binding.kind === "param" || binding.kind === "enum") return false;
      const init = binding.kind === "const" ? exprOf(file, binding.init) : undefined;
      return init === undefined || init.kind === "function" || init.kind === "member" || wraps(file, init);
    }
    case "member": {
      // `service.method`, `this.method`, `this.service.method`; not the fields of parameters and results.
      const root = exprOf(file, expr.object);
      if (root?.kind === "this") return true;
      if (root?.kind === "member") return exprOf(file, root.object)?.kind === "this";
      const kind = root?.kind === "ref" ? file.facts.bindings[root.binding]?.kind : undefined;
      return kind === "import" || kind === "const" || kind === "class";
    }
    case "call":
      return wraps(file, expr);
    default:
      return false;
  }
}

/** A call that is given a function (`wrap(fn)`) or binds one (`f.bind(x)`) may give a function. */
function wraps(file: ProjectFile, expr: Expr): boolean {
  if (expr.kind !== "call") return false;
  const callee = exprOf(file, expr.callee);
  if (callee?.kind === "member" && callee.name === "bind") return true;
  return expr.args.some((arg) => {
    const given = exprOf(file, arg);
    if (given?.kind === "ref") return file.facts.bindings[given.binding]?.kind === "function";
    return given?.kind === "function";
  });
}

function useOf(
  ctx: Provenance,
  file: ProjectFile,
  id: ExprId,
  callee: Callee,
  external: External | undefined,
  arg: number,
  ref: FunctionRef,
  args: readonly ExprId[],
): CallbackUse | undefined {
  for (const part of callee.parts) {
    if (part.kind !== "step") continue;
    const described = part.step.callbacks?.find((entry) => entry.arg === arg);
    if (described === undefined) continue;
    return { arg, ref, runs: described.runs, ...(described.transaction === true ? { transaction: true } : {}) };
  }
  const own = workspaceUse(ctx, callee, arg, ref, args);
  if (own !== undefined) return own.runs === "never" ? undefined : own.use;
  // A wrapper that gives the function back runs nothing; what becomes of the result decides.
  if (external !== undefined && isIdentity(external)) return undefined;
  const steps = iterationOf(callee, external, args.length);
  if (steps?.callback === arg) {
    const over = steps.over === "receiver" ? receiverOf(file, id) : (args[steps.over] ?? NONE);
    return { arg, ref, runs: "per-element", ...(over === NONE ? {} : { over }), elementParam: steps.element };
  }
  return { arg, ref, runs: isDeferred(file, id, callee, external, args) ? "deferred" : "once" };
}

/** What the workspace functions called do with the argument. */
function workspaceUse(
  ctx: Provenance,
  callee: Callee,
  arg: number,
  ref: FunctionRef,
  args: readonly ExprId[],
  property?: string,
): { readonly runs: string; readonly use: CallbackUse } | undefined {
  for (const part of callee.parts) {
    if (part.kind !== "value" || part.value.kind !== "function") continue;
    const owner = ctx.fileAt(part.value.ref.file);
    if (owner === undefined || functionOf(owner, part.value.ref.fn) === undefined) continue;
    ctx.memo.touch(owner.token);
    const found = parameterUse(ctx, owner, part.value.ref.fn, arg, property);
    const over = found.overParam === undefined ? undefined : args[found.overParam];
    return {
      runs: found.runs,
      use: {
        arg,
        ref,
        runs: found.runs === "never" ? "deferred" : found.runs,
        ...(over === undefined ? {} : { over }),
        ...(found.paced === true ? { paced: true as const } : {}),
        ...(found.elementParam === undefined ? {} : { elementParam: found.elementParam }),
      },
    };
  }
  return undefined;
}

function iterationOf(callee: Callee, external: External | undefined, argumentCount: number): Iteration | undefined {
  if (external !== undefined && !external.path.includes("prototype") && !external.path.includes("()")) {
    return iteration(external.path[external.path.length - 1] ?? "", external.module, argumentCount);
  }
  const { receiver } = callee;
  if (receiver !== undefined && isSingleValue(receiver)) return undefined;
  if (receiver === undefined || callee.parts.some((part) => part.kind === "step")) return undefined;
  if (
    receiver.kind !== "unknown" &&
    receiver.kind !== "array" &&
    receiver.kind !== "external" &&
    receiver.kind !== "external-instance" &&
    receiver.kind !== "union"
  ) {
    return receiver.kind === "dialect" ? iteration(callee.name, undefined, argumentCount) : undefined;
  }
  return iteration(callee.name, undefined, argumentCount);
}

/** A result, a stream or a schema, whose `map` goes through no elements; not the data that a schema has let through. */
function isSingleValue(value: Value): boolean {
  if (!("module" in value) || !singleValuePackages.test(value.module)) return false;
  return !value.path.some((step) => plainDataSteps.has(step));
}

function receiverOf(file: ProjectFile, id: ExprId): ExprId {
  const call = exprOf(file, id);
  const callee = call?.kind === "call" ? exprOf(file, call.callee) : undefined;
  return callee?.kind === "member" || callee?.kind === "index" ? callee.object : NONE;
}

function isDeferred(
  file: ProjectFile,
  id: ExprId,
  callee: Callee,
  external: External | undefined,
  args: readonly ExprId[],
): boolean {
  const { name } = callee;
  if (immediateMethods.has(name)) return false;
  if (deferringMethods.has(name)) return true;
  const isNew = exprOf(file, id)?.kind === "new";
  if (isNew) return !(external?.module === "global:" && external.path[0] === "Promise");
  if (routeMethods.has(name) && isRoute(file, id, args)) return true;
  // At module level a call that nothing is known about usually registers what it is given; inside functions it usually runs it.
  return functionOf(file, enclosingFunction(file, id))?.kind === "module";
}

/** `app.get("/path", handler)`: a router by its usual name, or a path as the first argument. */
function isRoute(file: ProjectFile, id: ExprId, args: readonly ExprId[]): boolean {
  const first = exprOf(file, args[0] ?? NONE);
  if (first?.kind === "literal" && typeof first.value === "string" && /^[/*]/.test(first.value)) return true;
  const receiver = exprOf(file, receiverOf(file, id));
  return (receiver?.kind === "ref" || receiver?.kind === "member") && routerNames.test(receiver.name);
}
