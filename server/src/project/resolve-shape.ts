/** Members of values known only by a structural type: interfaces, object types, intersections. */
import { type TypeDeclarationFact } from "../facts/model.js";
import { own } from "./dialect-index.js";
import { type TypeArguments, type Value } from "./model.js";
import { type ProjectFile } from "./project-file.js";
import { type Provenance } from "./provenance.js";
import { classMember, implementers } from "./resolve-class.js";
import { memberValue } from "./resolve-member.js";
import { typeValue } from "./type-provenance.js";
import { better, identityOf, isUnknown, unionOf, unknown } from "./value.js";

type Shape = Extract<Value, { kind: "shape" }>;

/** The declaration of an interface a shape stands for. */
export function shapeInterface(file: ProjectFile, shape: Shape): TypeDeclarationFact | undefined {
  if (shape.type.name === "{}" || shape.type.name === "=>" || shape.type.name === "[,]") return undefined;
  return file.names().types.get(shape.type.name);
}

/** A member by its declared type, or as the workspace's classes that implement the interface have it. */
export function shapeMember(ctx: Provenance, shape: Shape, name: string): Value {
  const file = ctx.fileAt(shape.file);
  if (file === undefined) return unknown;
  if (shape.type.name === "{}") {
    const type = own(shape.type.members, name);
    ctx.memo.touch(file.token);
    return type === undefined ? unknown : typeValue(ctx, file, type, shape.args);
  }
  if (shape.type.name === "[,]") {
    const element = /^\d+$/.test(name) ? shape.type.args?.[Number(name)] : undefined;
    ctx.memo.touch(file.token);
    return element === undefined ? unknown : typeValue(ctx, file, element, shape.args);
  }
  const declaration = shapeInterface(file, shape);
  if (declaration === undefined) return unknown;
  // Kept, so that interfaces that extend themselves come to an end.
  const { args } = shape;
  const key = `<${declaration.name}${args === undefined ? "" : Object.values(args).map(identityOf).join()}> ${name}`;
  const known = file.cells.get(key);
  if (known !== undefined) return ctx.memo.reuse(known);
  return ctx.memo.fill(file.cells, key, file.token, () => interfaceMember(ctx, file, declaration, name, args));
}

function interfaceMember(
  ctx: Provenance,
  file: ProjectFile,
  declaration: TypeDeclarationFact,
  name: string,
  args: TypeArguments | undefined,
): Value {
  const type = own(declaration.members, name);
  const declared = type === undefined ? unknown : typeValue(ctx, file, type, args);
  if (!isUnknown(declared) && declared.kind !== "shape") return declared;
  const found = better(declared, implementedMember(ctx, file, declaration, name));
  if (!isUnknown(found) || type !== undefined) return found;
  for (const parent of declaration.extends ?? []) {
    const inherited = memberValue(ctx, typeValue(ctx, file, parent, args), name);
    if (!isUnknown(inherited)) return inherited;
  }
  return unknown;
}

function implementedMember(ctx: Provenance, file: ProjectFile, declaration: TypeDeclarationFact, name: string): Value {
  const classes = implementers(ctx, file.path, declaration.name);
  const values = classes.map((instance) => classMember(ctx, instance, name) ?? unknown);
  return unionOf(values, 1 < classes.length);
}
