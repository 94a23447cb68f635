/**
 * Strings that files export under a name. Migrations and models write names of tables and columns by them: `TableName.Users`, `FieldNameUser.id`. They are
 * looked up by the exported name alone, since packages of a workspace are imported by names that say nothing of folders; a name that means two things means
 * nothing.
 */
import { NONE, type BindingFact, type ExprId, type FileFacts } from "../facts/model.js";

/** `Name` or `Name.member` → the string, for what one file exports. */
export type ExportedConstants = ReadonlyMap<string, string>;

/** The string of an exported constant, or of a member of an exported enum or object; undefined when there is none, or more than one. */
export type ConstantLookup = (name: string, member: string | undefined) => string | undefined;

export function exportedConstants(facts: FileFacts): ExportedConstants {
  const found = new Map<string, string>();
  for (const { name, binding, module } of facts.exports) {
    const fact = module === undefined && binding !== NONE ? facts.bindings[binding] : undefined;
    if (fact !== undefined && fact.writes.length === 0 && fact.path === undefined)
      addConstants(facts, name, fact, found);
  }
  return found;
}

function addConstants(facts: FileFacts, name: string, fact: BindingFact, into: Map<string, string>): void {
  if (fact.kind === "enum") {
    for (const member of fact.members ?? [])
      if (typeof member.value === "string") into.set(`${name}.${member.name}`, member.value);
    return;
  }
  if (fact.kind !== "const" || fact.init === NONE) return;
  const own = textOf(facts, fact.init);
  if (own !== undefined) into.set(name, own);
  const init = facts.exprs[fact.init];
  if (init?.kind !== "object") return;
  for (const prop of init.props) {
    const text = prop.name === undefined ? undefined : textOf(facts, prop.value);
    if (text !== undefined) into.set(`${name}.${prop.name ?? ""}`, text);
  }
}

function textOf({ exprs }: FileFacts, id: ExprId): string | undefined {
  const expr = exprs[id];
  if (expr?.kind === "literal" && typeof expr.value === "string") return expr.value;
  return expr?.kind === "template" && expr.exprs.length === 0 && expr.tag === NONE ? expr.parts.join("") : undefined;
}

export function constantLookup(files: Iterable<ExportedConstants>): ConstantLookup {
  const values = new Map<string, string | undefined>();
  for (const file of files)
    for (const [name, value] of file)
      values.set(name, values.has(name) && values.get(name) !== value ? undefined : value);
  return (name, member) => values.get(member === undefined ? name : `${name}.${member}`);
}

/** The name by which another module exports what a binding stands for: `import { A as B }`, `const { A: B } = require("m")`. */
export function importedName({ imports, exprs }: FileFacts, binding: BindingFact | undefined): string | undefined {
  if (binding === undefined) return undefined;
  const fact = binding.import === undefined ? undefined : imports[binding.import];
  if (fact !== undefined) return fact.imported === "*" || fact.imported === "default" ? undefined : fact.imported;
  const call = exprs[binding.init];
  const callee = call?.kind === "call" ? exprs[call.callee] : undefined;
  const isRequire = callee?.kind === "ref" && callee.name === "require";
  return isRequire && binding.path?.length === 1 ? binding.path[0] : undefined;
}
