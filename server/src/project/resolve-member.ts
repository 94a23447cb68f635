/** What `value.name` and `value[key]` give, for every kind of value. */
import { type BindingId, type ExprId, NONE } from "../facts/model.js";
import { own } from "./dialect-index.js";
import { memberStep, stepResult } from "./dialect-engine.js";
import { type DialectValue, type Value } from "./model.js";
import { isServer, SERVER } from "./plugin-instance.js";
import { exprOf, type ProjectFile } from "./project-file.js";
import { type Provenance, valueOf } from "./provenance.js";
import { classMember } from "./resolve-class.js";
import { exportValue, packageExport } from "./resolve-export.js";
import { returnValue } from "./resolve-return.js";
import { shapeMember } from "./resolve-shape.js";
import { typeValue } from "./type-provenance.js";
import { elementOf, externalValue, isUnknown, mapValue, maxUnion, unionOf, unknown } from "./value.js";

/** The value of a property; unknown when there is none or it cannot be told. */
export function memberValue(ctx: Provenance, value: Value, name: string): Value {
  switch (value.kind) {
    case "unknown":
    case "literal":
    case "array":
      return unknown;
    case "external":
      if (isServer(value)) return memberValue(ctx, SERVER, name);
      return packageExport(ctx, value.module, canonical([...value.path, name]));
    case "external-instance":
      return augmentedMember(ctx, value, name) ?? externalValue(value.module, [...value.path, "prototype", name]);
    case "namespace":
      return namespaceMember(ctx, value.file, name);
    case "function":
      return staticWrite(ctx, value.ref.file, (file) => file.facts.functions[value.ref.fn]?.binding ?? NONE, name);
    case "class":
    case "instance":
      return classMember(ctx, value, name) ?? unknown;
    case "object":
      return objectMember(ctx, value, name);
    case "shape":
      return shapeMember(ctx, value, name);
    case "dialect":
      return dialectMember(ctx, value, name);
    case "union":
      return mapValue(value, (member) => memberValue(ctx, member, name));
  }
}

/** `value[key]`: by name when the key is known, else any of the members or elements. */
export function indexValue(ctx: Provenance, value: Value, key: Value): Value {
  if (key.kind === "literal" && typeof key.value === "string") return memberValue(ctx, value, key.value);
  return mapValue(value, (member) => {
    if (member.kind === "array") return elementOf(member);
    if (member.kind === "object") return anyMember(ctx, member);
    if (member.kind !== "dialect") return unknown;
    const step = ctx.dialects.stateOf(member)?.members?.["*"]?.get;
    return step === undefined ? unknown : stepResult(member, step, {});
  });
}

/** A member the workspace adds to a package's interface: `declare module "fastify" { interface FastifyInstance { db: Pool } }`. */
function augmentedMember(
  ctx: Provenance,
  value: Extract<Value, { kind: "external-instance" }>,
  name: string,
): Value | undefined {
  const owner = value.path[value.path.length - 1] ?? "";
  ctx.memo.touch(ctx.declarations.augmentationsToken(owner));
  for (const place of ctx.declarations.augmentations(owner)) {
    const file = ctx.fileAt(place.file);
    const type = own(file?.facts.types[place.type]?.members, name);
    if (file === undefined || type === undefined) continue;
    ctx.memo.touch(file.token);
    const found = typeValue(ctx, file, type);
    if (!isUnknown(found)) return found;
  }
  return undefined;
}

function canonical(path: readonly string[]): readonly string[] {
  return path[0] === "default" && path[1] !== "()" ? path.slice(1) : path;
}

function namespaceMember(ctx: Provenance, path: string, name: string): Value {
  const file = ctx.fileAt(path);
  return file === undefined ? unknown : exportValue(ctx, file, name);
}

function dialectMember(ctx: Provenance, value: DialectValue, name: string): Value {
  const step = memberStep(ctx, value, name)?.get;
  if (step !== undefined) return stepResult(value, step, { member: name });
  if (value.origin === undefined) return unknown;
  return packageExport(ctx, value.origin.module, canonical([...value.origin.path, name]));
}

type ObjectValue = Extract<Value, { kind: "object" }>;

/** Kept, so that objects that spread themselves come to an end. */
function objectMember(ctx: Provenance, value: ObjectValue, name: string): Value {
  const file = ctx.fileAt(value.file);
  if (file === undefined) return unknown;
  const key = `{${value.expr}} ${name}`;
  const known = file.cells.get(key);
  if (known !== undefined) return ctx.memo.reuse(known);
  return ctx.memo.fill(file.cells, key, file.token, () => ownObjectMember(ctx, file, value, name));
}

function ownObjectMember(ctx: Provenance, file: ProjectFile, value: ObjectValue, name: string): Value {
  const literal = exprOf(file, value.expr);
  if (literal?.kind !== "object") return unknown;
  const spreads: Value[] = [];
  for (const prop of literal.props.toReversed()) {
    if (prop.kind === "setter") continue;
    if (prop.name === name) return propertyValue(ctx, file, prop.kind, prop.value);
    if (prop.kind === "spread") spreads.push(valueOf(ctx, file, spreadTarget(file, prop.value)));
  }
  for (const spread of spreads) {
    const found = memberValue(ctx, spread, name);
    if (!isUnknown(found)) return found;
  }
  const owner = file.uses().initialises.get(value.expr);
  return owner === undefined ? unknown : writtenMember(ctx, file, owner, name);
}

function spreadTarget(file: ProjectFile, id: ExprId): ExprId {
  const expr = exprOf(file, id);
  return expr?.kind === "spread" ? expr.value : id;
}

function propertyValue(ctx: Provenance, file: ProjectFile, kind: string, id: ExprId): Value {
  const value = valueOf(ctx, file, id);
  return kind === "getter" && value.kind === "function" ? returnValue(ctx, value.ref) : value;
}

/** Any of an object's functions: a table of handlers indexed by a key that is not known. */
function anyMember(ctx: Provenance, value: ObjectValue): Value {
  const file = ctx.fileAt(value.file);
  const literal = file === undefined ? undefined : exprOf(file, value.expr);
  if (file === undefined || literal?.kind !== "object" || maxUnion < literal.props.length) return unknown;
  ctx.memo.touch(file.token);
  return unionOf(
    literal.props.filter((prop) => prop.kind !== "spread").map((prop) => valueOf(ctx, file, prop.value)),
    true,
  );
}

/** `name.key = value` for a function or class declared as `name`. */
function staticWrite(ctx: Provenance, path: string, bindingOf: (file: ProjectFile) => number, name: string): Value {
  const file = ctx.fileAt(path);
  if (file === undefined) return unknown;
  ctx.memo.touch(file.token);
  const binding = bindingOf(file);
  return binding === NONE ? unknown : writtenMember(ctx, file, binding, name);
}

/** What is assigned to a property of a variable after its declaration. */
export function writtenMember(ctx: Provenance, file: ProjectFile, binding: BindingId, name: string): Value {
  const values = file.writes().memberWrites.get(binding)?.get(name) ?? [];
  return unionOf(values.slice(0, maxUnion).map((id) => valueOf(ctx, file, id)));
}
