/**
 * What a value of a declared type is. Types are resolved by name, through imports and aliases; wrappers that do not change what can be called
 * (`Promise`, `Partial`, `Pick` …) are looked through, generics are filled in one level deep.
 */
import { type TypeDeclarationFact, type TypeRef } from "../facts/model.js";
import { type FilePath, type TypeArguments, type Value } from "./model.js";
import { type ModuleTarget } from "./module-graph.js";
import { type ProjectFile } from "./project-file.js";
import { type Provenance } from "./provenance.js";
import { withEntity } from "./dialect-engine.js";
import { own } from "./dialect-index.js";
import { bindingValue } from "./resolve-binding.js";
import { arrayTypes, operatorValue, plainTypes, tableTypes, transparentTypes } from "./type-operators.js";
import { arrayOf, identityOf, isUnknown, unionOf, unknown } from "./value.js";

/** Aliases and re-exports longer than this are cycles. */
const maxSteps = 16;

/** The value of a declared type; unknown for plain data and for what cannot be resolved. */
export function typeValue(ctx: Provenance, file: ProjectFile, type: TypeRef, args?: TypeArguments): Value {
  if (plainTypes.has(type.name)) return unknown;
  if (args !== undefined) return bareType(ctx, file, type, args);
  const known = file.cells.get(type);
  if (known !== undefined) return ctx.memo.reuse(known);
  return ctx.memo.fill(file.cells, type, file.token, () => bareType(ctx, file, type, undefined));
}

/** Whether a type is plain data for sure, so that nothing it comes from needs to be looked at. */
export function isPlainType(type: TypeRef): boolean {
  if (type.name === "any" || type.name === "unknown" || type.name === "?") return false;
  if (plainTypes.has(type.name)) return true;
  if (transparentTypes.has(type.name) || type.name === "|" || type.name === "[]")
    return (type.args ?? []).every(isPlainType);
  return false;
}

function bareType(ctx: Provenance, file: ProjectFile, type: TypeRef, args: TypeArguments | undefined): Value {
  const [first] = type.args ?? [];
  const inner = (part: TypeRef | undefined): Value => (part === undefined ? unknown : typeValue(ctx, file, part, args));
  if (transparentTypes.has(type.name)) {
    // MikroORM's references have to be loaded; other types of that name are only wrappers.
    const described = type.name === "Ref" ? namedType(ctx, file, type, args, 0) : unknown;
    return described.kind === "dialect" ? described : inner(first);
  }
  if (arrayTypes.has(type.name)) return arrayOf(inner(first));
  if (tableTypes.has(type.name)) return arrayOf(inner(type.args?.[1]));
  switch (type.name) {
    case "|":
    case "&":
      return unionOf((type.args ?? []).map(inner));
    case "[,]":
    case "{}":
    case "=>":
      return { kind: "shape", file: file.path, type, ...(args === undefined ? {} : { args }) };
    case "literal":
      return type.text === undefined || type.text === "null" ? unknown : { kind: "literal", value: type.text };
    case "keyof":
    case "this":
      return unknown;
    default:
      return operatorValue(ctx, file, type, inner) ?? namedType(ctx, file, type, args, 0);
  }
}

function namedType(
  ctx: Provenance,
  file: ProjectFile,
  type: TypeRef,
  args: TypeArguments | undefined,
  steps: number,
): Value {
  if (type.name === "import") {
    const target = ctx.resolveModule(file, type.text ?? "");
    return typeOfModule(ctx, target, (type.member ?? "").split("."), { file, type, args }, steps);
  }
  const bound = own(args, type.name);
  if (bound !== undefined) return bound;
  const [head = "", ...rest] = type.name.split(".");
  return localType(ctx, file, head, rest, { file, type, args }, steps) ?? unknown;
}

/** A type reference as written, and where: its arguments are resolved there. */
interface Reference {
  readonly file: ProjectFile;
  readonly type: TypeRef;
  readonly args: TypeArguments | undefined;
}

/** A type by the name it has in a file: declared there or imported; undefined when the file knows no such name. */
function localType(
  ctx: Provenance,
  file: ProjectFile,
  name: string,
  rest: readonly string[],
  ref: Reference,
  steps: number,
): Value | undefined {
  const names = file.names();
  ctx.memo.touch(file.token);
  if (rest.length === 0) {
    const cls = names.classes.get(name);
    if (cls !== undefined) return { kind: "instance", file: file.path, cls };
    const declared = names.types.get(name);
    if (declared !== undefined) return declaredType(ctx, file, declared, ref);
  }
  const index = names.imports.get(name);
  const entry = index === undefined ? undefined : file.facts.imports[index];
  const target = index === undefined ? undefined : file.targets[index];
  if (maxSteps < steps) return undefined;
  if (entry === undefined || target === undefined) return aliasedType(ctx, file, name, rest, ref, steps);
  return typeOfModule(ctx, target, entry.imported === "*" ? rest : [entry.imported, ...rest], ref, steps + 1);
}

/** `const Alias = Imported` used as a type: a facade over a package or a module. */
function aliasedType(
  ctx: Provenance,
  file: ProjectFile,
  name: string,
  rest: readonly string[],
  ref: Reference,
  steps: number,
): Value | undefined {
  const binding = file.names().bindings.get(name);
  if (binding === undefined || file.facts.bindings[binding]?.kind !== "const") return undefined;
  const value = bindingValue(ctx, file, binding);
  const origin = value.kind === "external" ? value : value.kind === "dialect" ? value.origin : undefined;
  if (origin !== undefined) return packageType(ctx, origin.module, [...origin.path, ...rest], ref);
  if (value.kind === "class" && rest.length === 0) return { kind: "instance", file: value.file, cls: value.cls };
  const [first, ...further] = rest;
  const target = value.kind === "namespace" ? ctx.fileAt(value.file) : undefined;
  return target === undefined || first === undefined
    ? undefined
    : exportedType(ctx, target, first, further, ref, steps + 1);
}

