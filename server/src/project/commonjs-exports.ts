/**
 * Exports that are assigned to an alias of `module.exports`, in the file itself or by functions the alias is handed to:
 * `const Topics = module.exports; Topics.get = …; require("./create")(Topics);`.
 */
import { type BindingId, NONE } from "../facts/model.js";
import { type Value } from "./model.js";
import { exprOf, functionOf, type ProjectFile } from "./project-file.js";
import { type Provenance } from "./provenance.js";
import { calleeOf } from "./resolve-callee.js";
import { writtenMember } from "./resolve-member.js";
import { unknown } from "./value.js";

/** Whether an expression is `module.exports`. */
export function isModuleExports(file: ProjectFile, id: number): boolean {
  const expr = exprOf(file, id);
  if (expr?.kind !== "member" || expr.name !== "exports") return false;
  const object = exprOf(file, expr.object);
  return object?.kind === "ref" && object.binding === NONE && object.name === "module";
}

/** The value assigned to `name` on an alias of `module.exports`; unknown when there is none. */
export function aliasedExport(ctx: Provenance, file: ProjectFile, name: string): Value {
  for (const [init, binding] of file.uses().initialises) {
    if (!isModuleExports(file, init)) continue;
    const own = writtenMember(ctx, file, binding, name);
    return own.kind === "unknown" ? mixedIn(ctx, file, binding, name) : own;
  }
  return unknown;
}

/** What functions that are given the alias assign to it. */
function mixedIn(ctx: Provenance, file: ProjectFile, alias: BindingId, name: string): Value {
  for (const { call, arg } of file.uses().passed.get(alias) ?? []) {
    for (const part of calleeOf(ctx, file, call).parts) {
      if (part.kind !== "value" || part.value.kind !== "function") continue;
      const owner = ctx.fileAt(part.value.ref.file);
      const param = owner === undefined ? NONE : (functionOf(owner, part.value.ref.fn)?.params[arg]?.binding ?? NONE);
      if (owner === undefined || param === NONE) continue;
      ctx.memo.touch(owner.token);
      const value = writtenMember(ctx, owner, param, name);
      if (value.kind !== "unknown") return value;
    }
  }
  return unknown;
}
