/** Which costly thing a call makes, by the catalogue of constructions. */
import type { ExprId } from "../facts/model.js";
import { constructionKindOf, formattingMethod, type ConstructionKind } from "./construction-catalog.js";
import { exprOf, type ProjectFile } from "./project-file.js";

export function madeThing(
  file: ProjectFile,
  id: ExprId,
  external: { readonly module: string; readonly path: readonly string[] } | undefined,
): ConstructionKind | undefined {
  const expr = exprOf(file, id);
  if (expr?.kind !== "call" && expr?.kind !== "new") return undefined;
  if (external !== undefined) return constructionKindOf(external.module, external.path);
  const callee = exprOf(file, expr.callee);
  return callee?.kind === "member" ? formattingMethod(callee.name, expr.args.length) : undefined;
}