function declaredType(ctx: Provenance, file: ProjectFile, declared: TypeDeclarationFact, ref: Reference): Value {
  const args = argumentsOf(ctx, declared, ref);
  if (declared.kind === "interface") {
    return { kind: "shape", file: file.path, type: { name: declared.name }, ...(args === undefined ? {} : { args }) };
  }
  const { type } = declared;
  if (type === undefined) return unknown;
  if (args === undefined) return typeValue(ctx, file, type);
  // Kept by what the parameters stand for, so that aliases that lead to themselves come to an end.
  const key = `type ${declared.name}<${Object.values(args).map(identityOf).join()}>`;
  const known = file.cells.get(key);
  if (known !== undefined) return ctx.memo.reuse(known);
  return ctx.memo.fill(file.cells, key, file.token, () =>
    type.name === "?" ? computedFrom(declared.name, Object.values(args)) : typeValue(ctx, file, type, args),
  );
}

/** What a declaration's type parameters stand for where it is named; undefined when it has none or nothing is known of them. */
function argumentsOf(ctx: Provenance, declared: TypeDeclarationFact, ref: Reference): TypeArguments | undefined {
  if (declared.typeParams === undefined || ref.type.args === undefined) return undefined;
  const args: Record<string, Value> = {};
  declared.typeParams.forEach((param, i) => {
    const given = ref.type.args?.[i];
    if (given !== undefined && param !== "__proto__") args[param] = typeValue(ctx, ref.file, given, ref.args);
  });
  return Object.values(args).every(isUnknown) ? undefined : args;
}

/** A type worked out from a client by means not followed here, such as its transaction's: like the client, as a guess. */
function computedFrom(name: string, args: readonly Value[]): Value {
  const client = args.find((value) => value.kind === "dialect");
  if (client?.kind !== "dialect") return unknown;
  return { ...client, lowConfidence: true, ...(/transaction|tx/i.test(name) ? { transaction: true } : {}) };
}

/** A type exported by a module under `path[0]`, with further names below it. */
function typeOfModule(
  ctx: Provenance,
  target: ModuleTarget,
  path: readonly string[],
  ref: Reference,
  steps: number,
): Value {
  if (target.kind !== "file") {
    const module = target.kind === "external" ? target.module : ctx.dialects.generatedPackage(path[0] ?? "");
    return module === undefined ? unknown : packageType(ctx, module, path, ref);
  }
  const file = ctx.fileAt(target.file);
  const [name = "", ...rest] = path;
  if (file === undefined || maxSteps < steps) return unknown;
  return exportedType(ctx, file, name, rest, ref, steps) ?? unknown;
}

function exportedType(
  ctx: Provenance,
  file: ProjectFile,
  name: string,
  rest: readonly string[],
  ref: Reference,
  steps: number,
): Value | undefined {
  ctx.memo.touch(file.token);
  const names = file.names();
  const entry = names.exports.get(name);
  if (entry?.module !== undefined) {
    const target = ctx.resolveModule(file, entry.module);
    const path = entry.imported === "*" ? rest : [entry.imported ?? name, ...rest];
    return typeOfModule(ctx, target, path, ref, steps + 1);
  }
  // A CommonJS module is its own default export.
  const exported = entry ?? (name === "default" ? names.exports.get("=") : undefined);
  if (exported !== undefined) {
    const expr = file.facts.exprs[exported.expr];
    if (expr?.kind === "class") return { kind: "instance", file: file.path, cls: expr.cls };
    const written = expr?.kind === "ref" ? expr.name : undefined;
    return localType(
      ctx,
      file,
      exported.local ?? file.facts.bindings[exported.binding]?.name ?? written ?? name,
      rest,
      ref,
      steps + 1,
    );
  }
  return names.stars.length === 0 ? undefined : starType(ctx, file, name, rest, ref, steps);
}

function starType(
  ctx: Provenance,
  file: ProjectFile,
  name: string,
  rest: readonly string[],
  ref: Reference,
  steps: number,
): Value | undefined {
  const table = ctx.exportTables.of(file);
  ctx.memo.touch(table.token);
  const origin = ctx.fileAt(table.origins.get(name) ?? "");
  if (origin !== undefined) return maxSteps < steps ? undefined : exportedType(ctx, origin, name, rest, ref, steps + 1);
  for (const target of table.packages) {
    const found = typeOfModule(ctx, target, [name, ...rest], ref, steps + 1);
    if (!isUnknown(found)) return found;
  }
  return undefined;
}

function packageType(ctx: Provenance, module: string, path: readonly string[], ref: Reference): Value {
  const described = ctx.dialects.instanceOf(module, path);
  if (described === undefined) return { kind: "external-instance", module, path };
  const given = described.typeTable === undefined ? undefined : ref.type.args?.[described.typeTable];
  return given === undefined ? described.value : withEntity(ctx, ref.file, described.value, given);
}

/** Where a type's declaration stands, for comparing: is this the interface meant there? */
export function declarationOfType(
  ctx: Provenance,
  file: ProjectFile,
  type: TypeRef,
): { readonly file: FilePath; readonly name: string } | undefined {
  const value = typeValue(ctx, file, { name: type.name });
  if (value.kind === "shape") return { file: value.file, name: value.type.name };
  if (value.kind !== "instance") return undefined;
  return { file: value.file, name: ctx.fileAt(value.file)?.facts.classes[value.cls]?.name ?? "" };
}
