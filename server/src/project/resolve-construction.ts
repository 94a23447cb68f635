/** What `new` runs: the constructor and the initialisers of fields, of the class and of its workspace superclasses. */
import { NONE } from "../facts/model.js";
import { type FunctionRef } from "./model.js";
import { classOf, functionOf, type ProjectFile } from "./project-file.js";
import { type Provenance } from "./provenance.js";
import { type ClassValue, lineage } from "./resolve-class.js";

/** Functions that run when an instance is made. A class without a constructor runs its superclass's; one with calls `super` itself. */
export function constructorsOf(ctx: Provenance, value: ClassValue): readonly FunctionRef[] {
  const found: FunctionRef[] = [];
  for (const { file, cls } of lineage(ctx, value)) {
    const own = classOf(file, cls)?.members.find((member) => member.kind === "constructor" && member.fn !== NONE);
    found.push(...initializers(file, cls));
    if (own === undefined) continue;
    found.push({ file: file.path, fn: own.fn });
    break;
  }
  return found;
}

function initializers(file: ProjectFile, cls: number): readonly FunctionRef[] {
  const refs: FunctionRef[] = [];
  // Fields with a call in their initialiser are worth a visit; constants and functions run nothing.
  for (const member of classOf(file, cls)?.members ?? []) {
    if (member.kind !== "property" || member.static === true || member.init === NONE) continue;
    const expr = file.facts.exprs[member.init];
    if (expr?.kind === "literal" || expr?.kind === "function" || expr === undefined) continue;
    const fn = file.facts.regions[expr.region]?.fn ?? NONE;
    if (functionOf(file, fn)?.kind === "field-initializer") refs.push({ file: file.path, fn });
  }
  return refs;
}
