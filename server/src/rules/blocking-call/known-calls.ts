/**
 * Every call of a function that others may know, in all files of the program; nothing where somebody might call it unseen: it is passed on, mocked by a test,
 * kept under another name, or leaves the workspace with a package.
 */
import { refersTo } from "../../facts/expressions.js";
import { NONE, type ExprId, type FileFacts } from "../../facts/model.js";
import type { CallInFile, UsesOfFunction } from "../../fixes/blocking/make-async.js";
import type { FixProgram, FixSources } from "../../fixes/fix.js";
import type { FilePath, FunctionRef } from "../../project/model.js";
import { importersOf, IS_TEST, mockedModules } from "./importers-of.js";
import { callsOfMethod } from "./known-method-calls.js";

export function usesOfFunction(sources: FixSources, ref: FunctionRef): UsesOfFunction | undefined {
  const { program } = sources;
  const facts = program?.factsOf(ref.file);
  const fn = facts?.functions[ref.fn];
  if (program === undefined || facts === undefined || fn === undefined) return undefined;
  if (fn.kind === "method") return callsOfMethod(program, ref);
  if (fn.binding === NONE || fn.parent !== 0) return undefined;
  const uses: Collected = { calls: [], names: [] };
  const own = facts.bindings[fn.binding];
  if (own === undefined || own.fn !== 0 || own.writes.length > 0) return undefined;
  if (!collect(ref.file, facts, fn.binding, uses)) return undefined;
  const exported = facts.exports.filter((one) => one.binding === fn.binding || refersTo(facts, one.expr, fn.binding));
  // `module.exports = { terms }`: what becomes of the object is another matter.
  if (exported.some(({ name }) => name === "=")) return undefined;
  const names = new Set(exported.map(({ name }) => name));
  return names.size === 0 || importedCalls({ sources, program, uses, seen: new Set() }, ref.file, names)
    ? uses
    : undefined;
}

interface Collected {
  readonly calls: CallInFile[];
  readonly names: { readonly path: FilePath; readonly name: string; readonly mentions: number }[];
}

/** All mentions of a name of a file, when all of them are calls. */
function collect(path: FilePath, facts: FileFacts, binding: number, uses: Collected): boolean {
  let mentions = 0;
  for (const [id, expr] of facts.exprs.entries()) {
    if (expr.kind !== "ref" || expr.binding !== binding) continue;
    // `export default terms` is no use of its own.
    if (facts.exports.some((one) => one.expr === id)) continue;
    mentions++;
    if (!addCall(path, facts, id, uses)) return false;
  }
  uses.names.push({ path, name: facts.bindings[binding]?.name ?? "", mentions });
  return true;
}

function addCall(path: FilePath, facts: FileFacts, callee: ExprId, { calls }: Collected): boolean {
  const call = facts.exprs[facts.exprs[callee]?.parent ?? NONE];
  if (call?.kind !== "call" || call.callee !== callee) return false;
  calls.push({ path, call: { start: call.start, end: call.end } });
  return true;
}

interface Search {
  readonly sources: FixSources;
  readonly program: FixProgram;
  readonly uses: Collected;
  readonly seen: Set<FilePath>;
}

/** @param names What the file exports the function as. */
function importedCalls(search: Search, file: FilePath, names: ReadonlySet<string>): boolean {
  const { sources, program, uses, seen } = search;
  if (seen.has(file)) return true;
  seen.add(file);
  if (leavesWorkspace(program, file)) return false;
  for (const path of importersOf(sources, program, file)) {
    const facts = program.factsOf(path);
    const leadsHere = (module: string): boolean => program.fileOf(path, module) === file;
    if (facts === undefined || (IS_TEST.test(path) && mockedModules(facts).some(leadsHere))) return false;
    for (const [index, one] of facts.imports.entries()) {
      if (!leadsHere(one.module) || one.form === "side-effect" || one.typeOnly === true) continue;
      if (one.form === "dynamic") return false;
      if (one.local === "") continue;
      if (one.imported !== "*" && !names.has(one.imported)) continue;
      const binding = facts.bindings.findIndex((known) => known.import === index);
      if (binding < 0) return false;
      const isClear =
        one.imported === "*" ? collectMembers(path, facts, binding, names, uses) : collect(path, facts, binding, uses);
      if (!isClear || facts.exports.some((again) => again.binding === binding)) return false;
    }
    const passed = new Set<string>();
    for (const one of facts.exports) {
      if (one.module === undefined || one.typeOnly === true || !leadsHere(one.module)) continue;
      if (one.imported === "*" && one.name !== "*") return false;
      if (one.name === "*") for (const name of names) passed.add(name);
      else if (names.has(one.imported ?? one.name)) passed.add(one.name);
    }
    passed.delete("=");
    if (passed.size > 0 && !importedCalls(search, path, passed)) return false;
  }
  return true;
}

/** `templates.terms(…)` of a namespace; false for a namespace that is passed on. */
function collectMembers(
  path: FilePath,
  facts: FileFacts,
  binding: number,
  names: ReadonlySet<string>,
  uses: Collected,
): boolean {
  for (const [id, expr] of facts.exprs.entries()) {
    if (expr.kind !== "ref" || expr.binding !== binding) continue;
    const member = facts.exprs[expr.parent];
    if (member?.kind !== "member" || member.object !== id) return false;
    if (names.has(member.name) && !addCall(path, facts, expr.parent, uses)) return false;
  }
  return true;
}

/** Components of these hold code in files that are not read. */
const UNREAD = /^(vue|nuxt|svelte|@sveltejs\/kit|astro)$/;

/** The file is what others get who install its package, or its package has files that nobody has looked into. */
function leavesWorkspace(program: FixProgram, file: FilePath): boolean {
  const [manifest] = program.packagesAround(file);
  if (manifest?.dependencies.some((name) => UNREAD.test(name)) === true) return true;
  if (manifest?.name === undefined || !manifest.isPublished) return false;
  const { exports, name } = manifest;
  const keys = typeof exports === "object" && exports !== null ? Object.keys(exports) : [];
  if (keys.some((key) => key.startsWith(".") && key.includes("*"))) return true;
  const entries = ["", ...keys.filter((key) => key.startsWith("./")).map((key) => key.slice(1))];
  return entries.some((entry) => program.fileOf(file, `${name}${entry}`) === file);
}
