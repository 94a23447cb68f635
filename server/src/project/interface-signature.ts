/**
 * A hash of everything other files can observe of one: its exports, classes, types and functions with what they give, resolved. As long as it stays
 * the same, nobody who read the file needs to be linked again; the bodies of functions are not part of it.
 */
import { contentHash } from "../base/content-hash.js";
import { type ClassFact, type FunctionId, NONE } from "../facts/model.js";
import { type Value } from "./model.js";
import { calledProperties, parameterCalls, parameterUse } from "./parameter-use.js";
import { exprOf, functionOf, type ProjectFile } from "./project-file.js";
import { type Provenance, valueOf } from "./provenance.js";
import { exportValue } from "./resolve-export.js";
import { bindingValue } from "./resolve-binding.js";
import { classMember, superclassOf } from "./resolve-class.js";
import { returnValue } from "./resolve-return.js";
import { identityOf } from "./value.js";

/** Deeper parts of what is exported are summed up by their identity. */
const maxDepth = 6;

/** The interface hash of a file as the workspace is now. */
export function interfaceSignature(ctx: Provenance, file: ProjectFile): string {
  const seen = new Set<string>();
  const { facts } = file;
  const parts: unknown[] = [
    facts.imports.map((entry, i) => [entry.module, entry.imported, entry.local, file.targets[i]]),
    facts.exports.map((entry) => [entry.name, entry.module, entry.imported, entry.local]),
    facts.types.map((type) => [type.name, type.kind, type.typeParams, type.type, type.members, type.extends]),
    [...file.names().exports.keys()].map((name) => [name, describe(ctx, file, exportValue(ctx, file, name), seen, 0)]),
    facts.classes.map((cls, id) => classParts(ctx, file, cls, id, seen)),
    facts.bindings
      .filter((binding) => binding.fn === 0 && binding.kind !== "import" && binding.kind !== "type")
      .map((binding) => [binding.name, binding.kind, binding.type]),
    facts.bindings
      .map((binding, id) =>
        binding.fn === 0 && binding.kind !== "import" && binding.kind !== "type"
          ? [
              binding.name,
              describe(ctx, file, bindingValue(ctx, file, id), seen, 0),
              assignedTo(ctx, file, id, seen, 0),
            ]
          : undefined,
      )
      .filter((entry) => entry !== undefined),
  ];
  return contentHash(JSON.stringify(parts));
}

function classParts(ctx: Provenance, file: ProjectFile, cls: ClassFact, id: number, seen: Set<string>): unknown {
  return [
    cls.name,
    id,
    cls.abstract,
    cls.implements,
    cls.superTypeArgs,
    cls.superclass === NONE ? undefined : identityOf(superclassOf(ctx, file, id)),
    cls.members.map((member) => [
      member.name,
      member.kind,
      member.static,
      member.abstract,
      member.type,
      member.fn === NONE ? undefined : functionParts(ctx, file, member.fn, seen, 0),
      member.kind === "property" || member.kind === "parameter-property" || member.kind === "getter"
        ? describe(
            ctx,
            file,
            classMember(
              ctx,
              { kind: member.static === true ? "class" : "instance", file: file.path, cls: id },
              member.name,
            ) ?? { kind: "unknown" },
            seen,
            0,
          )
        : undefined,
    ]),
  ];
}

/** A value in words that do not change when unrelated expressions are added to the file. */
function describe(ctx: Provenance, file: ProjectFile, value: Value, seen: Set<string>, depth: number): unknown {
  switch (value.kind) {
    case "function":
      return value.ref.file === file.path ? functionParts(ctx, file, value.ref.fn, seen, depth) : identityOf(value);
    case "object":
      return value.file === file.path
        ? objectParts(ctx, file, value.expr, seen, depth)
        : ["object", value.file, keysOf(ctx, value)];
    case "union":
      return value.of.map((member) => describe(ctx, file, member, seen, depth));
    case "array":
      return ["array", describe(ctx, file, value.of, seen, depth)];
    case "dialect":
      return [identityOf(value), value.pending?.returned, value.origin];
    case "literal":
      // Only texts are ever looked into: keys, SQL, specifiers.
      return typeof value.value === "string" ? identityOf(value) : "?";
    default:
      return identityOf(value);
  }
}

function keysOf(ctx: Provenance, value: Extract<Value, { kind: "object" }>): readonly (string | undefined)[] {
  const file = ctx.fileAt(value.file);
  const literal = file === undefined ? undefined : exprOf(file, value.expr);
  return literal?.kind === "object" ? literal.props.map((prop) => prop.name) : [];
}

function objectParts(ctx: Provenance, file: ProjectFile, id: number, seen: Set<string>, depth: number): unknown {
  const literal = exprOf(file, id);
  if (literal?.kind !== "object" || maxDepth < depth || seen.has(`o${id}`)) return "object";
  seen.add(`o${id}`);
  return literal.props.map((prop) => [
    prop.name,
    prop.kind,
    describe(ctx, file, valueOf(ctx, file, spreadTarget(file, prop.value)), seen, depth + 1),
  ]);
}

function spreadTarget(file: ProjectFile, id: number): number {
  const expr = exprOf(file, id);
  return expr?.kind === "spread" ? expr.value : id;
}

function functionParts(ctx: Provenance, file: ProjectFile, id: FunctionId, seen: Set<string>, depth: number): unknown {
  const fn = functionOf(file, id);
  if (fn === undefined) return "none";
  if (maxDepth < depth || seen.has(`f${id}`)) return ["function", id];
  seen.add(`f${id}`);
  return [
    id,
    fn.name,
    fn.kind,
    fn.async,
    fn.generator,
    fn.returnType,
    fn.typeParams,
    fn.directives,
    fn.params.map((param, i) => [
      param.type,
      param.rest,
      param.property,
      parameterUse(ctx, file, id, i),
      calledProperties(file, id, i).map((name) => [name, parameterUse(ctx, file, id, i, name)]),
      handedOn(ctx, file, id, i, seen, depth),
      assignedTo(ctx, file, param.binding, seen, depth),
    ]),
    describe(ctx, file, returnValue(ctx, { file: file.path, fn: id }), seen, depth + 1),
  ];
}

/** What a function passes to the function it is given as a parameter. */
function handedOn(
  ctx: Provenance,
  file: ProjectFile,
  fn: FunctionId,
  position: number,
  seen: Set<string>,
  depth: number,
): unknown {
  return parameterCalls(file, fn, position).map((id) => {
    const call = exprOf(file, id);
    return call?.kind === "call"
      ? call.args.map((arg) => describe(ctx, file, valueOf(ctx, file, arg), seen, depth + 1))
      : [];
  });
}

/** What a function assigns to members of its parameter. */
function assignedTo(ctx: Provenance, file: ProjectFile, binding: number, seen: Set<string>, depth: number): unknown {
  const writes = binding === NONE ? undefined : file.writes().memberWrites.get(binding);
  return [...(writes ?? [])].map(([name, values]) => [
    name,
    values.map((value) => describe(ctx, file, valueOf(ctx, file, value), seen, depth + 1)),
  ]);
}
