/**
 * What callers pass to a parameter that nothing else says anything about: those in the same file, and those that import the function directly. One
 * level only, and a guess where others could call it too.
 */
import { type BindingId, type ExprId, type FunctionFact, type FunctionId, NONE } from "../facts/model.js";
import { type Value } from "./model.js";
import { classOf, exprOf, functionOf, type ProjectFile } from "./project-file.js";
import { type Provenance, valueOf } from "./provenance.js";
import { stepInto } from "./resolve-binding.js";
import { mapValue, unionOf, unknown } from "./value.js";

/** With more callers than this, what one of them passes says little about the parameter. */
const maxCallers = 4;

/** A function that more files than this import is a library to them. */
const maxImporters = 8;

/** The value that the few known callers of a function pass as argument `position`. */
export function callerValue(
  ctx: Provenance,
  file: ProjectFile,
  fn: FunctionId,
  position: number,
  path: readonly string[],
): Value {
  const fact = functionOf(file, fn);
  if (fact === undefined) return unknown;
  const binding = ownBinding(file, fact);
  const calls = binding === NONE ? [] : (file.uses().calls.get(binding) ?? []);
  if (maxCallers < calls.length) return unknown;
  const here = unionOf(calls.map((call) => argumentValue(ctx, file, call, position, path)));
  if (here.kind !== "unknown") return here;
  const elsewhere = importedCalls(ctx, file, fact, binding);
  if (maxCallers < elsewhere.length) return unknown;
  return guessed(unionOf(elsewhere.map(({ caller, call }) => argumentValue(ctx, caller, call, position, path))));
}

/** The value of an argument of a call, or of a part of it. */
export function argumentValue(
  ctx: Provenance,
  file: ProjectFile,
  call: ExprId,
  position: number,
  path: readonly string[],
): Value {
  const expr = exprOf(file, call);
  const arg = expr?.kind === "call" || expr?.kind === "new" ? expr.args[position] : undefined;
  return arg === undefined ? unknown : stepInto(ctx, valueOf(ctx, file, arg), path);
}

/** The name a function is called by: its own, its class's for a constructor. */
function ownBinding(file: ProjectFile, fact: FunctionFact): BindingId {
  return fact.kind === "constructor" ? (classOf(file, fact.cls)?.binding ?? NONE) : fact.binding;
}

interface ForeignCall {
  readonly caller: ProjectFile;
  readonly call: ExprId;
}

function importedCalls(
  ctx: Provenance,
  file: ProjectFile,
  fact: FunctionFact,
  binding: BindingId,
): readonly ForeignCall[] {
  const names = exportedNames(file, fact, binding);
  if (names.size === 0) return [];
  ctx.memo.touch(ctx.importers.token(file.path));
  const importers = ctx.importers.of(file.path);
  if (maxImporters < importers.length) return [];
  return importers.flatMap((path) => {
    const caller = ctx.fileAt(path);
    if (caller === undefined) return [];
    // What it passes is written in its functions, so any edit of it counts.
    ctx.memo.touch(caller.contentToken);
    return callsThroughImports(caller, file, names).map((call) => ({ caller, call }));
  });
}

/** Names a function is exported under, as itself or in the object a CommonJS module exports; `=` when it is the module itself. */
function exportedNames(file: ProjectFile, fact: FunctionFact, binding: BindingId): ReadonlySet<string> {
  const isIt = (id: ExprId): boolean => {
    const expr = exprOf(file, id);
    if (expr === undefined) return false;
    if (fact.expr !== NONE && id === fact.expr) return true;
    const written =
      expr.kind === "ref" ? expr.binding : expr.kind === "class" ? classOf(file, expr.cls)?.binding : NONE;
    return binding !== NONE && written === binding;
  };
  const names = new Set<string>();
  for (const entry of file.facts.exports) {
    if (entry.module !== undefined) continue;
    if ((binding !== NONE && entry.binding === binding) || isIt(entry.expr)) names.add(entry.name);
    const table = entry.name === "=" || entry.name === "default" ? exprOf(file, entry.expr) : undefined;
    if (table?.kind !== "object") continue;
    for (const prop of table.props) if (prop.name !== undefined && isIt(prop.value)) names.add(prop.name);
  }
  return names;
}

/** Calls in `caller` of a name that one of its imports of `callee` binds, or of a member of the module. */
function callsThroughImports(caller: ProjectFile, callee: ProjectFile, names: ReadonlySet<string>): readonly ExprId[] {
  const { calls, memberCalls } = caller.uses();
  const found: ExprId[] = [];
  caller.facts.bindings.forEach((binding, id) => {
    const index = binding.import;
    const target = index === undefined ? undefined : caller.targets[index];
    if (index === undefined || target?.kind !== "file" || target.file !== callee.path) return;
    const imported = caller.facts.imports[index]?.imported ?? "";
    const whole = imported === "*" || imported === "default";
    if (names.has(imported) || (whole && names.has("="))) found.push(...(calls.get(id) ?? []));
    if (whole) for (const [name, sites] of memberCalls.get(id) ?? []) if (names.has(name)) found.push(...sites);
  });
  return found;
}

/** What others could contradict does not count as certain. */
function guessed(value: Value): Value {
  return mapValue(value, (member) => (member.kind === "dialect" ? { ...member, lowConfidence: true } : member));
}
