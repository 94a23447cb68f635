/** What calls, `new` and tagged templates give. */
import { type ExprId, type ExprOf, type FunctionId, NONE } from "../facts/model.js";
import { namedModel, namedTable, stepResult, typeTable } from "./dialect-engine.js";
import { type DialectEntry } from "./dialect-index.js";
import { isIdentity } from "./identity-functions.js";
import { type FunctionRef, type Value } from "./model.js";
import { parameterCalls } from "./parameter-use.js";
import { enclosingFunction, exprOf, functionOf, type ProjectFile } from "./project-file.js";
import { type Provenance, settledValue, valueOf } from "./provenance.js";
import { callableResult } from "./resolve-function-type.js";
import { genericResult } from "./resolve-generic.js";
import { moduleValue } from "./resolve-export.js";
import { type CalleePart, calleeOf, type Callee } from "./resolve-callee.js";
import { returnValue } from "./resolve-return.js";
import { typeValue } from "./type-provenance.js";
import { arrayOf, elementOf, externalValue, isOpaque, isUnknown, mapValue, unionOf, unknown } from "./value.js";

/** The value of a call. */
export function callValue(ctx: Provenance, file: ProjectFile, id: ExprId, expr: ExprOf<"call">): Value {
  const callee = calleeOf(ctx, file, id);
  const builtin = builtinResult(ctx, file, expr, callee);
  if (builtin !== undefined) return builtin;
  const result = unionOf(
    callee.parts.map((part) => partResult(ctx, file, id, expr, part)),
    callee.lowConfidence,
  );
  const vague = isOpaque(result) || result.kind === "external";
  return vague && containerLookups.has(callee.name) ? lookedUp(ctx, file, expr, result) : result;
}

/** Names of calls that take an instance out of a container, by class or with its type as type argument. */
const containerLookups: ReadonlySet<string> = new Set([
  "get",
  "resolve",
  "inject",
  "getService",
  "resolveOrThrow",
  "make",
  "getInstance",
]);

function lookedUp(ctx: Provenance, file: ProjectFile, expr: ExprOf<"call">, otherwise: Value): Value {
  const [wanted] = expr.typeArgs ?? [];
  const typed = wanted === undefined ? unknown : typeValue(ctx, file, wanted);
  if (typed.kind === "instance" || typed.kind === "shape" || typed.kind === "dialect") return typed;
  const [token] = expr.args;
  if (token === undefined || exprOf(file, token)?.kind !== "ref") return otherwise;
  const value = valueOf(ctx, file, token);
  return value.kind === "class" ? { kind: "instance", file: value.file, cls: value.cls } : otherwise;
}

/** The value of `new X(…)`. */
export function newValue(ctx: Provenance, file: ProjectFile, id: ExprId, expr: ExprOf<"new">): Value {
  const callee = calleeOf(ctx, file, id);
  const made = callee.parts.map((part): Value => {
    if (part.kind === "step") return stepResult(part.receiver, part.step, { file: file.path, expr: id });
    const { value } = part;
    if (value.kind === "class") return { kind: "instance", file: value.file, cls: value.cls };
    if (value.kind !== "external") return unknown;
    const [first] = expr.args;
    if (value.module === "global:" && value.path[0] === "Proxy" && first !== undefined)
      return valueOf(ctx, file, first);
    const [key, held] = expr.typeArgs ?? [];
    if (value.module === "global:" && key !== undefined && /^(Weak)?(Map|Set)$/.test(value.path[0] ?? "")) {
      return arrayOf(typeValue(ctx, file, held ?? key));
    }
    const described = ctx.dialects.instanceOf(value.module, value.path);
    if (described === undefined) return { kind: "external-instance", module: value.module, path: value.path };
    return withTypeTable(
      described,
      described.typeTable === undefined ? undefined : typeTable(expr.typeArgs?.[described.typeTable]),
    );
  });
  return unionOf(made);
}

/** The value of a tagged template. */
export function taggedValue(ctx: Provenance, file: ProjectFile, id: ExprId, expr: ExprOf<"template">): Value {
  const tag = exprOf(file, expr.tag);
  const method = tag?.kind === "member" ? tag.name : "";
  return unionOf(
    calleeOf(ctx, file, id).parts.map((part) => {
      if (part.kind === "step")
        return stepResult(part.receiver, part.step, { member: part.name || method, file: file.path, expr: id });
      return part.value.kind === "external" ? externalValue(part.value.module, [...part.value.path, "()"]) : unknown;
    }),
  );
}

export function withTypeTable(entry: DialectEntry, table: string | undefined): Value {
  return table === undefined ? entry.value : { ...entry.value, table };
}

function partResult(ctx: Provenance, file: ProjectFile, id: ExprId, expr: ExprOf<"call">, part: CalleePart): Value {
  if (part.kind === "step") {
    const table = namedTable(ctx, file, part.step.table, expr.args, expr.typeArgs);
    const model = namedModel(ctx, file, part.step.table, expr.args);
    return stepResult(part.receiver, part.step, { member: part.name, table, model, file: file.path, expr: id });
  }
  const { value } = part;
  switch (value.kind) {
    case "function": {
      const generic = genericResult(ctx, file, expr, value.ref);
      if (!isUnknown(generic)) return generic;
      const returned = returnValue(ctx, value.ref);
      return unionOf([returned, ...wrappedArguments(ctx, file, expr, value.ref, returned)]);
    }
    case "shape":
      return callableResult(ctx, value);
    case "external":
      return externalResult(ctx, file, expr, value);
    default:
      return unknown;
  }
}

