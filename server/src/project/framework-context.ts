/**
 * Context objects whose type is declared once, where a framework is set up, and inferred in every handler: `initTRPC.context<Context>().create()`.
 *
 * The chain of calls a handler is given to is followed back, through constants, imports and helpers that return part of it, to the call that names
 * the context's type.
 */
import { type ExprId, type ExprOf, NONE, type TypeRef } from "../facts/model.js";
import { type Value } from "./model.js";
import { exprOf, functionOf, type ProjectFile } from "./project-file.js";
import { type Provenance, valueOf } from "./provenance.js";
import { typeValue } from "./type-provenance.js";
import { unknown } from "./value.js";

/** Frameworks by the root of their chains: the method whose type argument is the context. */
const roots: ReadonlyMap<string, { readonly method: string; readonly property: string }> = new Map([
  ["initTRPC", { method: "context", property: "ctx" }],
  ["TRPCBuilder", { method: "context", property: "ctx" }],
]);

const contextMethods: ReadonlySet<string> = new Set([...roots.values()].map(({ method }) => method));

/** Longer ways from a handler back to the set-up are not followed. */
const maxSteps = 60;

/** The first parameter of a handler given to `call`: an object with the context in it; unknown outside the frameworks known here. */
export function frameworkContext(ctx: Provenance, file: ProjectFile, call: ExprId): Value {
  const found = contextType(ctx, file, call);
  if (found === undefined) return unknown;
  return { kind: "shape", file: found.file.path, type: { name: "{}", members: { [found.property]: found.type } } };
}

interface Found {
  readonly file: ProjectFile;
  readonly type: TypeRef;
  readonly property: string;
}

function contextType(ctx: Provenance, from: ProjectFile, start: ExprId): Found | undefined {
  let file = from;
  let id = start;
  let named: { readonly file: ProjectFile; readonly call: ExprOf<"call">; readonly method: string } | undefined;
  for (let step = 0; step < maxSteps; step++) {
    const expr = exprOf(file, id);
    if (expr?.kind === "call") {
      const callee = exprOf(file, expr.callee);
      if (callee?.kind === "member" && expr.typeArgs !== undefined && contextMethods.has(callee.name))
        named = { file, call: expr, method: callee.name };
      id = callee?.kind === "member" ? callee.object : expr.callee;
      if (callee?.kind !== "ref") continue;
    } else if (expr?.kind === "member") id = expr.object;
    else if (expr?.kind === "new") id = expr.callee;
    const next = follow(ctx, file, id);
    if (next === "root") return named === undefined ? undefined : asContext(ctx, file, id, named);
    if (next === undefined) return undefined;
    ({ file, id } = next);
  }
  return undefined;
}

/** Where a name's value is written; `root` when it is imported from a package. */
function follow(
  ctx: Provenance,
  file: ProjectFile,
  id: ExprId,
): { readonly file: ProjectFile; readonly id: ExprId } | "root" | undefined {
  const expr = exprOf(file, id);
  if (expr?.kind !== "ref") return expr === undefined ? undefined : { file, id };
  const binding = file.facts.bindings[expr.binding];
  if (binding === undefined) return undefined;
  ctx.memo.touch(file.token);
  if (binding.kind === "const" && binding.init !== NONE) return { file, id: binding.init };
  if (binding.kind === "function") return returned(file, binding.function ?? NONE);
  const value = valueOf(ctx, file, id);
  if (value.kind === "function") {
    const owner = ctx.fileAt(value.ref.file);
    return owner === undefined ? undefined : returned(owner, value.ref.fn);
  }
  if (binding.import === undefined) return undefined;
  const target = file.targets[binding.import];
  if (target?.kind === "external") return "root";
  const next = target?.kind === "file" ? ctx.fileAt(target.file) : undefined;
  const name = file.facts.imports[binding.import]?.imported ?? "";
  return next === undefined ? undefined : exported(ctx, next, name, 0);
}

function returned(file: ProjectFile, fn: number): { readonly file: ProjectFile; readonly id: ExprId } | undefined {
  const id = functionOf(file, fn)?.returns[0];
  return id === undefined ? undefined : { file, id };
}

function exported(
  ctx: Provenance,
  file: ProjectFile,
  name: string,
  depth: number,
): { readonly file: ProjectFile; readonly id: ExprId } | undefined {
  ctx.memo.touch(file.token);
  const entry = file.names().exports.get(name);
  const init =
    entry === undefined ? NONE : entry.expr === NONE ? (file.facts.bindings[entry.binding]?.init ?? NONE) : entry.expr;
  if (init !== NONE) return { file, id: init };
  if (8 < depth) return undefined;
  const origin = entry === undefined ? ctx.fileAt(ctx.exportTables.of(file).origins.get(name) ?? "") : undefined;
  if (origin !== undefined) return exported(ctx, origin, name, depth + 1);
  const target = entry?.module === undefined ? undefined : ctx.resolveModule(file, entry.module);
  const next = target?.kind === "file" ? ctx.fileAt(target.file) : undefined;
  return next === undefined ? undefined : exported(ctx, next, entry?.imported ?? name, depth + 1);
}

function asContext(
  ctx: Provenance,
  file: ProjectFile,
  root: ExprId,
  named: { readonly file: ProjectFile; readonly call: ExprOf<"call">; readonly method: string },
): Found | undefined {
  const value = valueOf(ctx, file, root);
  const framework = value.kind === "external" ? roots.get(value.path[value.path.length - 1] ?? "") : undefined;
  const type = named.call.typeArgs?.[0];
  if (framework === undefined || type === undefined || framework.method !== named.method) return undefined;
  return { file: named.file, type: factoryResult(ctx, named.file, type), property: framework.property };
}

/** `context<typeof createContext>()` means what the factory gives. */
function factoryResult(ctx: Provenance, file: ProjectFile, type: TypeRef): TypeRef {
  return typeValue(ctx, file, type).kind === "function" ? { name: "ReturnType", args: [type] } : type;
}
