/** Every call of a method, by its name in all files of the program; nothing where a member of that name may be the method's and is no call in sight. */
import { NONE, type FileFacts } from "../../facts/model.js";
import type { CallInFile, UsesOfFunction } from "../../fixes/blocking/make-async.js";
import type { FixProgram } from "../../fixes/fix.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite, FunctionRef } from "../../project/model.js";
import { IS_TEST } from "./importers-of.js";

export function callsOfMethod(program: FixProgram, ref: FunctionRef): UsesOfFunction | undefined {
  const facts = program.factsOf(ref.file);
  const fn = facts?.functions[ref.fn];
  const cls = facts?.classes[fn?.cls ?? NONE];
  if (facts === undefined || fn === undefined || cls === undefined || fn.decorators !== undefined) return undefined;
  // Whoever knows it by another type expects what that type says.
  if (cls.implements.length > 0 || cls.superclass !== NONE || cls.abstract === true) return undefined;
  if (cls.members.filter(({ name }) => name === fn.name).length !== 1) return undefined;
  const calls: CallInFile[] = [];
  for (const path of program.files()) {
    const others = program.factsOf(path);
    if (others === undefined || !mentions(others, fn.name)) continue;
    const view = program.viewOf(path);
    if (view === undefined || !collect(view, fn.name, ref, calls)) return undefined;
  }
  return { calls, names: [] };
}

function mentions(facts: FileFacts, name: string): boolean {
  return (
    facts.exprs.some((expr) => (expr.kind === "member" && expr.name === name) || isKeyed(expr, name)) ||
    facts.bindings.some(({ path }) => path?.includes(name) === true) ||
    facts.classes.some(({ members }) => members.some((member) => member.name === name))
  );
}

/** `{ terms: … }` and `"terms"`. */
function isKeyed(expr: FileFacts["exprs"][number], name: string): boolean {
  if (expr.kind === "object") return expr.props.some((prop) => prop.name === name);
  return expr.kind === "literal" && expr.value === name;
}

/** False where it is not clear. */
function collect(view: FileView, name: string, ref: FunctionRef, calls: CallInFile[]): boolean {
  const { facts, path } = view;
  // `const { terms } = service`, `jest.spyOn(service, "terms")`, `{ terms: () => "…" }` in place of the service.
  if (facts.bindings.some((binding) => binding.path?.includes(name) === true)) return false;
  if (IS_TEST.test(path) && facts.exprs.some((expr) => isKeyed(expr, name))) return false;
  if (facts.classes.some((one) => one.superclass !== NONE && isSubclass(view, one.superclass, ref))) return false;
  for (const [id, expr] of facts.exprs.entries()) {
    if (expr.kind === "index" && isName(facts, expr.index, name)) return false;
    if (expr.kind !== "member" || expr.name !== name) continue;
    const call = facts.exprs[expr.parent];
    const site = call?.kind === "call" && call.callee === id ? view.callAt(expr.parent) : undefined;
    const whose = site === undefined ? ofValue(view, expr.object) : ofCall(site, ref);
    if (whose === "unclear") return false;
    if (whose === "own" && (site === undefined || call === undefined)) return false;
    if (whose === "own" && call !== undefined) calls.push({ path, call: { start: call.start, end: call.end } });
  }
  return true;
}

function isName(facts: FileFacts, id: number, name: string): boolean {
  const expr = facts.exprs[id];
  return expr?.kind === "literal" && expr.value === name;
}

type Whose = "own" | "other" | "unclear";

function ofCall(site: CallSite, ref: FunctionRef): Whose {
  const isOwn = site.targets.some(({ file, fn }) => file === ref.file && fn === ref.fn);
  if (isOwn) return site.targets.length === 1 && site.confidence === "high" ? "own" : "unclear";
  return site.targets.length > 0 || site.external !== undefined || site.operation !== undefined ? "other" : "unclear";
}

/** A member that is not called: whose it may be follows from what it is taken of. */
function ofValue(view: FileView, object: number): Whose {
  const { kind } = view.valueOf(object);
  return kind === "unknown" || kind === "instance" || kind === "class" || kind === "union" || kind === "shape"
    ? "unclear"
    : "other";
}

function isSubclass(view: FileView, superclass: number, ref: FunctionRef): boolean {
  const value = view.valueOf(superclass);
  return value.kind === "unknown" || (value.kind === "class" && value.file === ref.file);
}