/** Functions given to a wrapper whose result calls them: running the result runs them too. */
function wrappedArguments(
  ctx: Provenance,
  file: ProjectFile,
  expr: ExprOf<"call">,
  ref: FunctionRef,
  returned: Value,
): readonly Value[] {
  const owner = ctx.fileAt(ref.file);
  if (returned.kind !== "function" || returned.ref.file !== ref.file || owner === undefined) return [];
  return expr.args.flatMap((arg, position) => {
    const runs = parameterCalls(owner, ref.fn, position).some((call) => standsIn(owner, call, returned.ref.fn));
    const given = runs ? valueOf(ctx, file, arg) : unknown;
    return given.kind === "function" ? [given] : [];
  });
}

/** Whether an expression is evaluated by a function or by one written inside it. */
function standsIn(file: ProjectFile, expr: ExprId, fn: FunctionId): boolean {
  let current = enclosingFunction(file, expr);
  while (current !== fn && 0 < current) current = functionOf(file, current)?.parent ?? 0;
  return current === fn;
}

function externalResult(
  ctx: Provenance,
  file: ProjectFile,
  expr: ExprOf<"call">,
  value: Extract<Value, { kind: "external" }>,
): Value {
  const factory = ctx.dialects.factoryOf(value.module, value.path);
  if (factory !== undefined)
    return withTypeTable(factory, namedTable(ctx, file, factory.table, expr.args, expr.typeArgs));
  const [first] = expr.args;
  if (first !== undefined && isIdentity(value)) {
    const given = valueOf(ctx, file, first);
    if (given.kind !== "unknown" && given.kind !== "literal") return given;
  }
  return value.module === "global:"
    ? globalResult(ctx, file, expr, value.path)
    : externalValue(value.module, [...value.path, "()"]);
}

function globalResult(ctx: Provenance, file: ProjectFile, expr: ExprOf<"call">, path: readonly string[]): Value {
  const [first] = expr.args;
  const given = (): Value => (first === undefined ? unknown : valueOf(ctx, file, first));
  switch (path.join(".")) {
    case "require": {
      const specifier = given();
      return specifier.kind === "literal" && typeof specifier.value === "string"
        ? moduleValue(ctx, ctx.resolveModule(file, specifier.value))
        : unknown;
    }
    case "Promise.resolve":
    case "Object.freeze":
    case "Object.seal":
    case "Object.create":
    case "structuredClone":
      return given();
    case "Object.assign":
      return unionOf(expr.args.slice(0, 3).map((arg) => valueOf(ctx, file, arg)));
    case "Promise.all":
    case "Promise.race":
    case "Promise.any": {
      const values = given();
      return path[1] === "all"
        ? mapValue(values, (v) => (v.kind === "array" ? arrayOf(settledValue(v.of)) : unknown))
        : settledValue(elementOf(values));
    }
    case "Array.from":
      return arrayOf(elementOf(given()));
    case "Object.values":
      return unknown;
    default:
      return unknown;
  }
}

/** Methods that promises, arrays and functions have, whatever they hold. */
function builtinResult(ctx: Provenance, file: ProjectFile, expr: ExprOf<"call">, callee: Callee): Value | undefined {
  const { receiver, name } = callee;
  if (receiver === undefined) return undefined;
  switch (name) {
    case "then":
      return thenResult(ctx, file, expr, receiver);
    case "catch":
    case "finally":
      return receiver.kind === "dialect" || callee.parts.length === 0 ? settledValue(receiver) : undefined;
    case "bind":
      return receiver.kind === "unknown" || receiver.kind === "function" ? boundFunction(ctx, file, expr) : undefined;
    default:
      return receiver.kind === "array" ? arrayResult(ctx, file, expr, receiver, name) : undefined;
  }
}

function boundFunction(ctx: Provenance, file: ProjectFile, expr: ExprOf<"call">): Value {
  const callee = exprOf(file, expr.callee);
  return callee?.kind === "member" ? valueOf(ctx, file, callee.object) : unknown;
}

function thenResult(ctx: Provenance, file: ProjectFile, expr: ExprOf<"call">, receiver: Value): Value | undefined {
  if (receiver.kind === "instance" || receiver.kind === "object" || receiver.kind === "class") return undefined;
  const callback = valueOf(ctx, file, expr.args[0] ?? NONE);
  return callback.kind === "function" ? settledValue(returnValue(ctx, callback.ref)) : settledValue(receiver);
}

function arrayResult(
  ctx: Provenance,
  file: ProjectFile,
  expr: ExprOf<"call">,
  receiver: Extract<Value, { kind: "array" }>,
  name: string,
): Value {
  switch (name) {
    case "filter":
    case "slice":
    case "concat":
    case "sort":
    case "reverse":
    case "toSorted":
    case "toReversed":
    case "splice":
    case "values":
      return receiver;
    case "find":
    case "findLast":
    case "at":
    case "get":
    case "pop":
    case "shift":
      return receiver.of;
    case "flat":
      return receiver.of.kind === "array" ? receiver.of : receiver;
    case "map":
    case "flatMap": {
      const callback = valueOf(ctx, file, expr.args[0] ?? NONE);
      if (callback.kind !== "function") return arrayOf(unknown);
      const made = returnValue(ctx, callback.ref);
      return name === "flatMap" && made.kind === "array" ? made : arrayOf(made);
    }
    default:
      return unknown;
  }
}
