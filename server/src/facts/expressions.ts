/** Small questions about one expression, and about the names that a whole file uses in one way. */
import { NONE, type BindingId, type ExprId, type FileFacts } from "./model.js";
import { oncePerFile } from "./once-per-file.js";

/** Arguments of a call, `new` or tagged template. */
export function argumentsOf({ exprs }: FileFacts, id: ExprId): readonly ExprId[] {
  const expr = exprs[id];
  if (expr?.kind === "call" || expr?.kind === "new") return expr.args;
  return expr?.kind === "template" ? expr.exprs : [];
}

/** Whether an expression is nothing but a variable's name. */
export function refersTo({ exprs }: FileFacts, id: ExprId, binding: BindingId): boolean {
  const expr = exprs[id];
  return expr?.kind === "ref" && expr.binding === binding;
}

/** What the variable that an expression names was declared with; `NONE` for all other expressions. */
export function declaredWith({ exprs, bindings }: FileFacts, id: ExprId): ExprId {
  const expr = exprs[id];
  return expr?.kind === "ref" ? (bindings[expr.binding]?.init ?? NONE) : NONE;
}

/** Variables on which methods of some names are called, anywhere in a file. */
export function receiversOf(isMeant: (method: string) => boolean): (facts: FileFacts) => ReadonlySet<BindingId> {
  return oncePerFile(({ exprs }) => {
    const found = new Set<BindingId>();
    for (const expr of exprs) {
      const callee = expr.kind === "call" ? exprs[expr.callee] : undefined;
      if (callee?.kind !== "member" || !isMeant(callee.name)) continue;
      const object = exprs[callee.object];
      if (object?.kind === "ref") found.add(object.binding);
    }
    return found;
  });
}
